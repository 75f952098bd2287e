import { formEntries, isForm } from './form';
import { partsOf, type SignatureDescription } from './signature-description';

/** A delivery as it came. */
export interface InboundDelivery {
  method: string;
  /** The URL as its sender called it, with the query. */
  url: string;
  header: (name: string) => string | null;
  /** The raw bytes of the body: what is signed, and never what was read from them. */
  raw: Uint8Array;
}

/** Why a delivery is not its sender's. */
export const SIGNATURE_FAULTS = [
  'signature_missing',
  'timestamp_missing',
  'timestamp_outside_tolerance',
  'id_missing',
  'signature_wrong',
] as const;
export type SignatureFault = (typeof SIGNATURE_FAULTS)[number];

/** What a delivery claims: that one of `signatures` is of `content`. */
export interface Claim {
  signatures: string[];
  content: Uint8Array;
  /** The delivery's id where it is part of what is signed, else null. */
  id: string | null;
  /** The digest (hex) that the signed URL says the body has, where the URL stands for the body. */
  bodyDigest: string | null;
}

const encoder = new TextEncoder();

/** Reads the claim of a delivery at `now` (ms), or says what is wrong before any signature is compared. */
export function readClaim(
  description: SignatureDescription,
  delivery: InboundDelivery,
  now: number,
): Claim | SignatureFault {
  const { prefix, separator, signed } = description;
  const { header } = delivery;
  const value = header(description.header);
  if (value === null) return 'signature_missing';
  const items = separator === null ? [value] : value.split(separator).map((item) => item.trim());
  const signatures = items.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));
  if (signatures.length === 0) return 'signature_missing';
  const parts = partsOf(signed);
  const timed = parts.includes('{t}');
  const t = timed ? readTimestamp(description, header, items) : null;
  if (timed && t === null) return 'timestamp_missing';
  if (t !== null && Math.abs(now / 1_000 - t.at) > description.tolerance) {
    return 'timestamp_outside_tolerance';
  }
  const id =
    description.id_header === null
      ? null
      : readId(header(description.id_header), parts, description.timestamp_format, delivery.raw);
  if (id === null && description.id_header !== null) return 'id_missing';
  const filled: Uint8Array[] = [];
  for (const part of parts) {
    const bytes = fill(part, { ...delivery, t: t?.text ?? '', id: id ?? '' });
    if (bytes === null) return 'signature_missing';
    filled.push(bytes);
  }
  const byUrl = parts.includes('{form}') && !isForm(header('content-type'));
  const bodyDigest = byUrl ? (new URL(delivery.url).searchParams.get('bodySHA256') ?? '') : null;
  return { signatures, content: concat(filled), id, bodyDigest };
}

/** The escapes that HubSpot decodes in the URL before it signs it: `: / ? @ ! $ ' ( ) * , ;`. Source: its v3 signature. */
const DECODED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

/** The bytes at a place of the manifest; null for a header that is not there. */
function fill(part: string, from: InboundDelivery & { t: string; id: string }): Uint8Array | null {
  if (part === '{body}') return from.raw;
  if (part === '{form}')
    return encoder.encode(isForm(from.header('content-type')) ? sortedForm(from.raw) : '');
  if (part === '{t}') return encoder.encode(from.t);
  if (part === '{id}') return encoder.encode(from.id);
  if (part === '{url}') return encoder.encode(from.url);
  if (part === '{decoded_url}') return encoder.encode(from.url.replace(DECODED, decodeURIComponent));
  if (part === '{method}') return encoder.encode(from.method);
  if (!part.startsWith('{header:')) return encoder.encode(part);
  const value = from.header(part.slice('{header:'.length, -1));
  return value === null ? null : encoder.encode(value);
}

/** The fields of a form by their names, each name followed by its value; of one name the values in order, once each. */
function sortedForm(raw: Uint8Array): string {
  const fields = Map.groupBy(formEntries(raw), ([name]) => name);
  const names = [...fields.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  return names
    .flatMap((name) =>
      [...new Set(fields.get(name)?.map(([, value]) => value))].toSorted().map((value) => name + value),
    )
    .join('');
}

const FORMATS = {
  seconds: { written: /^\d{1,15}$/, read: (text: string) => Number(text) },
  milliseconds: { written: /^\d{1,15}$/, read: (text: string) => Number(text) / 1_000 },
  iso: {
    written: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/,
    read: (text: string) => Date.parse(text) / 1_000,
  },
};

/** The one timestamp: as it is signed, and in seconds since 1970. */
function readTimestamp(
  { timestamp_header, timestamp_prefix, timestamp_format }: SignatureDescription,
  header: (name: string) => string | null,
  items: string[],
): { text: string; at: number } | null {
  const found =
    timestamp_header === null
      ? items
          .filter((item) => item.startsWith(timestamp_prefix ?? ''))
          .map((item) => cut(item, timestamp_prefix))
      : [header(timestamp_header) ?? ''];
  const [text] = found;
  const { written, read } = FORMATS[timestamp_format];
  if (found.length !== 1 || text === undefined || !written.test(text)) return null;
  const at = read(text);
  return Number.isNaN(at) ? null : { text, at };
}

const OBJECT = 0x7b;

/**
 * An id is refused where it holds the text that follows it in what is signed: it could end elsewhere as well. Not so where
 * a timestamp and a JSON object follow: digits between dots, or a date, before a brace stand at one place alone.
 */
function readId(
  value: string | null,
  parts: string[],
  format: SignatureDescription['timestamp_format'],
  body: Uint8Array,
): string | null {
  if (value === null || !/^[\x21-\x7e]{1,255}$/.test(value)) return null;
  const rest = parts.slice(parts.indexOf('{id}')).join('');
  const dated = rest === '{id}{t}{body}' && format === 'iso';
  if (rest === '{id}.{t}.{body}' || dated) {
    if (body[0] === OBJECT) return value;
    return dated || value.includes('.') ? null : value;
  }
  const next = parts[parts.indexOf('{id}') + 1] ?? '';
  return next !== '' && value.includes(next) ? null : value;
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
