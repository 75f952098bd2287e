import {
  type Attempt,
  type DeliveryStatus,
  type DisableReason,
  type Message,
  WEBHOOK_SLOTS,
} from '../../domain/webhook/webhook';
import { toColumn } from '../kit/json-column';
import { hasTable, migrateByTable } from '../kit/migrate';
import { DeliveryLog, type DeliveryStanding, type LogTurn, type Parcel } from './delivery-log';
import type { Trip } from './open-deliveries';
import { WEBHOOK_MIGRATIONS } from './webhook-schema';

/** Where an endpoint stands in a shard's feed, and behind which row it began. */
export interface FeedPlace {
  seq: number;
  origin: number;
}

/** What an endpoint remembers of itself. */
export interface State extends LogTurn {
  positions: Record<number, FeedPlace>;
  /** Every delivery up to here was tried: it is settled or waits for a retry. */
  settled_through: number;
  next_n: number;
  /** When the first failure since the last success was (ms); null after a success. */
  failing_since: number | null;
  /** The decision to disable the endpoint, until everyone was told. */
  disable: Disabling | null;
  /** What its host is asked before its events are sent; null where it was never asked. */
  asked: FirstAsk | null;
  /** When it looks for a change that it may not hear of (ms); null where none is to come. */
  look_at: number | null;
}

/** A decision of the service: why, when (ms), and for which URL. That is absent in one of an older build. */
export interface Disabling {
  reason: DisableReason;
  at: number;
  url?: string;
}

/** The delivery that asks, and which asking it is. `answered_at` (ms) is null until a 2xx. */
export interface FirstAsk {
  n: number;
  at: number;
  answered_at: number | null;
}

/** What an attempt came to. */
export interface Settlement {
  attempt: Attempt;
  status: DeliveryStatus;
  tries: number;
  /** When to try again; null for a delivery that is settled. */
  retryAt: number | null;
}

type StateRow = Omit<State, 'positions' | 'disable' | 'asked'> &
  Record<'positions', string> &
  Record<'disable' | 'asked', string | null>;

/** Retries that are looked at for one that may go out: as many as are due may be of jobs in flight. */
const RETRIES_SEEN = 16 * WEBHOOK_SLOTS;

