/**
 * How a partner signs what it sends: an HMAC, described by where it stands and what it covers. The published schemes
 * are instances of the one description.
 */
export interface HmacDescription {
  /** The header that holds the signature, or a list of them. */
  header: string;
  algorithm: 'sha1' | 'sha256' | 'sha512';
  /** How a signature is written: lower-case hex, or base64 with its padding. */
  encoding: 'hex' | 'base64';
  /** What is signed: a text with `{body}`, and `{t}` (the timestamp) and `{id}` (the delivery's id) where they are. */
  signed: string;
  /** What a signature begins with in its header. Items of the list that begin otherwise are no signatures. */
  prefix: string;
  /** What stands between the items of the header; null where it holds one signature. */
  separator: string | null;
  /** Where the timestamp (seconds since 1970) is: a header of its own, or an item of the list with this prefix. */
  timestamp_header: string | null;
  timestamp_prefix: string | null;
  /** The header of the delivery's id, the same at each attempt. */
  id_header: string | null;
  /** How the key's bytes are made from the secret: as UTF-8, or from base64, after `whsec_` where it is there. */
  secret_encoding: 'text' | 'base64';
}

export type Preset = 'standard_webhooks' | 'github' | 'stripe';

const PLAIN: HmacDescription = {
  ...{ header: '', algorithm: 'sha256', encoding: 'hex', signed: '{body}', prefix: '', separator: null },
  ...{ timestamp_header: null, timestamp_prefix: null, id_header: null, secret_encoding: 'text' },
};

export const PRESETS: Record<Preset, HmacDescription> = {
  standard_webhooks: {
    ...PLAIN,
    ...{ header: 'webhook-signature', encoding: 'base64', prefix: 'v1,', separator: ' ' },
    ...{ signed: '{id}.{t}.{body}', id_header: 'webhook-id', timestamp_header: 'webhook-timestamp' },
    secret_encoding: 'base64',
  },
  github: { ...PLAIN, header: 'x-hub-signature-256', prefix: 'sha256=' },
  stripe: {
    ...PLAIN,
    ...{ header: 'stripe-signature', prefix: 'v1=', separator: ',' },
    ...{ signed: '{t}.{body}', timestamp_prefix: 't=' },
  },
};

/** A description with what it leaves open filled in: SHA-256, hex, over the body alone. */
export function describeHmac(given: Partial<HmacDescription> & { header: string }): HmacDescription {
  return { ...PLAIN, ...given };
}

/** How far the signed timestamp may lie from now, either way (s). */
export const TOLERANCE = 300;

/** Why a delivery is not its sender's. */
export type SignatureFault =
  | 'signature_missing'
  | 'timestamp_missing'
  | 'timestamp_outside_tolerance'
  | 'id_missing'
  | 'signature_wrong';

/** What a delivery claims: that one of `signatures` is of `content`. */
export interface Claim {
  signatures: string[];
  content: Uint8Array;
  /** The delivery's id where it is part of what is signed, else null. */
  id: string | null;
}

const encoder = new TextEncoder();

/** Reads the claim of a delivery with this raw body at `now` (ms), or says what is wrong before any signature is compared. */
export function readClaim(
  description: HmacDescription,
  header: (name: string) => string | null,
  body: Uint8Array,
  now: number,
): Claim | SignatureFault {
  const { prefix, separator, signed } = description;
  const value = header(description.header);
  if (value === null) return 'signature_missing';
  const items = separator === null ? [value] : value.split(separator).map((item) => item.trim());
  const signatures = items.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));
  if (signatures.length === 0) return 'signature_missing';
  const parts = signed.split(/(\{body\}|\{t\}|\{id\})/);
  const t = parts.includes('{t}') ? readTimestamp(description, header, items) : '';
  if (t === null) return 'timestamp_missing';
  if (parts.includes('{t}') && Math.abs(now / 1_000 - Number(t)) > TOLERANCE) {
    return 'timestamp_outside_tolerance';
  }
  const id = description.id_header === null ? null : readId(header(description.id_header), parts, body);
  if (id === null && description.id_header !== null) return 'id_missing';
  const filled = parts.map((part) => {
    if (part === '{body}') return body;
    return encoder.encode(part === '{t}' ? t : part === '{id}' ? (id ?? '') : part);
  });
  return { signatures, content: concat(filled), id };
}

/** The bytes of the key that a secret stands for; null where it is not base64 and should be. */
export function keyBytes(encoding: HmacDescription['secret_encoding'], secret: string): Uint8Array | null {
  if (encoding === 'text') return encoder.encode(secret);
  try {
    const bytes = Uint8Array.fromBase64(secret.replace(/^whsec_/, ''));
    return bytes.byteLength === 0 ? null : bytes;
  } catch {
    return null;
  }
}

/** The one timestamp, as it is signed. */
function readTimestamp(
  { timestamp_header, timestamp_prefix }: HmacDescription,
  header: (name: string) => string | null,
  items: string[],
): string | null {
  const found =
    timestamp_header === null
      ? items
          .filter((item) => item.startsWith(timestamp_prefix ?? ''))
          .map((item) => cut(item, timestamp_prefix))
      : [header(timestamp_header) ?? ''];
  const [t] = found;
  return found.length === 1 && t !== undefined && /^\d{1,15}$/.test(t) ? t : null;
}

const OBJECT = 0x7b;

/**
 * An id is refused where it holds the text that follows it in what is signed: it could end elsewhere as well. Not so where
 * a timestamp and a JSON object follow as in Standard Webhooks: digits between dots before a brace stand at one place alone.
 */
function readId(value: string | null, parts: string[], body: Uint8Array): string | null {
  const next = parts[parts.indexOf('{id}') + 1] ?? '';
  if (value === null || !/^[\x21-\x7e]{1,255}$/.test(value)) return null;
  const certain = parts.join('') === PRESETS.standard_webhooks.signed && body[0] === OBJECT;
  return next !== '' && value.includes(next) && !certain ? null : value;
}

function cut(item: string, prefix: string | null): string {
  return item.slice(prefix?.length ?? 0);
}

function concat(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
