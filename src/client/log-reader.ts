import type { LogFilter } from './jobs.ts';
import { jobPath } from './reading.ts';
import type { Schemas } from './schemas.ts';
import type { LogLine } from './types.ts';
import type { WatchingHeadway } from './watching-headway.ts';

/** How many lines are asked for at once. */
const PAGE = 100;

/** Reads the log of a job, or the lines of one level, or those with `q` in them, each time from where it stopped. */
export class LogReader {
  readonly #headway: WatchingHeadway;
  readonly #path: string;
  /**
   * The cursor that led to the last page, null for the first: what comes later stands behind it. A time would not do: it is
   * the worker’s, and the clock of another may be behind.
   */
  #cursor: string | null = null;
  /** What of the last page was read already. */
  #last: Pick<LogLine, 'revision' | 'k'> = { revision: -1, k: -1 };

  constructor(
    headway: WatchingHeadway,
    jobId: string,
    { level, q = '' }: { level?: LogFilter['level'] | undefined; q?: string },
  ) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (level !== undefined) query.set('level', level);
    if (q !== '') query.set('q', q);
    this.#headway = headway;
    this.#path = jobPath(jobId, `/logs?${query}`);
  }

  /** The lines that were not read before, to the end of the log as it stands, a page at a time. */
  async *readOn(signal: AbortSignal): AsyncGenerator<LogLine[], void, void> {
    for (;;) {
      const { logs, next_cursor } = await this.#page(signal);
      const fresh = logs.filter((line) => isAfter(line, this.#last));
      this.#last = fresh.at(-1) ?? this.#last;
      yield fresh;
      if (next_cursor === null) return;
      this.#cursor = next_cursor;
    }
  }

  #page(signal: AbortSignal): Promise<Schemas['LogPage']> {
    const from = this.#cursor === null ? '' : `&cursor=${encodeURIComponent(this.#cursor)}`;
    return this.#headway.ask('GET', this.#path + from, undefined, { signal });
  }
}

function isAfter(line: Pick<LogLine, 'revision' | 'k'>, last: Pick<LogLine, 'revision' | 'k'>): boolean {
  return line.revision > last.revision || (line.revision === last.revision && line.k > last.k);
}
