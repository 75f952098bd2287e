/** JSON values as the model handles them: equality, merge patches, and the cutting of long texts. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Whether two JSON values are equal, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
  );
}

/** RFC 7396, as its own pseudocode has it. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(Object.hasOwn(result, key) ? (result[key] as Json) : null, value);
  }
  return result;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text of more than 4,000 code points becomes its first 1,000, an ellipsis and its last 2,999. */
export function cut(text: string): string {
  const points = [...text];
  return points.length > 4000 ? `${points.slice(0, 1000).join('')}…${points.slice(-2999).join('')}` : text;
}

/** `details` of more than 4 KiB as JSON are dropped, truthfully. */
export function cutDetails(details: Json): Json {
  return bytes(details) > 4096 ? { truncated: true } : details;
}

/** The length of a value as JSON, in bytes of UTF-8. */
export function bytes(value: Json): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** The text of a JSON value with its keys the other way round, and with white space. */
export function rewritten(text: string): string {
  if (text === '') return '{}';
  return JSON.stringify(turned(JSON.parse(text) as Json), null, 1);
}

function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner)]),
  );
}
