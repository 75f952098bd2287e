/** What the text of a line means. */
import { describe, expect, it } from 'vitest';
import { readText } from '../../../src/domain/line/said';

describe('a line of text', () => {
  const counted = (processed: number, total: number | null = null) => ({ count: { processed, total } });
  it.each([
    ['', {}],
    [' \n', {}],
    ['50', counted(50)],
    ['0', counted(0)],
    ['50/200', counted(50, 200)],
    [' 50 / 200 \n', counted(50, 200)],
    ['50/200 uploading', { ...counted(50, 200), message: 'uploading' }],
    ['50/200   two  words\n', { ...counted(50, 200), message: 'two  words' }],
    ['50/200 first\nsecond', { ...counted(50, 200), message: 'first\nsecond' }],
    ['1/4 first\n2/4 second\n3/4 third', { ...counted(3, 4), message: '1/4 first\n2/4 second\n3/4 third' }],
    ['1/4\n2/4\ndone with it', { ...counted(2, 4), message: '1/4\n2/4\ndone with it' }],
    ['1/4 first\n5/4 second', { ...counted(1, 4), message: 'first\n5/4 second' }],
    [
      'loading\n 45%|████▌     | 90/200 [00:10<00:12,  9.00it/s]',
      { ...counted(90, 200), message: expect.any(String) },
    ],
    ['uploading', { message: 'uploading' }],
    ['3 files left', { message: '3 files left' }],
    ['50%', { count: { hundredths: 5_000 } }],
    ['  1%\r 45%\r', { count: { hundredths: 4_500 } }],
    ['\u001b[32m50/200\u001b[0m \u0007done', { ...counted(50, 200), message: 'done' }],
    ['50/', { message: '50/' }],
    ['/200', { message: '/200' }],
    ['50/20', { message: '50/20' }],
    ['5/0', { message: '5/0' }],
    ['-1', { message: '-1' }],
    ['1.5/3', { message: '1.5/3' }],
    ['1/2/3', { message: '1/2/3' }],
    ['50/200uploading', { message: '50/200uploading' }],
    ['9007199254740991/9007199254740991', counted(2 ** 53 - 1, 2 ** 53 - 1)],
    ['9007199254740992', { message: '9007199254740992' }],
    ['1/99999999999999999999', { message: '1/99999999999999999999' }],
  ])('%j', (text, said) => {
    expect(readText(text, 'items')).toEqual(said);
  });

  it.each([
    ['45', { count: { hundredths: 4_500 } }],
    ['45.5\n', { count: { hundredths: 4_550 } }],
    ['101', { message: '101' }],
    ['50/200', counted(50, 200)],
  ])('of which numbers alone are per cent: %j', (text, said) => {
    expect(readText(text, 'percent')).toEqual(said);
  });
});
