import { type Rejection, reject } from '../domain/base/rejection';

/** A body as text. `repaired`: some of its bytes were no text in its charset, and became U+FFFD. */
export interface DecodedBody {
  text: string;
  repaired: boolean;
}

const MARKS: readonly (readonly [label: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The text of a body: a byte order mark is believed, else the charset that is declared, else it is UTF-8. */
export function decodeBody(bytes: Uint8Array, contentType: string | null): DecodedBody | Rejection {
  const marked = MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0];
  const label = marked ?? charsetOf(contentType) ?? 'utf-8';
  try {
    return { text: new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(bytes), repaired: false };
  } catch (cause) {
    if (cause instanceof RangeError) {
      return reject('unsupported_media_type', `The charset ${label} is not known here; send UTF-8.`);
    }
    return { text: new TextDecoder(label).decode(bytes), repaired: true };
  }
}

function charsetOf(contentType: string | null): string | null {
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]*))/i.exec(contentType ?? '') ?? [];
  return (quoted ?? plain)?.trim() || null;
}
