import type { Attempt, DeliveryStatus, DisableReason, Message } from '../../domain/webhook/webhook';
import { hasTable, migrateByTable } from '../kit/migrate';
import { DeliveryLog, type LogTurn, type Parcel } from './delivery-log';
import { WEBHOOK_MIGRATIONS } from './webhook-schema';

/** Where an endpoint stands in a shard's feed, and behind which row it began. */
export interface Position {
  seq: number;
  origin: number;
}

/** What an endpoint remembers of itself. */
export interface State extends LogTurn {
  positions: Record<number, Position>;
  /** Every delivery up to here is settled or waits for a retry. */
  settled_through: number;
  next_n: number;
  /** Since when nothing but failures is known (ms); a success is looked up before this is believed. */
  failing_since: number | null;
  /** The decision to disable the endpoint, until everyone was told. */
  disable: { reason: DisableReason; at: number } | null;
}

/** What an attempt came to. */
export interface Settlement {
  attempt: Attempt;
  status: DeliveryStatus;
  tries: number;
  /** When to try again; null for a delivery that is settled. */
  retryAt: number | null;
}

type StateRow = Omit<State, 'positions' | 'disable'> & { positions: string; disable: string | null };

/** All SQL of an endpoint but for the log's own. The caller sets the transaction. */
export class WebhookStore {
  readonly log: DeliveryLog;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.log = new DeliveryLog(sql);
  }

  /** Null before the endpoint has begun. */
  state(): State | null {
    if (!hasTable(this.#sql, 'state')) return null;
    const [row] = this.#sql.exec<StateRow>('SELECT * FROM state').toArray();
    if (row === undefined) return null;
    const disable = row.disable === null ? null : (JSON.parse(row.disable) as State['disable']);
    return { ...row, positions: JSON.parse(row.positions) as State['positions'], disable };
  }

  /** Makes the tables of an endpoint that begins at `positions`. */
  begin(positions: State['positions'], now: number): void {
    migrateByTable(this.#sql, WEBHOOK_MIGRATIONS);
    this.#sql.exec(
      'INSERT INTO state VALUES (?, 0, 1, NULL, NULL, 0, ?, 1)',
      ...[JSON.stringify(positions), now],
    );
  }

  /** Takes in a page: its messages and the position behind it, in the one row that changes with each. */
  take(state: State, shard: number, seq: number, messages: readonly Message[], now: number): Parcel[] {
    const turn = messages.length === 0 ? state : this.log.turn(state, state.next_n, now);
    const parcels = messages.map((message, index) => this.log.add(turn, state.next_n + index, message, now));
    const position = { origin: 0, ...state.positions[shard], seq };
    this.#save({
      ...{ ...state, log_turn: turn.log_turn, log_since: turn.log_since, log_first: turn.log_first },
      positions: { ...state.positions, [shard]: position },
      next_n: state.next_n + messages.length,
    });
    return parcels;
  }

  /** Queues one message that is not of the feed. */
  queue(state: State, message: (n: number) => Message, now: number): Parcel {
    const turn = this.log.turn(state, state.next_n, now);
    const parcel = this.log.add(turn, state.next_n, message(state.next_n), now);
    this.#save({ ...state, ...turn, next_n: state.next_n + 1 });
    return parcel;
  }

  /** Writes an attempt down. `dueAt` is the retry that it was, null for a first attempt. */
  settle(n: number, { attempt, status, tries, retryAt }: Settlement, dueAt: number | null): void {
    this.log.note(n, attempt, status, tries);
    if (dueAt !== null) this.#sql.exec('DELETE FROM retry WHERE at = ? AND n = ?', dueAt, n);
    if (retryAt !== null) this.#sql.exec('INSERT INTO retry VALUES (?, ?)', retryAt, n);
  }

  failingSince(at: number | null): void {
    this.#sql.exec('UPDATE state SET failing_since = ?', at);
  }

  /** Decides to disable the endpoint, or (null) that everyone was told. */
  disable(decision: State['disable']): void {
    const text = decision === null ? null : JSON.stringify(decision);
    this.#sql.exec('UPDATE state SET disable = ?, failing_since = NULL', text);
  }

  /** Starts a settled delivery again, or brings a waiting one forward. */
  redeliver(n: number, now: number): void {
    this.#sql.exec('DELETE FROM retry WHERE n = ?', n);
    this.log.reopen(n);
    this.#sql.exec('INSERT INTO retry VALUES (?, ?)', now, n);
  }

  /** The retries that come first. */
  retries(limit: number): { at: number; n: number }[] {
    return this.#sql
      .exec<{ at: number; n: number }>('SELECT at, n FROM retry ORDER BY at, n LIMIT ?', limit)
      .toArray();
  }

  retryCount(): number {
    return this.#sql.exec<{ count: number }>('SELECT count(*) AS count FROM retry').one().count;
  }

  #save(state: State): void {
    const { settled_through, next_n, log_turn, log_since, log_first } = state;
    this.#sql.exec(
      `UPDATE state SET positions = ?, settled_through = ?, next_n = ?, log_turn = ?, log_since = ?, log_first = ?`,
      ...[JSON.stringify(state.positions), settled_through, next_n, log_turn, log_since, log_first],
    );
  }
}
