import type { Adjustment } from './adjustment';
import { holdsRaw, isObject, isRaw, type Json } from './json';
import { JsonReader } from './json-reader';
import { shallow, survey } from './json-scan';

/** A JSON text as a value, and what of it could not be kept as it came. */
export interface ReadText {
  value: Json;
  adjusted: Adjustment[];
}

const MAY_BE_TORN = /\\u[dD][89a-fA-F]/;
/** The words of IEEE 754 that Python and others write bare. */
const WORDS = /-?\b(?:NaN|Infinity)\b/g;
/** Levels that are read. What lies deeper is `[]`: no door lets it in, and the parser takes its time with it. */
const READ_DEPTH = 1_000;

/**
 * Reads JSON so that numbers keep the digits they came with (`isRaw`), and what is no Unicode becomes U+FFFD. Bare `NaN`
 * and `Infinity` are null, looked for only where the text is no JSON. Throws a SyntaxError for anything else.
 * Source: behaviour §2.
 */
export function readJsonText(text: string): ReadText {
  const { levels, open, changes } = survey(text);
  if (levels > READ_DEPTH) return readDeep(text, open);
  const value = parse(text);
  const isPlain = !changes && value !== undefined && !MAY_BE_TORN.test(text) && text.isWellFormed();
  if (isPlain) return { value, adjusted: [] };
  const reader = new JsonReader(text);
  return { value: reader.read(), adjusted: reader.adjusted };
}

/** Reads JSON that this service wrote itself: the digits of its numbers are kept. */
export function parseExactly(text: string): Json {
  return survey(text).changes ? new JsonReader(text).read() : (JSON.parse(text) as Json);
}

/** `value` with every number as a double: for fields that are typed, and for settings. */
export function withDoubles(value: Json): Json {
  return holdsRaw(value) ? doubled(value) : value;
}

function doubled(value: Json): Json {
  if (isRaw(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map(doubled);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, doubled(inner)]));
}

function readDeep(text: string, open: number): ReadText {
  // The parser takes its time to find out.
  if (open !== 0) throw new SyntaxError('its brackets are not closed');
  try {
    return readJsonText(shallow(text, READ_DEPTH, JSON.parse));
  } catch {
    throw new SyntaxError(`it is broken, and more than ${READ_DEPTH} levels deep`);
  }
}

/** The value of a text; undefined where it is none but for bare words. */
function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    // In a string they may be replaced as well: what comes of it is thrown away.
    const without = text.replace(WORDS, 'null');
    if (without === text) throw cause;
    JSON.parse(without);
    return undefined;
  }
}
