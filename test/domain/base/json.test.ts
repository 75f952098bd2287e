import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteLength, canonicalJson, isObject, type Json } from '../../../src/domain/base/json';
import { readJsonText, withDoubles } from '../../../src/domain/base/json-text';

it('the bytes of a text are those of its UTF-8, short or long, well-formed or not', () => {
  const encoder = new TextEncoder();
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 });
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    units.map((codes) => String.fromCharCode(...codes)),
    fc.constantFrom('', '\ud800', '\udc00\ud800', '\ud83d\ud83d\ude00', '\u07ff\u0800', 'x'.repeat(1_025)),
  );
  fc.assert(fc.property(text, (one) => byteLength(one) === encoder.encode(one).byteLength));
  expect(byteLength('😀'.repeat(512))).toBe(2_048);
});

/** Every object made anew with its keys sorted: an engine lists indexes first. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

it('a canonical text is that of the value with its keys sorted, whatever is a key and a number', () => {
  const key = fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom('4294967294', '4294967295', '01'));
  const number = fc.constantFrom('1.10', '-0', '0', '12345678901234567890').map(JSON.rawJSON);
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 0 }) as fc.Arbitrary<Json>,
      number,
      fc.array(tie('value')),
      fc.dictionary(key, tie('value')),
    ),
  }));
  fc.assert(fc.property(value, (one) => canonicalJson(one) === JSON.stringify(sorted(one))));
});

it('a value without a number that is kept as written is not copied for its doubles', () => {
  const { value } = readJsonText('{"a":[{},{"b":1.5}],"c":"1.10"}');
  expect(withDoubles(value)).toBe(value);
});
