import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { exportOf, filtersOf } from '../live/job-filter.ts';
import { MOST } from '../live/job-list.ts';
import { useJobList } from '../live/use-job-list.ts';
import { FreshRows } from '../parts/fresh-rows.tsx';
import { Failure } from '../parts/notice.tsx';
import { count } from '../parts/number.ts';
import { useTitle } from '../parts/use-title.ts';
import { may } from '../session.ts';
import { BulkActions } from './jobs/bulk-actions.tsx';
import { Counts } from './jobs/counts.tsx';
import { Filters } from './jobs/filters.tsx';
import { JobTable } from './jobs/job-table.tsx';
import { LineMark } from './jobs/line-mark.tsx';
import { NoJobs, NoMatch } from './jobs/no-jobs.tsx';

/** The organization’s jobs as they move, under the filters of the address. */
export function Jobs() {
  useTitle('Jobs');
  const { query } = useLocation();
  const filters = filtersOf(query);
  const address = JSON.stringify(filters);
  const list = useJobList(filters);
  const rows = list.rows.value;
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  // What the table shows no more is chosen no more.
  useEffect(() => {
    chosen.value = new Set(rows.map((row) => row.peek().job_id).filter((id) => chosen.value.has(id)));
  }, [rows]);
  const isFiltered = address !== '{}';
  const isEmpty = !list.loading.value && list.error.value === null && rows.length === 0;
  const { sentence, turn } = list.spoken.value;
  return (
    <main>
      <header class="bar-of-page">
        <h1>Jobs</h1>
        <LineMark line={list.line} heardAt={list.heardAt} />
        <button type="button" data-refresh onClick={() => void list.refresh()}>
          Refresh
        </button>
        <a class="button" href={exportOf(filters)} download="jobs.csv">
          CSV
        </a>
        {may.value.has('job:create') && (
          <a class="button" href="/ui/new">
            New job
          </a>
        )}
      </header>
      <Counts filters={filters} moved={list.moved} />
      <Filters filters={filters} />
      <div class="over-rows">
        {/* Under other filters its question is no more. */}
        <BulkActions key={address} filters={filters} chosen={chosen} />
        <FreshRows waiting={list.waiting.value} read={() => void list.refresh()} />
      </div>
      <Failure error={list.error.value} again={() => void list.refresh()} />
      <div aria-live="polite">{isEmpty && isFiltered && <NoMatch />}</div>
      {isEmpty ? !isFiltered && <NoJobs /> : <JobTable rows={list.rows} chosen={chosen} />}
      {list.hasMore.value && (
        <button type="button" disabled={list.loading.value} onClick={() => void list.more()}>
          {list.loading.value ? 'Loading…' : 'Older jobs'}
        </button>
      )}
      {rows.length >= MOST && (
        <p class="hint">The newest {count(MOST)} are shown; a filter leads to older ones.</p>
      )}
      <p class="unseen" aria-live="polite">
        {/* Of two that say the same the second is another element: a text that stays is not said again. */}
        <span key={turn}>{sentence}</span>
      </p>
    </main>
  );
}
