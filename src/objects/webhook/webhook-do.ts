import { DurableObject } from 'cloudflare:workers';
import { owesAnswer } from '../../domain/webhook/first-answer';
import { furthestAttempt } from '../../domain/webhook/retry';
import { hasStatus } from '../../domain/webhook/status-filter';
import {
  type Delivery,
  filterOf,
  MAKING_LIFE,
  messageOf,
  testMessage,
  WEBHOOK_SLOTS,
} from '../../domain/webhook/webhook';
import type { Namespaces } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { touched } from '../kit/open-objects';
import { transact } from '../kit/transact';
import { ChangeToCome } from './change-to-come';
import type { DeliveryFilter, DeliveryPage, EndpointPulse, WebhookObject } from './contract';
import { Dispatcher } from './dispatcher';
import { EndpointConfig } from './endpoint-config';
import { FeedShards } from './feed-shards';
import { FirstAnswer } from './first-answer';
import { Pump } from './pump';
import { type WebhookSettings, type WebhookVariables, webhookSettings } from './webhook-settings';
import { WebhookStore } from './webhook-store';

/** How long after a run that is to be made up for the next one comes (ms). */
const RETRY_FIRST = 2_000;

/** One endpoint: its place in the feed, its deliveries and their log. What it is set to is its organization's to know. */
export class WebhookDO extends DurableObject<Namespaces & WebhookVariables> implements WebhookObject {
  readonly #settings: WebhookSettings;
  readonly #store: WebhookStore;
  readonly #clock: AlarmClock;
  readonly #alarm: GuardedAlarm;
  readonly #config: EndpointConfig;
  readonly #shards: FeedShards;
  readonly #dispatcher: Dispatcher;
  readonly #pump: Pump;
  readonly #firstAnswer: FirstAnswer;
  readonly #changeToCome: ChangeToCome;
  #beginning: Promise<void> | null = null;
  /** The next alarm may stand for pokes that an earlier instance was given: it says nothing of their shards. */
  #inherited = true;
  /** An alarm was due when this instance began. */
  #overdue = false;

