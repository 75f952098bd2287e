import { useSignal } from '@preact/signals';
import type { Job } from '../../../client/page.ts';
import { Copy } from '../../parts/copy.tsx';
import { Failure } from '../../parts/notice.tsx';
import { useTask } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';

const DAY = 86_400;

/** Links for those without a sign-in, each by a token of its own, and the line of a shell. */
export function Share({ job }: { job: Job }) {
  const made = useSignal<{ label: string; text: string }[]>([]);
  const { busy, error, run } = useTask();
  const { origin } = location;
  const api = `${origin}/api/jobs/${job.job_id}`;
  async function make(scope: 'read' | 'picture', days: number) {
    await run(async () => {
      const { token } = await headway.tokens.create(job.job_id, { scope, expires_in: days * DAY });
      const lines =
        scope === 'read'
          ? [
              { label: 'Copy link', text: `${origin}/ui/jobs/${job.job_id}#token=${token}` },
              { label: 'Copy its curl', text: `curl ${api} -H 'Authorization: Bearer ${token}'` },
            ]
          : [{ label: 'Copy badge', text: `![${job.name}](${api}/badge.svg?token=${token})` }];
      made.value = [...made.value, ...lines];
    });
  }
  return (
    <details class="group">
      <summary>Share</summary>
      <p>
        <button type="button" disabled={busy.value} onClick={() => void make('read', 7)}>
          Make a link to read (7 days)
        </button>{' '}
        <button type="button" disabled={busy.value} onClick={() => void make('picture', 90)}>
          Make a badge (90 days)
        </button>
      </p>
      <Failure error={error.value} />
      {made.value.map(({ label, text }) => (
        <Copy key={text} label={label} text={text} />
      ))}
      <Copy label="Copy curl" text={`curl ${api} -H "Authorization: Bearer $HEADWAY_API_KEY"`} />
    </details>
  );
}
