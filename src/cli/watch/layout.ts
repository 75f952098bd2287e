import { bar } from '../terminal/bar.ts';
import { fitted, padded, widthOf } from '../terminal/fitted.ts';
import { bold, dim, type Look, paint } from '../terminal/look.ts';
import type { Shown } from './shown.ts';

export interface Room {
  columns: number;
  rows: number;
  look: Look;
  /** Which picture of what moves. */
  frame: number;
}

const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const ASCII_SPINNER = '|/-\\';
const NAME = { least: 8, most: 30 };
const BAR = { least: 8, most: 40 };
/** Columns that figures take from the beginning, so that no bar changes its length as they grow. */
const PERCENT = '100%'.length;
/** How many columns the words of a job have at most, and how many more than its least the bar has before them. */
const NO_WORDS = { most: 0, afterBar: 0 };
const SOME_WORDS = { most: 12, afterBar: 16 };
const WORDS_LEAST = 6;
const GAP = '  ';

/** The lines of all jobs that go on, one above the other: two of each where they fitted, else one, and of the rest their number. */
export function layOut(jobs: readonly Shown[], room: Room): string[] {
  const { columns, rows } = room;
  const isRoomy = jobs.length * 2 < rows;
  const fits = jobs.length < rows ? jobs : jobs.slice(0, Math.max(rows - 2, 1));
  const widths = widthsOf(fits, columns, isRoomy ? NO_WORDS : SOME_WORDS);
  const lines = fits.flatMap((job) => {
    const first = lineOf(job, widths, room, !isRoomy);
    const words = isRoomy ? job.words : '';
    return words === '' ? [first] : [first, dim(room.look, fitted(`${GAP}${words}`, columns))];
  });
  const left = jobs.length - fits.length;
  return left === 0 ? lines : [...lines, dim(room.look, fitted(`${GAP}and ${left} more`, columns))];
}

/** The last line of a job, which stays. */
export function lastLine(job: Shown, { columns, look }: Omit<Room, 'rows' | 'frame'>): string {
  const widths = widthsOf([job], columns, { most: Math.floor(columns / 2), afterBar: 0 });
  return lineOf(job, widths, { columns, look, rows: 1, frame: 0 }, true);
}

interface Widths {
  name: number;
  bar: number;
  percent: number;
  count: number;
  rate: number;
  time: number;
}

/** How wide each part is, the same for all; 0 for what there is no room for: first goes the rate, then the count, then the time. */
function widthsOf(jobs: readonly Shown[], columns: number, words: typeof NO_WORDS): Widths {
  const widest = (part: 'name' | 'percent' | 'count' | 'rate' | 'time') =>
    Math.max(0, ...jobs.map((job) => widthOf(job[part])));
  const widths: Widths = {
    name: Math.min(Math.max(widest('name'), 1), NAME.most),
    bar: BAR.least,
    percent: widest('percent') > 0 ? PERCENT : 0,
    count: Math.max(0, ...jobs.map(({ count }) => columnsOf(count))),
    ...{ rate: widest('rate'), time: widest('time') },
  };
  const taken = () =>
    1 +
    Object.values(widths).reduce((sum, width) => sum + (width > 0 ? width + 1 : 0), 0) +
    // What follows the bar stands a little apart.
    [widths.count, widths.rate, widths.time].filter((width) => width > 0).length;
  const over = () => taken() - columns;
  if (over() > 0) widths.name = Math.max(Math.min(widths.name, NAME.least), widths.name - over());
  for (const part of ['rate', 'count', 'time', 'bar', 'percent'] as const) if (over() > 0) widths[part] = 0;
  if (over() > 0) widths.name = Math.max(columns - 2, 1);
  const spare = Math.max(-over(), 0);
  const forWords = Math.min(columnsForWords(jobs, words.most), Math.max(spare - words.afterBar, 0));
  if (widths.bar > 0) widths.bar = Math.min(BAR.least + spare - forWords, BAR.most);
  return widths;
}

/** As many as the words of all take, a gap before them included. */
function columnsForWords(jobs: readonly Shown[], most: number): number {
  const widest = Math.min(Math.max(0, ...jobs.map(({ words }) => widthOf(words))), most);
  return widest > 0 ? widest + GAP.length : 0;
}

/** As many as a count takes in its end: `1/200` as many as `200/200`. */
function columnsOf(count: string): number {
  const total = count.indexOf('/') + 1;
  return total > 0 ? 2 * (count.length - total) + 1 : count.length;
}

function lineOf(job: Shown, widths: Widths, { columns, look, frame }: Room, hasWords: boolean): string {
  const { tone, share } = job;
  const name = padded(fitted(job.name, widths.name), widths.name);
  const parts = [
    `${paint(look, tone, markOf(job, look, frame))} ${bold(look, name)}`,
    ...(widths.bar > 0 ? [` ${bar(look, tone, share, widths.bar, frame)}`] : []),
    ...(widths.percent > 0 ? [` ${padded(job.percent, widths.percent, 'start')}`] : []),
    ...(['count', 'rate', 'time'] as const).flatMap((part) =>
      widths[part] > 0 ? [`${GAP}${padded(job[part], widths[part], 'start')}`] : [],
    ),
  ];
  const line = parts.join('');
  const room = columns - widthOf(line) - GAP.length;
  if (!hasWords || job.words === '' || room < WORDS_LEAST) return line.trimEnd();
  const words = fitted(job.words, room);
  return `${line}${GAP}${job.hasEnded ? paint(look, tone, words) : dim(look, words)}`;
}

function markOf({ hasEnded, tone, time }: Shown, { unicode }: Look, frame: number): string {
  if (hasEnded) {
    const marks = { good: '✔', warning: '▲', bad: '✘', quiet: '■', active: '•' };
    const plain = { good: '+', warning: '!', bad: 'x', quiet: 'o', active: '*' };
    return (unicode ? marks : plain)[tone];
  }
  if (time === 'pending') return unicode ? '○' : 'o';
  const frames = unicode ? SPINNER : ASCII_SPINNER;
  return frames.charAt(frame % frames.length);
}
