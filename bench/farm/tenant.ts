/** An organization of a running service, with a key that may do everything this bench does. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Service, startService } from '../../dev/service.ts';
import { UNLIMITED } from '../unlimited.ts';

export interface ShownDelivery {
  delivery_id: string;
  event_id: string;
  status: string;
  attempts: { status: number | null; error: string | null; answer: string }[];
}

export class Tenant {
  readonly service: Service;
  readonly #key: string;

  private constructor(service: Service, key: string) {
    this.service = service;
    this.#key = key;
  }

  /** Starts the service, which may reach loopback, and enrolls. */
  static async start(dataDir: string, bundleDir: string, variables: Record<string, string>): Promise<Tenant> {
    const secrets = {
      ROOT_SECRET: randomBytes(32).toString('hex'),
      ADMIN_TOKEN: randomBytes(32).toString('hex'),
    };
    const bindings = { ...UNLIMITED, ...secrets, ALLOW_PRIVATE_WEBHOOKS: '1', ...variables };
    const service = await startService({ dataDir, bundleDir, bindings });
    try {
      const operator = new Tenant(service, secrets.ADMIN_TOKEN);
      await operator.post('/admin/orgs', { organization_id: 'farm', name: 'Farm' });
      const permissions = ['job:create', 'job:read', 'webhook:manage'];
      const key = await operator.post('/admin/orgs/farm/keys', { name: 'farm', permissions });
      return new Tenant(service, key.api_key as string);
    } catch (error) {
      await service.kill();
      throw error;
    }
  }

  post(path: string, body: unknown): Promise<Record<string, unknown>> {
    return this.#ask('POST', path, body);
  }

  get(path: string): Promise<Record<string, unknown>> {
    return this.#ask('GET', path);
  }

  /** All deliveries of an endpoint, newest first. */
  async deliveries(webhookId: string): Promise<ShownDelivery[]> {
    const found: ShownDelivery[] = [];
    for (let cursor: unknown = ''; cursor !== null; ) {
      const page = await this.get(`/api/webhooks/${webhookId}/deliveries?limit=100&cursor=${cursor}`);
      found.push(...(page.deliveries as ShownDelivery[]));
      cursor = page.next_cursor;
    }
    return found;
  }

  /** Waits until an endpoint has answered its test, and is sent its events. */
  async untilActive(webhookId: string): Promise<void> {
    for (const late = performance.now() + 30_000; performance.now() < late; await sleep(20)) {
      if ((await this.get(`/api/webhooks/${webhookId}`)).state === 'active') return;
    }
    throw new Error(`${webhookId} was not answered`);
  }

  /** Whether an endpoint has queued `count` events, its test aside, and has none left to send. */
  async isQuiet(webhookId: string, count: number): Promise<boolean> {
    const newest = async (query: string) => {
      const page = await this.get(`/api/webhooks/${webhookId}/deliveries?limit=1${query}`);
      return (page.deliveries as ShownDelivery[])[0];
    };
    const queued = Number((await newest(''))?.delivery_id ?? 0);
    return queued > count && (await newest('&status=pending&status=retrying')) === undefined;
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(this.service.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.#key}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }
}
