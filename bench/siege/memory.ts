/** What an attack does to the memory of the service, and how soon it is over. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface MemorySample {
  /** Before the attack, at its height and in the end (MiB). */
  before: number;
  peak: number;
  after: number;
  /** Seconds from the attack's end until it was back; null where it was not within `PATIENCE`. */
  backAfter: number | null;
}

/** What may be left of a growth (MiB): a heap that has been used, within its limit, is not given back to the system. */
export const LEFT = 96;
/** What may be left by the same attack on a process that has borne it before (MiB): whatever it keeps for good adds up. */
export const LEFT_AGAIN = 32;
/**
 * What the runtime takes for an object that is opened, what it keeps of that, and what it keeps of the next (MiB): measured
 * with objects of one table, 870 of them three times over, four at a time.
 */
export const OBJECT = { opened: 0.25, kept: 0.22, keptAgain: 0.03 };
const PATIENCE = 30_000;
const INTERVAL = 100;

export class Memory {
  readonly #read: () => number;
  readonly #before: number;
  readonly #timer: NodeJS.Timeout;
  #peak: number;

  constructor(read: () => number) {
    this.#read = read;
    this.#before = read();
    this.#peak = this.#before;
    this.#timer = setInterval(() => this.#look(), INTERVAL);
  }

  /** Waits until the memory is back but for `left` (MiB), or long enough, and looks at it no more. */
  async settle(left: number): Promise<MemorySample> {
    const began = performance.now();
    try {
      for (;;) {
        const after = this.#look();
        const waited = performance.now() - began;
        const back = after - this.#before <= left;
        if (back || waited > PATIENCE) {
          const backAfter = back ? waited / 1_000 : null;
          return { before: this.#before, peak: this.#peak, after, backAfter };
        }
        await sleep(INTERVAL);
      }
    } finally {
      clearInterval(this.#timer);
    }
  }

  #look(): number {
    const now = this.#read();
    this.#peak = Math.max(this.#peak, now);
    return now;
  }
}
