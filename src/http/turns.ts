import { Leases } from '../services/leases';
import { within } from '../within';

/** How long one waits for its turn before it goes all the same, and how long a turn counts that nobody ends (ms). */
const PATIENCE = 1_000;
const LEASE = 2_000;

/** Ends a turn, or the wait for one; again, it does nothing. */
export type EndTurn = () => void;

/**
 * So many at a time, across the requests of an isolate: whoever else is asked for something meanwhile waits for the few
 * and not for all. Only plain data passes between requests, and each waits by a timer of its own: a request that
 * ends without a word keeps its turn no longer than its lease.
 */
export class Turns {
  readonly #most: number;
  readonly #taken = new Leases<EndTurn>(LEASE);
  readonly #waiting = new Map<EndTurn, () => void>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Calls `begun` with the turn's end at once, and resolves when it is time. */
  async take(begun: (end: EndTurn) => void): Promise<void> {
    const end = () => this.#end(end);
    begun(end);
    if (this.#hasRoom()) {
      this.#taken.begin(end);
      return;
    }
    const called = new Promise<void>((resolve) => this.#waiting.set(end, resolve));
    await within(called, PATIENCE);
    this.#waiting.delete(end);
  }

  #end(end: EndTurn): void {
    this.#waiting.delete(end);
    if (!this.#taken.end(end)) return;
    for (const [next, call] of this.#waiting) {
      if (!this.#hasRoom()) return;
      this.#waiting.delete(next);
      this.#taken.begin(next);
      call();
    }
  }

  #hasRoom(): boolean {
    this.#taken.over();
    return this.#taken.size < this.#most;
  }
}
