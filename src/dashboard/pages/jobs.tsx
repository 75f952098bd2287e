import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { exportOf, filtersOf } from '../live/job-filter.ts';
import { MOST } from '../live/job-list.ts';
import { useJobList } from '../live/use-job-list.ts';
import { Failure } from '../parts/notice.tsx';
import { count } from '../parts/number.ts';
import { useTitle } from '../parts/use-title.ts';
import { may } from '../session.ts';
import { BulkActions } from './jobs/bulk-actions.tsx';
import { Counts } from './jobs/counts.tsx';
import { Filters } from './jobs/filters.tsx';
import { JobTable } from './jobs/job-table.tsx';
import { LineMark } from './jobs/line-mark.tsx';
import { NoJobs } from './jobs/no-jobs.tsx';

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
  const isEmpty = !list.loading.value && rows.length === 0;
  const waiting = list.waiting.value;
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
      {/* Under other filters its question is no more. */}
      <BulkActions key={address} filters={filters} chosen={chosen} />
      {waiting > 0 && (
        <button type="button" class="fresh" onClick={() => void list.refresh()}>
          {count(waiting)}
          {waiting === MOST && ' or more'} new
        </button>
      )}
      <Failure error={list.error.value} again={() => void list.refresh()} />
      {isEmpty && list.error.value === null ? (
        <NoJobs filtered={address !== '{}'} />
      ) : (
        <JobTable rows={list.rows} chosen={chosen} />
      )}
      {list.hasMore.value && (
        <button type="button" disabled={list.loading.value} onClick={() => void list.more()}>
          {list.loading.value ? 'Loading…' : 'Older jobs'}
        </button>
      )}
      {rows.length >= MOST && (
        <p class="hint">The newest {count(MOST)} are shown; a filter leads to older ones.</p>
      )}
      <p class="unseen" aria-live="polite">
        {list.spoken.value}
      </p>
    </main>
  );
}
