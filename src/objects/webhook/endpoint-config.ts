import type { Roots } from '../../domain/access/root-secret';
import { isFresh } from '../../domain/base/time';
import { owesAnswer } from '../../domain/webhook/first-answer';
import type { OwnHeaders } from '../../domain/webhook/own-headers';
import { withoutQuery } from '../../domain/webhook/sent';
import type { DisableReason, StoredWebhook } from '../../domain/webhook/webhook';
import { type LogFields, log } from '../../log';
import { indexObject, type Namespaces, organizationOf, orgObject, partOf } from '../address';
import { headersContext, SecretBox, secretContext } from '../kit/secret-box';
import type { Disabling } from './webhook-store';

/** How long the organization's answer is believed (ms); a change is told at once besides. */
const CONFIG_LIFE = 30_000;

const WHY: Record<DisableReason, string> = {
  gone: 'it answered 410',
  failing: 'nothing but failures for five days',
  unanswered: 'its endpoint.test was never answered by a 2xx',
};

/** What an endpoint is set to, as its organization keeps it: the one truth. */
export class EndpointConfig {
  readonly #env: Namespaces;
  readonly #box: SecretBox;
  readonly #name: string | undefined;
  /** What its settings hold sealed, as it was opened. */
  readonly #opened = new Map<string, string>();
  /** `gone` is what the organization said; `unknown` is that it was not asked yet, or could not be. */
  #known: StoredWebhook | 'gone' | 'unknown' = 'unknown';
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<StoredWebhook | 'gone'> | null = null;
  #changes = 0;

  constructor(env: Namespaces, roots: Roots, name: string | undefined) {
    this.#env = env;
    this.#box = new SecretBox(roots);
    this.#name = name;
  }

  /** `gone` for an endpoint that is no more. Rejects where the organization can't be asked. */
  async current(now: number): Promise<StoredWebhook | 'gone'> {
    if (this.#known !== 'unknown' && isFresh(this.#askedAt, now, CONFIG_LIFE)) return this.#known;
    this.#asking ??= this.#ask(now).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** As it was last asked for. */
  known(): StoredWebhook {
    if (typeof this.#known === 'string') throw new Error(`the endpoint’s settings are ${this.#known}`);
    return this.#known;
  }

  /** Whether, as it was last asked for, its host has to answer before its events are sent. */
  get owesAnswer(): boolean {
    return typeof this.#known !== 'string' && owesAnswer(this.#known);
  }

  /** It is asked for anew before the next step. */
  forget(): void {
    this.#changes += 1;
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** The secrets that sign now, the newest first. Rejects where one of them can't be opened. */
  async secrets({ secrets }: StoredWebhook, now: number): Promise<string[]> {
    const signing = secrets.filter(({ until }) => until === null || until > now);
    return Promise.all(signing.map(({ sealed }) => this.#open(sealed, this.#context)));
  }

  /** The endpoint's own headers. Rejects where they can't be opened. */
  async ownHeaders({ sealed_headers: sealed = null }: StoredWebhook): Promise<OwnHeaders> {
    return sealed === null ? {} : JSON.parse(await this.#open(sealed, headersContext(this.#context)));
  }

  /** The service's own decision to disable it, told to the organization and, once, to its feed. */
  async disable({ reason, at, url: sentTo }: Disabling): Promise<void> {
    const disabled = await this.#org().disableWebhook(this.webhookId, reason, at, sentTo);
    this.forget();
    // Its owner may have been quicker: with a change, or by going elsewhere.
    if (disabled === null || disabled.n === 0) return;
    const { n, url } = disabled;
    this.tell('endpoint_disabled', { reason, disabled_at: new Date(at).toISOString(), disabling: n });
    const body = {
      ...({ type: 'endpoint.disabled', message: `Webhook endpoint disabled: ${WHY[reason]}` } as const),
      webhook_id: this.webhookId,
      url: withoutQuery(sentTo ?? url),
    };
    await indexObject(this.#env, organizationOf(this.#name), 0).tellEndpoint(this.webhookId, n, at, body);
  }

  /** The host has answered what it was asked at `askedAt`, told to the organization. */
  async answered(askedAt: number, at: number): Promise<void> {
    await this.#org().webhookAnswered(this.webhookId, askedAt, at);
    this.forget();
  }

  /** A log line about this endpoint. */
  tell(event: string, fields: LogFields): void {
    log('warn', event, { object: this.#name, webhook_id: this.webhookId, ...fields });
  }

  get webhookId(): string {
    return partOf(this.#name) ?? '';
  }

  /** An answer that a change has overtaken is not believed: it is asked for again. */
  async #ask(now: number): Promise<StoredWebhook | 'gone'> {
    for (;;) {
      const changes = this.#changes;
      const answer = (await this.#org().webhook(this.webhookId)) ?? 'gone';
      if (changes !== this.#changes) continue;
      this.#known = answer;
      this.#askedAt = now;
      this.#keepOpened(answer);
      return answer;
    }
  }

  /** Of what was opened only what the settings still hold is kept: headers may change as often as their owner likes. */
  #keepOpened(settings: StoredWebhook | 'gone'): void {
    const { secrets, sealed_headers = null } = settings === 'gone' ? { secrets: [] } : settings;
    const held = new Set([...secrets.map(({ sealed }) => sealed), sealed_headers]);
    for (const sealed of this.#opened.keys()) if (!held.has(sealed)) this.#opened.delete(sealed);
  }

  async #open(sealed: string, context: string): Promise<string> {
    const secret = this.#opened.get(sealed) ?? (await this.#box.open(sealed, context));
    this.#opened.set(sealed, secret);
    if (!this.#box.isCurrent(sealed)) await this.#reseal(sealed, secret, context);
    return secret;
  }

  /** A secret that an older generation sealed is sealed anew. It signs all the same: where that fails, the next use tries again. */
  async #reseal(sealed: string, secret: string, context: string): Promise<void> {
    try {
      await this.#org().resealWebhook(this.webhookId, sealed, await this.#box.seal(secret, context));
      this.forget();
    } catch (cause) {
      this.tell('webhook_secret_not_resealed', { cause });
    }
  }

  get #context(): string {
    return secretContext(organizationOf(this.#name), this.webhookId);
  }

  #org() {
    return orgObject(this.#env, organizationOf(this.#name));
  }
}
