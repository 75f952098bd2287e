import type { FeedPage } from '../../domain/feed/feed';
import { type Message, WEBHOOK_SLOTS } from '../../domain/webhook/webhook';
import { within } from '../kit/within';
import type { Parcel } from './delivery-log';
import type { State, WebhookStore } from './webhook-store';

/** A delivery on its way. `dueAt` is the retry that it is, null for a first attempt. */
export interface Trip {
  parcel: Parcel;
  dueAt: number | null;
}

/** What a reader says with its ask: it comes again by itself, it sleeps once there is nothing, it is no reader any more. */
export type Intent = 'more' | 'sleep' | 'leave';

/** What the pump asks of its object. */
export interface PumpPort {
  pull(shard: number, after: number, limit: number, intent: Intent): Promise<FeedPage>;
  /** Writes a page and the position behind it in one transaction; answers what is to be delivered of it. */
  take(state: State, shard: number, page: FeedPage): Parcel[];
  /** Sends and writes down what came of it. Rejects only where that could not be written. */
  deliver(trip: Trip): Promise<void>;
  /** Looked at before each step: whether deliveries may still go out. */
  open(): Promise<boolean>;
}

/** Rows a page has at most; more are asked for while fewer than that wait. */
const PAGE = 100;
/** Attempts that one run makes at most: the platform counts what one invocation asks for. */
const RUN_ATTEMPTS = 500;
/** How long a run goes on (ms). */
const RUN_LIFE = 60_000;
/** Deliveries that may wait for a retry while the endpoint fails: the feed keeps the others. */
const RETRIES_LIMIT = 10_000;
/** How often an endpoint with that many waiting is tried with a new one (ms). */
const PROBE_PACE = 60_000;
const LONGEST_REST = 15_000;

/**
 * Brings events to one endpoint: reads its shards' feeds page by page, keeps at most four deliveries in flight, one of a
 * job at a time, oldest due first. A run ends when all shards know that the endpoint sleeps, or its time is over; the
 * object's alarm starts the next. Source: protocols §2.
 */
export class Pump {
  /** The last attempt failed. */
  failing = false;
  /** Shards that have something, or may have: all of them at first. */
  readonly #awake = new Map<number, number>();
  readonly #store: WebhookStore;
  readonly #port: PumpPort;
  readonly #pace: number;
  readonly #flying = new Map<number, Parcel>();
  /** How far each shard was read, and those whose last page was empty. */
  readonly #seen = new Map<number, number>();
  readonly #quiet = new Set<number>();
  #waiting: Parcel[] = [];
  #running = false;
  #nudge = Promise.withResolvers<void>();
  #pulling = false;
  #rested = true;
  #probed = false;
  #attempts = 0;
  #broken: unknown = null;

  constructor(store: WebhookStore, port: PumpPort, pace: number) {
    this.#store = store;
    this.#port = port;
    this.#pace = pace;
  }

  get running(): boolean {
    return this.#running;
  }

  /** A shard has something. The count tells a pull under way that its answer is old. */
  wake(shard: number): void {
    this.#awake.set(shard, (this.#awake.get(shard) ?? 0) + 1);
    this.#poke();
  }

