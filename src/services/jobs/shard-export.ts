import { backoff } from '../../domain/base/backoff';
import type { Summary } from '../../domain/job/summary';
import type { ExportLine, ListPosition } from '../../objects/org-index/contract';

/** Jobs that one stream of a shard holds at most. */
const STREAMED = 10_000;
/** Streams in a row that broke before they brought anything: the shard is away then. */
const TRIES = 5;

/** Asks a shard for its jobs from behind a place. */
export type OpenExport = (before: ListPosition | null, limit: number) => Promise<ReadableStream<Uint8Array>>;

/** One shard's jobs, newest first, by one stream after another: one that breaks goes on from where it was. */
export class ShardExport {
  /** Jobs that came and are not taken. */
  readonly jobs: Summary[] = [];
  /** Everything up to here has come; null at the beginning. */
  through: ListPosition | null;
  /** Nothing is left behind what has come. */
  whole = false;
  readonly #open: OpenExport;
  #reader: ReadableStreamDefaultReader<string> | null = null;
  /** The beginning of a line whose end has not come. */
  #rest = '';
  #broken = 0;

  constructor(open: OpenExport, before: ListPosition | null) {
    this.#open = open;
    this.through = before;
  }

  /** Waits for what comes next, once all that came is taken. Throws where the shard stays away for so many `tries`. */
  async fill(tries = TRIES): Promise<void> {
    while (this.jobs.length === 0 && !this.whole) {
      try {
        const came = await this.#read();
        this.#broken = 0;
        if (came) return;
      } catch (cause) {
        await this.close();
        this.#broken += 1;
        if (this.#broken >= tries) throw cause;
        await scheduler.wait(backoff(this.#broken, Math.random()));
      }
    }
  }

  /** Lets go of the shard. */
  async close(): Promise<void> {
    const reader = this.#reader;
    [this.#reader, this.#rest] = [null, ''];
    await reader?.cancel().catch(() => undefined);
  }

  /** Whether a place was told: a stream that ends without any has broken. */
  async #read(): Promise<boolean> {
    this.#reader ??= (await this.#open(this.through, STREAMED))
      .pipeThrough(new TextDecoderStream())
      .getReader();
    const { done, value } = await this.#reader.read();
    if (done) {
      await this.close();
      return false;
    }
    const lines = (this.#rest + value).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(JSON.parse(line) as ExportLine);
    return lines.length > 0;
  }

  #take(line: ExportLine): void {
    if ('job_id' in line) {
      this.jobs.push(line);
      this.through = { created_at: line.created_at, job_id: line.job_id };
    } else if (line.through === null) this.whole = true;
    else this.through = line.through;
  }
}
