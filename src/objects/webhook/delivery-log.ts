import { DAY } from '../../domain/job/job';
import type { Attempt, Delivery, DeliveryStatus, Message } from '../../domain/webhook/webhook';
import type { DeliveryFilter } from './contract';
import { LOG_TABLES, logTable } from './webhook-schema';

/** How long a table of the log is written (ms), and how many rows it takes at most. */
const TABLE_SPAN = 5 * DAY;
const TABLE_ROWS = 500_000;

/** The table that is written, since when, and its first row. */
export interface LogTurn {
  log_turn: number;
  log_since: number;
  log_first: number;
}

/** A delivery as the pump needs it. */
export type Parcel = Message & { n: number; queued_at: number; tries: number };

type Row = {
  n: number;
  queued_at: number;
  event_id: string;
  type: string;
  job_id: string | null;
  revision: number | null;
  status: DeliveryStatus;
  tries: number;
  attempts: string;
  delivered_at: number | null;
  body: string;
};

const TABLES = Array.from({ length: LOG_TABLES }, (_, number) => `delivery_${number}`);
const union = (where: string) =>
  TABLES.map((table) => `SELECT * FROM ${table} WHERE ${where}`).join(' UNION ALL ');
/** Attempts kept of one delivery, redelivered again and again. */
const ATTEMPTS_KEPT = 20;

/** SQL of the deliveries and their attempts, over tables that take turns. The caller sets the transaction. */
export class DeliveryLog {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /**
   * The turn in which rows of `now` are written. The oldest table is made anew for the next one; what in it still waits
   * to be delivered moves along.
   */
  turn(turn: LogTurn, nextN: number, now: number): LogTurn {
    if (now - turn.log_since < TABLE_SPAN && nextN - turn.log_first < TABLE_ROWS) return turn;
    const next = turn.log_turn + 1;
    const number = next % LOG_TABLES;
    const open = this.#sql
      .exec<Row>(`SELECT * FROM delivery_${number} WHERE status IN ('pending', 'retrying')`)
      .toArray();
    this.#sql.exec(`DROP TABLE delivery_${number}`);
    this.#sql.exec(logTable(number));
    for (const row of open) this.#insert(next, row);
    return { log_turn: next, log_since: now, log_first: nextN };
  }

  add({ log_turn }: LogTurn, n: number, message: Message, now: number): Parcel {
    const unsent = { status: 'pending', tries: 0, attempts: '[]', delivered_at: null } as const;
    this.#insert(log_turn, { n, queued_at: now, ...message, ...unsent });
    return { ...message, n, queued_at: now, tries: 0 };
  }

  /** Deliveries behind `n` that were not tried yet, oldest first. */
  untried(n: number): Parcel[] {
    return this.#sql.exec<Row>(`${union("n > ?1 AND status = 'pending'")} ORDER BY n`, n).toArray();
  }

  parcel(n: number): Parcel | null {
    return this.#sql.exec<Row>(union('n = ?1'), n).toArray()[0] ?? null;
  }

  /** Notes an attempt and what became of the delivery by it. */
  note(n: number, attempt: Attempt, status: DeliveryStatus, tries: number): void {
    const [row] = this.#sql.exec<Row>(union('n = ?1'), n).toArray();
    if (row === undefined) return;
    const attempts = [...(JSON.parse(row.attempts) as Attempt[]), attempt].slice(-ATTEMPTS_KEPT);
    const deliveredAt = status === 'delivered' ? attempt.at : row.delivered_at;
    this.#update(n, 'status = ?, tries = ?, attempts = ?, delivered_at = ?', [
      ...[status, tries, JSON.stringify(attempts), deliveredAt],
    ]);
  }

  /** The delivery begins its schedule anew. */
  reopen(n: number): void {
    this.#update(n, "status = 'retrying', tries = 0", []);
  }

  /** When something was last delivered, at `since` or later; null for never. */
  lastSuccess(since: number): number | null {
    const query = `SELECT max(delivered_at) AS at FROM (${union('delivered_at >= ?1')})`;
    return this.#sql.exec<{ at: number | null }>(query, since).one().at;
  }

  /** When the first attempt behind `at` began; null where there was none. */
  firstAttemptAfter(at: number): number | null {
    const query = `SELECT min(json_extract(attempt.value, '$.at')) AS at
      FROM (${union('1')}) AS delivery, json_each(delivery.attempts) AS attempt
      WHERE json_extract(attempt.value, '$.at') > ?1`;
    return this.#sql.exec<{ at: number | null }>(query, at).one().at;
  }

  /** Deliveries before `before`, newest first. */
  list(filter: DeliveryFilter, before: number, limit: number): Delivery[] {
    const conditions = ['n < ?1'];
    const values: SqlStorageValue[] = [before];
    const equal = [
      ['event_id', filter.event_id],
      ['type', filter.event_type],
      ['job_id', filter.job_id],
    ] as const;
    for (const [column, value] of equal) {
      if (value !== undefined) conditions.push(`${column} = ?${values.push(value)}`);
    }
    if (filter.status !== undefined) {
      conditions.push(
        `status IN (SELECT value FROM json_each(?${values.push(JSON.stringify(filter.status))}))`,
      );
    }
    const query = `SELECT delivery.*, retry.at AS next_attempt_at FROM (
        ${union(conditions.join(' AND '))} ORDER BY n DESC LIMIT ?${values.push(limit)}
      ) AS delivery LEFT JOIN retry ON retry.n = delivery.n ORDER BY delivery.n DESC`;
    return this.#sql
      .exec<Row & { next_attempt_at: number | null }>(query, ...values)
      .toArray()
      .map(toDelivery);
  }

  #insert(turn: number, row: Row): void {
    const { n, queued_at, event_id, type, job_id, revision, status, tries, attempts, delivered_at, body } =
      row;
    this.#sql.exec(
      `INSERT INTO delivery_${turn % LOG_TABLES} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[n, queued_at, event_id, type, job_id, revision, status, tries, attempts, delivered_at, body],
    );
  }

  #update(n: number, set: string, values: SqlStorageValue[]): void {
    for (const table of TABLES) this.#sql.exec(`UPDATE ${table} SET ${set} WHERE n = ?`, ...values, n);
  }
}

function toDelivery(row: Row & { next_attempt_at: number | null }): Delivery {
  const { n, queued_at, event_id, type, job_id, revision, status, attempts, next_attempt_at } = row;
  return {
    ...{ n, queued_at, event_id, event_type: type, job_id, revision, status },
    next_attempt_at: status === 'pending' ? queued_at : next_attempt_at,
    attempts: JSON.parse(attempts) as Attempt[],
  };
}
