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
/** What a list is of: the filters of an address, the children of a job, or its chain of reruns, which no event names. */
export type ListFilters = Filters & { parent_job_id?: string; root_job_id?: string };

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

/** Several of a kind stand between commas; one that is part of a text stands behind a backslash. */
function listOf(text: string): string[] {
  return text.split(/(?<!\\),/).map((one) => one.replaceAll('\\,', ','));
}

/** A tag as a filter names it. */
export function tagFilter(tag: string): string {
  return tag.replaceAll(',', '\\,');
}

/** What the service is asked. */
export function queryOf(filters: ListFilters): JobFilter {
  return Object.fromEntries(
    Object.entries(filters).map(([name, text]) => [name, LISTS.includes(name) ? listOf(text) : text]),
  ) as JobFilter;
}

/** What brings jobs into a list of one status, and takes them out of it; and the same of one health. */
const TURNS: Record<'status' | 'health', FeedEvent['type'][]> = {
  status: ['job.started', 'job.cancelled', 'job.completed', 'job.failed'],
  health: ['job.stalled', 'job.recovered', 'job.progressed'],
};

/**
 * Whether an event brings a job that a list does not show into it: a new one, or one that was of another status or health
 * before. False where the job is none of the list’s any more, null where the event changes nothing of that.
 */
export function isNewsOf(filters: ListFilters, event: FeedEvent): boolean | null {
  const { type } = event;
  if (type === 'job.deleted') return false;
  const turns = (['status', 'health'] as const).some((name) => filters[name] && TURNS[name].includes(type));
  if (type !== 'job.created' && !turns) return null;
  const isOf = isOfList(filters, event);
  // Whoever is well and goes on was so before.
  return isOf && type === 'job.progressed' && healthOf(event) === 'ok' ? null : isOf;
}

/** Whether a job belongs to the list, as an event of it tells. */
function isOfList(filters: ListFilters, event: FeedEvent): boolean {
  const { type, at, job_id, data } = event;
  const job = data as Partial<JobSummary>;
  const { status, job_type, category, tag, triggered_by, health, q, created_after, created_before } = filters;
  if (filters.parent_job_id && job.parent_job_id !== filters.parent_job_id) return false;
  // When another began its events do not say.
  if (type === 'job.created') {
    if (created_after && Date.parse(at) < Date.parse(created_after)) return false;
    if (created_before && Date.parse(at) >= Date.parse(created_before)) return false;
  }
  if (
    status &&
    !status
      .replace('running', 'in_progress')
      .split(',')
      .includes(job.status ?? '')
  )
    return false;
  if (job_type && job.job_type !== job_type) return false;
  if (category && job.category !== category) return false;
  if (triggered_by && job.triggered_by !== triggered_by) return false;
  if (health && !health.split(',').includes(healthOf(event))) return false;
  if (tag && !listOf(tag).every((one) => job.tags?.includes(one))) return false;
  return !q || [job.name, job_id].some((text) => text?.toLowerCase().startsWith(q.toLowerCase()));
}

/** How the worker of a job does, as an event tells. */
export function healthOf({ type, data }: FeedEvent): JobSummary['health'] {
  return type === 'job.stalled' ? 'stalled' : ((data as Partial<JobSummary>).health ?? 'ok');
}
