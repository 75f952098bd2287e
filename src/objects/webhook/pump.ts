import type { FeedPage } from '../../domain/feed/feed';
import { realTimer, within } from '../../within';
import type { Parcel } from './delivery-log';
import { OpenDeliveries, type Trip } from './open-deliveries';
import { ReadingList, type ShardAsk } from './reading-list';
import type { State, WebhookStore } from './webhook-store';

/** What the pump asks of its object. */
export interface PumpPort {
  pull(ask: ShardAsk, limit: number): Promise<FeedPage>;
  /** Writes a page and the position behind it in one transaction; answers what is to be delivered of it. */
  take(state: State, shard: number, page: FeedPage): Parcel[];
  /** Sends, and writes down what came of it. Rejects where that could not be written. */
  deliver(trip: Trip): Promise<void>;
  /** Looked at before each step: whether deliveries may still go out. */
  open(): Promise<boolean>;
  /** How many may be in flight, looked at once it is open. */
  slots(): number;
  /** Whether its host has to answer first: until then its test alone goes out, and the feed keeps the rest. */
  owesAnswer(): boolean;
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
 * Delivers events to one endpoint: reads its shards' feeds page by page, keeps a few deliveries in flight, one of a
 * job at a time, oldest due first. A run ends when all shards know that the endpoint sleeps, or its time is over; the
 * object's alarm starts the next. What is sent and read next is decided by `OpenDeliveries` and `ReadingList`. Source: protocols §2.
 */
export class Pump {
  readonly #store: WebhookStore;
  readonly #port: PumpPort;
  readonly #pace: number;
  readonly #open: OpenDeliveries;
  readonly #reading = new ReadingList();
  #nudge = Promise.withResolvers<void>();
  #running = false;
  #pulling = false;
  /** Ends the pause between two looks at the feed; null while there is none. */
  #endPause: (() => void) | null = null;
  /** When a new event was last asked for though the feed keeps the others (ms). */
  #probedAt = 0;
  #attempts = 0;
  #broken: unknown = null;

  constructor(store: WebhookStore, port: PumpPort, pace: number) {
    this.#store = store;
    this.#port = port;
    this.#pace = pace;
    this.#open = new OpenDeliveries(() => port.slots());
  }

  get running(): boolean {
    return this.#running;
  }

  /** A shard has something; `surely` is false for one that is only looked at. */
  wake(shard: number, surely = true): void {
    this.#reading.wake(shard, surely);
    this.#nudge.resolve();
  }

