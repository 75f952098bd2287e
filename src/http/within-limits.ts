import { under } from '../domain/base/adjustment';
import { isObject, type Json, type JsonObject } from '../domain/base/json';
import { isEnd } from '../domain/door/ends';
import type { Reading } from '../domain/door/reading';
import { findBadValue } from './json-limits';
import type { Parsed } from './take-body';

/** Fields of a report that hold entries: each counts for itself, whatever breaks a limit in it. */
const ENTRIES = new Set(['error', 'errors', 'warning', 'warnings', 'logs']);
const MARKS = new Set(['mark_started', 'mark_completed', 'mark_failed']);

/**
 * A body within the input limits, or where it breaks one. Where it ends a job, what breaks one is taken out and ignored:
 * the field of an entry, else the field of the report. It is walked twice at most, whatever is wrong with it. `place` is
 * where the body stands in a larger one.
 */
export function withinLimits(value: Json, reading: Reading, place = ''): Parsed<Json> {
  const bad = findBadValue(value);
  if (bad === null) return { ok: true, data: value };
  if (reading.ends && isObject(value)) return { ok: true, data: soundReport(value, reading, place) };
  return { ok: false, errors: [{ path: under(place, bad.path), message: bad.message }] };
}

function soundReport(report: JsonObject, reading: Reading, place: string): JsonObject {
  return mapFields(report, (inner, field) => {
    const path = under(place, field);
    if (MARKS.has(field)) return soundMark(inner, field, path, reading);
    if (!ENTRIES.has(field)) return sound(inner, path, 2, reading);
    if (!Array.isArray(inner)) return soundEntry(inner, path, 2, reading);
    return inner.map((entry, index) => soundEntry(entry, under(path, index), 3, reading));
  });
}

/**
 * A mark that ends its job does so whatever breaks a limit in it: a failure is then one without a reason. One that ends
 * nothing stays as null, since an empty `mark_failed` is a failure only where no other mark stands beside it.
 */
function soundMark(mark: Json, field: string, path: string, reading: Reading): Json {
  const kept = sound(mark, path, 2, reading);
  if (kept !== undefined) return kept;
  return isEnd({ [field]: mark }) ? true : null;
}

/** An entry without what breaks a limit: it is still one, so that no outcome gets better by a mistake of form. */
function soundEntry(entry: Json, path: string, depth: number, reading: Reading): Json {
  if (!isObject(entry)) {
    const kept = sound(entry, path, depth, reading);
    return kept === undefined ? {} : kept;
  }
  return mapFields(entry, (inner, field) => sound(inner, under(path, field), depth + 1, reading));
}

/** A value at `depth` of its body; undefined where it breaks a limit. */
function sound(value: Json, path: string, depth: number, reading: Reading): Json | undefined {
  const bad = findBadValue(value, depth);
  if (bad === null) return value;
  reading.ignore(under(path, bad.path), bad.message);
  return undefined;
}

function mapFields(object: JsonObject, map: (inner: Json, field: string) => Json | undefined): JsonObject {
  const mapped = Object.keys(object).map((field) => [field, map(object[field] as Json, field)] as const);
  // Of an object with very many fields a copy takes most of the time.
  if (mapped.every(([field, inner]) => inner === object[field])) return object;
  return Object.fromEntries(mapped.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
