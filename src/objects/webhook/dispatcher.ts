import { checkDestination } from '../../domain/webhook/destination';
import { type Shaped, shape } from '../../domain/webhook/formats/format';
import { nextAttempt } from '../../domain/webhook/retry';
import { sentOf } from '../../domain/webhook/sent';
import { signedHeaders } from '../../domain/webhook/signature';
import { type DeliveryStatus, FAILING_LIMIT, type StoredWebhook } from '../../domain/webhook/webhook';
import { CommitQueue } from '../kit/commit-queue';
import { type AttemptOutcome, failed, send } from './courier';
import type { EndpointConfig } from './endpoint-config';
import type { Trip } from './open-deliveries';
import { PUBLIC_NETWORK, type WebhookSettings } from './webhook-settings';
import type { WebhookStore } from './webhook-store';

/** How attempts are written down and how it is learned that they have reached the disk. */
export interface SettlePort {
  transact<Answer>(work: () => Answer): Answer;
  sync(): Promise<void>;
}

interface Settled {
  trip: Trip;
  outcome: AttemptOutcome;
  /** What the endpoint was set to when the attempt began. */
  settings: StoredWebhook;
}

/** Makes one attempt at a delivery and writes down what came of it; attempts that end together share a commit. */
export class Dispatcher {
  readonly #store: WebhookStore;
  readonly #config: EndpointConfig;
  readonly #settings: WebhookSettings;
  readonly #commits: CommitQueue<Settled, DeliveryStatus | null>;

  constructor(
    { transact, sync }: SettlePort,
    store: WebhookStore,
    config: EndpointConfig,
    settings: WebhookSettings,
  ) {
    this.#store = store;
    this.#config = config;
    this.#settings = settings;
    this.#commits = new CommitQueue({
      commit: (settled) => transact(() => settled.map((one) => this.#settle(one, Date.now()))),
      sync,
    });
  }

  /** Rejects only where what came of it could not be written. */
  async deliver(trip: Trip): Promise<void> {
    // One attempt goes by the same settings throughout: what is changed meanwhile is not for the host of before.
    const settings = this.#config.known();
    const outcome = await this.#attempt(trip, settings);
    const status = await this.#commits.run({ trip, outcome, settings });
    if (status === 'exhausted') this.#tellExhausted(trip, outcome);
  }

  async #attempt({ parcel }: Trip, settings: StoredWebhook): Promise<AttemptOutcome> {
    const now = Date.now();
    const { url, served_at, format = 'standard' } = settings;
    const { timeout, privateNetwork, ...policy } = this.#settings;
    const destination = checkDestination(url, { ...policy, ownHosts: [...policy.ownHosts, served_at] });
    if (!destination.ok) return failed(now, 'destination');
    const shaped = shape(format, parcel.body);
    const made = await this.#headers(settings, parcel.event_id, shaped, now);
    if (made === null) return failed(now, 'secret');
    const { headers, own } = made;
    const network = (destination.listed && privateNetwork) || PUBLIC_NETWORK;
    const sent = sentOf(url, format, headers, own, shaped.body);
    const outcome = await send(destination.url, headers, shaped.body, timeout, network);
    return { ...outcome, attempt: { ...outcome.attempt, sent } };
  }

  /**
   * What goes with a body: the format's headers, which the endpoint's own may replace, and the signature; and the names of
   * its own. Null where a secret can't be opened: sealed under a root that is not configured, or altered.
   */
  async #headers(
    settings: StoredWebhook,
    eventId: string,
    shaped: Shaped,
    now: number,
  ): Promise<{ headers: Headers; own: string[] } | null> {
    try {
      const secrets = await this.#config.secrets(settings, now);
      const headers = new Headers({ 'User-Agent': 'Headway-Webhooks', ...shaped.headers });
      const own = await this.#config.ownHeaders(settings);
      const signed = await signedHeaders(secrets, eventId, now, shaped.body);
      for (const [name, value] of Object.entries({ ...own, ...signed })) headers.set(name, value);
      return { headers, own: Object.keys(own) };
    } catch (cause) {
      this.#config.tell('webhook_secret_unreadable', { event_id: eventId, cause });
      return null;
    }
  }

  /** How the delivery stands once the attempt is written; null where the endpoint was erased meanwhile. */
  #settle({ trip: { parcel, dueAt }, outcome, settings }: Settled, now: number): DeliveryStatus | null {
    const state = this.#store.state();
    if (state === null) return null;
    const { attempt, delivered, gone } = outcome;
    const { url, asked_at = null } = settings;
    const tries = parcel.tries + 1;
    const test = parcel.type === 'endpoint.test';
    const asked = state.asked?.answered_at === null ? state.asked : null;
    // A test that somebody asked for is not repeated: they look at what it came to.
    const once = test && parcel.n !== asked?.n;
    const retryAt = delivered || once ? null : this.#retryAt(tries, now, outcome.retryAfter);
    const failedTo = retryAt === null ? 'exhausted' : 'retrying';
    const settlement = { attempt, status: delivered ? 'delivered' : failedTo, tries, retryAt } as const;
    const status = this.#store.settle(parcel.n, settlement, dueAt);
    const answers = test && asked !== null && asked.at === asked_at;
    if (delivered && answers) this.#store.ask({ ...asked, answered_at: now });
    if (gone) this.#store.disable({ reason: 'gone', at: now, url });
    else if (delivered) this.#succeeded(state.failing_since);
    else if (answers && status === 'exhausted' && parcel.n === asked.n)
      this.#store.disable({ reason: 'unanswered', at: now, url });
    else this.#failed(state.failing_since, settings, now);
    return status;
  }

  #retryAt(tries: number, now: number, retryAfter: number | null): number | null {
    return nextAttempt(this.#settings.schedule, tries, now, Math.random(), retryAfter);
  }

  #succeeded(failingSince: number | null): void {
    if (failingSince !== null) this.#store.failingSince(null);
  }

  /**
   * Disables an endpoint that has done nothing but fail for five days, those left aside in which its owner paused it, or it
   * went to a host before this one.
   */
  #failed(
    failingSince: number | null,
    { url, enabled_at = 0, asked_at = 0 }: StoredWebhook,
    now: number,
  ): void {
    if (failingSince === null) this.#store.failingSince(now);
    else if (now - Math.max(failingSince, enabled_at, asked_at) >= FAILING_LIMIT)
      this.#store.disable({ reason: 'failing', at: now, url });
  }

  #tellExhausted({ parcel: { n, event_id, job_id, tries } }: Trip, { attempt }: AttemptOutcome): void {
    const { status, error } = attempt;
    const line = { delivery_id: String(n), event_id, job_id, attempts: tries + 1, status, error };
    this.#config.tell('delivery_exhausted', line);
  }
}
