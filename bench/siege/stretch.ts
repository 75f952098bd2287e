/** What a busy machine adds to every latency: the time in which a process could go on and had no processor. */
import { waitedMs } from '../processor.ts';

/** A stretch of time, less what the busier-kept of two processes waited for a processor in it. */
export class Stretch {
  readonly #pids: readonly number[];
  readonly #began = performance.now();
  readonly #waited: readonly number[];

  constructor(pids: readonly number[]) {
    this.#pids = pids;
    this.#waited = pids.map(waitedMs);
  }

  /** Milliseconds until now. Waits of two processes may be one, so that only the longer is taken off. */
  get ms(): number {
    const waits = this.#pids.map((pid, at) => waitedMs(pid) - (this.#waited[at] ?? 0));
    return Math.max(0, performance.now() - this.#began - Math.max(0, ...waits));
  }
}
