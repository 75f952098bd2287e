/** What a running program's text says, as it comes piece by piece. */
import { describe, expect, it } from 'vitest';
import { findExit } from '../../../src/domain/line/exit-line';
import { HeadAndTail } from '../../../src/domain/line/head-and-tail';
import { RunningText } from '../../../src/domain/line/running-text';

const counted = (processed: number, total: number | null) => ({ count: { processed, total } });

/** What is news after each piece, each told once. */
function newsOf(pieces: string[], unit: 'items' | 'percent' = 'items') {
  const text = new RunningText(unit);
  return pieces.map((piece) => {
    text.take(piece);
    const news = text.news();
    text.tell();
    return news;
  });
}

describe('a running text', () => {
  it('says its latest count and its latest words, each once', () => {
    expect(newsOf(['start\n1/9\n2/9 a\n', 'b\n', 'b\n', '', '3/9\nc\n\n'])).toEqual([
      { ...counted(2, 9), message: 'a' },
      { message: 'b' },
      null,
      null,
      { ...counted(3, 9), message: 'c' },
    ]);
  });

  it('is not read in the middle of a line', () => {
    expect(newsOf(['1', '50/2', '00', '\n'])).toEqual([null, null, null, counted(150, 200)]);
    expect(newsOf(['7\n1', '50\n'])).toEqual([counted(7, null), counted(150, null)]);
  });

  it('is read where a bar is drawn behind a carriage return', () => {
    const bar = (n: number) => `\r ${n}%|${'█'.repeat(n)}| ${n}/99 [00:10<00:12,  9.00it/s]`;
    expect(newsOf([bar(11), bar(12), `${bar(13)}${bar(14)}`])).toEqual([
      counted(11, 99),
      counted(12, 99),
      counted(14, 99),
    ]);
  });

  it('is not read in the middle of a bar, once it is seen that they end in carriage returns', () => {
    const pieces = ['1/200\r2/2', '00\r15/20', '0\r'];
    expect(newsOf(pieces).slice(1)).toEqual([counted(2, 200), counted(15, 200)]);
  });

  it('finds the last count before any number of lines without one', () => {
    const text = new RunningText('items');
    text.take('5/9\n');
    for (let n = 0; n < 20_000; n++) text.take(`line without a count at all ${n} words\n`);
    expect(text.news()).toEqual({ ...counted(5, 9), message: 'line without a count at all 19999 words' });
  });

  it('keeps nothing of a line that never ends but its last part', () => {
    const text = new RunningText('items');
    for (let n = 0; n < 1_000; n++) text.take('x'.repeat(1_000));
    expect(text.news()).toBeNull();
    text.end();
    expect(text.news()?.message?.length).toBe(8_192);
  });

  it('says again what did not come through', () => {
    const text = new RunningText('percent');
    text.take('45\n');
    expect(text.news()).toEqual({ count: { hundredths: 4_500 } });
    text.tell();
    expect(text.news()).toBeNull();
    text.untell();
    expect(text.news()).toEqual({ count: { hundredths: 4_500 } });
  });

  it('of ffmpeg counts the frames of each block, and says that it is over', () => {
    // As `ffmpeg -re … -stats_period 0.5 -progress pipe:1 -nostats` wrote it, in one write a block.
    const block = (frame: number, fps: string, us: number, speed: string, progress: string) =>
      `frame=${frame}\nfps=${fps}\nstream_0_0_q=-0.0\nbitrate=N/A\ntotal_size=N/A\nout_time_us=${us}\nout_time_ms=${us}\nout_time=00:00:0${us / 1e6}00000\ndup_frames=0\ndrop_frames=0\nspeed=${speed}\nprogress=${progress}\n`;
    expect(
      newsOf([
        block(1, '0.00', 40_000, 'N/A', 'continue'),
        block(26, '25.52', 1_040_000, '1.02x', 'continue'),
        block(51, '25.16', 2_040_000, '1.01x', 'continue'),
        block(75, '24.92', 3_000_000, '0.997x', 'end'),
      ]),
    ).toEqual([
      { ...counted(1, null), message: 'progress=continue' },
      counted(26, null),
      counted(51, null),
      { ...counted(75, null), message: 'progress=end' },
    ]);
  });

  it('never has an exit line for its words', () => {
    expect(newsOf(['one\n::exit 0\n'])).toEqual([{ message: 'one' }]);
  });
});

describe('the last line of a text', () => {
  it.each([
    ['::exit 3', { code: '3', text: '' }],
    ['a\n::exit TERM \r\n\n', { code: 'TERM', text: 'a\n' }],
    ['\r 50%|█|\r::exit 0', { code: '0', text: '\r 50%|█|\r' }],
    ['::exit\n', { code: '', text: '' }],
    ['::exit 3\nmore', null],
    ['said ::exit 3', null],
    ['::exits 3', null],
    ['', null],
  ])('%j', (text, exit) => {
    expect(findExit(text)).toEqual(exit);
  });
});

describe('head and tail of a text', () => {
  it('are all of a short one', () => {
    const text = new HeadAndTail();
    for (const piece of ['a', '', 'b'.repeat(20_000), 'c']) text.add(piece);
    expect(text.text).toBe(`a${'b'.repeat(20_000)}c`);
  });

  it('are its first and its last characters, whole, where it is long', () => {
    const text = new HeadAndTail();
    for (let n = 0; n < 1_000; n++) text.add(`😀${'x'.repeat(98)}${n % 10}`);
    expect(text.text).toMatch(/^😀x.*….*x9$/u);
    expect(text.text.length).toBeLessThan(33_000);
    expect(text.text.isWellFormed()).toBe(true);
  });
});
