import { brakedInterval, isProgress, type Publication, type Receipt } from '../../domain/feed/publication';
import type { QueuedAsk } from '../kit/commit-queue';
import type { IndexedJob } from './org-index-store';

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

/**
 * Whether a publication is told as progress, `since` ms after the last that was. Jobs keep the interval themselves; one
 * that has lost its memory may not. Half of it is enough here: the way of a publication is not always equally long. A
 * clock may have gone back. Another health is told at once: a worker that is late may say nothing more for long.
 */
export function tellsProgress(
  kept: IndexedJob,
  publication: Publication,
  since: number,
  interval: number,
): boolean {
  if (kept.status === null || !isProgress(kept, publication)) return false;
  return kept.health !== publication.summary.health || since < 0 || since >= interval / 2;
}

/** A job whose publication did not get through tries again by its alarm: a receipt would say that it did. */
export function refusePublication({ reject }: QueuedAsk<Publication, Receipt>): null {
  reject(new Error('too many publications wait for their commit'));
  return null;
}
