import type { Count } from './count';
import { isExitLine } from './exit-line';
import { readLine, type Said, type Unit } from './said';
import { asSeen } from './terminal-text';

/** Characters that wait to be looked at: more are looked at when they come. */
const WAITING = 65_536;
/** The most of a line without an end that is kept: a longer one is prose. */
const OPEN = 8_192;
/** What a line that holds a count has in it. */
const COUNTISH = /\d\s?%|\/\s?\d|\d of \d|^\s*\d[\d\s.,:kMGTP-]*$|^frame=/;
/** A bar of tqdm's that knows no total: `90it [00:10`. */
const OPEN_BAR = /\d\S{0,20} \[\d/;

/**
 * The text of a running program as it comes: what its latest lines say, in constant memory. Lines end in `\n` or `\r`; one
 * that has not ended is read where it is drawn behind a `\r`, as a bar is, and what comes next draws it again: then it was
 * no part of a line.
 */
export class RunningText {
  readonly #unit: Unit;
  #waiting = '';
  #latest: Said = {};
  #told: Said = {};
  #draws = true;

  constructor(unit: Unit) {
    this.#unit = unit;
  }

  take(piece: string): void {
    if (/[^\r\n]$/.test(this.#waiting)) this.#draws = /^[\r\n]/.test(piece);
    this.#waiting += piece;
    if (this.#waiting.length > WAITING) this.#look();
  }

  /** What is said that was not told before; null where there is nothing. */
  news(): Said | null {
    this.#look();
    const { count, message } = this.#latest;
    const news: Said = {
      ...(count === undefined || sameCount(count, this.#told.count) ? {} : { count }),
      ...(message === undefined || message === this.#told.message ? {} : { message }),
    };
    return Object.keys(news).length === 0 ? null : news;
  }

  /** What was said last is told. */
  tell(): void {
    this.#told = this.#latest;
  }

  /** What was told did not come through. */
  untell(): void {
    this.#told = {};
  }

  /** No more comes: the last line has ended too. */
  end(): void {
    this.take('\n');
    this.#look();
  }

  /** The last count and the last words that were read, told or not. */
  get latest(): Said {
    return this.#latest;
  }

  #look(): void {
    const end = Math.max(this.#waiting.lastIndexOf('\n'), this.#waiting.lastIndexOf('\r'));
    const open = this.#waiting.slice(end + 1);
    const drawn = this.#waiting.charAt(end) === '\r';
    this.#read(drawn && this.#draws ? this.#waiting : this.#waiting.slice(0, end + 1));
    // A bar that is still drawn keeps the `\r` that it is drawn behind.
    this.#waiting = drawn ? `\r${open.slice(-OPEN)}` : open.slice(-OPEN);
  }

  /** From the newest line back, until it is known what was said last. */
  #read(lines: string): void {
    let count: Count | undefined;
    let message: string | undefined;
    for (const written of lines.split(/[\r\n]+/).reverse()) {
      if (
        (message !== undefined && !COUNTISH.test(written) && !OPEN_BAR.test(written)) ||
        isExitLine(written)
      )
        continue;
      const said = readLine(asSeen(written).trim(), this.#unit);
      message ??= said.message?.toWellFormed();
      count ??= said.count;
      if (count !== undefined && message !== undefined) break;
    }
    this.#latest = {
      ...this.#latest,
      ...(count === undefined ? {} : { count }),
      ...(message === undefined ? {} : { message }),
    };
  }
}

function sameCount(one: Count, other: Count | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