  /** One more delivery, or a retry that is due. */
  more(parcel: Parcel | null): void {
    if (this.#running && parcel !== null) this.#waiting.push(parcel);
    this.#poke();
  }

  /** Runs until there is nothing to do. Rejects where storage fails; what was begun is finished first. */
  async run(): Promise<void> {
    const until = Date.now() + RUN_LIFE;
    this.#running = true;
    this.#attempts = 0;
    this.#broken = null;
    this.#rested = true;
    this.#probed = false;
    try {
      this.#waiting = this.#store.log.untried(this.#store.state()?.settled_through ?? 0);
      while (await this.#step(until)) await this.#rest();
      if (this.#broken !== null) throw this.#broken;
    } finally {
      this.#running = false;
    }
  }

  /** When the next run is due (ms), or null. */
  nextDue(now: number): number | null {
    if (this.#waiting.length > 0) return now;
    const retry = this.#store.retries(1)[0]?.at ?? null;
    if (this.#awake.size === 0) return retry;
    return Math.min(this.#full() ? now + PROBE_PACE : now, retry ?? Number.POSITIVE_INFINITY);
  }

  /** Starts what can be started; false when nothing is left to wait for. */
  async #step(until: number): Promise<boolean> {
    const over = this.#broken !== null || Date.now() >= until || this.#attempts >= RUN_ATTEMPTS;
    const open = !over && (await this.#isOpen());
    if (open) {
      this.#startTrips(Date.now());
      this.#startPull();
    }
    if (this.#flying.size > 0 || this.#pulling) return true;
    if (!open) return false;
    const due = this.#store.retries(1)[0]?.at ?? Number.POSITIVE_INFINITY;
    const asleep = this.#awake.size === 0 || (this.#probed && this.#full());
    return this.#waiting.length > 0 || !asleep || due <= Date.now();
  }

  /** Where that can't be told, the run is over once what is in flight has come down. */
  async #isOpen(): Promise<boolean> {
    try {
      return await this.#port.open();
    } catch (cause) {
      this.#broken = cause;
      return false;
    }
  }

  async #rest(): Promise<void> {
    const due = (this.#store.retries(1)[0]?.at ?? Number.POSITIVE_INFINITY) - Date.now();
    await within(this.#nudge.promise, due > 0 ? Math.min(due, LONGEST_REST) : LONGEST_REST);
    this.#nudge = Promise.withResolvers();
  }

  #poke(): void {
    this.#nudge.resolve();
  }

  #startTrips(now: number): void {
    while (this.#flying.size < WEBHOOK_SLOTS && this.#attempts < RUN_ATTEMPTS) {
      const trip = this.#choose(now);
      if (trip === null) return;
      this.#attempts += 1;
      this.#flying.set(trip.parcel.n, trip.parcel);
      void this.#fly(trip);
    }
  }

  async #fly(trip: Trip): Promise<void> {
    try {
      await this.#port.deliver(trip);
    } catch (cause) {
      this.#broken = cause;
    } finally {
      this.#flying.delete(trip.parcel.n);
      this.#poke();
    }
  }

  /** What has been due longest and is of no job that is in flight. */
  #choose(now: number): Trip | null {
    const busy = new Set([...this.#flying.values()].map(({ job_id }) => job_id ?? ''));
    const free = ({ job_id }: Message) => job_id === null || !busy.has(job_id);
    const index = this.#waiting.findIndex(free);
    const fresh = this.#waiting[index];
    const retry = this.#chooseRetry(Math.min(now, fresh?.queued_at ?? now), free);
    if (retry !== null) return retry;
    if (fresh === undefined) return null;
    this.#waiting.splice(index, 1);
    return { parcel: fresh, dueAt: null };
  }

  #chooseRetry(dueBy: number, free: (message: Message) => boolean): Trip | null {
    for (const { at, n } of this.#store.retries(16 * WEBHOOK_SLOTS)) {
      if (at > dueBy) return null;
      if (this.#flying.has(n)) continue;
      const parcel = this.#store.log.parcel(n);
      if (parcel !== null && free(parcel)) return { parcel, dueAt: at };
    }
    return null;
  }

  #startPull(): void {
    if (this.#pulling || !this.#rested || this.#awake.size === 0 || this.#waiting.length >= PAGE) return;
    if (this.#full()) {
      if (this.#probed) return;
      this.#probed = true;
    }
    this.#pulling = true;
    this.#rested = false;
    void this.#pullAll();
  }

  /** Reads what is there and rests; a page that was full is followed by the next at once. */
  async #pullAll(): Promise<void> {
    let full = false;
    try {
      for (const shard of [...this.#awake.keys()]) full = (await this.#pull(shard)) || full;
    } catch (cause) {
      this.#broken = cause;
    }
    this.#pulling = false;
    if (full) this.#rested = true;
    else void this.#restPull();
    this.#poke();
  }

  async #restPull(): Promise<void> {
    await scheduler.wait(this.#pace);
    this.#rested = true;
    this.#poke();
  }

  /** One page of one shard; whether there is more at once. Two empty ones in a row, and the shard is told good night. */
  async #pull(shard: number): Promise<boolean> {
    const wakes = this.#awake.get(shard);
    const after = this.#after(shard);
    if (after === null) return false;
    const limit = this.#full() ? 1 : PAGE;
    const quiet = this.#quiet.has(shard);
    const page = await this.#port.pull(shard, after, limit, quiet ? 'sleep' : 'more');
    const state = this.#store.state();
    if (state === null) return false;
    const empty = page.events.length === 0 && page.through >= page.head;
    const asleep = empty && quiet && this.#awake.get(shard) === wakes;
    // A position that passed over rows alone is written when the shard falls silent.
    if (page.events.length > 0 || (asleep && page.through > (state.positions[shard]?.seq ?? 0)))
      this.#take(state, shard, page);
    this.#seen.set(shard, page.through);
    if (empty && !asleep) this.#quiet.add(shard);
    else this.#quiet.delete(shard);
    if (asleep) this.#awake.delete(shard);
    return page.through < page.head && limit > 1;
  }

  /** Where to read on in a shard; null before the endpoint has begun. */
  #after(shard: number): number | null {
    const state = this.#store.state();
    return state === null ? null : Math.max(state.positions[shard]?.seq ?? 0, this.#seen.get(shard) ?? 0);
  }

  #take(state: State, shard: number, page: FeedPage): void {
    const open = [...this.#flying.keys(), ...this.#waiting.map(({ n }) => n)];
    const settled_through = Math.max(state.settled_through, Math.min(state.next_n, ...open) - 1);
    this.#waiting.push(...this.#port.take({ ...state, settled_through }, shard, page));
  }

  #full(): boolean {
    return this.failing && this.#store.retryCount() >= RETRIES_LIMIT;
  }
}
