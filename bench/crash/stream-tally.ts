/** What a run of streams has found. */
import { FAULTS, type Fault } from '../../test/support/fold.ts';

/** Findings told in full; the rest are counted. */
const TOLD = 20;

export class StreamTally {
  streams = 0;
  /** Answered reports, and requests whose answer a kill has cut off. */
  reports = 0;
  frames = 0;
  entries = 0;
  /** Streams that a kill has cut off, those that ended within a frame, and readers that came back by `Last-Event-ID`. */
  cuts = 0;
  torn = 0;
  resumes = 0;
  /** Readers that came back to a settled job and were sent away with 204. */
  sentAway = 0;
  readonly found = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;

  /** Takes note of a fault in `whose` stream. */
  find(fault: Fault, whose: string, what: string): void {
    this.found[fault] += 1;
    if (this.faults <= TOLD) console.log(`${fault}: ${whose}: ${what.slice(0, 2_000)}`);
  }

  get faults(): number {
    return Object.values(this.found).reduce((sum, count) => sum + count, 0);
  }
}
