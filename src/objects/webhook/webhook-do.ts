import { DurableObject } from 'cloudflare:workers';
import type { FeedPage } from '../../domain/feed/feed';
import { type Delivery, filterOf, messageOf, testMessage } from '../../domain/webhook/webhook';
import { log } from '../../log';
import { indexObject, type Namespaces, organizationOf } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { touched } from '../kit/open-objects';
import type { DeliveryFilter, WebhookObject } from './contract';
import { Dispatcher } from './dispatcher';
import { EndpointConfig } from './endpoint-config';
import { type Intent, Pump } from './pump';
import { type WebhookSettings, type WebhookVariables, webhookSettings } from './webhook-settings';
import { type Position, WebhookStore } from './webhook-store';

/** How long after a run that broke the next one comes (ms), doubled each time. */
const RETRY_FIRST = 2_000;
const RETRY_MOST = 60_000;

/** One endpoint: its place in the feed, its deliveries and their log. What it is set to is its organization's to know. */
export class WebhookDO extends DurableObject<Namespaces & WebhookVariables> implements WebhookObject {
  readonly #settings: WebhookSettings;
  readonly #store: WebhookStore;
  readonly #clock: AlarmClock;
  readonly #config: EndpointConfig;
  readonly #dispatcher: Dispatcher;
  readonly #pump: Pump;
  #broken = 0;

