import type { Job } from '../../../client/page.ts';
import { useJobList } from '../../live/use-job-list.ts';
import { Status } from '../../parts/bar.tsx';
import { Failure } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { Ago } from '../../parts/time.tsx';

/** The chain of reruns that a job is one of, as its runs move: the first, and those that did it again. */
export function Runs({ job }: { job: Job }) {
  const { root_job_id, job_id } = job;
  const list = useJobList({ root_job_id });
  const found = list.rows.value.map(({ value: run }) => (run.job_id === job_id ? job : run));
  // The list learns of a new run a moment after its page is shown.
  const runs = found.includes(job) ? found : [job, ...found];
  const error = list.error.value;
  if (error !== null) return <Failure quiet error={error} again={() => void list.refresh()} />;
  if (runs.length < 2) return null;
  return (
    <section aria-label="Runs">
      <h2>
        {list.hasMore.value && 'The newest '}
        {count(runs.length)} runs
      </h2>
      <ul class="rows jobs-in-lines">
        {runs.map((run) => (
          <li key={run.job_id}>
            {run.job_id === job_id ? (
              <span aria-current="true">{nameOf(run)}, this one</span>
            ) : (
              <a href={`/ui/jobs/${run.job_id}`}>{nameOf(run)}</a>
            )}
            <Status job={run} />
            <Ago at={run.created_at} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function nameOf({ rerun_number }: Pick<Job, 'rerun_number'>): string {
  return rerun_number === 0 ? 'First run' : `Rerun ${rerun_number}`;
}
