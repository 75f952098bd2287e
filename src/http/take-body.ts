import type * as z from 'zod';
import { shortPath, under } from '../domain/base/adjustment';
import { isObject, type Json, type JsonObject } from '../domain/base/json';
import type { FieldError } from '../domain/base/rejection';
import type { Reading } from '../domain/door/reading';
import { fieldErrors, MOST_ERRORS, REPORTED } from './field-errors';

export type Parsed<Output> = { ok: true; data: Output } | { ok: false; errors: FieldError[] };

/** Rounds in which what the schema refuses is taken out; in the last with the field of the body that it stands in. */
const ROUNDS = 3;

/**
 * Parses a body that was read through a door. Where it ends a job, what its schema refuses is taken out and ignored, so
 * that nothing that stands beside an end refuses it.
 */
export function takeBody<Schema extends z.ZodType>(
  schema: Schema,
  value: Json,
  reading: Reading,
  place = '',
): Parsed<z.output<Schema>> {
  let body = value;
  for (let round = 1; ; round++) {
    const parsed = schema.safeParse(body, REPORTED);
    if (parsed.success) return { ok: true, data: parsed.data };
    const most = reading.ends ? Number.POSITIVE_INFINITY : MOST_ERRORS;
    const faults = fieldErrors(schema, parsed.error, most);
    let rest = body;
    const ignored: FieldError[] = [];
    // From the last to the first: an item that is taken out moves those behind it.
    for (const { path, message } of reading.ends && round <= ROUNDS ? faults.toReversed() : []) {
      const less = without(rest, round < ROUNDS ? path : (path.split('.', 1)[0] ?? ''));
      if (less === null) continue;
      ignored.push({ path: under(place, path), message });
      rest = less;
    }
    for (const { path, message } of ignored.toReversed()) reading.ignore(path, message);
    if (rest === body) {
      return {
        ok: false,
        errors: faults.map(({ path, message }) => ({ path: under(place, path), message })),
      };
    }
    body = rest;
  }
}

/** `value` without the member at a dotted path, or without the one on the way to it that has no further; null where there is none. */
function without(value: Json, path: string): Json | null {
  if (Array.isArray(value)) {
    const [index = '', ...rest] = path.split('.');
    const inner = value[Number(index)];
    if (inner === undefined) return null;
    if (rest.length === 0) return value.toSpliced(Number(index), 1);
    const less = without(inner, rest.join('.'));
    return less === null ? null : value.with(Number(index), less);
  }
  if (!isObject(value)) return null;
  const key = Object.keys(value).find((name) => shortPath(name) === path || path.startsWith(`${name}.`));
  if (key === undefined) return null;
  const inner = value[key] as Json;
  const deeper = shortPath(key) === path ? null : without(inner, path.slice(key.length + 1));
  return deeper === null ? withoutKey(value, key) : withKey(value, key, deeper);
}

function withoutKey(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

function withKey(object: JsonObject, key: string, value: Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, old]) => [name, name === key ? value : old]));
}
