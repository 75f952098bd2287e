/** Progress is told at most this often (ms). Source: protocols §5. */
const SHORTEST = 100;
const LONGEST = 2_000;
/** Telling takes at most one part in so many of the time: where all run on one thread, the readers' work is in it. */
const SHARE = 3;

/** When watchers are told of progress: the longer it took the last time, the later the next. */
export class DeliveryPace {
  #last = Number.NEGATIVE_INFINITY;
  #interval = SHORTEST;

  /** How long from `now` the next delivery waits (ms). No longer than the interval, though the clock has gone back. */
  wait(now: number): number {
    return Math.min(Math.max(this.#last + this.#interval - now, 0), this.#interval);
  }

  /** A delivery began at `began` and took until `ended`. */
  delivered(began: number, ended: number): void {
    this.#last = began;
    this.#interval = Math.min(Math.max((ended - began) * SHARE, SHORTEST), LONGEST);
  }
}
