import { type ListFilter, type ListOrder, typesOf } from '../../domain/job/list-filter';
import { TERMS } from './summary-schema';

/** What a row of `summary` must be, as SQL. */
export interface RowCondition {
  /** What of the filter asks for it. */
  of: string;
  sql: string;
  values: readonly SqlStorageValue[];
}

const EQUAL = ['category', 'triggered_by', 'parent_job_id', 'rerun_of', 'name'] as const;
/** Behind any text that begins with what stands before it. */
const LAST = '\u{10ffff}\u{10ffff}';

const TAG = 'tag ';

/** What a condition that a tag be there is of. */
export function tagIn(tag: string): string {
  return TAG + tag;
}

export function isOfTag({ of }: RowCondition): boolean {
  return of.startsWith(TAG);
}

/** All that a filter and an order ask of a job. */
export function conditionsOf(filter: ListFilter, order: ListOrder): RowCondition[] {
  const conditions: RowCondition[] = [];
  const ask = (of: string, sql: string, ...values: SqlStorageValue[]) => conditions.push({ of, sql, values });
  const oneOf = (of: string, column: string, wanted: readonly string[] | undefined) => {
    if (wanted !== undefined)
      ask(of, `${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(wanted));
  };
  oneOf('status', 'summary.status', filter.status);
  oneOf('health', 'summary.health', filter.health);
  oneOf('types', 'summary.job_type', typesOf(filter));
  for (const name of EQUAL) {
    const value = filter[name];
    if (value !== undefined) ask(name, `summary.${name} = ?`, value);
  }
  const { tag = [], root_job_id, q, created_after, created_before } = filter;
  for (const one of tag) ask(tagIn(one), TAGGED, TERMS.tag + one);
  if (root_job_id !== undefined) {
    ask('root_job_id', 'coalesce(summary.root_job_id, summary.job_id) = ?', root_job_id);
  }
  if (q !== undefined) {
    const { name, id } = prefixOf(q);
    ask('q', `(${name.sql} OR ${id.sql})`, ...name.values, ...id.values);
  }
  if (created_after !== undefined) ask('created_after', 'summary.created_at >= ?', created_after);
  if (created_before !== undefined) ask('created_before', 'summary.created_at < ?', created_before);
  if (order === 'completed_at') ask('completed_at', 'summary.completed_at IS NOT NULL');
  return conditions;
}

const TAGGED = `EXISTS (SELECT 1 FROM summary_term AS tagged
  WHERE tagged.term = ? AND tagged.created_at = summary.created_at AND tagged.n = summary.n)`;

/** What begins with a text: names, whose letters are alike in either case, and ids. */
export function prefixOf(q: string): Record<'name' | 'id', Omit<RowCondition, 'of'>> {
  const between = (column: string) => `${column} >= ? AND ${column} < ?`;
  const id = q.toLowerCase();
  return {
    name: { sql: between('summary.name COLLATE NOCASE'), values: [q, q + LAST] },
    id: { sql: between('summary.job_id'), values: [id, id + LAST] },
  };
}
