import * as z from 'zod';
import type { FieldError } from '../domain/base/rejection';
import { bare, MOST_ERRORS, unknownField } from './field-errors';

/** What a client adds to have a fresh answer of every cache (jQuery's `cache: false`): it asks for nothing. */
const CACHE_BUSTER = '_';
/** How PHP and others name a parameter that is a list. */
const INDEXED = /\[\d{0,4}\]$/;

/**
 * The query as an object for its schema: an empty value means absent, a parameter whose field is an array may repeat,
 * any other may not. `status[]=a`, `status[0]=a` and, of words that hold no comma, `status=a,b` are repeated ones. Stops at as
 * many faults as are listed. A loose schema passes over what it does not know, and takes the first of what is repeated.
 */
export function readQuery(
  params: URLSearchParams,
  schema: z.ZodObject,
): { query: Record<string, unknown>; errors: FieldError[] } {
  const query: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  const known = Object.keys(schema.shape);
  const loose = schema.def.catchall instanceof z.ZodUnknown;
  for (const [name, values] of valuesByName(params, schema)) {
    if (errors.length === MOST_ERRORS) break;
    const field = fieldOf(schema, name);
    if (field === null) {
      if (!loose && name !== CACHE_BUSTER) errors.push(unknownField(name, known));
      continue;
    }
    const given = field instanceof z.ZodArray && isOfWords(field) ? values.flatMap(parts) : values;
    if (given.length === 0) continue;
    const repeats = field instanceof z.ZodArray;
    if (given.length > 1 && !repeats && !loose) errors.push({ path: name, message: 'must be given once' });
    else query[name] = repeats ? given : given[0];
  }
  return { query, errors };
}

/** What is given under each name, empty values left out; in the order of the names. */
function valuesByName(params: URLSearchParams, schema: z.ZodObject): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [written, value] of params) {
    const listed = written.replace(INDEXED, '');
    const name = fieldOf(schema, listed) === null ? written : listed;
    const values = found.get(name) ?? [];
    found.set(name, values);
    if (value !== '') values.push(value);
  }
  return found;
}

/** What a query gives under `name`, as a list too: the first that is not empty, null for none. */
export function valueNamed(params: URLSearchParams, name: string): string | null {
  for (const [written, value] of params) {
    if (value !== '' && written.replace(INDEXED, '') === name) return value;
  }
  return null;
}

function fieldOf({ shape }: z.ZodObject, name: string): z.ZodType | null {
  return Object.hasOwn(shape, name) ? bare(shape[name] as z.ZodType) : null;
}

/** Whether the items are words of a table: a text that someone chose may hold a comma. */
function isOfWords({ element }: z.ZodArray): boolean {
  return bare(element as z.ZodType) instanceof z.ZodEnum;
}

function parts(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