  constructor(ctx: DurableObjectState, env: Namespaces & WebhookVariables) {
    super(ctx, env);
    // Its alarm or a socket may have opened it: no stub was asked for.
    touched(env, 'WEBHOOK', ctx.id.name);
    this.#settings = webhookSettings(env);
    this.#store = new WebhookStore(ctx.storage.sql);
    this.#clock = new AlarmClock(ctx.storage);
    this.#config = new EndpointConfig(env, this.#settings.roots, ctx.id.name);
    this.#dispatcher = new Dispatcher(ctx.storage, this.#store, this.#config, this.#settings);
    this.#pump = new Pump(
      this.#store,
      {
        pull: (shard, after, limit, intent) => this.#pull(shard, after, limit, intent),
        take: (state, shard, page) => {
          const filter = filterOf(this.#config.known());
          const origin = state.positions[shard]?.origin ?? 0;
          const messages = page.events.map((row) => messageOf(row, filter, origin));
          return ctx.storage.transactionSync(() =>
            this.#store.take(state, shard, page.through, messages, Date.now()),
          );
        },
        deliver: async (trip) => {
          this.#pump.failing = !(await this.#dispatcher.deliver(trip));
        },
        open: async () => {
          if (this.#store.state()?.disable) return false;
          const config = await this.#config.current(Date.now());
          return config !== 'gone' && config.enabled;
        },
      },
      this.#settings.pace,
    );
    this.#wakeAll();
    ctx.blockConcurrencyWhile(() => this.#clock.wake());
  }

  /** Takes its place at the heads of all shards, unless it has one. Each shard then knows it as a reader. */
  async begin(): Promise<void> {
    if (this.#store.state() !== null) return;
    const shards = Array.from({ length: this.#settings.shards }, (_, shard) => shard);
    const heads = await Promise.all(
      shards.map(async (shard): Promise<[number, Position]> => {
        const { head } = await this.#ask(shard, null, 1, 'sleep', {});
        return [shard, { seq: head, origin: head }];
      }),
    );
    if (this.#store.state() !== null) return;
    this.ctx.storage.transactionSync(() => this.#store.begin(Object.fromEntries(heads), Date.now()));
  }

  /**
   * Something happened: in the feed of `shard`, or (null) to the endpoint's own settings. Once this is answered the
   * endpoint looks for itself, whatever happens to its memory.
   */
  async poke(shard: number | null): Promise<void> {
    if (shard === null) {
      this.#config.forget();
      this.#wakeAll();
    } else this.#pump.wake(shard);
    if (!this.#pump.running) this.#armNow();
  }

  /** Queues a message that shows whether the endpoint is reached. */
  async sendTest(): Promise<Delivery | null> {
    const now = Date.now();
    await this.begin();
    const state = this.#store.state();
    if (state === null) return null;
    const webhookId = webhookIdOf(this.ctx.id.name);
    const parcel = this.ctx.storage.transactionSync(() => {
      const queued = this.#store.queue(state, (n) => testMessage(webhookId, n, now), now);
      if (!this.#pump.running) this.#armNow();
      return queued;
    });
    this.#pump.more(parcel);
    return this.#delivery(parcel.n);
  }

  /** Deliveries before the `before`th, newest first. */
  async deliveries(filter: DeliveryFilter, before: number | null, limit: number): Promise<Delivery[]> {
    if (this.#store.state() === null) return [];
    return this.#store.log.list(filter, before ?? Number.MAX_SAFE_INTEGER, limit);
  }

  /** Starts the `n`th delivery again, or brings its next attempt forward; null where there is none. */
  async redeliver(n: number): Promise<Delivery | null> {
    const known = this.#delivery(n);
    if (known === null || known.status === 'pending') return known;
    this.ctx.storage.transactionSync(() => {
      this.#store.redeliver(n, Date.now());
      if (!this.#pump.running) this.#armNow();
    });
    this.#pump.more(null);
    return this.#delivery(n);
  }

  /** The endpoint is no more: nothing is sent from here on, and nothing stays. */
  async erase(): Promise<void> {
    this.#config.forget();
    this.#pump.more(null);
    await this.#leave();
    this.#clock.fired();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  /** Never throws: a run that broke is armed again. */
  override async alarm(): Promise<void> {
    this.#clock.fired();
    try {
      await this.#run();
      this.#broken = 0;
    } catch (cause) {
      this.#broken += 1;
      const wait = Math.min(RETRY_FIRST * 2 ** (this.#broken - 1), RETRY_MOST);
      log('error', 'webhook_run_failed', { object: this.ctx.id.name, cause });
      this.#clock.arm(Date.now() + wait, Date.now());
    }
  }

  async #run(): Promise<void> {
    const config = await this.#config.current(Date.now());
    if (config === 'gone') return this.erase();
    await this.begin();
    await this.#pump.run();
    const decision = this.#store.state()?.disable ?? null;
    if (decision !== null) {
      await this.#config.disable(decision);
      this.ctx.storage.transactionSync(() => this.#store.disable(null));
    }
    const after = await this.#config.current(Date.now());
    if (after === 'gone') return this.erase();
    if (!after.enabled) return this.#leave();
    const due = this.#pump.nextDue(Date.now());
    if (due !== null) this.#clock.arm(due, Date.now());
  }

  #wakeAll(): void {
    const known = Object.keys(this.#store.state()?.positions ?? {}).map(Number);
    const made = Array.from({ length: this.#settings.shards }, (_, shard) => shard);
    for (const shard of new Set([...made, ...known])) this.#pump.wake(shard);
  }

  #armNow(): void {
    this.#clock.arm(Date.now(), Date.now());
  }

  #delivery(n: number): Delivery | null {
    if (this.#store.state() === null) return null;
    const [delivery] = this.#store.log.list({}, n + 1, 1);
    return delivery?.n === n ? delivery : null;
  }

  async #pull(shard: number, after: number, limit: number, intent: Intent): Promise<FeedPage> {
    const page = await this.#ask(shard, after, limit, intent, filterOf(this.#config.known()));
    if (page.dropped_through > after) {
      const line = { object: this.ctx.id.name, shard, after, dropped_through: page.dropped_through };
      log('warn', 'webhook_fell_behind', line);
    }
    return page;
  }

  /** Tells every shard that it is no reader any more: none pokes it from here on. */
  async #leave(): Promise<void> {
    const shards = Object.keys(this.#store.state()?.positions ?? {}).map(Number);
    await Promise.all(shards.map((shard) => this.#ask(shard, null, 1, 'leave', {})));
  }

  #ask(
    shard: number,
    after: number | null,
    limit: number,
    intent: Intent,
    filter: ReturnType<typeof filterOf>,
  ) {
    const { name } = this.ctx.id;
    const ask = { webhook_id: webhookIdOf(name), after, limit, intent, ...filter };
    return indexObject(this.env, organizationOf(name), shard).pull(ask);
  }
}

function webhookIdOf(name: string | undefined): string {
  return (name ?? '').split('/')[1] ?? '';
}
