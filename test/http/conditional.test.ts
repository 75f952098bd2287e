import { describe, expect, it } from 'vitest';
import { isHeld, revisionHeld, revisionTag, underTag, unlessHeld } from '../../src/http/conditional';

/** If-None-Match against the tag `"a-17"`: whether it holds it, and the newest revision it shows. Source: RFC 9110. */
describe('If-None-Match', () => {
  it.each<[string, string | null, boolean, number | null]>([
    ['absent', null, false, null],
    ['empty', '', false, null],
    ['the tag', '"a-17"', true, 17],
    ['the tag, weak', 'W/"a-17"', true, 17],
    ['a small w, which is no mark of weakness', 'w/"a-17"', false, null],
    ['an older one', '"a-16"', false, 16],
    ['a newer one', '"a-18"', false, 18],
    ['another representation', '"b-17"', false, null],
    ['a list with it', '"a-3", "a-17"', true, 17],
    ['a list of weak ones without spaces', 'W/"a-3",W/"a-17",W/"b-99"', true, 17],
    ['a list without it', '"a-3", "b-17"', false, 3],
    ['a list with empty elements', ', ,"x",, "a-17" ,', true, 17],
    ['a tag with a comma in it', '"x,y", "a-17"', true, 17],
    ['a comma that makes it look like two', '"x,\\"a-17"', false, null],
    ['any', '*', true, null],
    ['any, with space', ' * ', true, null],
    ['any, in a list', '*, "a-17"', false, null],
    ['no quotes', 'a-17', false, null],
    ['one quote', '"a-17', false, null],
    ['no comma between', '"a-17" "a-18"', false, null],
    ['a space inside', '"a- 17"', false, null],
    ['a number with a zero before it', '"a-017"', false, null],
    ['a negative one', '"a--17"', false, null],
    ['too large a number', '"a-99999999999999999999"', false, null],
    ['the mark of another that begins alike', '"aa-17"', false, null],
    ['letters beyond ASCII', '"\u00e4", "a-17"', true, 17],
  ])('%s', (_what, header, held, newest) => {
    expect(isHeld(header, revisionTag('a', 17))).toBe(held);
    expect(revisionHeld(header, 'a')).toBe(newest);
  });

  it('is read in linear time: a quadratic one would not end before the test does', () => {
    const hostile = [`${', '.repeat(100_000)}x`, `"a"${' '.repeat(200_000)}x`, '"a",'.repeat(50_000)];
    for (const header of hostile) expect(isHeld(header, '"a-17"')).toBe(false);
  });
});

describe('a reply', () => {
  const headers = { ETag: '"a-17"', 'Cache-Control': 'private, no-cache', 'Job-Revision': '17' };

  it('becomes a 304 with its headers and no body where the reader holds it', () => {
    expect(unlessHeld({ status: 200, body: '{}', headers }, '"a-17"')).toEqual({
      status: 304,
      body: null,
      headers,
    });
  });

  it.each([
    ['holds another', { status: 200, body: '{}', headers }, '"a-16"'],
    ['sends no condition', { status: 200, body: '{}', headers }, null],
    ['asks for what was created', { status: 201, body: '{}', headers }, '*'],
    ['asks for what has no tag', { status: 200, body: '{}' }, '*'],
  ])('stays as it is where the reader %s', (_what, reply, header) => {
    expect(unlessHeld(reply, header)).toBe(reply);
  });

  it('is tagged by its digest: equal bodies alone have equal tags', async () => {
    const tagOf = async (body: string) => (await underTag({ status: 200, body }, null)).headers?.ETag;
    const tag = await tagOf('{"jobs":[]}');
    expect(tag).toMatch(/^"[\w-]{20}"$/);
    expect(await tagOf('{"jobs":[]}')).toBe(tag);
    expect(await tagOf('{"jobs":[1]}')).not.toBe(tag);
    expect(await underTag({ status: 200, body: '{"jobs":[]}' }, tag ?? null)).toEqual({
      ...{ status: 304, body: null },
      headers: { ETag: tag, 'Cache-Control': 'private, no-cache' },
    });
  });
});