  constructor(ctx: DurableObjectState, env: Namespaces & WebhookVariables) {
    super(ctx, env);
    touched(env, 'WEBHOOK', ctx.id.name);
    this.#settings = webhookSettings(env);
    this.#store = new WebhookStore(ctx.storage.sql);
    this.#clock = new AlarmClock(ctx.storage);
    this.#alarm = new GuardedAlarm(this.#clock, () => ({ object: ctx.id.name }));
    this.#config = new EndpointConfig(env, this.#settings.roots, ctx.id.name);
    this.#shards = new FeedShards(env, ctx.id.name, this.#settings.shards);
    const commits = {
      transact: <Answer>(work: () => Answer) => this.#transact(work),
      sync: () => ctx.storage.sync(),
    };
    this.#dispatcher = new Dispatcher(commits, this.#store, this.#config, this.#settings);
    this.#pump = this.#makePump();
    this.#firstAnswer = new FirstAnswer(this.#store, this.#config, {
      transact: (work) => this.#transact(work),
      more: (parcel) => this.#pump.more(parcel),
      opened: () => this.#lookAtAll(),
    });
    this.#changeToCome = new ChangeToCome(this.#store, this.#clock, (work) => this.#transact(work));
    this.#transact(() => this.#store.upgrade());
    ctx.blockConcurrencyWhile(() => this.#wakeUp());
  }

  /**
   * Sets its place to the heads of all shards, unless it has one. Each shard then lists it as a reader. Where its
   * organization does not keep it in time, it is erased by its alarm. `shards` is how many there are.
   */
  begin(shards?: number): Promise<void> {
    this.#shards.know(shards);
    this.#beginning ??= this.#takePlace().finally(() => {
      this.#beginning = null;
    });
    return this.#beginning;
  }

  /**
   * Something happened, or is to happen within `within` ms: in the feed of `shard`, or (null) to the endpoint's own settings.
   * Once this is answered the endpoint looks for itself, whatever happens to its memory.
   */
  async poke(shard: number | null, within = 0): Promise<void> {
    if (within > 0) return this.#changeToCome.expect(Date.now() + within);
    if (shard === null) {
      this.#config.forget();
      this.#lookAtAll();
    } else {
      this.#shards.met(shard);
      this.#pump.wake(shard);
    }
    if (!this.#overdue) this.#inherited = false;
    this.#see();
  }

  /** Queues a message that shows whether the endpoint is reached, or brings forward the one that it has yet to answer. */
  async sendTest(): Promise<Delivery | null> {
    const now = Date.now();
    await this.begin();
    const config = await this.#config.current(now);
    // What it owes its host, and has not asked yet, is this test.
    if (config !== 'gone') await this.#firstAnswer.see(config, now);
    const state = this.#store.state();
    if (state === null) return null;
    const open = this.#store.asking(state);
    if (open !== null) return this.redeliver(open.n);
    const parcel = this.#transact(() => {
      const queued = this.#store.queue(state, (n) => testMessage(this.#config.webhookId, n, now), now);
      this.#see();
      return queued;
    });
    this.#pump.more(parcel);
    return this.#delivery(parcel.n);
  }

  async pulse(): Promise<EndpointPulse | null> {
    const state = this.#store.state();
    if (state === null) return null;
    const { next_n, failing_since, positions } = state;
    const through = Object.entries(positions).map(([shard, { seq }]) => [shard, seq]);
    const retries = this.#store.retryCount();
    return { deliveries: next_n - 1, retries, through: Object.fromEntries(through), failing_since };
  }

  /** Deliveries before the `before`th, newest first. */
  async deliveries(
    filter: DeliveryFilter,
    before: number | null,
    limit: number,
    paged = false,
  ): Promise<Delivery[] | DeliveryPage> {
    const found =
      this.#store.state() === null
        ? { deliveries: [], next: null }
        : this.#store.log.page(filter, before ?? Number.MAX_SAFE_INTEGER, limit);
    return paged ? found : found.deliveries;
  }

  /** Starts the `n`th delivery again, or brings its next attempt forward; null where there is none. */
  async redeliver(n: number): Promise<Delivery | null> {
    if (this.#store.state() === null) return null;
    const found = this.#transact(() => {
      const known = this.#store.redeliver(n, Date.now());
      if (known !== null) this.#see();
      return known;
    });
    if (found !== null) this.#pump.more(found === 'untried' ? this.#store.log.parcel(n) : null);
    return this.#delivery(n);
  }

  /** The endpoint is no more: nothing is sent from here on, and nothing stays. */
  async erase(): Promise<void> {
    this.#config.forget();
    this.#pump.more(null);
    await this.#shards.leave(this.#store.state()?.positions);
    this.#clock.forget();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#store.forget();
  }

  /** Never throws. */
  override alarm(): Promise<void> {
    touched(this.env, 'WEBHOOK', this.ctx.id.name);
    return this.#alarm.run(async () => {
      await this.#run();
    });
  }

  async #run(): Promise<void> {
    const began = Date.now();
    const looks = this.#changeToCome.isDue(began);
    if (looks) this.#config.forget();
    const config = await this.#config.current(began);
    if (config === 'gone') return this.#giveUp();
    await this.begin(config.shards);
    if (this.#inherited || looks) this.#lookAtAll();
    this.#inherited = false;
    this.#transact(() => this.#store.bringForward(began + furthestAttempt(this.#settings.schedule), began));
    await this.#deliver();
    const decision = this.#store.state()?.disable ?? null;
    if (decision !== null) {
      await this.#config.disable(decision);
      if (this.#store.state() !== null) this.#transact(() => this.#store.disable(null));
    }
    const after = await this.#config.current(Date.now());
    if (after === 'gone') return this.erase();
    // Who is sent nothing need not be told that there is something.
    if (!after.enabled || owesAnswer(after)) await this.#shards.leave(this.#store.state()?.positions);
    if (after.enabled) {
      // The run may have been over before an answer came, or its owner let it go to a host that has to be asked.
      const due = this.#firstAnswer.isDue(after) ? Date.now() : this.#pump.nextDue(Date.now());
      if (due !== null) this.#clock.arm(due, Date.now());
    }
    this.#changeToCome.looked(began);
  }

  /** What breaks because the endpoint was deleted meanwhile is no failure: there is nothing to make up for. */
  async #deliver(): Promise<void> {
    try {
      await this.#pump.run();
    } catch (cause) {
      if ((await this.#config.current(Date.now())) !== 'gone') throw cause;
    }
  }

  /** Its organization does not keep it: it is no more, or it is being made at this moment. */
  async #giveUp(): Promise<void> {
    await this.#beginning;
    const state = this.#store.state();
    const age = state === null || state.log_turn > 0 ? MAKING_LIFE : Date.now() - state.log_since;
    if (age >= MAKING_LIFE) return this.erase();
    this.#config.forget();
    this.#clock.arm(Date.now() + RETRY_FIRST, Date.now());
  }

  async #wakeUp(): Promise<void> {
    await this.#clock.wake();
    const { at } = this.#clock;
    this.#overdue = at !== null && at <= Date.now();
  }

  async #takePlace(): Promise<void> {
    if (this.#store.state() !== null) return;
    const heads = await this.#shards.heads();
    const now = Date.now();
    this.#transact(() => {
      this.#store.begin(heads, now);
      this.#clock.arm(now + MAKING_LIFE, now);
    });
  }

  #makePump(): Pump {
    return new Pump(
      this.#store,
      {
        pull: (ask, limit) => this.#shards.page(ask, limit, filterOf(this.#config.known())),
        take: (state, shard, page) => {
          const known = this.#config.known();
          const [filter, { statuses = null }] = [filterOf(known), known];
          const origin = state.positions[shard]?.origin ?? 0;
          const rows = page.events.filter((row) => hasStatus(row, statuses));
          const messages = rows.map((row) => messageOf(row, filter, origin, statuses));
          return this.#transact(() => this.#store.take(state, shard, page.through, messages, Date.now()));
        },
        deliver: (trip) => this.#dispatcher.deliver(trip),
        open: async () => {
          if (this.#store.state()?.disable) return false;
          const config = await this.#config.current(Date.now());
          if (config === 'gone' || !config.enabled) return false;
          await this.#firstAnswer.see(config, Date.now());
          return true;
        },
        owesAnswer: () => this.#config.owesAnswer,
        slots: () => this.#config.known().slots ?? WEBHOOK_SLOTS,
      },
      this.#settings.pace,
    );
  }

  /** Runs a change in one transaction; where it is rolled back, so is what memory knows of tables, counts and alarm. */
  #transact<Answer>(work: () => Answer): Answer {
    return transact(this.ctx.storage, [this.#store, this.#clock], work);
  }

  /** Any shard may have something. */
  #lookAtAll(): void {
    for (const shard of this.#shards.numbers(this.#store.state()?.positions)) this.#pump.wake(shard, false);
  }

  /** Schedules a run, unless one is under way. */
  #see(): void {
    if (!this.#pump.running) this.#clock.arm(Date.now(), Date.now());
  }

  #delivery(n: number): Delivery | null {
    if (this.#store.state() === null) return null;
    const [delivery] = this.#store.log.page({}, n + 1, 1).deliveries;
    return delivery?.n === n ? delivery : null;
  }
}
