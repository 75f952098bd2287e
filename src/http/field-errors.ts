import * as z from 'zod';
import { shortPath } from '../domain/base/adjustment';
import { type FieldError, type Rejection, reject } from '../domain/base/rejection';

/** At most this many are listed. */
export const MOST_ERRORS = 20;

/** How Zod is to parse: what is missing and what is of the wrong type differ by the input alone. */
export const REPORTED = { reportInput: true } as const;

/** What Zod found, as paths and sentences: what was wrong, where, and what would be right. */
export function fieldErrors(schema: z.ZodType, error: z.ZodError, most = MOST_ERRORS): FieldError[] {
  const errors: FieldError[] = [];
  for (const issue of error.issues) {
    if (errors.length >= most) break;
    errors.push(...describe(schema, issue));
  }
  return errors.slice(0, most);
}

/** The refusal that lists them; null where there are none. */
export function rejectFields(errors: FieldError[]): Rejection | null {
  const named = errors.map(({ path, message }) => ({ path: shortPath(path), message }));
  const [first] = named;
  if (first === undefined) return null;
  const sentence = `${first.path || 'The body'} ${first.message}`;
  return reject('validation_failed', sentence.endsWith('?') ? sentence : `${sentence}.`, named);
}

/** The same for a body that can't be taken, whatever was found in it. */
export function refuseBody(errors: FieldError[]): Rejection {
  return rejectFields(errors) ?? reject('validation_failed', 'The body is not as it should be.');
}

function describe(schema: z.ZodType, issue: z.core.$ZodIssue): FieldError[] {
  const path = shortPath(issue.path.join('.'));
  if (issue.code !== 'unrecognized_keys') return [{ path, message: sentence(issue) }];
  const known = fieldsAt(schema, issue.path);
  return issue.keys.slice(0, MOST_ERRORS).map((key) => unknownField(key, known, path));
}

/** The refusal of a name that is not among the `known` ones, with the nearest of them. */
export function unknownField(name: string, known: readonly string[], place = ''): FieldError {
  const near = nearest(name, known);
  const hint = near === null ? `known are ${known.join(', ') || 'none'}` : `did you mean ${near}?`;
  return {
    path: shortPath(place === '' ? name : `${place}.${name}`),
    message: `is not a known field; ${hint}`,
  };
}

function sentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${named(issue.expected)}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `must have at least ${issue.minimum} ${issue.origin === 'array' ? 'items' : 'characters'}`
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `must have at most ${issue.maximum} ${issue.origin === 'array' ? 'items' : 'characters'}`
        : `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'datetime' ? 'must be a date and time of RFC 3339' : issue.message;
    default:
      return issue.message;
  }
}

function named(type: string): string {
  return (
    { int: 'an integer', object: 'an object', record: 'an object', array: 'an array' }[type] ?? `a ${type}`
  );
}

/** The names of the fields that an object at `path` of the schema may have. */
function fieldsAt(schema: z.ZodType, path: PropertyKey[]): string[] {
  let here = bare(schema);
  for (const step of path) {
    if (here instanceof z.ZodArray) here = bare(here.element as z.ZodType);
    else if (here instanceof z.ZodObject) here = bare(here.shape[String(step)] as z.ZodType);
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/** A schema without the wrappers that make it optional, nullable or transformed. */
export function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return bare(schema.unwrap() as z.ZodType);
  }
  return schema instanceof z.ZodPipe ? bare(schema.in as z.ZodType) : schema;
}

/** The known name closest to `name`, if any is close enough to be meant. One of quite another length is not looked at. */
function nearest(name: string, known: readonly string[]): string | null {
  let best: { other: string; steps: number } | null = null;
  for (const other of known) {
    const most = Math.max(2, Math.floor(other.length / 2));
    if (Math.abs(name.length - other.length) > most) continue;
    const steps = distance(name, other);
    if (steps <= most && (best === null || steps < best.steps)) best = { other, steps };
  }
  return best?.other ?? null;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
