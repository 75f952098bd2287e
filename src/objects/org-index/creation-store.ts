import type { Tables } from '../kit/tables';
import { OLD_SUMMARIES, TERMS } from './summary-schema';

/** SQL that counts a shard's jobs, for what may be made beside them. Reads alone. */
export class CreationStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Jobs that have not ended: a row is read for each. */
  alive(): number {
    return this.#ofEach<{ n: number }>(
      "SELECT count(*) AS n FROM {table} WHERE status IN ('pending', 'in_progress')",
    ).reduce((sum, { n }) => sum + n, 0);
  }

  /** The same of some types: a row is read for each job of these, those that have ended too. */
  aliveOf(types: readonly string[]): number {
    const query = `SELECT count(*) AS n FROM summary_term AS walked CROSS JOIN summary ON summary.n = walked.n
      WHERE walked.term = ? AND summary.status IN ('pending', 'in_progress')`;
    const counts = types.map((type) => this.#sql.exec<{ n: number }>(query, TERMS.type + type).one().n);
    return counts.reduce((sum, n) => sum + n, 0);
  }

  /** When the jobs were made that were made after `time` (ms), in order. */
  madeSince(time: number): number[] {
    const query = 'SELECT created_at FROM {table} WHERE created_at > ? ORDER BY created_at';
    const made = this.#ofEach<{ created_at: number }>(query, time).map(({ created_at }) => created_at);
    return made.sort((a, b) => a - b);
  }

  /** Bytes of all that the shard has stored. */
  bytes(): number {
    return this.#sql.databaseSize;
  }

  /** What a query finds in each table that has summaries. */
  #ofEach<Row extends Record<string, SqlStorageValue>>(query: string, ...values: SqlStorageValue[]): Row[] {
    const tables = ['summary', OLD_SUMMARIES].filter((table) => this.#tables.has(table));
    return tables.flatMap((table) =>
      this.#sql.exec<Row>(query.replace('{table}', table), ...values).toArray(),
    );
  }
}
