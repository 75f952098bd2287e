import type { SignatureDescription } from './signature-description';

const encoder = new TextEncoder();

/** The bytes of the key that a secret stands for; null where it is not written as it should be. */
export function keyBytes(
  encoding: SignatureDescription['secret_encoding'],
  secret: string,
): Uint8Array | null {
  if (encoding === 'text') return encoder.encode(secret);
  const bytes = encoding === 'hex' ? fromHex(secret) : fromBase64(secret.replace(/^whsec_/, ''));
  return bytes === null || bytes.byteLength === 0 ? null : bytes;
}

/** A public key as `importKey` takes it. */
export interface PublicKey {
  format: 'raw' | 'spki';
  bytes: Uint8Array;
}

/** Bytes of the two forms a key is passed on in. Source: RFC 8410 and RFC 5480, SubjectPublicKeyInfo with these curves. */
const SIZES = { ed25519: { raw: 32, spki: 44 }, 'ecdsa-p256': { raw: 65, spki: 91 } };

/** Reads a public key: raw or SubjectPublicKeyInfo, as hex, base64 (after `whpk_` where it is there) or PEM; null for none. */
export function publicKey(algorithm: keyof typeof SIZES, text: string): PublicKey | null {
  const bare = text
    .replace(/^whpk_/, '')
    .replaceAll(/-----(?:BEGIN|END) PUBLIC KEY-----/g, '')
    .replaceAll(/\s+/g, '');
  const bytes = fromHex(bare) ?? fromBase64(bare);
  const { raw, spki } = SIZES[algorithm];
  if (bytes?.byteLength === raw) return { format: 'raw', bytes };
  return bytes?.byteLength === spki ? { format: 'spki', bytes } : null;
}

/** A signature's bytes; null where it is written in any other way than its bytes are. */
export function signatureBytes(encoding: SignatureDescription['encoding'], text: string): Uint8Array | null {
  if (encoding === 'hex') return fromHex(text);
  const bytes = fromBase64(text);
  return bytes?.toBase64() === text ? bytes : null;
}

/** An ECDSA signature over P-256 in DER as `r` and `s` of 32 bytes each, which Web Crypto takes; null for any other bytes. */
export function fromDer(der: Uint8Array): Uint8Array | null {
  if (der[0] !== 0x30 || der[1] !== der.byteLength - 2) return null;
  const whole = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const size = der[at + 1] ?? 0;
    const integer = der.subarray(at + 2, at + 2 + size);
    const sound = der[at] === 0x02 && size > 0 && integer.byteLength === size && isMinimal(integer);
    if (!sound) return null;
    const digits = integer[0] === 0 ? integer.subarray(1) : integer;
    if (digits.byteLength > 32) return null;
    whole.set(digits, end - digits.byteLength);
    at += 2 + size;
  }
  return at === der.byteLength ? whole : null;
}

/** A positive integer with no more bytes than it needs. */
function isMinimal(integer: Uint8Array): boolean {
  const [first = 0, second = 0x80] = integer;
  return first < 0x80 && (first !== 0 || second >= 0x80);
}

function fromHex(text: string): Uint8Array | null {
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? Uint8Array.fromHex(text) : null;
}

function fromBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return null;
  }
}
