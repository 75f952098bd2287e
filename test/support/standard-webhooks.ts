/**
 * A receiver's side of Standard Webhooks, written from its specification alone and as strict as that allows: what it
 * verifies is the raw body as it arrived.
 */
export interface Message {
  headers: Headers;
  body: string;
}

const TOLERANCE_SECONDS = 300;

/** Throws, saying why, unless `message` was signed with `secret` within five minutes of `now` (ms). */
export async function verifyWebhook(secret: string, { headers, body }: Message, now: number): Promise<void> {
  const [id, timestamp, list] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headers.get(name),
  );
  if (!id || !timestamp || !list) throw new Error('a header is missing');
  if (!/^[1-9]\d{9}$/.test(timestamp)) throw new Error('the timestamp is not in seconds');
  if (Math.abs(Math.floor(now / 1_000) - Number(timestamp)) > TOLERANCE_SECONDS)
    throw new Error('the timestamp is too far away');
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (base64 === undefined) throw new Error('not a secret');
  const raw = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (raw.length < 24 || raw.length > 64) throw new Error('the secret is not of 24 to 64 bytes');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['verify']);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const one of list.split(' ')) {
    const signature = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(one)?.[1];
    if (signature === undefined) throw new Error(`not a signature of version 1: ${one}`);
    const bytes = Uint8Array.from(atob(signature), (character) => character.charCodeAt(0));
    if (await crypto.subtle.verify('HMAC', key, bytes, signed)) return;
  }
  throw new Error('no signature is of this secret');
}

/** Whether it verifies. */
export function isSigned(secret: string, message: Message, now: number): Promise<boolean> {
  return verifyWebhook(secret, message, now).then(
    () => true,
    () => false,
  );
}
