import type { JsonObject } from './types.ts';

/**
 * The one JSON Merge Patch (RFC 7396) that does what `first` and then `second` do, whatever they are applied to; null where
 * there is none: after a member was taken away or replaced by what is no object, no patch says "an object, and nothing of
 * the one that was there".
 */
export function mergePatches(first: JsonObject, second: JsonObject): JsonObject | null {
  const merged = new Map(Object.entries(first));
  for (const [key, value] of Object.entries(second)) {
    const before = merged.get(key);
    if (!isObject(value) || !merged.has(key)) {
      merged.set(key, value);
      continue;
    }
    const inner = isObject(before) ? mergePatches(before, value) : null;
    if (inner === null) return null;
    merged.set(key, inner);
  }
  // Made by entries, `__proto__` is a key like any other.
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
