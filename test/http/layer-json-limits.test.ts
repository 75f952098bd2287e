import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/domain/base/json';
import { findBadValue } from '../../src/http/json-limits';

/** The input limits, called alone: behind them stand schemas that would stumble over the same values. */

function nested(levels: number): Json {
  let value: Json = 'x';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function withKeys(count: number): Json {
  return Object.fromEntries(Array.from({ length: count }, (_, key) => [`k${key}`, null]));
}

describe('a body', () => {
  it.each([
    ['32 levels', nested(32)],
    ['1,000 keys in one object', withKeys(1_000)],
    ['an emoji, which is two surrogates', { text: '\u{1F600}' }],
  ])('may have %s', (_what, json) => {
    expect(findBadValue(json)).toBeNull();
  });

  it.each([
    ['33 levels', nested(33), /levels/],
    ['100,000 levels', nested(100_000), /levels/],
    ['1,001 keys in one object', { a: [withKeys(1_001)] }, /keys/],
    ['a number without end', { a: [Number.POSITIVE_INFINITY] }, /finite/],
    ['half a surrogate pair in a value', { a: '\ud800' }, /Unicode/],
    ['half a surrogate pair in a key', { '\ud800': 1 }, /Unicode/],
    ['__proto__ for a key', JSON.parse('{"a": [{"__proto__": {"b": 1}}]}'), /never/],
    ['constructor for a key', { constructor: 1 }, /never/],
    ['prototype for a key', { a: { prototype: 1 } }, /never/],
  ])('may not have %s', (_what, json, message) => {
    expect(findBadValue(json)?.message).toMatch(message);
  });
});
