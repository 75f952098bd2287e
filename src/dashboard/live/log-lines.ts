import { signal } from '@preact/signals';
import type { LogLine, Schemas } from '../../client/page.ts';
import { headway } from '../service.ts';
import { noteRefusal, wordsOf } from '../session.ts';

/** Lines that are asked for at once, and that a page holds at most: all that a job keeps of its four kinds. */
const PAGE = 100;
const MOST = 13_000;

/** The log of a job, or the lines of it that have `q` in them: read to its end, and on from there whenever it is longer. */
export class LogLines {
  /** Oldest first; of more than `MOST` the newest. */
  readonly lines = signal<readonly LogLine[]>([]);
  readonly reading = signal(false);
  readonly error = signal<string | null>(null);
  readonly #path: string;
  readonly #q: string;
  readonly #end = new AbortController();
  /**
   * The cursor that led to the last page, null for the first: what comes later stands behind it. A time would not do: it is
   * the worker’s, and the clock of another may be behind.
   */
  #cursor: string | null = null;
  #isLonger = false;

  constructor(jobId: string, q: string) {
    this.#path = `/api/jobs/${encodeURIComponent(jobId)}/logs`;
    this.#q = q;
  }

  /** Reads on to the end. Asked while that is under way, it is done once more after it. */
  async readOn(): Promise<void> {
    this.#isLonger = true;
    if (this.reading.peek()) return;
    this.reading.value = true;
    this.error.value = null;
    try {
      while (this.#isLonger) {
        this.#isLonger = false;
        await this.#readToEnd();
      }
    } catch (error) {
      if (!this.#end.signal.aborted && !noteRefusal(error)) this.error.value = wordsOf(error);
    } finally {
      this.reading.value = false;
    }
  }

  stop(): void {
    this.#end.abort();
  }

  /** Shows what was read together, where it broke off too: a long log is drawn once. */
  async #readToEnd(): Promise<void> {
    const found = [...this.lines.peek()];
    const before = found.length;
    try {
      for (;;) {
        const { logs, next_cursor } = await this.#page();
        const last = found.at(-1);
        for (const line of logs) if (last === undefined || isAfter(line, last)) found.push(line);
        if (next_cursor === null) return;
        this.#cursor = next_cursor;
      }
    } finally {
      if (found.length > before) this.lines.value = found.slice(-MOST);
    }
  }

  #page(): Promise<Schemas['LogPage']> {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (this.#q !== '') query.set('q', this.#q);
    if (this.#cursor !== null) query.set('cursor', this.#cursor);
    return headway.ask('GET', `${this.#path}?${query}`, undefined, { signal: this.#end.signal });
  }
}

function isAfter(line: LogLine, last: LogLine): boolean {
  return line.revision > last.revision || (line.revision === last.revision && line.k > last.k);
}
