import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../../src/domain/base/json';
import { isPointer, lookUp } from '../../../src/domain/base/json-pointer';

describe('RFC 6901, section 5', () => {
  const document: Json = {
    ...{ foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4, 'i\\j': 5 },
    ...{ 'k"l': 6, ' ': 7, 'm~n': 8 },
  };
  it.each<[string, Json]>([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%j', (pointer, value) => {
    expect(isPointer(pointer)).toBe(true);
    expect(lookUp(document, pointer)).toEqual(value);
  });
});

it.each(['foo', '#/foo', '/~', '/~2', '/a~', ' /a'])('%j is no pointer', (text) => {
  expect(isPointer(text)).toBe(false);
});

it.each([
  '/foo/2',
  '/foo/-',
  '/foo/01',
  '/foo/1e0',
  '/foo/length',
  '/foo/0/x',
  '/none',
  '/text/0',
  '/text/length',
  '/zero/x',
  '/__proto__',
  '/constructor',
  '/toString',
  '/null/x',
])('%s points to nothing', (pointer) => {
  expect(lookUp({ foo: ['bar', 'baz'], text: 'abc', zero: 0, null: null }, pointer)).toBeUndefined();
});

it('~01 is ~1 and never a slash', () => {
  expect(lookUp({ '~1': 'right', '/': 'wrong' }, '/~01')).toBe('right');
});

it('finds every value of any document by its own pointer', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (generated) => {
      const document = JSON.parse(JSON.stringify(generated)) as Json;
      for (const [pointer, value] of places(document, '')) {
        expect(isPointer(pointer)).toBe(true);
        expect(lookUp(document, pointer)).toBe(value);
      }
    }),
  );
});

function* places(value: Json, pointer: string): Generator<[string, Json]> {
  yield [pointer, value];
  if (!Array.isArray(value) && !isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* places(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}
