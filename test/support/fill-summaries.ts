import type { Summary } from '../../src/domain/job/summary';
import { rowOf } from '../../src/objects/org-index/summary-row';
import { rowsTo } from './rows-read';

/**
 * Fills an index with as many jobs as one that is told, all at once. `columns` are SQL over `n`, 1, 2, 3 …, for what
 * differs.
 */
export function fillSummaries(
  sql: SqlStorage,
  like: Summary,
  count: number,
  columns: Record<string, string>,
  from = 1,
): void {
  const fixed = Object.entries({
    ...rowOf(like),
    through: 1,
    updated_at: like.created_at,
    told: '{}',
  }).filter(([name]) => columns[name] === undefined);
  const names = [...fixed.map(([name]) => name), ...Object.keys(columns)];
  const values = [...fixed.map(() => '?'), ...Object.values(columns)];
  sql.exec(
    `INSERT INTO summary (${names.join(', ')}) ${rowsTo(count, values.join(', '), from)}`,
    ...fixed.map(([, value]) => value),
  );
}
