import type { FeedEvent, JobFilter, JobSummary } from '../../client/page.ts';

/** The filters of the list as they stand in the page’s address. */
export const FILTERS = [
  'status',
  'job_type',
  'category',
  'tag',
  'triggered_by',
  'health',
  'created_after',
  'created_before',
  'q',
] as const;
const LISTS: readonly string[] = ['status', 'health', 'tag'];
export type FilterName = (typeof FILTERS)[number];
export type Filters = Partial<Record<FilterName, string>>;
/** What a list is of: the filters of an address, or the children of a job. */
export type ListFilters = Filters & { parent_job_id?: string };

export function filtersOf(query: Record<string, string>): Filters {
  return Object.fromEntries(
    FILTERS.flatMap((name) => (query[name]?.trim() ? [[name, query[name].trim()]] : [])),
  );
}

/** The address of the list under these filters. */
export function addressOf(filters: Filters): string {
  const search = new URLSearchParams();
  for (const name of FILTERS) if (filters[name]) search.set(name, filters[name]);
  return search.size === 0 ? '/ui/' : `/ui/?${search}`;
}

/** The list under these filters as one file. */
export function exportOf(filters: Filters): string {
  return `/api/jobs/export?${new URLSearchParams({ format: 'csv', ...filters })}`;
}

/** What the service is asked: several of a kind stand between commas. */
export function queryOf(filters: ListFilters): JobFilter {
  return Object.fromEntries(
    Object.entries(filters).map(([name, text]) => [name, LISTS.includes(name) ? text.split(',') : text]),
  ) as JobFilter;
}

/** Whether a new job belongs to the list, as far as its first event tells: of its parent it says nothing. */
export function isOfList(filters: ListFilters, { data }: FeedEvent): boolean {
  const job = data as Partial<JobSummary>;
  const { status, job_type, category, tag, triggered_by, q } = filters;
  if (filters.parent_job_id) return false;
  if (status && !status.split(',').some((one) => one === job.status || one === 'running')) return false;
  if (job_type && job.job_type !== job_type) return false;
  if (category && job.category !== category) return false;
  if (triggered_by && job.triggered_by !== triggered_by) return false;
  if (tag && !tag.split(',').every((one) => job.tags?.includes(one))) return false;
  return !q || Boolean(job.name?.toLowerCase().startsWith(q.toLowerCase()));
}
