import { CATEGORIES, HEALTHS, isTerminal, STATUSES, type Status } from '../../domain/job/job';
import { type ListFilter, type ListOrder, typesOf } from '../../domain/job/list-filter';
import type { ListPosition } from './contract';
import { conditionsOf, prefixOf, type RowCondition, tagIn } from './summary-conditions';
import { TERMS } from './summary-schema';

/** Rows of an index that are alike in all of it but a time, and so in the order of that. */
export interface Walk {
  /** The rows, as SQL: `summary` is among the tables. */
  from: string;
  /** What has the walk and its time without the rows. */
  index: string;
  where: string;
  values: readonly SqlStorageValue[];
  time: string;
}

/** A way to all that a filter lets through: walks that have no job in common. */
export interface Way {
  walks: readonly Walk[];
  /** What each walk is in the order of; null where it is in none. */
  order: ListOrder | null;
  /** What the walks don't see to by themselves. */
  conditions: readonly RowCondition[];
}

/** A way, and the conditions that it sees to. */
type Led = Omit<Way, 'conditions'> & { sees: readonly string[] };

/**
 * A walk of a way in `order` from behind `before`, within the times of a filter, as far as those are the times that it is in
 * the order of.
 */
export function stretchOf(
  { where, values, time }: Walk,
  { created_after, created_before }: ListFilter,
  order: Way['order'],
  before: ListPosition | null,
): Pick<Walk, 'where' | 'values'> {
  const bounds: [string, number | null | undefined][] = [[`${time} <= ?`, before?.created_at]];
  if (order === 'created_at') bounds.push([`${time} >= ?`, created_after], [`${time} < ?`, created_before]);
  const given = bounds.flatMap(([sql, bound]) => (bound == null ? [] : [{ sql, bound }]));
  return {
    where: [where, ...given.map(({ sql }) => sql)].join(' AND '),
    values: [...values, ...given.map(({ bound }) => bound)],
  };
}

/** The time of a job in the order of a list, as SQL. The last change of one that has ended is its end. */
export function timeIn(order: ListOrder): string {
  return order === 'updated_at' ? 'coalesce(summary.completed_at, summary.updated_at)' : `summary.${order}`;
}

/** Ways to all that a filter lets through. One of them at least is in the order of the list. */
export function waysFor(filter: ListFilter, order: ListOrder): readonly Way[] {
  const { status, created_after, created_before } = filter;
  const led = ledBy(filter);
  if (!led.some((way) => way.order === order)) led.push({ walks: inOrderOf(order, status), order, sees: [] });
  // The jobs made in a time are a stretch of one walk, whatever else they are asked for.
  if (order !== 'created_at' && (created_after ?? created_before) !== undefined)
    led.push({ walks: inOrderOf('created_at'), order: 'created_at', sees: [] });
  const conditions = conditionsOf(filter, order);
  return led.map(({ sees, ...way }) => {
    return { ...way, conditions: conditions.filter(({ of }) => !sees.includes(of)) };
  });
}

/** The ways that a filter itself knows: all are in the order of creation but those of what begins alike. */
function ledBy(filter: ListFilter): Led[] {
  const { status, health, category, tag = [], triggered_by, parent_job_id, rerun_of, root_job_id } = filter;
  const led: Led[] = [];
  const lead = (walks: readonly Walk[], ...sees: string[]) => {
    led.push({ walks, order: 'created_at', sees });
  };
  for (const one of tag) lead([term(TERMS.tag + one)], tagIn(one));
  const types = typesOf(filter);
  if (types !== undefined)
    lead(
      types.map((type) => term(TERMS.type + type)),
      'types',
    );
  if (triggered_by !== undefined) lead([term(TERMS.who + triggered_by)], 'triggered_by');
  if (parent_job_id !== undefined) lead([term(TERMS.parent + parent_job_id)], 'parent_job_id');
  if (rerun_of !== undefined) lead([term(TERMS.again + rerun_of)]);
  if (root_job_id !== undefined) {
    lead([term(TERMS.again + root_job_id), walk('summary_by_id', 'summary.job_id = ?', [root_job_id])]);
  }
  if (filter.name !== undefined) {
    lead([walk('summary_by_name', 'summary.name = ? COLLATE NOCASE', [filter.name])]);
  }
  if (status !== undefined || health !== undefined || category !== undefined) {
    lead(inStates(filter), 'status', 'health', 'category');
  }
  if (filter.q !== undefined) led.push({ walks: beginningWith(filter.q), order: null, sees: ['q'] });
  return led;
}

/** One for each state that a job may be in: they are few, and each is one seek. */
function inStates({ status = [...STATUSES], health = [...HEALTHS], category }: ListFilter): Walk[] {
  const where = 'summary.status = ? AND summary.health = ? AND summary.category = ?';
  return status.flatMap((one) =>
    health.flatMap((two) =>
      (category === undefined ? CATEGORIES : [category]).map((three) =>
        walk('summary_by_state', where, [one, two, three]),
      ),
    ),
  );
}

function beginningWith(q: string): Walk[] {
  const { name, id } = prefixOf(q);
  return [
    walk('summary_by_name', name.sql, name.values),
    walk('summary_by_id', `${id.sql} AND NOT (${name.sql})`, [...id.values, ...name.values]),
  ];
}

/** All jobs in an order, those that have ended by their end: of the two kinds the ones alone that may be in one of some statuses. */
function inOrderOf(order: ListOrder, statuses: readonly Status[] = STATUSES): Walk[] {
  if (order === 'created_at') return [walk('summary_by_time', 'true', [])];
  const ended = walk('summary_by_change', 'summary.completed_at > -9e15', [], 'summary.completed_at');
  const alive = walk('summary_by_change', 'summary.completed_at IS NULL', [], 'summary.updated_at');
  return [
    ...(order === 'updated_at' && statuses.some((status) => !isTerminal(status)) ? [alive] : []),
    ...(statuses.some(isTerminal) ? [ended] : []),
  ];
}

function walk(
  name: string,
  where: string,
  values: readonly SqlStorageValue[],
  time = 'summary.created_at',
): Walk {
  const index = `summary INDEXED BY ${name}`;
  return { from: index, index, where, values, time };
}

/** The term's rows come first, in whose order each job is looked up. */
function term(value: string): Walk {
  const index = 'summary_term AS walked';
  const from = `${index} CROSS JOIN summary ON summary.n = walked.n`;
  return { from, index, where: 'walked.term = ?', values: [value], time: 'walked.created_at' };
}
