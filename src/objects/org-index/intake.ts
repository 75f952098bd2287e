import { brakedInterval } from '../../domain/feed/publication';

/** Counts the publications of progress, and computes the interval to ask of the jobs that send them. In memory alone. */
export class Intake {
  /** How long a job is asked to wait from one publication of progress to the next (ms). */
  interval: number;
  readonly #base: number;
  #since = 0;
  #taken = 0;

  constructor(base: number) {
    this.#base = base;
    this.interval = base;
  }

  /** Counts one. Once an interval is over, the next one follows from what came in it. */
  take(now: number): void {
    const elapsed = now - this.#since;
    if (elapsed >= this.interval || elapsed < 0) {
      if (this.#since > 0 && elapsed > 0) {
        this.interval = brakedInterval(this.#base, this.interval, this.#taken, elapsed);
      }
      this.#since = now;
      this.#taken = 0;
    }
    this.#taken += 1;
  }
}
