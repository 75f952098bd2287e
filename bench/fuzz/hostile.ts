/** What a stranger makes of a valid value, text or message to see it break. */
import type { Random } from '../../test/support/random.ts';
import { anything, oneOf, Written, write } from './values.ts';

const many = (count: number, part: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(',');
const deep = (open: string, close: string, depth: number) =>
  new Written(`${open.repeat(depth)}1${close.repeat(depth)}`);

/** In place of any value: deep, wide, huge, poisoned, of another kind. Made when it is asked for, for its size. */
const VALUES: readonly (() => unknown)[] = [
  () => deep('[', ']', 31),
  () => deep('[', ']', 33),
  () => deep('{"a":', '}', 33),
  () => deep('[', ']', 5_000),
  () => new Written(`{${many(1_001, (n) => `"k${n}":${n}`)}}`),
  () => new Written(`[${many(5_000, () => '{}')}]`),
  () => new Written(`{"a":1,"a":2,"\\u0061":3}`),
  () => new Written('{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}},"toString":null}'),
  () => new Written(`{"${'k'.repeat(5_000)}":1}`),
  () => new Written('9'.repeat(401)),
  () => new Written(`0.${'1'.repeat(399)}`),
  () => new Written('1e401'),
  () => new Written('1e999999999'),
  () => new Written('-0.0'),
  () => new Written('NaN'),
  () => new Written('[Infinity,-Infinity]'),
  () => new Written('01'),
  () => new Written("'single'"),
  () => new Written('undefined'),
  () => new Written('"\\ud800"'),
  () => new Written('"\\udfff\\ud800"'),
  () => new Written('{"\\ud800":1,"\\udbff":2}'),
  () => new Written('"\\u0000"'),
  () => new Written('"a\u0000b"'),
  () => new Written('"\\x41"'),
  () => new Written('"\n"'),
  () => '\u2028\u2029\u202e\ufeff\u0085',
  () => 'x'.repeat(5_000),
  () => '🙂'.repeat(4_001),
  () => 'x'.repeat(300_000),
  () => '\\'.repeat(2_000),
  () => '%00%ff%zz',
  () => 9_007_199_254_740_992,
  () => -1,
  () => 0.5,
  () => '0',
  () => 'true',
  () => '',
  () => null,
  () => [],
  () => ({}),
  () => [null],
  () => true,
];

/** Names that objects inherit or programs ask for, and those that nobody knows. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'then',
  'hasOwnProperty',
  '',
  '\0',
  'procesed_items',
  '💥',
] as const;

/** In a path, a query or a header, as text. */
const TEXTS: readonly (() => string)[] = [
  () => '',
  () => ' ',
  () => '\0',
  () => '..',
  () => '../../admin/orgs',
  () => '%',
  () => '💥'.repeat(20),
  () => '\ud800',
  () => '__proto__',
  () => 'null',
  () => '-1',
  () => '1e3',
  () => '99999999999999999999',
  () => '00000000-0000-4000-8000-000000000000',
  () => "' OR 1=1 --",
  () => '*/*, "a", W/"b"',
  () => 'a,'.repeat(500),
  () => '"'.repeat(300),
  () => 'x'.repeat(3_000),
  () => 'eyJhbGciOiJub25lIn0.e30.',
  () => '\r\n',
];

export function hostileValue(random: Random): unknown {
  return oneOf(random, VALUES)();
}

export function hostileText(random: Random): string {
  return oneOf(random, TEXTS)();
}

/** `value` with one place in it changed: nearly what it was. */
export function bend(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Written || random.chance(0.15))
    return hostileValue(random);
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.3)) return [...value, hostileValue(random)];
    const at = random.between(0, value.length - 1);
    return value.map((item, n) => (n === at ? bend(item, random) : item));
  }
  const entries = Object.entries(value);
  const at = random.between(0, entries.length - 1);
  const kind = random.between(0, 3);
  if (entries.length === 0 || kind === 0) {
    // Written, since an assignment to `__proto__` would make no key.
    const more = `${JSON.stringify(random.pick(NAMES))}:${write(random.chance(0.5) ? hostileValue(random) : anything(random, 2))}`;
    return new Written(write(value).replace(/\}$/, `${entries.length === 0 ? '' : ','}${more}}`));
  }
  if (kind === 1) return Object.fromEntries(entries.filter((_, n) => n !== at));
  return Object.fromEntries(
    entries.map(([name, inner], n) => [name, n === at ? bend(inner, random) : inner]),
  );
}

const JUNK: readonly Buffer[] = [
  Buffer.from([0xff]),
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf8, 0x88, 0x80, 0x80, 0x80]),
  Buffer.from([0xe2, 0x82]),
  Buffer.from([0xef, 0xbb, 0xbf]),
  Buffer.from([0x00]),
  Buffer.from('}'),
  Buffer.from('"'),
  Buffer.from(',,'),
];

/** `bytes` cut off, doubled, or with bytes between them that are no UTF-8 or no JSON. */
export function corrupt(bytes: Buffer, random: Random): Buffer {
  const at = random.between(0, bytes.length);
  const kind = random.between(0, 4);
  if (kind === 0) return bytes.subarray(0, at);
  if (kind === 1) return Buffer.concat([bytes, bytes]);
  return Buffer.concat([
    bytes.subarray(0, at),
    oneOf(random, JUNK),
    bytes.subarray(kind === 2 ? at + 1 : at),
  ]);
}
