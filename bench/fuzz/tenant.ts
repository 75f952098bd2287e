/** An organization of a lane's own: its credentials, what it has made so far, and what it looks like to its owner. */
import type { Random } from '../../test/support/random.ts';
import type { Target } from '../load.ts';
import { EXAMPLES } from './examples.ts';
import { oneOf } from './values.ts';

/** Names under which an answer shows what later requests are about. */
const SHOWN = [
  ...['job_id', 'id', 'key_id', 'webhook_id', 'hook_id', 'delivery_id', 'session_id', 'event_id'],
  ...['cursor', 'next_cursor', 'token', 'token_id', 'url', 'etag', 'sign_in_code'],
] as const;
/** So many of each are remembered, the newest. */
const KEPT = 8;

const PERMISSIONS = [
  ...['job:create', 'job:read', 'job:cancel', 'webhook:manage', 'key:manage'],
  ...['audit:read', 'metrics:read'],
];
/** Guides that every deployment serves. */
const GUIDES = ['start', 'watch.md', 'feed', 'report.md'] as const;

/** What is looked at to see whether a refusal has changed something; what moves by itself is left out. */
const LOOKS = ['/api/keys?limit=100', '/api/hooks', '/api/webhooks'] as const;
const BY_ITSELF =
  /"(?:request_id|last_used_at|disabled_at|disabled_reason|enabled|state)":(?:"[^"]*"|null|true|false)/g;

export class Tenant {
  readonly organization: string;
  readonly key: string;
  readonly #keyId: string;
  readonly url: string;
  readonly #receiver: string;
  readonly #seen = new Map<string, string[]>();
  job = '';
  /** An organization that was made by an input, and may be ended by one. */
  spare: string | null = null;
  /** The cookie of its last sign-in, whether that stands or not. */
  cookie: string | null = null;
  /** Jobs that answers say were made. */
  made = new Set<string>();

  private constructor(
    url: string,
    receiver: string,
    organization: string,
    made: { api_key: string; key_id: string },
  ) {
    this.url = url;
    this.#receiver = receiver;
    this.organization = organization;
    this.key = made.api_key;
    this.#keyId = made.key_id;
  }

  static async enroll(operator: Target, receiver: string, organization: string): Promise<Tenant> {
    await ask(operator, 'POST', '/admin/orgs', { organization_id: organization, name: organization });
    const key = await ask(operator, 'POST', `/admin/orgs/${organization}/keys`, {
      ...{ name: 'fuzz', permissions: PERMISSIONS },
    });
    const tenant = new Tenant(operator.url, receiver, organization, JSON.parse(key));
    tenant.learn(
      JSON.parse(await tenant.#ask('POST', '/api/hooks', { ...EXAMPLES.createHook, name: 'first' })),
    );
    await tenant.begin();
    return tenant;
  }

  /** A job for the reports to come, and the tokens that belong to it. */
  async begin(): Promise<void> {
    const { job_id } = JSON.parse(
      await this.#ask('POST', '/api/jobs/', { job_type: 'import', total_items: 10 }),
    );
    this.job = job_id;
    this.made.add(job_id);
    for (const scope of ['read', 'picture', 'report']) {
      const made = await this.#ask('POST', `/api/jobs/${job_id}/tokens`, {
        scope,
        allow_get: scope === 'report',
      });
      if (scope === 'report') this.#keep('token', JSON.parse(made).token);
    }
  }

  /** Remembers what an answer to this tenant shows. */
  learn(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    for (const [name, value] of Object.entries(json)) {
      if (typeof value === 'object') this.learn(value);
      else if (typeof value === 'string' && SHOWN.some((shown) => shown === name)) this.#keep(name, value);
    }
  }

  /** Something of this tenant's that goes by this name of a parameter or a property; undefined where it has none. */
  named(name: string, random: Random): string | undefined {
    if (name === 'job_id' || name === 'id')
      return random.chance(0.8) ? this.job : this.#one('job_id', random);
    if (name === 'organization_id') return this.organization;
    if (name === 'spare') return this.spare ?? undefined;
    if (name === 'after' || name === 'lastEventId') return this.#one('next_cursor', random);
    if (name === 'cursor') return this.#one('next_cursor', random);
    if (name === 'If-None-Match') return this.#one('etag', random);
    if (name === 'guide') return random.pick(GUIDES);
    if (name === 'url') return `${this.#receiver}/${random.between(0, 3)}`;
    return this.#one(name, random);
  }

  /** The path of one of its hooks. */
  hook(random: Random): string | undefined {
    const url = this.#one('hook-url', random);
    return url === undefined ? undefined : new URL(url).pathname;
  }

  /** Everything that a refusal must leave as it is, as text: the job it works at, keys, hooks, endpoints. */
  async look(): Promise<string> {
    const look = async (path: string) => {
      const answer = await fetch(this.url + path, { headers: this.#headers });
      return `${answer.status} ${await answer.text()}`;
    };
    const texts = await Promise.all([`/api/jobs/${this.job}`, ...LOOKS].map(look));
    return texts.join('\n').replace(BY_ITSELF, '');
  }

  /**
   * What its feed says: the ids of all jobs that were made, and how many of them bulk operations have run again. It is read
   * whole, since a page of some of it may be short before its end.
   */
  async told(): Promise<{ made: Set<string>; rerun: number }> {
    const [made, rerun] = [new Set<string>(), new Map<string, number>()];
    for (let after = ''; ; ) {
      const page = JSON.parse(await this.#ask('GET', `/api/events?limit=100${after}`));
      for (const { type, job_id, data } of page.events) {
        if (type === 'job.created') made.add(job_id);
        if (data.job_type === 'bulk_rerun') rerun.set(job_id, data.processed_items);
      }
      if (page.events.length === 0) break;
      after = `&after=${page.next_cursor}`;
    }
    return { made, rerun: [...rerun.values()].reduce((sum, one) => sum + one, 0) };
  }

  get #headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.key}` };
  }

  #ask(method: string, path: string, body?: object): Promise<string> {
    return ask({ url: this.url, headers: this.#headers }, method, path, body);
  }

  #one(name: string, random: Random): string | undefined {
    const seen = this.#seen.get(name);
    return seen === undefined ? undefined : oneOf(random, seen);
  }

  #keep(name: string, value: string): void {
    // Its own key must outlive it.
    if (value === this.#keyId) return;
    const kind = name === 'url' && value.includes('/hooks/') ? 'hook-url' : name;
    const seen = this.#seen.get(kind) ?? [];
    if (!seen.includes(value)) this.#seen.set(kind, [...seen, value].slice(-KEPT));
  }
}

/** Asks for what the run can't do without. */
async function ask({ url, headers }: Target, method: string, path: string, body?: object): Promise<string> {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text;
}
