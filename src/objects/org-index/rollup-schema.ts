import { STATUSES } from '../../domain/job/job';
import { ROLLED_UP } from './summary-row';

/** Weights are kept in two halves, so that no sum of theirs leaves 64 bits: 10,000 children of 2⁵³ − 1 items each. */
export const HALF = 1_000_000;

/** What is added up for a parent: a column each. */
export const SUMS = ['weight_high', 'weight_low', 'done_high', 'done_low', ...STATUSES] as const;

/** A field of a summary’s body, whoever wrote it; of a body that can’t be read, 0. */
function ofBody(name: keyof typeof ROLLED_UP): string {
  return `CASE WHEN NOT json_valid(body) THEN 0 WHEN body LIKE '{%' THEN json_extract(body, '$.${name}')
    ELSE json_extract(body, '$[${ROLLED_UP[name]}]') END`;
}

/** The sums of `rows`, which have `sign`, `parent`, `status` and `body`, by their parents. */
export function sumsOf(rows: string): string {
  const half = (of: string) => [`sum(sign * (weight / ${HALF})${of})`, `sum(sign * (weight % ${HALF})${of})`];
  const sums = [
    ...[...half(''), ...half(' * share')],
    ...STATUSES.map((status) => `sum(sign * (status = '${status}'))`),
  ];
  return `SELECT parent, ${sums.map((sum, index) => `${sum} AS ${SUMS[index]}`).join(', ')} FROM (
    SELECT sign, parent, status, max(1, CAST(coalesce(${ofBody('total_items')}, 0) AS INTEGER)) AS weight,
      CASE WHEN status IN ('pending', 'in_progress')
        THEN min(10000, max(0, CAST(round(100 * coalesce(${ofBody('progress_percentage')}, 0)) AS INTEGER)))
        ELSE 10000 END AS share
    FROM (${rows})
  ) GROUP BY parent`;
}

/** Of each chain of the parent `?1` the newest, which counts. */
export const NEWEST_CHILDREN = `SELECT 1 AS sign, parent, status, body FROM child CROSS JOIN summary USING (n)
  WHERE parent = ?1 AND NOT EXISTS (SELECT 1 FROM child AS later WHERE later.parent = child.parent
    AND later.root = child.root AND (later.created_at, later.n) > (child.created_at, child.n))`;

type Row = 'new' | 'old';

/** The chain of a row: those of its parent that do the same. */
const chainOf = (row: Row) =>
  `parent = ${row}.parent_job_id AND root = coalesce(${row}.root_job_id, ${row}.job_id) AND n <> ${row}.n`;

/** Whether a row is the newest of its chain: it counts, and the one before it does not. */
const isNewest = (row: Row) => `${row}.parent_job_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM child WHERE ${chainOf(row)} AND (created_at, n) > (${row}.created_at, ${row}.n))`;

/** A row, where it counts. */
const itself = (sign: 1 | -1, row: Row) =>
  `SELECT ${sign} AS sign, ${row}.parent_job_id AS parent, ${row}.status AS status, ${row}.body AS body WHERE ${isNewest(row)}`;

/** The one that counts without it. */
const another = (sign: 1 | -1, row: Row) => `SELECT ${sign}, parent_job_id, status, body FROM summary
  WHERE n = (SELECT n FROM child WHERE ${chainOf(row)} ORDER BY created_at DESC, n DESC LIMIT 1) AND ${isNewest(row)}`;

/** Adds rows up: one row is written for a parent, none where its sums stay. */
const addUp = (...rows: string[]) => `INSERT INTO rollup (parent, ${SUMS.join(', ')})
  ${sumsOf(rows.join(' UNION ALL '))} HAVING ${SUMS.map((sum) => `${sum} <> 0`).join(' OR ')}
  ON CONFLICT (parent) DO UPDATE SET ${SUMS.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(', ')};`;

const enter = `INSERT OR IGNORE INTO child SELECT new.parent_job_id, coalesce(new.root_job_id, new.job_id), new.created_at,
  new.n WHERE new.parent_job_id IS NOT NULL;`;
const leave = `DELETE FROM child WHERE parent = old.parent_job_id AND root = coalesce(old.root_job_id, old.job_id)
  AND created_at = old.created_at AND n = old.n;`;
/** The last child takes its parent’s row along. */
const empty = `DELETE FROM rollup WHERE parent = old.parent_job_id
  AND NOT EXISTS (SELECT 1 FROM child WHERE parent = old.parent_job_id);`;

const STAYS = ['job_id', 'created_at', 'parent_job_id', 'root_job_id']
  .map((column) => `new.${column} IS old.${column}`)
  .join(' AND ');

/**
 * What the children of each parent come to, a row each, and the children by their chains of reruns. Both follow from the
 * summaries alone, whatever writes those: what mends an entry mends them.
 */
export const ROLLUP_TABLES: readonly string[] = [
  `CREATE TABLE rollup (parent TEXT PRIMARY KEY, ${SUMS.map((sum) => `${sum} INTEGER NOT NULL`).join(', ')})
    STRICT, WITHOUT ROWID`,
  `CREATE TABLE child (
    parent TEXT NOT NULL, root TEXT NOT NULL, created_at INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (parent, root, created_at, n)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TRIGGER child_entered AFTER INSERT ON summary WHEN new.parent_job_id IS NOT NULL BEGIN
    ${enter} ${addUp(itself(1, 'new'), another(-1, 'new'))}
  END`,
  `CREATE TRIGGER child_left AFTER DELETE ON summary WHEN old.parent_job_id IS NOT NULL BEGIN
    ${leave} ${addUp(itself(-1, 'old'), another(1, 'old'))} ${empty}
  END`,
  `CREATE TRIGGER child_changed AFTER UPDATE OF status, body ON summary
    WHEN new.parent_job_id IS NOT NULL AND ${STAYS} BEGIN
    ${addUp(itself(-1, 'old'), itself(1, 'new'))}
  END`,
  `CREATE TRIGGER child_moved AFTER UPDATE OF job_id, created_at, parent_job_id, root_job_id ON summary
    WHEN NOT (${STAYS}) BEGIN
    ${leave} ${enter}
    ${addUp(itself(-1, 'old'), another(1, 'old'), itself(1, 'new'), another(-1, 'new'))} ${empty}
  END`,
];
