import type { Json, JsonObject } from '../base/json';

/** Whether a body is declared as a form. */
export function isForm(contentType: string | null): boolean {
  return /^\s*application\/x-www-form-urlencoded\s*(?:;.*)?$/i.test(contentType ?? '');
}

/** The fields of a form, in the order they came. */
export function formEntries(raw: Uint8Array): [name: string, value: string][] {
  return [...new URLSearchParams(new TextDecoder().decode(raw))];
}

const PERCENT = 0x25;

/** Whether the bytes of a form, its escapes decoded, are no UTF-8: then U+FFFD stands for what is none. */
export function isTorn(raw: Uint8Array): boolean {
  if (!formEntries(raw).some((entry) => entry.join().includes('\ufffd'))) return false;
  const bytes = new Uint8Array(raw.byteLength);
  let size = 0;
  for (let at = 0; at < raw.byteLength; at++) {
    const digits = raw[at] === PERCENT ? String.fromCharCode(...raw.subarray(at + 1, at + 3)) : '';
    const escaped = /^[0-9a-f]{2}$/i.test(digits);
    bytes[size++] = escaped ? Number.parseInt(digits, 16) : (raw[at] ?? 0);
    if (escaped) at += 2;
  }
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes.subarray(0, size));
    return false;
  } catch {
    return true;
  }
}

/** A form as an object of texts; a name that comes more than once is an array. */
export function formObject(raw: Uint8Array): JsonObject {
  const fields = Map.groupBy(formEntries(raw), ([name]) => name);
  return Object.fromEntries(
    [...fields].map(([name, entries]): [string, Json] => {
      const values = entries.map(([, value]) => value);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}
