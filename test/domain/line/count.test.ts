/** Counts in lines that programs write for people. */
import { describe, expect, it } from 'vitest';
import { findCount } from '../../../src/domain/line/count';
import { asSeen } from '../../../src/domain/line/terminal-text';
import { WITHOUT_A_COUNT } from './lines-without-a-count';
import { RECORDED } from './recorded-lines';

describe('a line with a count', () => {
  it.each(RECORDED.map(([program, line, count, message]) => ({ program, line, count, message })))(
    'of $program: $line',
    ({ line, count, message }) => {
      const found = findCount(line);
      expect(found?.count).toEqual(count);
      if (message !== undefined) expect(found?.message).toBe(message);
    },
  );
});

describe('a line without one', () => {
  it('there are two hundred of them', () => {
    expect(new Set(WITHOUT_A_COUNT).size).toBeGreaterThanOrEqual(200);
  });

  it.each(WITHOUT_A_COUNT)('%s', (line) => {
    expect(findCount(line)).toBeNull();
  });
});

describe('a text as a terminal shows it', () => {
  it.each([
    ['plain', 'plain'],
    ['\x1b[32mgreen\x1b[0m', 'green'],
    ['10%\r20%\r30%', '30%'],
    ['10%\r20%\r', '20%'],
    ['a\r\nb\r\n', 'a\nb\n'],
    ['\x1b[2K\r45%|██| 9/20', '45%|██| 9/20'],
    ['\x1b]0;title\x07text', 'text'],
    ['\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['bell\x07 and back\b', 'bell and back'],
    ['tab\tstays', 'tab\tstays'],
    ['\x1b(Bascii\x1b=', 'ascii'],
    ['\x9b31mc1', '31mc1'],
  ])('%j', (text, seen) => {
    expect(asSeen(text)).toBe(seen);
  });
});
