import { useEffect, useMemo } from 'preact/hooks';
import { token } from '../service.ts';
import { me } from '../session.ts';
import type { ListFilters } from './job-filter.ts';
import { JobList } from './job-list.ts';

/** The list of a page, read once it is shown; other filters are another list. */
export function useJobList(filters: ListFilters): JobList {
  const list = useMemo(
    () => new JobList(token ?? me.peek()?.organization_id ?? '', filters),
    [JSON.stringify(filters)],
  );
  // A list is begun and ended once.
  useEffect(() => {
    void list.refresh();
    return () => list.stop();
  }, [list]);
  return list;
}
