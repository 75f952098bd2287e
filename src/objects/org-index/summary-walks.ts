import type { ListFilter } from './contract';

/** One way through the list in its order: all rows, or those that are equal in a column with an index, each value by itself. */
export interface Walk {
  column: 'tag' | 'job_type' | 'status' | null;
  values: readonly (string | null)[];
  /** What has the rows: in order, and whole. */
  table: 'summary' | 'summary_tag';
  from: string;
}

const ALL: Walk = { column: null, values: [null], table: 'summary', from: 'summary' };
/** The tag's rows come first, in whose order each job is looked up. */
const TAGGED = 'summary_tag CROSS JOIN summary USING (created_at, job_id)';

/** Ways to all that a filter lets through. Tables of a version before have no index of types and tags. */
export function walksFor(filter: ListFilter, indexed: boolean): readonly Walk[] {
  const walks: Walk[] = [];
  const { status, tag = [] } = filter;
  const types = typesOf(filter);
  if (indexed) {
    for (const one of tag) walks.push({ column: 'tag', values: [one], table: 'summary_tag', from: TAGGED });
    if (types !== undefined) walks.push({ ...ALL, column: 'job_type', values: types });
  }
  if (status !== undefined) walks.push({ ...ALL, column: 'status', values: status });
  return walks.length === 0 ? [ALL] : walks;
}

/** The types of the jobs that a filter lets through; undefined for all. */
export function typesOf({ job_type, job_types }: ListFilter): readonly string[] | undefined {
  if (job_type === undefined) return job_types;
  return job_types === undefined || job_types.includes(job_type) ? [job_type] : [];
}
