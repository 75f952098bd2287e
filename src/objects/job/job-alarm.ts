import { nextDue } from '../../domain/job/health';
import type { Job } from '../../domain/job/job';
import { AlarmClock } from '../kit/alarm-clock';
import { type Memory, transact } from '../kit/transact';
import type { JobStore } from './job-store';
import type { Watchers } from './watchers';

/** What a job is due for that is due for nothing. */
export const NEVER = Number.POSITIVE_INFINITY;

/** The job's one alarm, and the transactions that set it. It is the minimum of all that the job is due for. */
export class JobAlarm implements Memory {
  readonly clock: AlarmClock;
  readonly #storage: DurableObjectStorage;
  readonly #store: JobStore;
  readonly #watchers: Watchers;
  /** Whether the alarm stands for all that is unpublished. */
  sure = false;

  constructor(storage: DurableObjectStorage, store: JobStore, watchers: Watchers) {
    this.clock = new AlarmClock(storage);
    this.#storage = storage;
    this.#store = store;
    this.#watchers = watchers;
  }

  /** Runs a change in one transaction; where it is rolled back, so is what memory knows of tables and alarm. */
  transact<Result>(work: () => Result): Result {
    return transact(this.#storage, [this, this.#store], work);
  }

  forget(): void {
    this.sure = false;
    this.clock.forget();
  }

  /** When the job is due by its own clock, or for its watchers: a deleted job never is. Publishing is left aside. */
  ownDue(job: Job, now: number, deleted_at: number | null = null): number {
    return deleted_at === null ? Math.min(nextDue(job), this.#watchers.due(job, now)) : NEVER;
  }
}
