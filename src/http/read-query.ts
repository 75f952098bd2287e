import * as z from 'zod';
import type { FieldError } from '../domain/base/rejection';
import { bare, MOST_ERRORS, unknownField } from './field-errors';

/**
 * The query as an object for its schema: an empty value means absent, a parameter whose field is an array may repeat,
 * any other may not. Stops at as many faults as are listed. A loose schema passes over what it does not know, and takes the
 * first of what is repeated.
 */
export function readQuery(
  params: URLSearchParams,
  schema: z.ZodObject,
): { query: Record<string, unknown>; errors: FieldError[] } {
  const query: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  const known = Object.keys(schema.shape);
  const loose = schema.def.catchall instanceof z.ZodUnknown;
  for (const [name, values] of valuesByName(params)) {
    if (errors.length === MOST_ERRORS) break;
    if (!Object.hasOwn(schema.shape, name)) {
      if (!loose) errors.push(unknownField(name, known));
      continue;
    }
    const repeats = bare(schema.shape[name] as z.ZodType) instanceof z.ZodArray;
    if (values.length === 0) continue;
    if (values.length > 1 && !repeats && !loose) errors.push({ path: name, message: 'must be given once' });
    else query[name] = repeats ? values : values[0];
  }
  return { query, errors };
}

/** What is given under each name, empty values left out; in the order of the names. */
function valuesByName(params: URLSearchParams): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of params) {
    const values = found.get(name) ?? [];
    found.set(name, values);
    if (value !== '') values.push(value);
  }
  return found;
}
