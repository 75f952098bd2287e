import * as z from 'zod';
import type { FieldError } from '../domain/base/rejection';
import { bare, fieldErrors, MOST_ERRORS, REPORTED } from './field-errors';

export type Parsed<Output> = { ok: true; data: Output } | { ok: false; errors: FieldError[] };

/** An object that holds a list of bodies: what parses all but them, and what parses each. */
interface Listing {
  name: string;
  outside: z.ZodType;
  element: z.ZodType;
}

const listings = new WeakMap<z.ZodType, Listing | null>();

/**
 * Parses what a caller sent. A list of bodies is parsed body by body, no further than the faults that are listed: a
 * fault costs Zod more than a good value, and a caller can send as many as fit.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Parsed<z.output<Schema>> {
  const listing = listingOf(schema);
  const parsed = (listing?.outside ?? schema).safeParse(input, REPORTED);
  if (!parsed.success) return { ok: false, errors: fieldErrors(schema, parsed.error) };
  if (listing === null) return { ok: true, data: parsed.data as z.output<Schema> };
  const { name, element } = listing;
  const whole = parsed.data as Record<string, unknown>;
  const each = parseEach(element, whole[name] as unknown[], name);
  return each.ok ? { ok: true, data: { ...whole, [name]: each.data } as z.output<Schema> } : each;
}

function parseEach(element: z.ZodType, list: unknown[], name: string): Parsed<unknown[]> {
  const errors: FieldError[] = [];
  const data: unknown[] = [];
  for (const [index, one] of list.entries()) {
    const parsed = element.safeParse(one, REPORTED);
    if (parsed.success) {
      data.push(parsed.data);
      continue;
    }
    for (const { path, message } of fieldErrors(element, parsed.error)) {
      errors.push({ path: [name, index, ...(path === '' ? [] : [path])].join('.'), message });
    }
    if (errors.length >= MOST_ERRORS) break;
  }
  return errors.length === 0 ? { ok: true, data } : { ok: false, errors: errors.slice(0, MOST_ERRORS) };
}

/** How a schema is parsed that is an object whose one field is a list of objects; null for any other. */
function listingOf(schema: z.ZodType): Listing | null {
  const known = listings.get(schema);
  if (known !== undefined) return known;
  const made = makeListing(schema);
  listings.set(schema, made);
  return made;
}

function makeListing(schema: z.ZodType): Listing | null {
  if (!(schema instanceof z.ZodObject)) return null;
  const [[name, list] = [], ...more] = Object.entries(schema.shape);
  if (name === undefined || more.length > 0 || !(list instanceof z.ZodArray)) return null;
  const element = list.element as z.ZodType;
  if (!(bare(element) instanceof z.ZodObject)) return null;
  const unread = z.core.clone(list, { ...list.def, element: z.unknown() });
  return { name, element, outside: z.strictObject({ [name]: unread }) };
}
