import type { Reply } from '../../http/endpoint';
import type { Refused } from '../../http/problem';
import type { Caller } from '../../services/access/caller';
import { lapsedMeanwhile } from '../../services/access/lapse';
import { heartbeat, reportProgress } from '../../services/jobs/jobs';
import { answerUnit } from '../answer-unit';
import { statusLine, TEXT } from './line-answer';
import type { LineReport } from './verbs';

/** Reports what a text said, or that its worker is alive, and answers where the job is. */
export async function act(caller: Caller, { report, read }: LineReport): Promise<Reply | Refused> {
  // Its text may have taken a while.
  const lapsed = await lapsedMeanwhile(caller);
  if (lapsed !== null) return { rejection: lapsed };
  const jobId = caller.token?.job_id ?? '';
  const applied =
    report === null ? await heartbeat(caller, jobId) : await reportProgress(caller, jobId, report, null, {});
  return answerUnit(applied, ({ view }, headers) => {
    return {
      status: 200,
      body: statusLine(view.summary, read),
      headers: { ...headers, 'Content-Type': TEXT },
    };
  });
}
