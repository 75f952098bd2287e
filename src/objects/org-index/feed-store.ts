import { DAY } from '../../domain/job';
import type { FeedEvent } from '../../domain/publication';
import { FEED_TABLES } from './org-index-schema';

const TABLE_SPAN = 10 * DAY;

/** All SQL of the organization's event feed: rows in order of arrival, numbered by `seq` over all tables. */
export class FeedStore {
  readonly #sql: SqlStorage;
  #period: number | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Appends a job's events. The table of a new period is emptied first: what it held is past retention. */
  append(jobId: string, events: readonly FeedEvent[], now: number): void {
    if (events.length === 0) return;
    const period = Math.floor(now / TABLE_SPAN);
    const table = `feed_${period % FEED_TABLES}`;
    let seq = this.#head();
    if (this.#period !== period) this.#turn(table, period);
    for (const { revision, at, body } of events) {
      seq += 1;
      this.#sql.exec(
        `INSERT INTO ${table} VALUES (?, ?, ?, ?, ?)`,
        seq,
        at,
        jobId,
        revision,
        JSON.stringify(body),
      );
    }
    this.#period = period;
  }

  /** The number of the newest row. */
  #head(): number {
    const heads = Array.from(
      { length: FEED_TABLES },
      (_, table) => `SELECT max(seq) AS seq FROM feed_${table}`,
    );
    return (
      this.#sql
        .exec<{ head: number | null }>(`SELECT max(seq) AS head FROM (${heads.join(' UNION ALL ')})`)
        .one().head ?? 0
    );
  }

  #turn(table: string, period: number): void {
    const [oldest] = this.#sql.exec<{ at: number }>(`SELECT at FROM ${table} ORDER BY seq LIMIT 1`).toArray();
    if (oldest === undefined || Math.floor(oldest.at / TABLE_SPAN) === period) return;
    const definition = this.#sql
      .exec<{ sql: string }>('SELECT sql FROM sqlite_master WHERE name = ?', table)
      .one().sql;
    this.#sql.exec(`DROP TABLE ${table}`);
    this.#sql.exec(definition);
  }
}
