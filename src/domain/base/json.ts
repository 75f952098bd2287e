/** JSON values and the few things the domain does with them. Everything here trusts the depth limit checked at the door. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

const encoder = new TextEncoder();

/** Size in bytes of `text` as UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).byteLength;
}

/** Size in bytes of `value` as compact JSON in UTF-8. */
export function jsonSize(value: Json): number {
  return byteLength(JSON.stringify(value));
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `target` after `patch`, a JSON Merge Patch (RFC 7396). Neither argument is changed. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** Whether two values are the same JSON value: the order of keys does not matter, the order of items does. */
export function sameJson(a: Json, b: Json): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}

/** One text for each JSON value: keys sorted, no white space. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_key, inner) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
