import * as z from 'zod';
import { canonicalJson, type Json } from '../base/json';
import { isPointer } from '../base/json-pointer';
import { type ArrivalContent, isPlace, valueAt } from './source';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
type Scalar = z.output<typeof scalar>;

const TESTS = ['equals', 'in', 'prefix', 'exists', 'not'] as const;

/** One thing that a delivery must be for a hook to act on it. */
export interface Condition {
  /** A JSON Pointer, or `header:Its-Name`. */
  at: string;
  /** The one of these that is there. `not`: none of the values, and nothing at all will do. */
  equals?: Scalar;
  in?: Scalar[];
  prefix?: string;
  exists?: boolean;
  not?: Scalar[];
}

/** `when` as it is given: a place and one test of what it holds. */
export const conditionSchema = z
  .strictObject({
    pointer: z.string().optional().meta({ description: 'A JSON Pointer (RFC 6901).' }),
    header: z.string().optional().meta({ description: 'The name of a header.' }),
    equals: scalar.optional(),
    in: z.array(scalar).min(1).max(100).optional(),
    prefix: z.string().min(1).optional().meta({ description: 'What a text begins with.' }),
    exists: z.boolean().optional(),
    not: z
      .union([scalar, z.array(scalar).min(1).max(100)])
      .optional()
      .meta({ description: 'None of these.' }),
  })
  .superRefine((given, ctx) => {
    const { pointer, header } = given;
    const places = [pointer, header].filter((place) => place !== undefined);
    const sound = pointer === undefined ? isPlace(`header:${header ?? ''}`) : isPointer(pointer);
    if (places.length !== 1 || !sound) {
      ctx.addIssue({
        code: 'custom',
        path: [],
        message: 'must have a pointer (a JSON Pointer) or a header (its name)',
      });
    }
    if (TESTS.filter((test) => given[test] !== undefined).length !== 1) {
      ctx.addIssue({ code: 'custom', path: [], message: `must have one of ${TESTS.join(', ')}` });
    }
  })
  .meta({ id: 'HookCondition' });

export function toCondition(given: z.output<typeof conditionSchema>): Condition {
  const { pointer, header, not, ...tests } = given;
  const none = not === undefined ? {} : { not: Array.isArray(not) ? not : [not] };
  return { at: pointer ?? `header:${header}`, ...tests, ...none } as Condition;
}

/** A condition as its organization gave it. */
export function shownCondition({ at, ...tests }: Condition): Record<string, unknown> {
  return at.startsWith('header:')
    ? { header: at.slice('header:'.length), ...tests }
    : { pointer: at, ...tests };
}

/** Whether a delivery is all that the conditions ask for. */
export function holds(conditions: readonly Condition[], sent: ArrivalContent): boolean {
  return conditions.every((condition) => isMet(condition, valueAt(condition.at, sent)));
}

function isMet(condition: Condition, value: Json | undefined): boolean {
  if (condition.exists !== undefined) return (value !== undefined) === condition.exists;
  if (condition.not !== undefined) return !isOneOf(condition.not, value);
  if (condition.prefix !== undefined) return typeof value === 'string' && value.startsWith(condition.prefix);
  return isOneOf(condition.in ?? [condition.equals ?? null], value);
}

function isOneOf(scalars: Scalar[], value: Json | undefined): boolean {
  return value !== undefined && scalars.some((one) => canonicalJson(one) === canonicalJson(value));
}
