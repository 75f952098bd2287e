import { DAY } from '../../domain/job';
import type { FeedEvent } from '../../domain/publication';
import { FEED_TABLES, feedTable } from './org-index-schema';

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
    let seq = this.#head();
    this.#turn(period);
    const table = `feed_${(this.#period ?? period) % FEED_TABLES}`;
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
  }

  /** Forgets what it knows of the tables, once a transaction was rolled back. */
  forget(): void {
    this.#period = null;
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

  /** Empties the tables of the periods since the one that was last written; a clock that goes back turns nothing. */
  #turn(period: number): void {
    this.#period ??= this.#storedPeriod() ?? this.#begin(period);
    if (period <= this.#period) return;
    const first = Math.max(this.#period + 1, period - FEED_TABLES + 1);
    for (let turned = first; turned <= period; turned++) {
      const number = turned % FEED_TABLES;
      this.#sql.exec(`DROP TABLE feed_${number}`);
      this.#sql.exec(feedTable(number));
    }
    this.#sql.exec('UPDATE feed_period SET period = ?', period);
    this.#period = period;
  }

  #storedPeriod(): number | null {
    return this.#sql.exec<{ period: number }>('SELECT period FROM feed_period').toArray()[0]?.period ?? null;
  }

  #begin(period: number): number {
    this.#sql.exec('INSERT INTO feed_period VALUES (?)', period);
    return period;
  }
}
