import type { Adjustment } from './adjustment';
import { under } from './adjustment';
import { isObject, isRaw, type Json, type JsonObject } from './json';

/** A JSON text as a value, and what of it could not be kept as it came. */
export interface ReadText {
  value: Json;
  adjusted: Adjustment[];
}

/** Numbers are looked at one by one only where one of these is in the text: most texts hold none. */
const MAY_CHANGE = /\d{16}|\d[.eE]|-0/;
const MAY_BE_TORN = /\\u[dD][89a-fA-F]/;
/** A string, or a number as it was written: the strings are there to be passed over. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
/** The same with the words of IEEE 754 that Python and others write bare. */
const WITH_WORDS = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
const WALKED_DEPTH = 1_000;

/**
 * Reads JSON so that numbers keep the digits they came with (`isRaw`), and what is no Unicode becomes U+FFFD. Bare `NaN`
 * and `Infinity` are null, looked for only where the text is no JSON. Throws a SyntaxError for anything else.
 * Source: behaviour §2.
 */
export function readJsonText(text: string): ReadText {
  let value: Json;
  let source = text;
  const adjusted: Adjustment[] = [];
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    const mark = unusedMark(text);
    if (isDeep(text)) throw cause;
    source = text.replace(WITH_WORDS, (token) => (token.startsWith('"') ? token : `"${mark}"`));
    if (source === text) throw cause;
    value = dropMarks(JSON.parse(source) as Json, mark, '', adjusted);
    source = source.replaceAll(`"${mark}"`, 'null');
  }
  if (changesNumbers(source)) value = JSON.parse(source, exactly) as Json;
  const torn = MAY_BE_TORN.test(text) || !text.isWellFormed();
  if (torn && !isDeep(text)) value = repair(value, '', adjusted);
  return { value, adjusted };
}

/** Reads JSON that this service wrote itself: the digits of its numbers are kept. */
export function parseExactly(text: string): Json {
  return (changesNumbers(text) ? JSON.parse(text, exactly) : JSON.parse(text)) as Json;
}

/** `value` with every number as a double: for fields that are typed, and for settings. */
export function withDoubles(value: Json): Json {
  if (isRaw(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map(withDoubles);
  if (!isObject(value)) return value;
  return mapObject(value, (_key, inner) => withDoubles(inner));
}

/** Whether a double would change a number of this valid JSON text. */
function changesNumbers(text: string): boolean {
  if (!MAY_CHANGE.test(text)) return false;
  for (const [token] of text.matchAll(TOKENS)) {
    if (!token.startsWith('"') && !isKept(token)) return !isDeep(text);
  }
  return false;
}

/** Whether it is too deep for what walks it level by level: no door lets such a value in. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const character of text.replace(TOKENS, '')) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > WALKED_DEPTH) return true;
  }
  return false;
}

function isKept(written: string): boolean {
  return String(Number(written)) === written;
}

function exactly(_key: string, value: Json, context?: { source?: string }): Json {
  const written = context?.source;
  if (typeof value !== 'number' || written === undefined || isKept(written)) return value;
  return JSON.rawJSON(written) as unknown as Json;
}

function unusedMark(text: string): string {
  let mark = 'NaN';
  while (text.includes(mark)) mark += '*';
  return mark;
}

function dropMarks(value: Json, mark: string, path: string, adjusted: Adjustment[]): Json {
  if (value === mark) {
    adjusted.push({ path, reason: 'converted' });
    return null;
  }
  return mapInner(value, path, (inner, at) => dropMarks(inner, mark, at, adjusted));
}

/** Puts U+FFFD where a string or a key is no Unicode; of two keys that so become one the later wins. */
function repair(value: Json, path: string, adjusted: Adjustment[]): Json {
  if (typeof value === 'string' && !value.isWellFormed()) {
    adjusted.push({ path, reason: 'repaired' });
    return value.toWellFormed();
  }
  if (isObject(value) && !Object.keys(value).every((key) => key.isWellFormed())) {
    adjusted.push({ path, reason: 'repaired' });
    const whole = Object.entries(value).map(([key, inner]) => [key.toWellFormed(), inner] as const);
    return repair(Object.fromEntries(whole), path, adjusted);
  }
  return mapInner(value, path, (inner, at) => repair(inner, at, adjusted));
}

function mapInner(value: Json, path: string, change: (inner: Json, path: string) => Json): Json {
  if (Array.isArray(value)) return value.map((inner, index) => change(inner, under(path, index)));
  return isObject(value) ? mapObject(value, (key, inner) => change(inner, under(path, key))) : value;
}

function mapObject(value: JsonObject, change: (key: string, inner: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(key, inner)]));
}
