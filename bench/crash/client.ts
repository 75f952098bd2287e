/** A client that never knows whether a request it lost was carried out, and says so. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from './tally.ts';
import type { Victim } from './victim.ts';

export interface Answer {
  status: number;
  replayed: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: whatever came back is looked at field by field
  json: any;
}

/**
 * Longer than any answer takes (ms): a kill ends what is under way at once, and what was given up while it still waits may
 * be carried out after what is sent next, which nobody promises not to be.
 */
const PATIENCE = 120_000;

export class Client {
  readonly #victim: Victim;
  readonly #tally: Tally;
  #credential = '';
  #organization = '';

  constructor(victim: Victim, tally: Tally) {
    this.#victim = victim;
    this.#tally = tally;
  }

  /** Makes an organization and works with a key of it from here on. */
  async enroll(organization: string): Promise<void> {
    this.#credential = this.#victim.adminToken;
    this.#organization = organization;
    await this.insist('POST', '/admin/orgs', { organization_id: organization, name: organization });
    const permissions = ['job:create', 'job:read', 'job:cancel', 'webhook:manage'];
    const key = await this.insist('POST', `/admin/orgs/${organization}/keys`, { name: 'crash', permissions });
    this.#credential = key.json.api_key;
  }

  /** One try. Null where the answer never came: the request may have been carried out or not. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    key?: string,
    credential = this.#credential,
  ): Promise<Answer | null> {
    const url = await this.#victim.url();
    const headers: Record<string, string> = { Authorization: `Bearer ${credential}` };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (key !== undefined) headers['Idempotency-Key'] = key;
    try {
      const response = await fetch(url + path, {
        method,
        headers,
        signal: AbortSignal.timeout(PATIENCE),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const replayed = response.headers.has('Idempotency-Replayed');
      if (response.status >= 500) this.#tally.broken(`${method} ${path} answered ${response.status} ${text}`);
      return { status: response.status, replayed, json: text === '' ? null : JSON.parse(text) };
    } catch (cause) {
      if ((cause as Error).name === 'TimeoutError')
        this.#tally.broken(`${method} ${path} had no answer in ${PATIENCE / 1_000} s`);
      if (method !== 'GET') this.#tally.cut += 1;
      return null;
    }
  }

  /** Opens an event stream behind `lastEventId`. Null where the connection was refused or cut before the answer. */
  async open(path: string, lastEventId: string | null, signal: AbortSignal): Promise<Response | null> {
    const url = await this.#victim.url();
    const headers = { Authorization: `Bearer ${this.#credential}`, Accept: 'text/event-stream' };
    const from = lastEventId === null ? {} : { 'Last-Event-ID': lastEventId };
    return fetch(url + path, { headers: { ...headers, ...from }, signal }).catch(() => null);
  }

  /** Asks until there is an answer: for what may be repeated. */
  async insist(
    method: string,
    path: string,
    body?: unknown,
    key?: string,
    credential?: string,
  ): Promise<Answer> {
    for (let tries = 0; tries < 200; tries++) {
      const answer = await this.ask(method, path, body, key, credential);
      if (answer !== null) return answer;
      await sleep(20);
    }
    throw new Error(`${method} ${path} was never answered`);
  }

  /** The same about the organization, by who runs the service. */
  operate(method: string, path: string): Promise<Answer> {
    const admin = `/admin/orgs/${this.#organization}${path}`;
    return this.insist(method, admin, undefined, undefined, this.#victim.adminToken);
  }

  /** All rows of a list, page after page. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  async all(path: string, name: string, query = ''): Promise<any[]> {
    const rows = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { status, json } = await this.insist('GET', `${path}?limit=100&cursor=${cursor}${query}`);
      if (status !== 200) throw new Error(`GET ${path} answered ${status} ${JSON.stringify(json)}`);
      rows.push(...json[name]);
      cursor = json.next_cursor;
    }
    return rows;
  }
}
