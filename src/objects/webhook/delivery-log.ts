import { DAY } from '../../domain/base/time';
import { shownSent, withoutSent } from '../../domain/webhook/sent';
import type { Attempt, Delivery, DeliveryStatus, Message } from '../../domain/webhook/webhook';
import { overAll, TurningTables, tableNamesOf } from '../kit/turning-tables';
import type { DeliveryFilter, DeliveryPage } from './contract';
import { LOG_TABLES, logTable } from './webhook-schema';

/** How long a table of the log is written (ms), and how many rows it takes at most. */
const TABLE_SPAN = 5 * DAY;
const TABLE_ROWS = 500_000;

/** Rows that a page with a filter looks at, at most. */
export const SCAN = 2_000;

/** The table that is written, since when, and its first row. */
export interface LogTurn {
  log_turn: number;
  log_since: number;
  log_first: number;
}

/** A delivery as the pump needs it. */
export type Parcel = Message & { n: number; queued_at: number; tries: number };

/** Where a delivery stands after an attempt. */
export interface DeliveryStanding {
  status: DeliveryStatus;
  tries: number;
  /** When it is tried again (ms); null for one that is not. */
  due_at: number | null;
}

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
  due_at: number | null;
};

const TABLES = tableNamesOf('delivery', LOG_TABLES);
const union = (where: string) => overAll(TABLES, (table) => `SELECT * FROM ${table} WHERE ${where}`);
/** Attempts kept of one delivery, redelivered again and again. */
const ATTEMPTS_KEPT = 20;

/** SQL of the deliveries and their attempts, over tables that take turns. The caller sets the transaction. */
export class DeliveryLog {
  readonly #sql: SqlStorage;
  readonly #tables: TurningTables;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#tables = new TurningTables(sql, 'delivery', LOG_TABLES, logTable);
  }

  /**
   * The turn in which rows of `now` are written. The oldest table is made anew for the next one; what in it still waits
   * to be delivered moves along: what was never tried is behind the mark `through`, the rest waits for a retry.
   */
  turn(turn: LogTurn, through: number, nextN: number, now: number): LogTurn {
    if (now - turn.log_since < TABLE_SPAN && nextN - turn.log_first < TABLE_ROWS) return turn;
    const next = turn.log_turn + 1;
    const table = this.#tables.of(next);
    const query = `SELECT ${table}.* FROM retry CROSS JOIN ${table}
        ON ${table}.n = retry.n AND ${table}.due_at = retry.at
      UNION ALL SELECT * FROM ${table} WHERE n > ? AND status = 'pending'`;
    const open = this.#sql.exec<Row>(query, through).toArray();
    this.#tables.renew(turn.log_turn, next);
    for (const row of open) this.#insert(next, row);
    return { log_turn: next, log_since: now, log_first: nextN };
  }

  add({ log_turn }: LogTurn, n: number, message: Message, now: number): Parcel {
    const unsent = { status: 'pending', tries: 0, attempts: '[]', delivered_at: null, due_at: null } as const;
    this.#insert(log_turn, { n, queued_at: now, ...message, ...unsent });
    return { ...message, n, queued_at: now, tries: 0 };
  }

  /** Deliveries behind `n` that were not tried yet, oldest first. */
  untried(n: number): Parcel[] {
    return this.#sql.exec<Row>(`${union("n > ?1 AND status = 'pending'")} ORDER BY n`, n).toArray();
  }

  /** A delivery with its schedule; null where there is none. */
  parcel(n: number): (Parcel & DeliveryStanding) | null {
    return this.#row(n);
  }

  /** Writes an attempt and where the delivery stands after it. */
  note(n: number, attempt: Attempt, { status, tries, due_at }: DeliveryStanding): void {
    const row = this.#row(n);
    if (row === null) return;
    const before = (JSON.parse(row.attempts) as Attempt[]).map(withoutSent);
    const attempts = [...before, attempt].slice(-ATTEMPTS_KEPT);
    const deliveredAt = status === 'delivered' ? attempt.at : row.delivered_at;
    this.#update(n, 'status = ?, tries = ?, attempts = ?, delivered_at = ?, due_at = ?', [
      ...[status, tries, JSON.stringify(attempts), deliveredAt, due_at],
    ]);
  }

  /** The delivery begins its schedule anew. */
  reopen(n: number, dueAt: number): void {
    this.#update(n, "status = 'retrying', tries = 0, due_at = ?", [dueAt]);
  }

  /**
   * Deliveries before `before`, newest first. With a filter so many rows are looked at and no more: what lies behind them
   * is on the next page, which begins before `next`.
   */
  page(filter: DeliveryFilter, before: number, limit: number): DeliveryPage {
    const floor = Object.values(filter).every((value) => value === undefined) ? 0 : this.#floor(before);
    const deliveries = this.#list(filter, floor, before, limit + 1);
    if (deliveries.length <= limit) return { deliveries, next: floor > 0 ? floor : null };
    return { deliveries: deliveries.slice(0, limit), next: deliveries[limit - 1]?.n ?? null };
  }

  /** The last of the rows that are looked at for a page before `before`; 0 where the log ends among them. */
  #floor(before: number): number {
    const query = `SELECT n FROM (${union('n < ?1')}) ORDER BY n DESC LIMIT 1 OFFSET ${SCAN - 1}`;
    const rows = this.#sql.exec<{ n: number }>(query, before).toArray();
    return rows[0]?.n ?? 0;
  }

  #list(filter: DeliveryFilter, floor: number, before: number, limit: number): Delivery[] {
    const conditions = ['n >= ?1', 'n < ?2'];
    const values: SqlStorageValue[] = [floor, before];
    const equal = [
      ['event_id', filter.event_id],
      ['type', filter.event_type],
      ['job_id', filter.job_id],
    ] as const;
    for (const [column, value] of equal) {
      if (value !== undefined) conditions.push(`${column} = ?${values.push(value)}`);
    }
    if (filter.status !== undefined) {
      const statuses = values.push(JSON.stringify(filter.status));
      conditions.push(`status IN (SELECT value FROM json_each(?${statuses}))`);
    }
    const query = `${union(conditions.join(' AND '))} ORDER BY n DESC LIMIT ?${values.push(limit)}`;
    return this.#sql
      .exec<Row>(query, ...values)
      .toArray()
      .map(toDelivery);
  }

  #row(n: number): Row | null {
    return this.#sql.exec<Row>(union('n = ?1'), n).toArray()[0] ?? null;
  }

  #insert(turn: number, row: Row): void {
    const { n, queued_at, event_id, type, job_id, revision, status, tries, attempts, delivered_at } = row;
    this.#sql.exec(
      `INSERT INTO ${this.#tables.of(turn)} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[n, queued_at, event_id, type, job_id, revision, status, tries, attempts, delivered_at],
      ...[row.body, row.due_at],
    );
  }

  #update(n: number, set: string, values: SqlStorageValue[]): void {
    for (const table of TABLES) this.#sql.exec(`UPDATE ${table} SET ${set} WHERE n = ?`, ...values, n);
  }
}

function toDelivery(row: Row): Delivery {
  const { n, queued_at, event_id, type, job_id, revision, status, due_at, body } = row;
  const attempts = JSON.parse(row.attempts) as Attempt[];
  const sent = shownSent(attempts, body);
  return {
    n,
    queued_at,
    event_id,
    event_type: type,
    job_id,
    revision,
    status,
    next_attempt_at: status === 'pending' ? queued_at : due_at,
    attempts: attempts.map(withoutSent),
    ...(sent === undefined ? {} : { sent }),
  };
}
