import type { Adjustment } from './adjustment';
import { under } from './adjustment';
import { isObject, isRaw, type Json, type JsonObject } from './json';
import { levelsOf, outsideStrings, replaceOutside } from './json-scan';

/** A JSON text as a value, and what of it could not be kept as it came. */
export interface ReadText {
  value: Json;
  adjusted: Adjustment[];
}

/** Numbers are looked at one by one only where one of these is in the text: most texts hold none. */
const MAY_CHANGE = /\d{16}|\d[.eE]|-0/;
const MAY_BE_TORN = /\\u[dD][89a-fA-F]/;
const NUMBERS = /-?\d[\d.eE+-]*/g;
/** The words of IEEE 754 that Python and others write bare. */
const WORDS = /-?\b(?:NaN|Infinity)\b/g;
/** A text that is deeper is not walked level by level: no door lets its value in. */
const WALKED_DEPTH = 1_000;
/** Adjustments that are noted of one text. */
const NOTED = 1_000;

/**
 * Reads JSON so that numbers keep the digits they came with (`isRaw`), and what is no Unicode becomes U+FFFD. Bare `NaN`
 * and `Infinity` are null, looked for only where the text is no JSON. Throws a SyntaxError for anything else.
 * Source: behaviour §2.
 */
export function readJsonText(text: string): ReadText {
  const { most, open } = levelsOf(text);
  const isDeep = most > WALKED_DEPTH;
  // The parser takes its time to find out.
  if (isDeep && open !== 0) throw new SyntaxError('its brackets are not closed');
  let value: Json;
  let source = text;
  const adjusted: Adjustment[] = [];
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    if (isDeep) throw cause;
    const mark = unusedMark(text);
    source = replaceOutside(text, WORDS, `"${mark}"`);
    if (source === text) throw cause;
    value = dropMarks(JSON.parse(source) as Json, mark, '', adjusted);
    source = source.replaceAll(`"${mark}"`, 'null');
  }
  if (isDeep) return { value, adjusted };
  if (changesNumbers(source)) value = JSON.parse(source, exactly) as Json;
  const torn = MAY_BE_TORN.test(text) || !text.isWellFormed();
  if (torn) value = repair(value, '', adjusted);
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
  for (const piece of outsideStrings(text)) {
    for (const [written] of piece.matchAll(NUMBERS)) if (!isKept(written)) return true;
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
    note(adjusted, { path, reason: 'converted' });
    return null;
  }
  return mapInner(value, path, (inner, at) => dropMarks(inner, mark, at, adjusted));
}

/** Puts U+FFFD where a string or a key is no Unicode; of two keys that so become one the later wins. */
function repair(value: Json, path: string, adjusted: Adjustment[]): Json {
  if (typeof value === 'string' && !value.isWellFormed()) {
    note(adjusted, { path, reason: 'repaired' });
    return value.toWellFormed();
  }
  if (isObject(value) && !Object.keys(value).every((key) => key.isWellFormed())) {
    note(adjusted, { path, reason: 'repaired' });
    const whole = Object.entries(value).map(([key, inner]) => [key.toWellFormed(), inner] as const);
    return repair(Object.fromEntries(whole), path, adjusted);
  }
  return mapInner(value, path, (inner, at) => repair(inner, at, adjusted));
}

function note(adjusted: Adjustment[], adjustment: Adjustment): void {
  if (adjusted.length < NOTED) adjusted.push(adjustment);
}

function mapInner(value: Json, path: string, change: (inner: Json, path: string) => Json): Json {
  if (Array.isArray(value)) return value.map((inner, index) => change(inner, under(path, index)));
  return isObject(value) ? mapObject(value, (key, inner) => change(inner, under(path, key))) : value;
}

function mapObject(value: JsonObject, change: (key: string, inner: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(key, inner)]));
}
