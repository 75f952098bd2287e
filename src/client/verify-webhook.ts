import { HeadwayError } from './headway-error.ts';
import type { FeedEvent } from './types.ts';

/** A test of an endpoint, which is no event of the feed. */
export interface TestEvent {
  id: string;
  type: 'endpoint.test';
  at: string;
  job_id: null;
  revision: null;
  data: { message: string; webhook_id: string };
}

/** What an endpoint is sent: `previous_revision` is that of the job’s last event before that was this endpoint’s too. */
export type WebhookEvent = (FeedEvent | TestEvent) & { previous_revision: number | null };

export interface WebhookCheck {
  /** The endpoint’s secret, `whsec_…`; while one is replaced, both. */
  secret: string | readonly string[];
  /** How far the time of the attempt may be from now (s). */
  toleranceSeconds?: number;
  /** ms since 1970. */
  now?: number;
}

type DeliveryHeaders = { get(name: string): string | null } | Record<string, string | string[] | undefined>;

const PREFIX = 'whsec_';

/**
 * The event of a delivery, once its signature is good (Standard Webhooks). `body` is the text as it came: parsed and written
 * again it is another. Rejects with `invalid_signature` or `invalid_timestamp`.
 */
export async function verifyWebhook(
  body: string,
  headers: DeliveryHeaders,
  check: WebhookCheck,
): Promise<WebhookEvent> {
  const { secret, toleranceSeconds = 300, now = Date.now() } = check;
  const [id, timestamp, given] = ['id', 'timestamp', 'signature'].map((name) =>
    headerOf(headers, `webhook-${name}`),
  );
  if (!id || !given || !/^\d{1,12}$/.test(timestamp ?? '')) {
    throw new HeadwayError(
      'invalid_signature',
      'the delivery has no webhook-id, webhook-timestamp and webhook-signature',
    );
  }
  if (Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds) {
    throw new HeadwayError(
      'invalid_timestamp',
      `the delivery was made at ${timestamp}, which is too far from now`,
    );
  }
  const message = new Uint8Array(new TextEncoder().encode(`${id}.${timestamp}.${body}`));
  const signatures = given.split(' ').filter((one) => one.startsWith('v1,'));
  for (const one of typeof secret === 'string' ? [secret] : secret) {
    if (await isSigned(message, signatures, one)) return JSON.parse(body) as WebhookEvent;
  }
  throw new HeadwayError('invalid_signature', 'the delivery is not signed by this secret');
}

async function isSigned(
  message: Uint8Array<ArrayBuffer>,
  signatures: string[],
  secret: string,
): Promise<boolean> {
  const bytes = fromBase64(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (bytes === null) throw new HeadwayError('invalid_signature', `a secret is ${PREFIX} and base64`);
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  for (const signature of signatures) {
    const code = fromBase64(signature.slice('v1,'.length));
    if (code !== null && (await crypto.subtle.verify('HMAC', key, code, message))) return true;
  }
  return false;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const characters = atob(text);
    const bytes = new Uint8Array(characters.length);
    for (let at = 0; at < characters.length; at++) bytes[at] = characters.charCodeAt(at);
    return bytes;
  } catch {
    return null;
  }
}

function headerOf(headers: DeliveryHeaders, name: string): string | undefined {
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined;
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return Array.isArray(value) ? value.join(' ') : (value as string | undefined);
}
