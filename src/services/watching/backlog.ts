/** Bytes that may wait for one reader, and for all slow readers of an isolate. */
export const READER_BYTES = 1_048_576;
const ISOLATE_BYTES = 16_777_216;
/** Whoever takes nothing for so long is slow (ms). */
const SLOW = 10_000;

/** Throws away what waits for one reader. It may run for another request: it changes plain data alone. */
export type Overrun = () => void;

/**
 * What waits for readers in this isolate (bytes). Where it is too much, those that have taken nothing for longest are
 * overrun: they are closed, and resume by the id of the last frame that they read.
 */
export class Backlog {
  readonly #most: number;
  readonly #waiting = new Map<Overrun, { bytes: number; since: number }>();
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Notes how much waits for a reader: 0 once it has taken everything. */
  hold(overrun: Overrun, bytes: number): void {
    const now = Date.now();
    const before = this.#waiting.get(overrun);
    this.#bytes += bytes - (before?.bytes ?? 0);
    // Whoever takes something stands last again.
    const since = before !== undefined && bytes >= before.bytes ? before.since : now;
    if (since === now) this.#waiting.delete(overrun);
    if (bytes > 0) this.#waiting.set(overrun, { bytes, since });
    for (const [slowest, { since }] of this.#waiting) {
      if (this.#bytes <= this.#most || now - since < SLOW) return;
      this.hold(slowest, 0);
      slowest();
    }
  }
}

/** The one of this isolate. */
export const BACKLOG = new Backlog(ISOLATE_BYTES);
