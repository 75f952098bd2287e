import type { Signal } from '@preact/signals';
import type { Job, Schemas } from '../../../client/page.ts';
import type { JobRow } from '../../live/job-row.ts';
import { useJobList } from '../../live/use-job-list.ts';
import { Bar, Status } from '../../parts/bar.tsx';
import { FreshRows } from '../../parts/fresh-rows.tsx';
import { Failure } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { useFollowing } from '../../parts/use-following.ts';
import { headway } from '../../service.ts';

/** A job’s children as they move, and what they come to. */
export function Children({ job }: { job: Job }) {
  const { job_id } = job;
  const list = useJobList({ parent_job_id: job_id });
  const rollup = useFollowing(job_id, list.moved, () => headway.rollup(job_id));
  const read = () => Promise.all([list.refresh(), rollup.reload()]);
  const whole = rollup.value.value;
  const rows = list.rows.value;
  const waiting = list.waiting.value;
  const error = list.error.value ?? rollup.error.value;
  if (error !== null) return <Failure quiet error={error} again={() => void read()} />;
  if (whole === null || whole.children + rows.length + waiting === 0) return null;
  return (
    <section aria-label="Children">
      <header class="bar-of-page">
        <h2>
          {count(whole.children)} {whole.children === 1 ? 'child' : 'children'}
        </h2>
        <FreshRows waiting={waiting} read={() => void read()} />
      </header>
      {whole.children > 0 && (
        <p>
          <Status job={rollupRow(whole)} /> <Bar job={rollupRow(whole)} />
        </p>
      )}
      <ul class="rows child-lines">
        {rows.map((row) => (
          <Line key={row.peek().job_id} row={row} />
        ))}
      </ul>
      {list.hasMore.value && (
        <button type="button" disabled={list.loading.value} onClick={() => void list.more()}>
          Older children
        </button>
      )}
    </section>
  );
}

function Line({ row }: { row: Signal<JobRow> }) {
  const job = row.value;
  return (
    <li data-job={job.job_id} class={job.deleted ? 'deleted' : ''}>
      {job.deleted ? <span>{job.name}</span> : <a href={`/ui/jobs/${job.job_id}`}>{job.name}</a>}
      <span class="faint">{job.stage}</span>
      {job.deleted ? <span class="status">deleted</span> : <Status job={job} />}
      <Bar job={job} />
    </li>
  );
}

/** The roll-up as what a bar and a status are drawn of. */
function rollupRow({ status, progress_percentage }: Schemas['Rollup']) {
  const name = 'all children';
  const items = { total_items: 1, processed_items: 0, failed_items: 0, warned_items: 0 };
  return { ...items, name, status, progress_percentage, health: 'ok' as const };
}
