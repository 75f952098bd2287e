import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Headway } from '../../client/page.ts';
import { filtersOf } from '../live/job-filter.ts';
import { JobList } from '../live/job-list.ts';
import { Bar, Status } from '../parts/bar.tsx';
import { Failure } from '../parts/notice.tsx';
import { Ago } from '../parts/time.tsx';
import { headway } from '../service.ts';
import { LineMark } from './jobs/line-mark.tsx';

/** How many jobs a wall shows. */
const SHOWN = 24;

/**
 * Jobs for a screen in an office. The token stands behind the `#` of the address, which no server sees; without one the
 * sign-in opens it. New jobs are shown by themselves: nobody is there to ask for them.
 */
export function Wall() {
  const { query } = useLocation();
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  const filters = filtersOf(query);
  // Address and token stand for the list.
  const list = useMemo(
    () =>
      new JobList(
        token ?? 'wall',
        filters,
        token === null ? headway : new Headway({ url: location.origin, apiKey: token }),
      ),
    [JSON.stringify(filters), token],
  );
  useEffect(() => {
    void list.refresh();
    return () => list.stop();
  }, [list]);
  const isNew = list.waiting.value > 0;
  useEffect(() => {
    if (isNew) void list.refresh();
  }, [isNew, list]);
  return (
    <main class="wall">
      <header class="bar-of-page">
        <h1>{filters.tag ?? filters.job_type ?? 'Jobs'}</h1>
        <LineMark line={list.line.value} heardAt={list.heardAt.value} />
      </header>
      <Failure error={list.error.value} again={() => void list.refresh()} />
      <div class="tiles">
        {list.rows.value.slice(0, SHOWN).map((row) => {
          const job = row.value;
          return (
            <article key={job.job_id}>
              <h2>{job.name}</h2>
              <Bar job={job} large />
              <p>
                <Status job={job} /> {job.stage}
              </p>
              <p class="faint">
                <Ago at={job.completed_at ?? job.last_report_at ?? job.created_at} />
              </p>
            </article>
          );
        })}
      </div>
    </main>
  );
}
