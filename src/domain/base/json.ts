/** JSON values and the few things the domain does with them. Everything here trusts the depth limit checked at the door. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** A number that a double would change, as it was written: `JSON.stringify` writes it so again. */
export interface RawNumber extends JsonObject {
  readonly rawJSON: string;
}

declare global {
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): boolean;
  }
}

const encoder = new TextEncoder();

/** A longer text is encoded to be measured; for a shorter one the call would take most of the time. */
const COUNTED = 1_024;

/** Size in bytes of `text` as UTF-8. */
export function byteLength(text: string): number {
  if (text.length > COUNTED) return encoder.encode(text).byteLength;
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    bytes += code < 0x800 ? 1 : 2;
    // Of a pair of surrogates each half is two bytes; one alone becomes U+FFFD, three bytes.
    if (isPair(code, text.charCodeAt(at + 1))) at += 1;
  }
  return bytes;
}

function isPair(high: number, low: number): boolean {
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}

/** Size in bytes of `value` as compact JSON in UTF-8. */
export function jsonSize(value: Json): number {
  return byteLength(JSON.stringify(value));
}

/** About how many bytes a value holds: its texts, and sixteen for each value and key. Costs less than its JSON would. */
export function heldBytes(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  let bytes = 16;
  if (typeof value !== 'object' || value === null) return bytes;
  for (const [key, inner] of Object.entries(value)) bytes += key.length + heldBytes(inner);
  return bytes;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

export function isRaw(value: unknown): value is RawNumber {
  return JSON.isRawJSON(value);
}

/** `__proto__` is a key like any other: assigning to it would set the prototype. */
export function setMember(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}

/** Whether a number somewhere in `value` is kept as it was written. */
export function holdsRaw(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isRaw(value)) return true;
  if (Array.isArray(value)) return value.some(holdsRaw);
  for (const key in value) if (holdsRaw(value[key] as Json)) return true;
  return false;
}

/** Whether two values are the same JSON value: the order of keys does not matter, the order of items does. Costs no more than the smaller of them. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at] as Json));
  }
  if (isRaw(a)) return isRaw(b) && a.rawJSON === b.rawJSON;
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => hasSame(b, key, a[key] as Json));
}

function hasSame(object: JsonObject, key: string, value: Json): boolean {
  return Object.hasOwn(object, key) && sameJson(object[key] as Json, value);
}

/** Levels that a canonical text tells apart: more than any door lets in. */
const CANONICAL_DEPTH = 100;

/** One text for each JSON value of at most 100 levels: keys sorted, no white space. What lies deeper is null. */
export function canonicalJson(value: Json, depth = 1): string {
  if (isRaw(value)) return value.rawJSON;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth > CANONICAL_DEPTH) return 'null';
  // Texts are added up: a long list of them would take several times as long to join.
  let [members, comma] = ['', ''];
  if (Array.isArray(value)) {
    for (const item of value) {
      members += comma + canonicalJson(item, depth + 1);
      comma = ',';
    }
    return `[${members}]`;
  }
  for (const key of sortedKeys(value)) {
    const inner = value[key];
    if (inner === undefined) continue;
    members += `${comma}${JSON.stringify(key)}:${canonicalJson(inner, depth + 1)}`;
    comma = ',';
  }
  return `{${members}}`;
}

/** Indexes come first, in their order, as in every object that an engine lists. */
function sortedKeys(object: JsonObject): string[] {
  const keys = Object.keys(object);
  let indexes = 0;
  while (indexes < keys.length && isIndex(keys[indexes] as string)) indexes += 1;
  return [...keys.slice(0, indexes), ...keys.slice(indexes).sort()];
}

function isIndex(key: string): boolean {
  return String(Number(key) >>> 0) === key && Number(key) !== 0xffffffff;
}
