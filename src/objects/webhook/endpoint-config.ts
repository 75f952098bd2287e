import type { Roots } from '../../domain/access/root-secret';
import type { DisableReason, StoredWebhook } from '../../domain/webhook/webhook';
import { indexObject, type Namespaces, organizationOf, orgObject } from '../address';
import { SecretBox } from '../kit/secret-box';

/** How long the organization's answer is believed (ms); a change is told at once besides. */
const CONFIG_LIFE = 30_000;

/** What an endpoint is set to, as its organization keeps it: the one truth. */
export class EndpointConfig {
  readonly #env: Namespaces;
  readonly #box: SecretBox;
  readonly #name: string | undefined;
  readonly #opened = new Map<string, string>();
  #known: StoredWebhook | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(env: Namespaces, roots: Roots, name: string | undefined) {
    this.#env = env;
    this.#box = new SecretBox(roots);
    this.#name = name;
  }

  /** Null for an endpoint that is no more. */
  async current(now: number): Promise<StoredWebhook | null> {
    const age = now - this.#askedAt;
    if (age >= 0 && age < CONFIG_LIFE) return this.#known;
    this.#askedAt = now;
    try {
      this.#known = await this.#org().webhook(this.webhookId);
    } catch (cause) {
      this.forget();
      throw cause;
    }
    return this.#known;
  }

  /** As it was last asked for. */
  known(): StoredWebhook {
    if (this.#known === null) throw new Error('the endpoint’s settings are not known');
    return this.#known;
  }

  /** It is asked for anew before the next step. */
  forget(): void {
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** The secrets that sign now, the newest first. One sealed by an older generation is sealed anew on the way. */
  async secrets(now: number): Promise<string[]> {
    const { secrets } = this.known();
    const signing = secrets.filter(({ until }) => until === null || until > now);
    return Promise.all(signing.map(({ sealed }) => this.#open(sealed)));
  }

  /** The service's own decision to disable it, told to the organization and, once, to its feed. */
  async disable({ reason, at }: { reason: DisableReason; at: number }): Promise<void> {
    const disabled = await this.#org().disableWebhook(this.webhookId, reason, at);
    this.forget();
    // Its owner may have been quicker.
    if (disabled === null || disabled.n === 0) return;
    const { n, url } = disabled;
    const why = reason === 'gone' ? 'it answered 410' : 'nothing but failures for five days';
    const body = {
      ...({ type: 'endpoint.disabled', message: `Webhook endpoint disabled: ${why}` } as const),
      ...{ webhook_id: this.webhookId, url: withoutQuery(url) },
    };
    await indexObject(this.#env, organizationOf(this.#name), 0).tellEndpoint(this.webhookId, n, at, body);
  }

  get webhookId(): string {
    return (this.#name ?? '').split('/')[1] ?? '';
  }

  async #open(sealed: string): Promise<string> {
    const opened = this.#opened.get(sealed);
    if (opened !== undefined) return opened;
    const context = `${organizationOf(this.#name)}\0${this.webhookId}`;
    const secret = await this.#box.open(sealed, context);
    this.#opened.set(sealed, secret);
    if (!this.#box.isCurrent(sealed)) {
      await this.#org().resealWebhook(this.webhookId, sealed, await this.#box.seal(secret, context));
      this.forget();
    }
    return secret;
  }

  #org() {
    return orgObject(this.#env, organizationOf(this.#name));
  }
}

/** A query may hold a token that readers of the feed have no need of. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/, '');
}
