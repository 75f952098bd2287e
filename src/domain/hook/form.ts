import type { Json, JsonObject } from '../base/json';

/** Whether a body is declared as a form. */
export function isForm(contentType: string | null): boolean {
  return /^\s*application\/x-www-form-urlencoded\s*(?:;.*)?$/i.test(contentType ?? '');
}

/** The fields of a form, in the order they came. */
export function formEntries(raw: Uint8Array): [name: string, value: string][] {
  return [...new URLSearchParams(new TextDecoder().decode(raw))];
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
