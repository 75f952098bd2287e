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
    const { asked_at = 0 } = webhook;
    const due = this.#due(webhook);
    if (due === 'asking') return this.#ask(asked_at, now);
    if (due === null) return;
    await this.#config.answered(asked_at, due);
    await this.#config.current(now);
    this.#port.opened();
  }

  /** Whether there is more to do than to wait for the answer. */
  isDue(webhook: StoredWebhook): boolean {
    return this.#due(webhook) !== null;
  }

  /** `asking`, or when the answer came of which the organization is yet to be told (ms); null for neither. */
  #due(webhook: StoredWebhook): 'asking' | number | null {
    const state = owesAnswer(webhook) ? this.#store.state() : null;
    if (state === null) return null;
    const { asked } = state;
    if (asked === null || asked.at !== (webhook.asked_at ?? 0)) return 'asking';
    // A test that is open no more was in flight to the host of before, which has taken it.
    return asked.answered_at ?? (this.#store.asking(state) === null ? 'asking' : null);
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
