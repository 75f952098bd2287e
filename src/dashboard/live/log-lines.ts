import { signal } from '@preact/signals';
import { LogReader } from '../../client/log-reader.ts';
import type { LogLine } from '../../client/page.ts';
import { headway } from '../service.ts';
import { noteRefusal, wordsOf } from '../session.ts';

/** Lines that a page holds at most: all that a job keeps of its four kinds. */
export const MOST = 13_000;

/** How many lines there were where a reading came to the end of the log, of how many that were ever written. */
export interface LogEnd {
  lines: number;
  total: number;
}

/** The log of a job, or the lines of it that have `q` in them: read to its end, and on from there whenever it is longer. */
export class LogLines {
  /** Oldest first; of more than `MOST` the newest. */
  readonly lines = signal<readonly LogLine[]>([]);
  readonly reading = signal(false);
  readonly error = signal<string | null>(null);
  /** The last time that it was read to its end; null before the first. */
  readonly end = signal<LogEnd | null>(null);
  readonly #reader: LogReader;
  readonly #stop = new AbortController();
  #isLonger = false;
  #total = 0;

  constructor(jobId: string, q: string) {
    this.#reader = new LogReader(headway, jobId, { q });
  }

  /** Reads on to the end, of `total` lines that were ever written. Asked while that is under way, it is done once more after it. */
  async readOn(total = this.#total): Promise<void> {
    this.#isLonger = true;
    this.#total = total;
    if (this.reading.peek()) return;
    this.reading.value = true;
    this.error.value = null;
    try {
      while (this.#isLonger) {
        this.#isLonger = false;
        await this.#readToEnd();
      }
    } catch (error) {
      if (!this.#stop.signal.aborted && !noteRefusal(error)) this.error.value = wordsOf(error);
    } finally {
      this.reading.value = false;
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Shows what was read together, where it broke off too: a long log is drawn once. */
  async #readToEnd(): Promise<void> {
    const total = this.#total;
    const found = [...this.lines.peek()];
    const before = found.length;
    try {
      for await (const fresh of this.#reader.readOn(this.#stop.signal)) found.push(...fresh);
    } finally {
      if (found.length > before) this.lines.value = found.slice(-MOST);
    }
    this.end.value = { lines: this.lines.peek().length, total };
  }
}
