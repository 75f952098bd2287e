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

/** The list under these filters as one file: what is a list stands there once each. */
export function exportOf(filters: Filters): string {
  const search = new URLSearchParams({ format: 'csv' });
  for (const [name, value] of Object.entries(queryOf(filters)))
    for (const one of [value].flat()) search.append(name, String(one));
  return `/api/jobs/export?${search}`;
}

/** What the service is asked: several of a kind stand between commas. */
export function queryOf(filters: ListFilters): JobFilter {
  return Object.fromEntries(
    Object.entries(filters).map(([name, text]) => [name, LISTS.includes(name) ? text.split(',') : text]),
  ) as JobFilter;
}

/** Whether a new job belongs to the list, as its first event tells. */
export function isOfList(filters: ListFilters, { at, job_id, data }: FeedEvent): boolean {
  const job = data as Partial<JobSummary>;
  const { status, job_type, category, tag, triggered_by, health, q, created_after, created_before } = filters;
  if (filters.parent_job_id && job.parent_job_id !== filters.parent_job_id) return false;
  if (created_after && Date.parse(at) < Date.parse(created_after)) return false;
  if (created_before && Date.parse(at) >= Date.parse(created_before)) return false;
  if (status && !status.split(',').some((one) => one === job.status || one === 'running')) return false;
  if (job_type && job.job_type !== job_type) return false;
  if (category && job.category !== category) return false;
  if (triggered_by && job.triggered_by !== triggered_by) return false;
  if (health && !health.split(',').includes('ok')) return false;
  if (tag && !tag.split(',').every((one) => job.tags?.includes(one))) return false;
  return !q || [job.name, job_id].some((text) => text?.toLowerCase().startsWith(q.toLowerCase()));
}
