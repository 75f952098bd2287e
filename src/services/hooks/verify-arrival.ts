import {
  type HmacDescription,
  keyBytes,
  readClaim,
  type SignatureFault,
} from '../../domain/hook/hmac-description';
import { descriptionOf, type Verification } from '../../domain/hook/hook';
import { sameSecret, sha256 } from '../ids/secrets';

/** A delivery as it came. */
export interface InboundDelivery {
  header: (name: string) => string | null;
  /** The raw bytes of the body: what is signed, and never what was read from them. */
  raw: Uint8Array;
}

/** What is proven of a delivery. */
export interface Verified {
  /** The delivery's id where it is signed, else null. */
  id: string | null;
  /** SHA-256 (hex) of all that was signed; of the body where the URL alone is the proof. */
  digest: string;
}

/** Signatures of one delivery that are compared: one a secret that its sender has in use. */
const MOST_SIGNATURES = 20;
const HASHES = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const;

/** Whether a delivery is its sender's at `now` (ms). `secret` is null where the scheme has none. */
export async function verifyDelivery(
  verification: Verification,
  secret: string | null,
  { header, raw }: InboundDelivery,
  now: number,
): Promise<Verified | SignatureFault> {
  const description = descriptionOf(verification);
  if (description === null) return { id: null, digest: await sha256(raw) };
  const claim = readClaim(description, header, raw, now);
  if (typeof claim === 'string') return claim;
  const expected = await sign(description, secret ?? '', claim.content);
  // Compared as they are written: a bit that decoding would forgive (a letter's case, base64's spare bits) counts.
  const possible = claim.signatures
    .filter(({ length }) => length === expected.length)
    .slice(0, MOST_SIGNATURES);
  const same = await Promise.all(possible.map((signature) => sameSecret(signature, expected)));
  return same.includes(true) ? { id: claim.id, digest: await sha256(claim.content) } : 'signature_wrong';
}

async function sign(
  { algorithm, encoding, secret_encoding }: HmacDescription,
  secret: string,
  content: Uint8Array,
): Promise<string> {
  const bytes = keyBytes(secret_encoding, secret);
  if (bytes === null) throw new Error('a hook’s secret is not what its scheme takes');
  const hash = HASHES[algorithm];
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign']);
  const code = new Uint8Array(await crypto.subtle.sign('HMAC', key, content));
  return encoding === 'hex' ? code.toHex() : code.toBase64();
}