/** All SQL of an endpoint but for the log's own. The caller sets the transaction. */
export class WebhookStore {
  readonly log: DeliveryLog;
  readonly #sql: SqlStorage;
  /** The endpoint has its tables, once that was asked for: it has begun. */
  #begun = false;
  /** Deliveries that wait for a retry, once they were counted. */
  #retries: number | null = null;
  /** Whether its attempts fail, once that was asked for. */
  #failing: boolean | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.log = new DeliveryLog(sql);
  }

  /** Migrates the tables of an endpoint that began under an older build. */
  upgrade(): void {
    if (this.#hasBegun()) migrateByTable(this.#sql, WEBHOOK_MIGRATIONS);
  }

  /** Clears what is kept in memory, once a transaction was rolled back or everything was deleted. */
  forget(): void {
    this.#begun = false;
    this.#retries = null;
    this.#failing = null;
  }

  /** Null before the endpoint has begun. */
  state(): State | null {
    if (!this.#hasBegun()) return null;
    const [row] = this.#sql.exec<StateRow>('SELECT * FROM state').toArray();
    if (row === undefined) return null;
    const disable = row.disable === null ? null : (JSON.parse(row.disable) as State['disable']);
    const asked = row.asked === null ? null : (JSON.parse(row.asked) as State['asked']);
    return { ...row, positions: JSON.parse(row.positions) as State['positions'], disable, asked };
  }

  /** Makes the tables of an endpoint that begins at `positions`. */
  begin(positions: State['positions'], now: number): void {
    migrateByTable(this.#sql, WEBHOOK_MIGRATIONS);
    this.#sql.exec(
      'INSERT INTO state VALUES (?, 0, 1, NULL, NULL, 0, ?, 1, NULL, NULL)',
      ...[JSON.stringify(positions), now],
    );
  }

  /** Stores a page: its messages and the position behind it, in the one row that changes with each. */
  take(state: State, shard: number, seq: number, messages: readonly Message[], now: number): Parcel[] {
    const turn =
      messages.length === 0 ? state : this.log.turn(state, state.settled_through, state.next_n, now);
    const parcels = messages.map((message, index) => this.log.add(turn, state.next_n + index, message, now));
    const position = { origin: 0, ...state.positions[shard], seq };
    this.#save({
      ...state,
      log_turn: turn.log_turn,
      log_since: turn.log_since,
      log_first: turn.log_first,
      positions: { ...state.positions, [shard]: position },
      next_n: state.next_n + messages.length,
    });
    return parcels;
  }

  /** Queues one message that is not of the feed. */
  queue(state: State, message: (n: number) => Message, now: number): Parcel {
    const turn = this.log.turn(state, state.settled_through, state.next_n, now);
    const parcel = this.log.add(turn, state.next_n, message(state.next_n), now);
    this.#save({ ...state, ...turn, next_n: state.next_n + 1 });
    return parcel;
  }

  /**
   * Writes an attempt down and answers how the delivery stands then. `dueAt` is the retry that it was, null for a first
   * attempt. One that was redelivered during its flight keeps that one schedule, or none once it was delivered.
   */
  settle(n: number, { attempt, status, tries, retryAt }: Settlement, dueAt: number | null): DeliveryStatus {
    const before = this.log.parcel(n);
    if (before === null) return status;
    const redelivered = before.due_at !== dueAt && status !== 'delivered';
    const after = redelivered ? before : { status, tries, due_at: retryAt };
    this.log.note(n, attempt, after);
    this.#reschedule(n, before.due_at, after.due_at);
    return after.status;
  }

  /** Whether its attempts fail: none has succeeded since one failed. */
  isFailing(): boolean {
    this.#failing ??= (this.state()?.failing_since ?? null) !== null;
    return this.#failing;
  }

  failingSince(at: number | null): void {
    this.#failing = null;
    this.#sql.exec('UPDATE state SET failing_since = ?', at);
  }

  /** Decides to disable the endpoint, or (null) that everyone was told. */
  disable(decision: State['disable']): void {
    const text = toColumn(decision);
    this.#failing = null;
    this.#sql.exec('UPDATE state SET disable = ?, failing_since = NULL', text);
  }

  /** A change is to come by `at` (ms), or (null) what was to come has been looked for. */
  lookAt(at: number | null): void {
    this.#sql.exec('UPDATE state SET look_at = ?', at);
  }

  ask(asked: FirstAsk): void {
    this.#sql.exec('UPDATE state SET asked = ?', JSON.stringify(asked));
  }

  /** The delivery that asks, while it is neither answered nor given up; null where there is none. */
  asking(state: State | null): (Parcel & DeliveryStanding) | null {
    const { asked = null } = state ?? {};
    if (asked === null || asked.answered_at !== null) return null;
    const parcel = this.log.parcel(asked.n);
    return parcel?.status === 'pending' || parcel?.status === 'retrying' ? parcel : null;
  }

  /** That delivery, where it is a retry that is due by `dueBy` (ms). */
  *askingTrips(dueBy: number): Generator<Trip> {
    const parcel = this.asking(this.state());
    if (parcel !== null && parcel.due_at !== null && parcel.due_at <= dueBy)
      yield { parcel, dueAt: parcel.due_at };
  }

  /**
   * Starts a settled delivery again, or brings a waiting one forward. One behind the mark, which was never tried, goes out
   * by itself: whether it is such a one.
   */
  redeliver(n: number, now: number): 'untried' | 'scheduled' | null {
    const parcel = this.log.parcel(n);
    if (parcel === null) return null;
    if (parcel.status === 'pending' && n > (this.state()?.settled_through ?? 0)) return 'untried';
    this.log.reopen(n, now);
    this.#reschedule(n, parcel.due_at, now);
    return 'scheduled';
  }

  /**
   * Some of the retries that are planned for after `most` (ms) are due at `now`, as if they were asked for: a clock that was
   * ahead has planned them.
   */
  bringForward(most: number, now: number): void {
    if (!this.#hasBegun()) return;
    const query = 'SELECT n FROM retry WHERE at > ? LIMIT ?';
    for (const { n } of this.#sql.exec<{ n: number }>(query, most, RETRIES_SEEN).toArray())
      this.redeliver(n, now);
  }

  /** The retries that come first; none of an endpoint that has not begun, or was erased. */
  retries(limit: number): { at: number; n: number }[] {
    if (!this.#hasBegun()) return [];
    return this.#sql
      .exec<{ at: number; n: number }>('SELECT at, n FROM retry ORDER BY at, n LIMIT ?', limit)
      .toArray();
  }

  /** The retries that are due by `dueBy` (ms), the longest due first. The delivery itself knows whether one is its own. */
  *dueTrips(dueBy: number): Generator<Trip> {
    for (const { at, n } of this.retries(RETRIES_SEEN)) {
      if (at > dueBy) return;
      const parcel = this.log.parcel(n);
      if (parcel?.due_at === at) yield { parcel, dueAt: at };
      else this.#reschedule(n, at, null);
    }
  }

  /** How many deliveries wait for a retry. */
  retryCount(): number {
    if (!this.#hasBegun()) return 0;
    this.#retries ??= this.#sql.exec<{ count: number }>('SELECT count(*) AS count FROM retry').one().count;
    return this.#retries;
  }

  #reschedule(n: number, from: number | null, to: number | null): void {
    if (from === to) return;
    if (from !== null) this.#sql.exec('DELETE FROM retry WHERE at = ? AND n = ?', from, n);
    if (to !== null) this.#sql.exec('INSERT INTO retry VALUES (?, ?)', to, n);
    if (this.#retries !== null) this.#retries += Number(to !== null) - Number(from !== null);
  }

  #hasBegun(): boolean {
    this.#begun ||= hasTable(this.#sql, 'state');
    return this.#begun;
  }

  #save(state: State): void {
    const { settled_through, next_n, log_turn, log_since, log_first } = state;
    this.#sql.exec(
      `UPDATE state SET positions = ?, settled_through = ?, next_n = ?, log_turn = ?, log_since = ?, log_first = ?`,
      ...[JSON.stringify(state.positions), settled_through, next_n, log_turn, log_since, log_first],
    );
  }
}
