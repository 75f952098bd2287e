import { shortPath } from '../domain/base/adjustment';
import { isRaw, type Json, type JsonObject } from '../domain/base/json';
import type { FieldError } from '../domain/base/rejection';

/** Source: behaviour §5, "Input limits". */
const MAX_DEPTH = 32;
const TOO_DEEP = `must be at most ${MAX_DEPTH} levels deep`;
const MAX_KEYS = 1_000;
/** Digits and exponent that a number may have, and so does what is computed with it. */
const MAX_DIGITS = 400;
const MAX_EXPONENT = 400;

/** An array or object, and where it stands: its path is written only where something is wrong with it. */
interface OpenValue {
  value: Json[] | JsonObject;
  within: OpenValue | null;
  key: string | number;
  depth: number;
}

/**
 * The first value that breaks an input limit, or null: depth, keys an object, finite numbers, well-formed
 * Unicode. Walks without recursion, so that depth itself can't hurt, and keeps nothing of a value that holds no other, so
 * that many can't. `depth` is that of `json` itself, where it stands in a larger value.
 */
export function findBadValue(json: Json, depth = 1): FieldError | null {
  const open: OpenValue[] = [];
  const fault = faultOf(json);
  if (fault !== null) return { path: '', message: fault };
  if (isContainer(json)) open.push({ value: json, within: null, key: '', depth });
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const bad = look(place, open);
    if (bad !== null) return bad;
  }
  return null;
}

/** Looks at all that a place holds; what holds more itself is looked at later. */
function look(place: OpenValue, open: OpenValue[]): FieldError | null {
  const { value, depth } = place;
  const keys = Array.isArray(value) ? null : Object.keys(value);
  const bad = keys === null ? null : findBadKey(keys, place);
  if (bad !== null) return bad;
  const count = keys === null ? (value as Json[]).length : keys.length;
  for (let index = 0; index < count; index++) {
    const key = keys === null ? index : (keys[index] as string);
    const inner = (value as Record<string | number, Json>)[key] as Json;
    const fault = faultOf(inner);
    if (fault !== null) return { path: pathOf(place, key), message: fault };
    if (!isContainer(inner)) continue;
    if (depth === MAX_DEPTH) return { path: pathOf(place, key), message: TOO_DEEP };
    if (!isEmpty(inner)) open.push({ value: inner, within: place, key, depth: depth + 1 });
  }
  return null;
}

function faultOf(value: Json): string | null {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? null : 'must be well-formed Unicode';
    case 'number':
      return Number.isFinite(value) ? null : 'must be a finite number';
    default:
      return isRaw(value) ? faultOfRaw(value.rawJSON) : null;
  }
}

/** Of a number that is kept as it was written. */
function faultOfRaw(written: string): string | null {
  if (written.length <= MAX_DIGITS && !/e/i.test(written)) return null;
  const [digits = '', exponent = '0'] = written.toLowerCase().split('e');
  if (digits.replaceAll(/\D/g, '').length > MAX_DIGITS) return `must have at most ${MAX_DIGITS} digits`;
  return Math.abs(Number(exponent)) > MAX_EXPONENT
    ? `must have an exponent of at most ${MAX_EXPONENT}`
    : null;
}

function isContainer(value: Json): value is Json[] | JsonObject {
  return typeof value === 'object' && value !== null && !isRaw(value);
}

function isEmpty(value: Json[] | JsonObject): boolean {
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

function findBadKey(keys: string[], place: OpenValue): FieldError | null {
  if (keys.length > MAX_KEYS) return { path: pathOf(place), message: `must have at most ${MAX_KEYS} keys` };
  for (const key of keys) {
    if (!key.isWellFormed()) return { path: pathOf(place, key), message: 'must be well-formed Unicode' };
  }
  return null;
}

/** The path of a place, or of what it holds under `key`. */
function pathOf(place: OpenValue, key?: string | number): string {
  const steps = key === undefined ? [] : [key];
  for (let at: OpenValue | null = place; at?.within != null; at = at.within) steps.unshift(at.key);
  return shortPath(steps.join('.').toWellFormed());
}
