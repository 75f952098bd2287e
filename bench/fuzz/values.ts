/** Values that a schema takes. */
import type { Random } from '../../test/support/random.ts';
import type { Schema } from './schema.ts';

/** JSON as it is written, where a value can't be: two equal keys, a number beyond all numbers. */
export class Written {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a valid value is made with. */
export interface Makers {
  random: Random;
  resolve: (schema: Schema) => Schema;
  /** A value for a property of this name, where only some would do; undefined where its schema says enough. */
  known: (name: string) => string | undefined;
}

const WORDS = [
  'import',
  'a',
  'Ärger',
  'two words',
  '50/200',
  '日本語',
  '🙂',
  '2026-03-01T10:00:00Z',
  '/n',
  '{/n}',
] as const;
/** How deep a valid value goes where its schema sets no bound. */
const DEPTH = 4;

/** One of some. */
export function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  return random.pick(items as readonly [Item, ...Item[]]);
}

/** A value that `schema` takes. */
export function valid(schema: Schema, makers: Makers, name = '', depth = 0): unknown {
  const { random, resolve, known } = makers;
  const own = resolve(schema);
  if (own.const !== undefined) return own.const;
  if (own.enum !== undefined) return oneOf(random, own.enum);
  if (own.anyOf !== undefined) {
    const [first = {}, ...rest] = own.anyOf;
    return valid(random.chance(0.85) ? first : random.pick([first, ...rest]), makers, name, depth);
  }
  const type = Array.isArray(own.type) ? oneOf(random, own.type) : own.type;
  if (type === 'string') return known(name) ?? textOf(own, random);
  if (type === 'integer' || type === 'number') return numberOf(own, random);
  if (type === 'boolean') return random.chance(0.5);
  if (type === 'null') return null;
  if (type === 'array') {
    const least = own.minItems ?? 0;
    const length = random.between(least, Math.max(least, Math.min(own.maxItems ?? 3, 3)));
    return Array.from({ length }, () => valid(own.items ?? {}, makers, name, depth + 1));
  }
  if (type === 'object') return objectOf(own, makers, depth);
  return anything(random, depth);
}

/** Any JSON of ordinary size. */
export function anything(random: Random, depth: number): unknown {
  const kind = random.between(0, depth >= DEPTH ? 3 : 5);
  if (kind === 0) return random.pick([null, true, false]);
  if (kind <= 2) return numberOf({}, random);
  if (kind === 3) return random.pick(WORDS);
  const items = Array.from({ length: random.between(0, 3) }, () => anything(random, depth + 1));
  if (kind === 4) return items;
  return Object.fromEntries(items.map((item, n) => [random.pick([...WORDS, `k${n}`]), item]));
}

function objectOf(schema: Schema, makers: Makers, depth: number): object {
  const { random } = makers;
  const entries: [string, unknown][] = [];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const needed = schema.required?.includes(name) ?? false;
    if (needed || random.chance(depth > DEPTH ? 0 : 0.25))
      entries.push([name, valid(property, makers, name, depth + 1)]);
  }
  const more = schema.additionalProperties;
  if (typeof more === 'object' && depth <= DEPTH) {
    for (let n = random.between(0, 2); n > 0; n--) {
      entries.push([random.pick([...WORDS, 'total_items', 'name']), valid(more, makers, '', depth + 1)]);
    }
  }
  return Object.fromEntries(entries);
}

function numberOf({ minimum = -1_000, maximum = 2 ** 53 - 1 }: Schema, random: Random): number {
  const most = random.chance(0.9) ? Math.min(maximum, Math.max(minimum, 0) + 200) : maximum;
  return random.pick([random.between(minimum, most), random.between(minimum, most), minimum, most]);
}

function textOf({ pattern, format, minLength = 0, maxLength = 300 }: Schema, random: Random): string {
  if (format === 'date-time') return new Date(Date.UTC(2026 + random.between(0, 20), 1)).toISOString();
  if (format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  // All patterns of names and headers take this.
  if (pattern !== undefined) return `a${random.between(0, 99_999)}`;
  const text = random.chance(0.9) ? random.pick(WORDS) : 'x'.repeat(random.between(0, maxLength));
  return text.slice(0, maxLength).padEnd(minLength, 'a');
}

/** A value as JSON text. */
export function write(value: unknown): string {
  if (value instanceof Written) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${write(inner)}`)
    .join(',')}}`;
}
