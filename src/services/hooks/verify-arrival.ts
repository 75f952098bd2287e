import { fromDer, keyBytes, publicKey, signatureBytes } from '../../domain/hook/key-bytes';
import type { Proof } from '../../domain/hook/presets';
import {
  type Claim,
  type InboundDelivery,
  readClaim,
  type SignatureFault,
} from '../../domain/hook/read-claim';
import { isPublic, type SignatureDescription } from '../../domain/hook/signature-description';
import { customsOf, type Verification } from '../../domain/hook/verification';
import { sameSecret, sha256 } from '../ids/secrets';

export type { InboundDelivery, SignatureFault };

/** What is proven of a delivery. */
export interface Verified {
  /** The delivery's id where it is signed, else null. */
  id: string | null;
  /** SHA-256 (hex) of all that was signed; of the body where a shared secret or the URL alone is the proof. */
  digest: string;
}

/** Signatures of one delivery that are compared: one a secret that its sender has in use. */
const MOST_SIGNATURES = 20;
const HASHES = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const;
const CURVES = {
  ed25519: { key: { name: 'Ed25519' }, verify: { name: 'Ed25519' } },
  'ecdsa-p256': {
    key: { name: 'ECDSA', namedCurve: 'P-256' },
    verify: { name: 'ECDSA', hash: 'SHA-256' },
  },
} as const;

/** Whether a delivery is its sender's at `now` (ms). `secret` is null where the scheme has none. */
export async function verifyDelivery(
  verification: Verification,
  secret: string | null,
  delivery: InboundDelivery,
  now: number,
): Promise<Verified | SignatureFault> {
  const { proof } = customsOf(verification);
  if (proof.by !== 'signature') return verifyShared(proof, secret ?? '', delivery);
  const claim = readClaim(proof, delivery, now);
  if (typeof claim === 'string') return claim;
  const good = isPublic(proof.algorithm)
    ? await isSignedBy(proof, proof.algorithm, secret ?? '', claim)
    : await hasCode(proof, secret ?? '', claim);
  if (!good || (claim.bodyDigest !== null && !(await isDigestOf(claim.bodyDigest, delivery.raw)))) {
    return 'signature_wrong';
  }
  return { id: claim.id, digest: await sha256(claim.content) };
}

/** The HMAC by a hook's secret of what its sender wants signed, as lower-case hex. */
export async function signChallenge(verification: Verification, secret: string, challenge: string) {
  const { proof } = customsOf(verification);
  if (proof.by !== 'signature' || isPublic(proof.algorithm)) throw new Error('the scheme has no shared key');
  return sign({ ...proof, encoding: 'hex' }, secret, new TextEncoder().encode(challenge));
}

/** A secret that comes as it is: in a header, or as user and password. */
async function verifyShared(
  proof: Exclude<Proof, { by: 'signature' }>,
  secret: string,
  { header, raw }: InboundDelivery,
): Promise<Verified | SignatureFault> {
  if (proof.by !== 'url') {
    const [name, prefix] = proof.by === 'basic' ? ['authorization', 'Basic '] : [proof.header, proof.prefix];
    const value = header(name);
    // A scheme of `Authorization` is written in any case (RFC 9110).
    const start = value?.slice(0, prefix.length);
    const begins =
      name === 'authorization' ? start?.toLowerCase() === prefix.toLowerCase() : start === prefix;
    if (value === null || !begins) return 'signature_missing';
    const shown = value.slice(prefix.length);
    const expected = proof.by === 'basic' ? new TextEncoder().encode(secret).toBase64() : secret;
    if (!(await sameSecret(shown, expected))) return 'signature_wrong';
  }
  return { id: null, digest: await sha256(raw) };
}

/** Whether one of the signatures is the HMAC. Base64 is compared as it is written: decoding would forgive spare bits. */
async function hasCode(description: SignatureDescription, secret: string, claim: Claim): Promise<boolean> {
  const expected = await sign(description, secret, claim.content);
  const possible = claim.signatures
    .filter(({ length }) => length === expected.length)
    .slice(0, MOST_SIGNATURES)
    .map((signature) => (description.encoding === 'hex' ? signature.toLowerCase() : signature));
  const same = await Promise.all(possible.map((signature) => sameSecret(signature, expected)));
  return same.includes(true);
}

/** Whether one of the signatures was made by the owner of the public key. */
async function isSignedBy(
  { encoding }: SignatureDescription,
  algorithm: keyof typeof CURVES,
  key: string,
  claim: Claim,
): Promise<boolean> {
  const read = publicKey(algorithm, key);
  if (read === null) throw new Error('a hook’s key is not what its scheme takes');
  const curve = CURVES[algorithm];
  const known = await crypto.subtle.importKey(read.format, read.bytes, curve.key, false, ['verify']);
  for (const text of claim.signatures.slice(0, MOST_SIGNATURES)) {
    const bytes = signatureBytes(encoding, text);
    const signature = bytes && algorithm === 'ecdsa-p256' ? fromDer(bytes) : bytes;
    if (
      signature?.byteLength === 64 &&
      (await crypto.subtle.verify(curve.verify, known, signature, claim.content))
    ) {
      return true;
    }
  }
  return false;
}

async function isDigestOf(digest: string, raw: Uint8Array): Promise<boolean> {
  return digest.toLowerCase() === (await sha256(raw));
}

async function sign(
  { algorithm, encoding, secret_encoding }: SignatureDescription,
  secret: string,
  content: Uint8Array,
): Promise<string> {
  const bytes = keyBytes(secret_encoding, secret);
  if (bytes === null || isPublic(algorithm)) throw new Error('a hook’s secret is not what its scheme takes');
  const hash = HASHES[algorithm];
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign']);
  const code = new Uint8Array(await crypto.subtle.sign('HMAC', key, content));
  return encoding === 'hex' ? code.toHex() : code.toBase64();
}
