import type { Tables } from '../kit/tables';

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
    if (!this.#tables.has('summary')) return 0;
    const query = "SELECT count(*) AS n FROM summary WHERE status IN ('pending', 'in_progress')";
    return this.#sql.exec<{ n: number }>(query).one().n;
  }

  /** When the jobs were made that were made after `time` (ms), in order. */
  madeSince(time: number): number[] {
    if (!this.#tables.has('summary')) return [];
    const rows = this.#sql.exec<{ created_at: number }>(
      'SELECT created_at FROM summary WHERE created_at > ? ORDER BY created_at, job_id',
      time,
    );
    return rows.toArray().map(({ created_at }) => created_at);
  }

  /** Bytes of all that the shard has stored. */
  bytes(): number {
    return this.#sql.databaseSize;
  }
}
