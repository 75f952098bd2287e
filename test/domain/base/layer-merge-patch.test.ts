import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/base/json';
import { mergePatch } from '../../../src/domain/base/json';

/** JSON Merge Patch, called alone: the keys that reach for a prototype are refused at the door, and harmless here too. */

describe('the examples of RFC 7396', () => {
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('%s after %s is %s', (target, patch, result) => {
    expect(mergePatch(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result));
  });
});

it('__proto__ is a key like any other and pollutes nothing', () => {
  const patch = JSON.parse(
    '{"__proto__": {"polluted": true}, "a": {"__proto__": {"polluted": true}}}',
  ) as Json;
  const merged = mergePatch({ a: { b: 1 } }, patch) as Record<string, object>;
  expect(Object.hasOwn(merged, '__proto__')).toBe(true);
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  expect(Object.getPrototypeOf(merged.a)).toBe(Object.prototype);
  expect('polluted' in {}).toBe(false);
});

it('touches neither the target nor the patch', () => {
  const [target, patch] = [{ a: { b: 1 }, c: 2 }, { a: { b: null, d: 3 } }];
  const before = JSON.stringify([target, patch]);
  mergePatch(target, patch);
  expect(JSON.stringify([target, patch])).toBe(before);
});
