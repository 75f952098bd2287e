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
    ['keys that every object inherits', JSON.parse('{"__proto__": {"constructor": 1}, "prototype": 2}')],
    ['a number of 400 digits', JSON.rawJSON('1'.repeat(400))],
    ['an exponent of 400', [JSON.rawJSON('-1.50E+400')]],
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
    ['a number of 401 digits', { a: JSON.rawJSON(`0.${'1'.repeat(400)}`) }, /digits/],
    ['an exponent of 401', JSON.rawJSON('1e-401'), /exponent/],
  ])('may not have %s', (_what, json, message) => {
    expect(findBadValue(json)?.message).toMatch(message);
  });
});
