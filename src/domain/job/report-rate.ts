import type { Limits } from '../access/limits';
import { refuseRate } from '../access/rate';
import { TokenBucket } from '../access/token-bucket';
import type { Rejection } from '../base/rejection';
import { isGiven, issuesOf } from './command';
import { endsJob } from './transition';
import type { Unit } from './unit';

/** The limits that a job’s object holds. */
export type JobLimits = Pick<Limits, 'reports_per_second' | 'reports_burst' | 'job_bytes'>;

const ENTRIES = 100;

/** How fast one job takes units: counted in the memory of its object, so that counting writes nothing. */
export class ReportRate {
  readonly #bucket: TokenBucket;

  constructor(now: number) {
    this.#bucket = new TokenBucket(now);
  }

  /**
   * Counts a unit; null where it may be applied. What ends a job, or cancels it, is counted and never refused: after it
   * there is little to come.
   */
  admit(unit: Unit, { reports_per_second, reports_burst }: JobLimits, now: number): Rejection | null {
    const rate = { perSecond: reports_per_second, burst: reports_burst };
    const weight = countUnit(unit);
    if (unit.commands.some((command) => command.verb === 'cancel' || endsJob(command))) {
      this.#bucket.owe(weight, rate, now);
      return null;
    }
    if (this.#bucket.take(weight, rate, now)) return null;
    const reset = this.#bucket.wait(weight, rate, now);
    const left = Math.max(this.#bucket.left(rate, now), 0);
    return refuseRate(
      { name: 'reports', quota: reports_per_second, window: 1, left, reset },
      `A job takes ${reports_per_second} reports a second and ${reports_burst} at once. Send it again in ${reset} s, or several reports as a batch.`,
    );
  }
}

/** What a unit counts: one, and one more for each 100 entries that it brings. */
export function countUnit({ commands }: Unit): number {
  let entries = 0;
  for (const command of commands) {
    if (command.verb !== 'report') continue;
    const { report } = command;
    entries += issuesOf(report, 'error').length + issuesOf(report, 'warning').length;
    entries += (report.logs?.length ?? 0) + (isGiven(report.message) ? 1 : 0);
  }
  return 1 + Math.floor(entries / ENTRIES);
}
