import { FEED_TABLES } from '../../domain/feed/retention';
import type { Summary } from '../../domain/job/summary';
import type { Tables } from '../kit/tables';
import { tableNamesOf } from '../kit/turning-tables';
import { rowOf } from './summary-row';
import { TERMS } from './summary-schema';

/** A row of the index as it is, whatever it says. */
export type RawEntry = Record<string, SqlStorageValue> & { n: number; job_id: string };

/** A job that the feed names, and the revision of its newest event there. */
export interface ToldJob {
  seq: number;
  job_id: string;
  revision: number;
}

/** When the next sweep is due (ms), and behind which row it goes on. */
export interface SweepPlan {
  due_at: number;
  n: number;
}

const FEED = tableNamesOf('feed', FEED_TABLES).map(
  (table) =>
    `SELECT * FROM (SELECT seq, job_id, revision FROM ${table} WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2)`,
);
const TOLD = `SELECT * FROM (${FEED.join(' UNION ALL ')}) ORDER BY seq DESC LIMIT ?2`;

/** SQL of the index's repair: its entries as they are, and the jobs that its feed names. The caller sets the transaction. */
export class RepairStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Entries behind the `n`th row, in the order in which they were entered. */
  entries(n: number, limit: number): RawEntry[] {
    return this.#sql
      .exec<RawEntry>('SELECT * FROM summary WHERE n > ? ORDER BY n LIMIT ?', n, limit)
      .toArray();
  }

  /** All that the index says of a job: one entry where all is well. */
  entriesOf(jobId: string): RawEntry[] {
    return this.#sql.exec<RawEntry>('SELECT * FROM summary WHERE job_id = ? ORDER BY n', jobId).toArray();
  }

  /** Rows of the feed before `seq`, the newest first. */
  told(seq: number, limit: number): ToldJob[] {
    return this.#sql.exec<ToldJob & Record<string, SqlStorageValue>>(TOLD, seq, limit).toArray();
  }

  /** Takes an entry out, with the terms that it would be found by if it said what is true. */
  drop({ n, created_at = null }: RawEntry, truth: Summary | null): void {
    this.#sql.exec('DELETE FROM summary WHERE n = ?', n);
    if (truth === null) return;
    this.#sql.exec(
      `DELETE FROM summary_term WHERE n = ? AND created_at IN (?, ?)
        AND term IN (SELECT value FROM json_each(?))`,
      ...[n, created_at, truth.created_at, JSON.stringify(termsOf(truth))],
    );
  }

  /** Whether any job looks as if it had not ended. */
  get someUnfinished(): boolean {
    const query = "SELECT 1 FROM summary WHERE status IN ('pending', 'in_progress') LIMIT 1";
    return this.#sql.exec(query).toArray().length > 0;
  }

  /** Null where none is planned. */
  plan(): SweepPlan | null {
    if (!this.#tables.has('sweep')) return null;
    return (
      this.#sql.exec<SweepPlan & Record<string, number>>('SELECT due_at, n FROM sweep').toArray()[0] ?? null
    );
  }

  keepPlan(plan: SweepPlan | null): void {
    if (plan === null) this.#sql.exec('DELETE FROM sweep');
    else
      this.#sql.exec(
        `INSERT INTO sweep (id, due_at, n) VALUES (1, ?, ?)
          ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, n = excluded.n`,
        ...[plan.due_at, plan.n],
      );
  }
}

/** Whether an entry is what the index would have entered of `summary`. */
export function says(entry: RawEntry, summary: Summary): boolean {
  return Object.entries(rowOf(summary)).every(([column, value]) => entry[column] === value);
}

function termsOf({ job_type, triggered_by, tags, parent_job_id, ...summary }: Summary): string[] {
  const again = [summary.rerun_of, summary.root_job_id].filter((id) => id !== null && id !== summary.job_id);
  return [
    `${TERMS.type}${job_type}`,
    ...(triggered_by === null ? [] : [`${TERMS.who}${triggered_by}`]),
    ...tags.map((tag) => `${TERMS.tag}${tag}`),
    ...(parent_job_id === null ? [] : [`${TERMS.parent}${parent_job_id}`]),
    ...again.map((id) => `${TERMS.again}${id}`),
  ];
}
