import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonObject, jsonSize, sameJson } from '../../../src/domain/base/json';
import { MergePatch } from '../../../src/domain/base/merge-patch';
import { mergePatch as plainly } from '../../model/json';

/** JSON Merge Patch, called alone: the keys that reach for a prototype are refused at the door, and harmless here too. */

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  return new MergePatch().merge(target, patch).apply();
}

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
    const merged = merge({ it: JSON.parse(target) }, { it: JSON.parse(patch) });
    expect(merged.it ?? null).toEqual(JSON.parse(result));
  });
});

it('__proto__ is a key like any other and pollutes nothing', () => {
  const patch = JSON.parse(
    '{"__proto__": {"polluted": true}, "a": {"__proto__": {"polluted": true}}}',
  ) as JsonObject;
  const merged = merge({ a: { b: 1 } }, patch) as Record<string, object>;
  expect(Object.hasOwn(merged, '__proto__')).toBe(true);
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  expect(Object.getPrototypeOf(merged.a)).toBe(Object.prototype);
  expect('polluted' in {}).toBe(false);
});

it('touches neither the target nor the patch', () => {
  const [target, patch] = [{ a: { b: 1 }, c: 2 }, { a: { b: null, d: 3 } }];
  const before = JSON.stringify([target, patch]);
  merge(target, patch);
  expect(JSON.stringify([target, patch])).toBe(before);
});

/** Small objects whose keys meet. */
const { object } = fc.letrec<{ object: JsonObject; value: unknown }>((tie) => ({
  object: fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'é', '1', 'c'), tie('value')), { maxLength: 4 })
    .map((members) => Object.fromEntries(members) as JsonObject),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, 1, -0, 'x', '“', [], [{ a: null }]),
    tie('object'),
  ),
}));

describe('patches one after the other', () => {
  it('come to what each alone would, say whether they changed anything, and know the size', () => {
    fc.assert(
      fc.property(object, fc.array(fc.tuple(object, fc.boolean()), { maxLength: 8 }), (first, steps) => {
        const patches = new MergePatch();
        let [merged, expected] = [first, first];
        const kept: [JsonObject, string][] = [[first, JSON.stringify(first)]];
        for (const [patch, seals] of steps) {
          const before = expected;
          expected = plainly(before, patch) as JsonObject;
          const { changed, bytes, apply } = patches.merge(merged, patch);
          merged = apply();
          expect(JSON.stringify(merged)).toBe(JSON.stringify(expected));
          expect([changed, bytes]).toEqual([!sameJson(before, expected), jsonSize(expected)]);
          if (!seals) continue;
          patches.seal();
          kept.push([merged, JSON.stringify(merged)]);
        }
        for (const [value, text] of kept) expect(JSON.stringify(value)).toBe(text);
      }),
    );
  });

  it('a patch that is not applied leaves no trace', () => {
    const patches = new MergePatch();
    const target = { a: 1 };
    const made = patches.merge(target, { b: 2 }).apply();
    patches.merge(made, { c: 'too much' });
    expect(patches.merge(made, { a: null })).toMatchObject({ changed: true, bytes: 7 });
    expect([target, made]).toEqual([{ a: 1 }, { a: 1, b: 2 }]);
  });
});
