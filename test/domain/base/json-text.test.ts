/** JSON as programs write it: nothing of it is changed silently. */
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isKept, survey } from '../../../src/domain/base/json-scan';
import { parseExactly, readJsonText, withDoubles } from '../../../src/domain/base/json-text';
import { growth } from '../../support/growth';

const written = (text: string) => JSON.stringify(readJsonText(text).value);

/** Text with every key, every white space and every escape that JSON has. */
const anyJson = fc
  .tuple(
    fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('', ' ', '\t', '\n'),
  )
  .map(([value, proto, space]) => {
    const text = `{"__proto__":${JSON.stringify(proto)},"a":[1],"\\u0061":${JSON.stringify(value)}}`;
    return JSON.stringify(JSON.parse(text), null, space).replaceAll('\n', '\r\n');
  });

afterEach(() => vi.restoreAllMocks());

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
    ['a list', 150_000, '"a",', '['],
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

  it('tells of what stands under long keys at paths that hold little of them', () => {
    const [key, torn] = ['k'.repeat(1_000_000), Array(1_000).fill('"\\ud800"').join(',')];
    const { adjusted } = readJsonText(`{"list":[${torn}],"${key}":{"${key}":[${torn}]}}`);
    expect(adjusted[7]).toEqual({ path: 'list.7', reason: 'repaired' });
    const under = readJsonText(`{"${key}":{"${key}":[${torn}]}}`).adjusted;
    expect(under).toHaveLength(1_000);
    for (const { path } of under) expect(path.length).toBeLessThan(3_000);
  });

  it('is read however deep it is', () => {
    const around = (inner: string) => `${'['.repeat(50_000)}${inner}${']'.repeat(50_000)}`;
    expect(() => readJsonText(around('1.0'))).not.toThrow();
    expect(() => readJsonText(around('"\\ud800"'))).not.toThrow();
    expect(() => readJsonText(around('NaN'))).toThrow(SyntaxError);
  });

  it('keeps a string that reads like a word, however it is escaped', () => {
    expect(readJsonText('["\\u004eaN*","\\u004eaN","NaN",NaN]').value).toEqual(['NaN*', 'NaN', 'NaN', null]);
    expect(() => readJsonText('["\\NaN",NaN]')).toThrow(SyntaxError);
    expect(() => readJsonText('{NaN:1}')).toThrow(SyntaxError);
  });

  it('with a bare word is read in time that grows with its size, whatever its strings hold', async () => {
    const read = (times: number) => readJsonText(`["NaN${'*'.repeat(times)}",NaN]`);
    expect(await growth(read, 1_000_000)).toBeLessThan(10);
  });

  it('goes through the parser once, and through no reviver, for the digits of its numbers', () => {
    const parse = vi.spyOn(JSON, 'parse');
    readJsonText(`[${'1.10,'.repeat(10_000)}-0]`);
    expect(parse.mock.calls.map(({ length }) => length)).toEqual([1]);
  });

  it('of any depth is parsed in pieces of a thousand levels at most', () => {
    const around = (inner: string) => `${'{"a":['.repeat(5_000)}${inner}${']}'.repeat(5_000)}`;
    const parse = vi.spyOn(JSON, 'parse');
    readJsonText(`{"mark_completed":1.0,"result":${around('1')}}`);
    const levels = parse.mock.calls.map(([text]) => survey(text).levels);
    expect(levels).toHaveLength(11);
    expect(Math.max(...levels)).toBe(1_000);
    for (const broken of ['}', '{"a"}', '1 1', ',']) {
      expect(() => readJsonText(around(broken))).toThrow(SyntaxError);
    }
  });

  it('with a number that is kept as written is otherwise what JSON.parse says', () => {
    fc.assert(
      fc.property(anyJson, (text) => {
        const [number, value] = readJsonText(`[1.0,${text}]`).value as [unknown, unknown];
        expect(JSON.stringify(number)).toBe('1.0');
        expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text.toWellFormed())));
      }),
    );
  });

  it('has a number kept as a double where the double is written like it', () => {
    const number = fc.stringMatching(/^-?(?:0|[1-9]\d{0,20})(?:\.(?:0{0,8})\d{1,20})?(?:[eE][+-]?\d{1,3})?$/);
    const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    fc.assert(
      fc.property(fc.oneof(number, double), (text) => {
        expect(isKept(`[${text}]`, 1, text.length + 1)).toBe(String(Number(text)) === text);
      }),
      { numRuns: 1_000 },
    );
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
