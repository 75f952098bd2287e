import { owesAnswer } from '../../domain/webhook/first-answer';
import { type StoredWebhook, testMessage } from '../../domain/webhook/webhook';
import type { Parcel } from './delivery-log';
import type { EndpointConfig } from './endpoint-config';
import type { WebhookStore } from './webhook-store';

/** What is asked of the endpoint's object. */
export interface AskPort {
  transact<Answer>(work: () => Answer): Answer;
  /** There is one more delivery, or (null) a retry that is due. */
  more(parcel: Parcel | null): void;
  /** The endpoint's events may be sent: any shard may have some. */
  opened(): void;
}

/**
 * Sees that a host which has to answer first is asked by one `endpoint.test`, tried on the schedule, and that the
 * organization learns of its answer. Both are rows before they are acted on: a crash repeats them.
 */
export class FirstAnswer {
  readonly #store: WebhookStore;
  readonly #config: EndpointConfig;
  readonly #port: AskPort;

  constructor(store: WebhookStore, config: EndpointConfig, port: AskPort) {
    this.#store = store;
    this.#config = config;
    this.#port = port;
  }

  /** Looked at before each step. Rejects where the organization can't be told. */
  async see(webhook: StoredWebhook, now: number): Promise<void> {
    if (!owesAnswer(webhook)) return;
    const { asked_at = 0 } = webhook;
    const state = this.#store.state();
    const asked = state?.asked ?? null;
    if (asked?.at !== asked_at) return this.#ask(asked_at, now);
    if (asked.answered_at === null) {
      // It was in flight to the host of before, which has taken it.
      if (this.#store.asking(state) === null) this.#ask(asked_at, now);
      return;
    }
    await this.#config.answered(asked_at, asked.answered_at);
    await this.#config.current(now);
    this.#port.opened();
  }

  /** A test that asked before and is still open asks for this too, at once: nobody is sent two. */
  #ask(at: number, now: number): void {
    const state = this.#store.state();
    if (state === null) return;
    const open = this.#store.asking(state);
    const fresh = this.#port.transact(() => {
      if (open !== null) this.#store.redeliver(open.n, now);
      const parcel =
        open === null
          ? this.#store.queue(state, (n) => testMessage(this.#config.webhookId, n, now), now)
          : null;
      this.#store.ask({ n: parcel?.n ?? open?.n ?? 0, at, answered_at: null });
      return parcel;
    });
    this.#port.more(fresh);
  }
}
