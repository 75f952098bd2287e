import { isSettled } from '../domain/job/job';
import { secondsToNextPoll } from '../domain/job/poll-pace';
import { isOverdue } from '../domain/job/progress';
import { isHeld, REVALIDATED, revisionHeld, revisionTag } from '../http/conditional';
import type { Call, Reply } from '../http/endpoint';
import type { Refused } from '../http/problem';
import type { Caller } from '../services/access/caller';
import { type JobView, type Part, readJob, textOf } from '../services/jobs/jobs';
import { awaitJob, type Wait } from '../services/watching/await-job';
import { jobHeaders } from './answer-unit';

/** How long a reader may keep a job that nothing changes any more (s). It is a 404 once it is removed. */
const SETTLED_FRESHNESS = 60;
/** Whoever keeps an answer for a while keeps it for the credential that it was given to. */
const SETTLED = {
  'Cache-Control': `private, max-age=${SETTLED_FRESHNESS}`,
  Vary: 'Authorization, X-Organization-ID',
};

const LIVE = { 'Cache-Control': REVALIDATED };

/** How one dialect shows a job. */
export interface JobText {
  /** In the ETag: a new one whenever the same job is written otherwise. */
  mark: string;
  part: Part;
  write(view: JobView): string;
  /** What else it says in its headers, in a 304 too. */
  headers?: Record<string, string>;
  /** What it is once the job's ETA has passed: the one thing that follows from the reader's clock. */
  overdue?: Pick<JobText, 'mark' | 'write'>;
}

/** What a GET of a job says in its headers, in a 304 too. */
export const READ_HEADERS = {
  ETag: 'The revision, in this representation.',
  'Cache-Control': 'Asked about before each use until the job is settled, kept for a minute then.',
  'Job-Status': 'The job’s status.',
  'Job-Revision': 'The job’s revision.',
  'Retry-After': 'Seconds after which another look is worth it, while the job has not ended.',
};

export const NOT_MODIFIED = { description: 'The reader holds this body already.', headers: READ_HEADERS };

type JobCall = Pick<Call<Wait, unknown>, 'query' | 'ifNoneMatch' | 'noCache' | 'keepAlive' | 'incoming'>;

/** Answers a GET of a job: its text, or a 304 where the reader holds it, after the wait where it asked for one. */
export async function replyWithJob(
  text: JobText,
  { query, ifNoneMatch, noCache, keepAlive, incoming }: JobCall,
  caller: Caller,
  jobId: string,
): Promise<Reply | Refused> {
  const { part, headers: own } = text;
  const newest = revisionHeld(ifNoneMatch, ...marksOf(text));
  if ((query.wait ?? 0) > 0) {
    const after = query.after ?? newest ?? undefined;
    const began = Date.now();
    const waited = await awaitJob(caller, jobId, { [part]: true }, { ...query, after }, incoming.signal);
    if (!waited.ok) return { rejection: waited.rejection };
    const { mark, write } = textFor(text, waited.value);
    const headers = { ...headersOf(waited.value, began, mark), ...own };
    if (isHeld(ifNoneMatch, headers.ETag)) return { status: 304, body: null, headers };
    return { status: 200, body: write(waited.value), headers };
  }
  const held = noCache ? null : newest;
  const read = await readJob(caller, jobId, { part, held, keepAlive });
  if (!read.ok) return { rejection: read.rejection };
  const { mark, write } = textFor(text, read.value.view);
  const headers = { ...headersOf(read.value.view, read.value.asked, mark), ...own };
  if (isHeld(ifNoneMatch, headers.ETag)) return { status: 304, body: null, headers };
  return { status: 200, body: textOf(caller, read.value, mark, write), headers };
}

function marksOf({ mark, overdue }: JobText): string[] {
  return overdue === undefined ? [mark] : [mark, overdue.mark];
}

function textFor({ overdue, ...text }: JobText, { summary }: JobView): Pick<JobText, 'mark' | 'write'> {
  return overdue !== undefined && isOverdue(summary, Date.now()) ? overdue : text;
}

/** `asked` is when the view was asked for, or before (ms): what it shows may have been overtaken since. */
function headersOf(view: JobView, asked: number, mark: string): Record<string, string> & { ETag: string } {
  const ETag = revisionTag(mark, view.summary.revision);
  return { ETag, ...freshness(view, asked), ...jobHeaders(view) };
}

function freshness({ summary }: JobView, asked: number): Record<string, string> {
  // A worker may have acknowledged a cancellation since then.
  if (isSettled(summary, asked)) return SETTLED;
  const seconds = secondsToNextPoll(summary, Date.now());
  return seconds === null ? LIVE : { ...LIVE, 'Retry-After': String(seconds) };
}
