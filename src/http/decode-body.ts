import { type Rejection, reject } from '../domain/base/rejection';
import { declaredCharset, markedCharset } from './charset';

/** A body as text. `repaired`: some of its bytes were no text in its charset, and became U+FFFD. */
export interface DecodedBody {
  text: string;
  repaired: boolean;
}

/** The text of a body: a byte order mark is believed, else the charset that is declared, else it is UTF-8. */
export function decodeBody(bytes: Uint8Array, contentType: string | null): DecodedBody | Rejection {
  const label = markedCharset(bytes) ?? declaredCharset(contentType) ?? 'utf-8';
  try {
    return { text: new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(bytes), repaired: false };
  } catch (cause) {
    if (cause instanceof RangeError) {
      return reject('unsupported_media_type', `The charset ${label} is not known here; send UTF-8.`);
    }
    return { text: new TextDecoder(label).decode(bytes), repaired: true };
  }
}
