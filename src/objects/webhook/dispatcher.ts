import { checkDestination } from '../../domain/webhook/destination';
import { nextAttempt } from '../../domain/webhook/retry';
import { signedHeaders } from '../../domain/webhook/signature';
import { FAILING_LIMIT } from '../../domain/webhook/webhook';
import { CommitQueue } from '../kit/commit-queue';
import { failed, type Outcome, send } from './courier';
import type { EndpointConfig } from './endpoint-config';
import type { Trip } from './pump';
import type { WebhookSettings } from './webhook-settings';
import type { WebhookStore } from './webhook-store';

interface Settled {
  trip: Trip;
  outcome: Outcome;
}

/** Makes one attempt at a delivery and writes down what came of it; attempts that end together share a commit. */
export class Dispatcher {
  readonly #storage: DurableObjectStorage;
  readonly #store: WebhookStore;
  readonly #config: EndpointConfig;
  readonly #settings: WebhookSettings;
  readonly #commits: CommitQueue<Settled, boolean>;

  constructor(
    storage: DurableObjectStorage,
    store: WebhookStore,
    config: EndpointConfig,
    settings: WebhookSettings,
  ) {
    this.#storage = storage;
    this.#store = store;
    this.#config = config;
    this.#settings = settings;
    this.#commits = new CommitQueue({
      commit: (settled) => this.#commit(settled),
      sync: () => storage.sync(),
    });
  }

  /** Whether it was delivered. Rejects only where that could not be written. */
  async deliver(trip: Trip): Promise<boolean> {
    const outcome = await this.#attempt(trip);
    return this.#commits.run({ trip, outcome });
  }

  #commit(settled: Settled[]): boolean[] {
    return this.#storage.transactionSync(() => {
      return settled.map(({ trip, outcome }) => this.#settle(trip, outcome, Date.now()));
    });
  }

  async #attempt({ parcel }: Trip): Promise<Outcome> {
    const now = Date.now();
    const { url, served_at } = this.#config.known();
    const { ownHosts, allowPrivate, timeout } = this.#settings;
    const destination = checkDestination(url, { allowPrivate, ownHosts: [...ownHosts, served_at] });
    if (!destination.ok) return failed(now, 'destination');
    const headers = await this.#sign(parcel, now);
    if (headers === null) return failed(now, 'secret');
    return send(destination.url, headers, parcel.body, timeout);
  }

  /** Null where a secret can't be opened: sealed under a root that is not configured, or altered. */
  async #sign(parcel: Trip['parcel'], now: number): Promise<Record<string, string> | null> {
    try {
      const secrets = await this.#config.secrets(now);
      return await signedHeaders(secrets, parcel.event_id, now, parcel.body);
    } catch (cause) {
      const line = { webhook_id: this.#config.webhookId, event_id: parcel.event_id, cause: String(cause) };
      console.error(JSON.stringify({ level: 'error', event: 'webhook_secret_unreadable', ...line }));
      return null;
    }
  }

  #settle({ parcel, dueAt }: Trip, outcome: Outcome, now: number): boolean {
    const { attempt, delivered } = outcome;
    const tries = parcel.tries + 1;
    const status = (retryAt: number | null) => (retryAt === null ? 'exhausted' : 'retrying');
    const retryAt = delivered ? null : this.#retryAt(parcel.type, tries, now, outcome.retryAfter);
    const settlement = {
      attempt,
      status: delivered ? 'delivered' : status(retryAt),
      tries,
      retryAt,
    } as const;
    this.#store.settle(parcel.n, settlement, dueAt);
    if (outcome.gone) this.#store.disable({ reason: 'gone', at: now });
    else if (!delivered) this.#judge(now);
    return delivered;
  }

  /** A test is not repeated: whoever asked for it looks at what it came to. */
  #retryAt(type: string, tries: number, now: number, retryAfter: number | null): number | null {
    if (type === 'endpoint.test') return null;
    return nextAttempt(this.#settings.schedule, tries, now, Math.random(), retryAfter);
  }

  /**
   * Disables an endpoint that has done nothing but fail for five days. What is known of their beginning stands until a
   * success behind it is looked up: they begin with the first failure after that, however long ago it was.
   */
  #judge(now: number): void {
    const since = this.#store.state()?.failing_since ?? null;
    if (since === null) this.#store.failingSince(now);
    if (since === null || now - since < FAILING_LIMIT) return;
    const success = this.#store.log.lastSuccess(since);
    const began = success === null ? since : (this.#store.log.firstAttemptAfter(success) ?? now);
    if (now - began >= FAILING_LIMIT) this.#store.disable({ reason: 'failing', at: now });
    else this.#store.failingSince(began);
  }
}
