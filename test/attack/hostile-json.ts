/** JSON as a stranger would write it: known fields with wrong values, poisoned keys, noise. */
import fc from 'fast-check';

/** An object as the entries it is written with, so that `__proto__` and doubled keys come through. */
class Entries {
  readonly entries: [string, unknown][];
  constructor(entries: [string, unknown][]) {
    this.entries = entries;
  }
}

/** Writes JSON text; unlike `JSON.stringify` it hides nothing. */
export function write(value: unknown): string {
  if (value instanceof Entries) {
    return `{${value.entries.map(([name, inner]) => `${JSON.stringify(name)}:${write(inner)}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (value === Number.POSITIVE_INFINITY) return '1e999';
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

const FIELDS = ['job_type', 'total_items', 'processed_items', 'failed_items', 'warned_items', 'mark_started'];
const MORE = [
  'stage',
  'message',
  'metadata',
  'metadata_patch',
  'result',
  'error',
  'warning',
  'reason',
  'items',
];
const INNER = ['tags', 'name', 'category', 'triggered_by', 'entity_key', 'error_type', 'details', 'step'];
const POISON = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'then',
  'hasOwnProperty',
  '',
  '\0',
];

/** Keys as a stranger would choose them: mostly known names, some poison, some noise. */
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...FIELDS, ...MORE, ...INNER) },
  { weight: 1, arbitrary: fc.constantFrom(...POISON) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

const scalar = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    0,
    -0,
    -1,
    0.5,
    1e308,
    2 ** 53,
    2 ** 53 - 1,
    '',
    'import',
    '\ud800',
    '\0',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(Number.POSITIVE_INFINITY),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 190, maxLength: 520 }),
);

/** Any value: scalars, lists and objects of them, a few levels deep. */
export const anything: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((entries) => new Entries(entries)),
})).value;

/** A report that is nearly always a good one. */
const plausible = fc
  .record(
    {
      mark_started: fc.boolean(),
      total_items: fc.maxSafeNat(),
      processed_items: fc.maxSafeNat(),
      stage: fc.string({ maxLength: 40 }),
      message: fc.string(),
      metadata_patch: fc
        .dictionary(fc.string(), anything, { maxKeys: 3 })
        .map((some) => Object.entries(some)),
      result: anything,
    },
    { requiredKeys: [] },
  )
  .map(({ metadata_patch: patch, ...rest }) => {
    const others = Object.entries(rest);
    return new Entries(patch === undefined ? others : [...others, ['metadata_patch', new Entries(patch)]]);
  });

/** The text of a body: a plausible one, one of known fields with wrong values, any JSON, or none. */
export const body: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: plausible.map(write) },
  {
    weight: 6,
    arbitrary: fc
      .array(fc.tuple(key, anything), { maxLength: 6 })
      .map((entries) => write(new Entries(entries))),
  },
  { weight: 1, arbitrary: anything.map(write) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
