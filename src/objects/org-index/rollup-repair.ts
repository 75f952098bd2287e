import type { RawEntry } from './repair-store';
import { NEWEST_CHILDREN, SUMS, sumsOf } from './rollup-schema';
import { TERMS } from './summary-schema';

/** The children of a parent as the entries have them: all are found by their term. */
const CHILDREN = `SELECT DISTINCT parent_job_id, coalesce(root_job_id, job_id), summary.created_at, n
  FROM summary_term AS term CROSS JOIN summary USING (n)
  WHERE term.term = '${TERMS.parent}' || ?1 AND parent_job_id = ?1`;
const KEPT_CHILDREN = 'SELECT parent, root, created_at, n FROM child WHERE parent = ?1';
const COLUMNS = ['parent', ...SUMS].join(', ');
const KEPT_SUMS = `SELECT ${COLUMNS} FROM rollup WHERE parent = ?1`;

const differs = (one: string, other: string) => {
  const lacks = (a: string, b: string) => `EXISTS (SELECT * FROM (${a}) EXCEPT SELECT * FROM (${b}))`;
  return `SELECT ${lacks(one, other)} OR ${lacks(other, one)} AS differs`;
};

/** SQL that sees whether what is kept of a parent follows from its children's entries, and makes it so. The caller sets the transaction. */
export class RollupRepair {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The parents whose oldest child is among some entries: in a walk through all of them each comes once. */
  begunIn(entries: readonly RawEntry[]): string[] {
    return entries.flatMap(({ n, parent_job_id }) => {
      if (typeof parent_job_id !== 'string') return [];
      const query = 'SELECT n FROM summary_term WHERE term = ? ORDER BY created_at, n LIMIT 1';
      const [first] = this.#sql.exec<{ n: number }>(query, TERMS.parent + parent_job_id).toArray();
      return first?.n === n ? [parent_job_id] : [];
    });
  }

  isRight(parent: string): boolean {
    return !(
      this.#differs(parent, CHILDREN, KEPT_CHILDREN) ||
      this.#differs(parent, sumsOf(NEWEST_CHILDREN), KEPT_SUMS)
    );
  }

  remake(parent: string): void {
    this.#sql.exec('DELETE FROM child WHERE parent = ?', parent);
    this.#sql.exec(`INSERT INTO child ${CHILDREN}`, parent);
    this.#sql.exec('DELETE FROM rollup WHERE parent = ?', parent);
    this.#sql.exec(`INSERT INTO rollup (${COLUMNS}) ${sumsOf(NEWEST_CHILDREN)}`, parent);
  }

  #differs(parent: string, one: string, other: string): boolean {
    return this.#sql.exec<{ differs: number }>(differs(one, other), parent).one().differs === 1;
  }
}
