import { byteLength, isObject, type Json, type JsonObject } from '../base/json';

/** Bytes of `details` as JSON. Source: behaviour §2. */
const DETAILS_LIMIT = 4_096;
/** A string that is not longer is left alone: it is not what makes details too large. */
const LEAST = 32;

/**
 * `details` within their limit: the longest strings are shortened in the middle until they fit; where that does not do,
 * `{"truncated": true}`.
 */
export function boundDetails(details: JsonObject): JsonObject {
  if (sizeOf(details) <= DETAILS_LIMIT) return details;
  for (let most = longestIn(details); most > LEAST; most = Math.floor(most * 0.75)) {
    const bounded = withStrings(details, (text) => shortened(text, most)) as JsonObject;
    if (sizeOf(bounded) <= DETAILS_LIMIT) return bounded;
  }
  return { truncated: true };
}

function sizeOf(value: Json): number {
  return byteLength(JSON.stringify(value));
}

function longestIn(value: Json): number {
  let longest = 0;
  withStrings(value, (text) => {
    longest = Math.max(longest, text.length);
    return text;
  });
  return Math.min(longest, DETAILS_LIMIT);
}

function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  // Half a character at a cut becomes U+FFFD.
  return `${text.slice(0, half)}…${text.slice(-half)}`.toWellFormed();
}

function withStrings(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => withStrings(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withStrings(inner, change)]));
}
