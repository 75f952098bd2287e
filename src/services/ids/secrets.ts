import type { Config } from '../../config';

/** What a derived key is for. Keys of different purposes have nothing to do with each other. */
export type Purpose =
  | 'job-id'
  | 'api-key'
  | 'session-id'
  | 'sign-in-code-id'
  | 'filter-token-id'
  | 'cursor'
  | 'cursor-stream'
  | 'job-token'
  | 'webhook-id'
  | 'hook-id'
  | 'hook-url';

const encoder = new TextEncoder();
const derived = new Map<string, Promise<CryptoKey>>();

/** HMAC-SHA256 of `message` under the key of `purpose` and root `generation`; null where that generation is gone. */
export async function mac(
  config: Config,
  purpose: Purpose,
  generation: number,
  message: string,
): Promise<Uint8Array | null> {
  const root = config.roots.get(generation);
  if (root === undefined) return null;
  const id = `${purpose}\0${root}`;
  let key = derived.get(id);
  if (key === undefined) {
    key = derive(root, purpose);
    derived.set(id, key);
  }
  return new Uint8Array(await crypto.subtle.sign('HMAC', await key, encoder.encode(message)));
}

/** HMAC-SHA256 of `message` under raw key bytes given as hex. */
export async function macWith(keyHex: string, message: string): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', Uint8Array.fromHex(keyHex), algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(message)));
}

/** SHA-256 as hex. */
export async function sha256(data: string | Uint8Array): Promise<string> {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data;
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex();
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export async function sameSecret(a: string, b: string): Promise<boolean> {
  const [x, y] = await Promise.all([sha256(a), sha256(b)]);
  return crypto.subtle.timingSafeEqual(encoder.encode(x), encoder.encode(y));
}

/** Whether two byte strings are equal, likewise. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);
}

async function derive(root: string, purpose: Purpose): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(root), 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(`headway ${purpose}`) },
    material,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign'],
  );
}
