import { type Category, STATUSES, type Status } from '../../domain/job/job';
import { type Counts, SHARED } from '../../domain/job/stats';
import type { Tables } from '../kit/tables';
import type { StatsFilter } from './contract';
import { ADD_COUNTS } from './count-schema';

/** The jobs of one type and category: `n` is what their history is kept under. */
export interface Kind {
  n: number;
  job_type: string;
  category: Category;
  since: number;
  counts: Counts;
}

type KindRow = Record<string, SqlStorageValue> & Record<Status, number> & Omit<Kind, 'counts'>;

/** Rows that are counted in one transaction. */
const AT_ONCE = 1_000;
/** Entries of each status that are compared with the counts. */
const COMPARED = 10_000;
const LISTED = 'SELECT count(*) AS listed FROM (SELECT 1 FROM summary WHERE status = ? LIMIT ?)';

/** SQL of the counts, which follow the summaries by themselves. The caller sets the transaction. */
export class JobCounts {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;
  #behind: boolean | null = null;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Whether there are summaries that are not counted yet. */
  get isBehind(): boolean {
    if (!this.#tables.has('recount')) return this.#tables.has('summary');
    this.#behind ??= this.#sql.exec('SELECT 1 FROM recount').toArray().length > 0;
    return this.#behind;
  }

  /** Whether there are as many entries of each status as are counted; null where there are too many to tell. */
  get areRight(): boolean | null {
    if (!this.#tables.has('job_count')) return true;
    const sums = STATUSES.map((status) => `coalesce(sum(${status}), 0) AS ${status}`).join(', ');
    const counted = this.#sql.exec<Record<Status, number>>(`SELECT ${sums} FROM job_count`).one();
    const seen = STATUSES.map((status) => {
      const { listed } = this.#sql.exec<{ listed: number }>(LISTED, status, COMPARED).one();
      if (listed === COMPARED && counted[status] >= listed) return null;
      return counted[status] === listed;
    });
    return seen.includes(false) ? false : seen.includes(null) ? null : true;
  }

  /** Clears what it keeps in memory, once a transaction was rolled back. */
  forget(): void {
    this.#behind = null;
  }

  /** The kinds of jobs that there were, the first to come first. */
  kinds({ job_types, category }: StatsFilter): Kind[] {
    if (!this.#tables.has('job_count')) return [];
    return this.#sql
      .exec<KindRow>(
        `SELECT n, job_type, category, since, ${STATUSES.join(', ')} FROM job_count
          WHERE (?1 IS NULL OR job_type IN (SELECT value FROM json_each(?1))) AND (?2 IS NULL OR category = ?2) ORDER BY n`,
        ...[job_types === undefined ? null : JSON.stringify(job_types), category ?? null],
      )
      .toArray()
      .map(({ n, job_type, category, since, ...row }) => {
        return { n, job_type, category, since, counts: STATUSES.map((status) => row[status]) };
      });
  }

  /** The kinds of one type. */
  numbersOf(jobType: string): number[] {
    if (!this.#tables.has('job_count')) return [];
    const query = 'SELECT n FROM job_count WHERE job_type = ?';
    return this.#sql
      .exec<{ n: number }>(query, jobType)
      .toArray()
      .map(({ n }) => n);
  }

  /** Whether there may be jobs of a type that share their numbers with others. */
  isShared(jobType: string): boolean {
    return this.numbersOf(jobType).length === 0 && this.numbersOf(SHARED).length > 0;
  }

  /** The kind that a job is counted under; null where it is not counted yet. */
  numberOf(jobType: string, category: Category): number | null {
    const query =
      "SELECT n FROM job_count WHERE job_type IN (?1, '') AND category = ?2 ORDER BY job_type = ?1 DESC LIMIT 1";
    return this.#sql.exec<{ n: number }>(query, jobType, category).toArray()[0]?.n ?? null;
  }

  /** Sets the counts to nothing: what there is is counted anew, by `count`. */
  recount(): void {
    this.#behind = null;
    this.#sql.exec(`UPDATE job_count SET ${STATUSES.map((status) => `${status} = 0`).join(', ')}`);
    this.#sql.exec('DELETE FROM recount');
    this.#sql.exec('INSERT INTO recount SELECT 1, 0, n FROM summary ORDER BY n DESC LIMIT 1');
  }

  /** Counts some of the summaries that are not counted yet. */
  count(): void {
    this.#behind = null;
    const [place] = this.#sql
      .exec<{ counted: number; through: number }>('SELECT counted, through FROM recount')
      .toArray();
    if (place === undefined) return;
    const [{ last } = { last: null }] = this.#sql
      .exec<{ last: number | null }>(
        'SELECT max(n) AS last FROM (SELECT n FROM summary WHERE n > ? AND n <= ? ORDER BY n LIMIT ?)',
        ...[place.counted, place.through, AT_ONCE],
      )
      .toArray();
    if (last === null) {
      this.#sql.exec('DELETE FROM recount');
      return;
    }
    this.#sql.exec('UPDATE recount SET counted = ?', last);
    this.#add(place.counted, last);
  }

  /** Adds the summaries behind `from`, through `through`. */
  #add(from: number, through: number): void {
    const sums = STATUSES.map((status) => `sum(status = '${status}')`).join(', ');
    const groups = this.#sql
      .exec(
        `SELECT job_type, category, min(created_at), ${sums} FROM summary WHERE n > ? AND n <= ?
          GROUP BY job_type, category ORDER BY min(n)`,
        ...[from, through],
      )
      .raw();
    for (const group of [...groups]) this.#sql.exec(ADD_COUNTS, ...group);
  }
}
