import * as z from 'zod';
import type { FieldError } from '../domain/base/rejection';
import { bare, unknownField } from './field-errors';

/**
 * The query as an object for its schema: an empty value means absent, a parameter whose field is an array may repeat,
 * any other may not.
 */
export function readQuery(
  params: URLSearchParams,
  schema: z.ZodObject,
): { query: Record<string, unknown>; errors: FieldError[] } {
  const query: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name).filter((value) => value !== '');
    if (!Object.hasOwn(schema.shape, name)) {
      errors.push(unknownField(name, Object.keys(schema.shape)));
      continue;
    }
    const repeats = bare(schema.shape[name] as z.ZodType) instanceof z.ZodArray;
    if (values.length === 0) continue;
    if (values.length > 1 && !repeats) errors.push({ path: name, message: 'must be given once' });
    else query[name] = repeats ? values : values[0];
  }
  return { query, errors };
}
