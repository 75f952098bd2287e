import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { filtersOf } from '../live/job-filter.ts';
import { useJobList } from '../live/use-job-list.ts';
import { Bar, Status } from '../parts/bar.tsx';
import { Empty, Failure } from '../parts/notice.tsx';
import { Ago } from '../parts/time.tsx';
import { useTitle } from '../parts/use-title.ts';
import { LineMark } from './jobs/line-mark.tsx';

/** How many jobs a wall shows. */
const SHOWN = 24;

/**
 * Jobs for a screen in an office, opened by a token or a sign-in. New jobs are shown by themselves: nobody is there to ask
 * for them.
 */
export function Wall() {
  const { query } = useLocation();
  const filters = filtersOf(query);
  const title = filters.tag ?? filters.job_type ?? 'Jobs';
  useTitle(title);
  const list = useJobList(filters);
  const isNew = list.waiting.value > 0;
  const isLoading = list.loading.value;
  const error = list.error.value;
  useEffect(() => {
    if (isNew && !isLoading && error === null) void list.refresh();
  }, [isNew, isLoading, error, list]);
  const jobs = list.rows.value.map((row) => row.value).filter((job) => !job.deleted);
  return (
    <main class="wall">
      <header class="bar-of-page">
        <h1>{title}</h1>
        <LineMark line={list.line} heardAt={list.heardAt} />
      </header>
      <Failure error={error} again={() => void list.refresh()} />
      {!isLoading && jobs.length === 0 && error === null && (
        <Empty>
          <p>No job yet: the first that comes is shown here.</p>
        </Empty>
      )}
      <div class="tiles">
        {jobs.slice(0, SHOWN).map((job) => (
          <article key={job.job_id}>
            <h2>{job.name}</h2>
            <Bar job={job} large />
            <p>
              <Status job={job} /> {job.stage && <span class="faint">· {job.stage}</span>}
            </p>
            <p class="faint">
              <Ago at={job.completed_at ?? job.last_report_at ?? job.created_at} />
            </p>
          </article>
        ))}
      </div>
    </main>
  );
}
