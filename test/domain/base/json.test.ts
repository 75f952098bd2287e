import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteLength } from '../../../src/domain/base/json';

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