  /** There is one more delivery, or (null) a retry that is due, or the settings have changed. */
  more(parcel: Parcel | null): void {
    if (this.#running && parcel !== null) this.#open.add([parcel]);
    this.#nudge.resolve();
  }

  /** Runs until there is nothing to do. Rejects where storage fails; what was begun is finished first. */
  async run(): Promise<void> {
    const until = Date.now() + RUN_LIFE;
    this.#running = true;
    this.#attempts = 0;
    this.#broken = null;
    try {
      this.#open.reload(this.#store.log.untried(this.#store.state()?.settled_through ?? 0));
      while (await this.#step(until)) await this.#rest();
      if (this.#broken !== null) throw this.#broken;
    } finally {
      this.#endPause?.();
      this.#running = false;
    }
  }

  /** When the next run is due (ms), or null. */
  nextDue(now: number): number | null {
    if (this.#waiting > 0) return now;
    const due = this.#retryDue();
    const retry = due === Number.POSITIVE_INFINITY ? null : due;
    if (this.#reading.asleep || this.#port.owesAnswer()) return retry;
    return Math.min(Math.max(now, this.#probeDue()), retry ?? Number.POSITIVE_INFINITY);
  }

  /** Starts what can be started; false when nothing is left to wait for. */
  async #step(until: number): Promise<boolean> {
    const over = this.#broken !== null || Date.now() >= until || this.#attempts >= RUN_ATTEMPTS;
    const open = !over && (await this.#isOpen());
    if (open) this.#start(Date.now());
    if (this.#open.flying > 0 || this.#pulling) return true;
    if (!open || this.#broken !== null) return false;
    const reads = !this.#reading.asleep && this.#probeDue() <= Date.now() && !this.#port.owesAnswer();
    return this.#waiting > 0 || reads || this.#retryDue() <= Date.now();
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

  /** Waits for the next thing that is due, or a nudge. Leaves no timer behind. */
  async #rest(): Promise<void> {
    const due = this.#retryDue() - Date.now();
    await within(this.#nudge.promise, due > 0 ? Math.min(due, LONGEST_REST) : LONGEST_REST);
    this.#nudge = Promise.withResolvers();
  }

  #retryDue(): number {
    const first = this.#port.owesAnswer()
      ? this.#store.asking(this.#store.state())?.due_at
      : this.#store.retries(1)[0]?.at;
    return first ?? Number.POSITIVE_INFINITY;
  }

  /** What may go out of what was never tried. */
  get #waiting(): number {
    return this.#open.waiting((parcel) => this.#mayGo(parcel));
  }

  #mayGo({ type }: Parcel): boolean {
    return type === 'endpoint.test' || !this.#port.owesAnswer();
  }

  #retries(dueBy: number): Iterable<Trip> {
    return this.#port.owesAnswer() ? this.#store.askingTrips(dueBy) : this.#store.dueTrips(dueBy);
  }

  #start(now: number): void {
    while (this.#attempts < RUN_ATTEMPTS) {
      const trip = this.#open.choose(
        now,
        (dueBy) => this.#retries(dueBy),
        (parcel) => this.#mayGo(parcel),
      );
      if (trip === null) break;
      this.#attempts += 1;
      this.#open.begin(trip);
      void this.#fly(trip);
    }
    if (this.#mayPull()) void this.#pullAll();
  }

  async #fly(trip: Trip): Promise<void> {
    let written = false;
    try {
      await this.#port.deliver(trip);
      written = true;
    } catch (cause) {
      this.#broken = cause;
    } finally {
      this.#open.end(trip, written);
      this.#nudge.resolve();
    }
  }

  #mayPull(): boolean {
    if (this.#pulling || this.#endPause !== null || this.#reading.asleep || this.#port.owesAnswer())
      return false;
    return this.#open.waiting() < PAGE && this.#probeDue() <= Date.now();
  }

  /** Reads what is there and pauses; a page that was full is followed by the next at once. */
  async #pullAll(): Promise<void> {
    this.#pulling = true;
    let more = false;
    try {
      for (const shard of this.#reading.shards) {
        if (this.#probeDue() > Date.now()) break;
        more = (await this.#pull(shard)) || more;
      }
    } catch (cause) {
      this.#broken = cause;
    } finally {
      this.#pulling = false;
      if (!more && this.#running) this.#pause();
      this.#nudge.resolve();
    }
  }

  #pause(): void {
    const callOff = realTimer(this.#pace, () => this.#endPause?.());
    this.#endPause = () => {
      callOff();
      this.#endPause = null;
      this.#nudge.resolve();
    };
  }

  /** One page of one shard; whether there is more at once. */
  async #pull(shard: number): Promise<boolean> {
    const before = this.#store.state();
    if (before === null) return false;
    const full = this.#full();
    if (full) this.#probedAt = Date.now();
    const ask = this.#reading.ask(shard, before.positions);
    const page = await this.#port.pull(ask, full ? 1 : PAGE);
    const state = this.#store.state();
    if (state === null) return false;
    const reading = this.#reading.judge(ask, page, state.positions);
    if (reading.written) this.#take(state, shard, page);
    this.#reading.note(ask, page, reading);
    return reading.more && !full;
  }

  #take(state: State, shard: number, page: FeedPage): void {
    const settled_through = Math.max(state.settled_through, this.#open.triedThrough(state.next_n));
    this.#open.add(this.#port.take({ ...state, settled_through }, shard, page));
  }

  /** Its attempts fail, and so many wait for a retry that the feed keeps the others. */
  #full(): boolean {
    return this.#store.isFailing() && this.#store.retryCount() >= RETRIES_LIMIT;
  }

  /** When the next event may be asked for (ms), though the last may have been by an earlier instance; 0 where any may. */
  #probeDue(): number {
    if (!this.#full()) return 0;
    const newest = (this.#store.state()?.next_n ?? 1) - 1;
    const queuedAt = this.#store.log.parcel(newest)?.queued_at ?? 0;
    return Math.max(this.#probedAt, queuedAt) + PROBE_PACE;
  }
}
