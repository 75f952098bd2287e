import { firstOf } from '../../../client/first-of.ts';
import type { Job } from '../../../client/page.ts';
import { Status } from '../../parts/bar.tsx';
import { Failure } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { Ago } from '../../parts/time.tsx';
import { useLoaded } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';

/** Runs that are shown of a chain, the newest first. */
const SHOWN = 50;

/** The chain of reruns that a job is one of: its first run, and those that did it again. */
export function Runs({ job }: { job: Job }) {
  const { root_job_id, job_id, status } = job;
  const { value, error, reload } = useLoaded(`${job_id} ${status}`, () =>
    firstOf(headway.list({ root_job_id }), SHOWN),
  );
  const found = value.value ?? [];
  // The list learns of a new run a moment after its page is shown.
  const runs = found.some((run) => run.job_id === job_id) ? found : [job, ...found];
  if (error.value !== null) return <Failure error={error.value} again={() => void reload()} />;
  if (runs.length < 2) return null;
  return (
    <section aria-label="Runs">
      <h2>{runs.length === SHOWN ? `The newest ${count(SHOWN)} runs` : `${count(runs.length)} runs`}</h2>
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
