import { createHmac, randomBytes } from 'node:crypto';
import type { FeedEvent, WebhookEvent } from '../../client/index.ts';

/** How long a receiver may take (ms), as for the service’s own deliveries. */
const TIMEOUT = 15_000;
const PREFIX = 'whsec_';

/** A secret as the service makes them. Source: Standard Webhooks. */
export function newSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/** Makes deliveries of events: each knows the revision of its job’s event before. */
export class Deliveries {
  readonly #secret: string;
  readonly #told = new Map<string, number>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** What an endpoint would be sent of an event. */
  bodyOf({ id, type, at, job_id, revision, data }: FeedEvent): string {
    const previous_revision = job_id === null ? null : (this.#told.get(job_id) ?? null);
    if (job_id !== null && revision !== null) this.#told.set(job_id, revision);
    return JSON.stringify({ id, type, at, job_id, revision, previous_revision, data } as WebhookEvent);
  }

  /** Posts it, and answers the status; throws where there is no answer. */
  async post(url: string, id: string, body: string, signal: AbortSignal): Promise<number> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'User-Agent': 'Headway-Webhooks',
        ...signed(this.#secret, id, Date.now(), body),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
    await response.arrayBuffer();
    return response.status;
  }
}

/** The headers of Standard Webhooks. */
export function signed(secret: string, id: string, now: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(now / 1_000));
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
