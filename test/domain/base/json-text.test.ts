/** JSON as programs write it: nothing of it is changed silently. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactly, readJsonText, withDoubles } from '../../../src/domain/base/json-text';
import { growth } from '../../support/growth';

const written = (text: string) => JSON.stringify(readJsonText(text).value);

describe('a JSON text', () => {
  it.each([
    '{"id":12345678901234567890}',
    '[9007199254740993,-9007199254740993]',
    '[0.1000,1.10,1e3,1E+2,-0,0.30000000000000000000004,123456789012345678901234567890.5]',
    '{"a":[{"b":1.0}],"text":"1.0 and \\"2.0\\""}',
    '{"__proto__":{"constructor":1},"prototype":2,"constructor":3}',
    '"1.0"',
    '1.0',
  ])('%s keeps its digits and its keys', (text) => {
    expect(written(text)).toBe(text);
    expect(JSON.stringify(parseExactly(text))).toBe(text);
  });

  it('with no number that a double changes is plain', () => {
    expect(readJsonText('{"a":0.5,"b":[1,2.25],"c":-3}').value).toEqual({ a: 0.5, b: [1, 2.25], c: -3 });
  });

  it('reads as doubles where a field is typed', () => {
    expect(withDoubles(readJsonText('{"a":1.0,"b":[2e2,12345678901234567890]}').value)).toEqual({
      a: 1,
      b: [200, 12345678901234567000],
    });
  });

  it('has U+FFFD for half a character, in values and in keys', () => {
    const { value, adjusted } = readJsonText(
      '{"a":"x\\ud83d","\\udc00k":[{"b":"\\ude00"}],"ok":"\\ud83d\\ude00"}',
    );
    expect(value).toEqual({ a: 'x\ufffd', '\ufffdk': [{ b: '\ufffd' }], ok: '😀' });
    expect(adjusted).toEqual([
      { path: '', reason: 'repaired' },
      { path: 'a', reason: 'repaired' },
      { path: '\ufffdk.0.b', reason: 'repaired' },
    ]);
  });

  it('of two keys that become one by repair the later wins', () => {
    expect(readJsonText('{"\\ud800":1,"\\udbff":2}').value).toEqual({ '\ufffd': 2 });
  });

  it('has null for bare NaN and Infinity, and for no others', () => {
    const { value, adjusted } = readJsonText('{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN","d":"\\"NaN"}');
    expect(value).toEqual({ a: null, b: [null, null], c: 'NaN', d: '"NaN' });
    expect(adjusted.map(({ path }) => path)).toEqual(['a', 'b.0', 'b.1']);
    expect(written('[NaN,1.0]')).toBe('[null,1.0]');
    expect(() => readJsonText('[nan]')).toThrow(SyntaxError);
    expect(() => readJsonText('{"a":NaNa}')).toThrow(SyntaxError);
    expect(() => readJsonText('NaN:')).toThrow(SyntaxError);
  });

  it.each([
    ['a bracket', 2_000_000, '['],
    ['a string', 500_000, '\\"', '{"a":"'],
    ['a list', 50_000, '"a",', '['],
  ])('that is none is refused in time that grows with its size: %s is left open', async (...of) => {
    const [, size, part, head = ''] = of;
    const refuse = (times: number) =>
      expect(() => readJsonText(`${head}${part.repeat(times)}`)).toThrow(SyntaxError);
    expect(await growth(refuse, size)).toBeLessThan(10);
  });

  it('of many words that are no JSON tells of the first thousand', () => {
    const { value, adjusted } = readJsonText(`[${'NaN,"NaN",'.repeat(2_000)}1]`);
    expect((value as unknown[]).filter((item) => item === null).length).toBe(2_000);
    expect((value as unknown[]).filter((item) => item === 'NaN').length).toBe(2_000);
    expect(adjusted.length).toBe(1_000);
  });

  it('is read however deep it is', () => {
    const around = (inner: string) => `${'['.repeat(50_000)}${inner}${']'.repeat(50_000)}`;
    expect(() => readJsonText(around('1.0'))).not.toThrow();
    expect(() => readJsonText(around('"\\ud800"'))).not.toThrow();
    expect(() => readJsonText(around('NaN'))).toThrow(SyntaxError);
  });

  it('is what JSON.parse says wherever doubles and Unicode hold it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        expect(withDoubles(readJsonText(text).value)).toEqual(JSON.parse(text));
        expect(written(text)).toBe(text);
      }),
    );
  });
});
