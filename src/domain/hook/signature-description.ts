/**
 * How a partner signs what it sends: by an HMAC or a private key, described by where the signature stands and what it
 * covers. The published schemes are instances of the one description.
 */
export interface SignatureDescription {
  /** The header that holds the signature, or a list of them. */
  header: string;
  algorithm: 'sha1' | 'sha256' | 'sha512' | 'ed25519' | 'ecdsa-p256';
  /** How a signature is written: hex in either case, or base64 with its padding. */
  encoding: 'hex' | 'base64';
  /** What is signed: a text with the places of `PLACES`. */
  signed: string;
  /** What a signature begins with in its header. Items of the list that begin otherwise are no signatures. */
  prefix: string;
  /** What stands between the items of the header; null where it holds one signature. */
  separator: string | null;
  /** Where the timestamp is: a header of its own, or an item of the list with this prefix. */
  timestamp_header: string | null;
  timestamp_prefix: string | null;
  /** How it is written: since 1970, or as RFC 3339. */
  timestamp_format: 'seconds' | 'milliseconds' | 'iso';
  /** How far it may lie from now, either way (s). */
  tolerance: number;
  /** The header of the delivery's id, the same at each attempt. */
  id_header: string | null;
  /** How the key's bytes are made from the secret: as UTF-8, from base64 after `whsec_` where it is there, or from hex. */
  secret_encoding: 'text' | 'base64' | 'hex';
}

export const TOLERANCE = 300;

const PLAIN: SignatureDescription = {
  header: '',
  algorithm: 'sha256',
  encoding: 'hex',
  signed: '{body}',
  prefix: '',
  separator: null,
  timestamp_header: null,
  timestamp_prefix: null,
  timestamp_format: 'seconds',
  tolerance: TOLERANCE,
  id_header: null,
  secret_encoding: 'text',
};

/** A description with what it leaves open filled in: SHA-256, hex, over the body alone. */
export function describeSignature(
  given: Partial<SignatureDescription> & { header: string },
): SignatureDescription {
  return { ...PLAIN, ...given };
}

/** Whether the secret is a public key: then it is no secret at all, but nobody else can sign. */
export function isPublic(
  algorithm: SignatureDescription['algorithm'],
): algorithm is 'ed25519' | 'ecdsa-p256' {
  return algorithm === 'ed25519' || algorithm === 'ecdsa-p256';
}

/** What stands between the texts of a manifest: `{body}`, `{t}`, `{header:X-Topic}`. */
const PLACE = /(\{[^{}]*\})/;
const KNOWN = /^\{(?:body|form|t|id|url|decoded_url|method|header:[A-Za-z0-9-]{1,100})\}$/;

/** A manifest in its parts, texts and places by turns: the first is a text, maybe an empty one. */
export function partsOf(signed: string): string[] {
  return signed.split(PLACE);
}

/** What is wrong with a manifest by itself, or null. */
export function faultOfManifest(signed: string): string | null {
  const parts = partsOf(signed);
  const places = parts.filter((_, index) => index % 2 === 1);
  const unknown = places.find((place) => !KNOWN.test(place));
  const stray = parts.some((part, index) => index % 2 === 0 && /[{}]/.test(part));
  if (unknown !== undefined || stray) {
    return 'must hold no other braces than {body}, {t}, {id}, {url}, {method}, {form} and {header:Its-Name}';
  }
  if (places.includes('{body}') === places.includes('{form}')) {
    return 'must hold {body}, or {form} as Twilio has it: a signature that does not cover the body proves nothing of it';
  }
  if (new Set(places).size !== places.length) return 'must hold each place once at most';
  return null;
}
