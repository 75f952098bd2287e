import { useEffect } from 'preact/hooks';
import type { Job } from '../../../client/page.ts';
import { useJobList } from '../../live/use-job-list.ts';
import { Status } from '../../parts/bar.tsx';
import { Failure } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { Ago } from '../../parts/time.tsx';

interface RunsProps {
  job: Job;
  /** Called once the job itself is deleted: of one that has settled no stream tells. */
  gone: () => void;
}

/** The chain of reruns that a job is one of, as its runs move: the first, and those that did it again. */
export function Runs({ job, gone }: RunsProps) {
  const { root_job_id, job_id } = job;
  const list = useJobList({ root_job_id });
  const rows = list.rows.value.map((row) => row.value);
  const own = rows.find((row) => row.job_id === job_id);
  useEffect(() => {
    if (own?.deleted) gone();
  }, [own?.deleted]);
  // The list learns of a new run a moment after its page is shown, and hears of those alone that it has.
  useEffect(() => {
    if (job.completed_at !== null && own === undefined && !list.loading.peek()) void list.refresh();
  }, [job.completed_at]);
  const found = rows.filter((run) => !run.deleted).map((run) => (run.job_id === job_id ? job : run));
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
