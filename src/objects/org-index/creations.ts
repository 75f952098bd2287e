import { refuseRate } from '../../domain/access/rate';
import { type BucketRate, TokenBucket } from '../../domain/access/token-bucket';
import { type Rejection, reject } from '../../domain/base/rejection';
import type { CreationTerms } from '../../domain/feed/publication';
import { BULK_TYPES, isBulkType, refuseBulkBeyond } from '../../domain/job/bulk';
import { isTerminal, type Status } from '../../domain/job/job';
import type { ShardUse } from './contract';
import type { CreationStore } from './creation-store';

/** A shard that holds fewer bytes than this for each job holds none of them: what a job’s summary takes at the least. */
const LEAST_JOB = 256;

type Counting = Pick<CreationStore, 'alive' | 'aliveOf' | 'madeSince' | 'bytes'>;

/**
 * Holds creations to their organization's rate and to its number of jobs. Nothing is written for it: an instance that was
 * just opened fills its bucket from the jobs that were made lately, and counts those alive once there may be too many.
 */
export class Creations {
  readonly #store: Counting;
  /** Of the newest terms. */
  #rate: BucketRate = { perSecond: 1, burst: 1 };
  #bucket: TokenBucket | null = null;
  #alive: number | null = null;
  /** Bulk operations under way. */
  #bulk: number | null = null;
  /** No more than these are alive. */
  #most = Number.POSITIVE_INFINITY;

  constructor(store: Counting) {
    this.#store = store;
  }

  /**
   * Counts a job that the index did not know. Why it is not taken under its terms; null where it is. One without terms was
   * answered for: it is counted, and what comes after it waits the longer. A bulk operation is what makes room: it is taken
   * where there are too many jobs, and where their rate is used up, one burst beyond it.
   */
  take(terms: CreationTerms | undefined, now: number): Rejection | null {
    if (terms === undefined) {
      this.#bucket?.owe(1, this.#rate, now);
      return null;
    }
    const { per_minute, burst, jobs, jobs_in_all = jobs, bulk } = terms;
    this.#rate = rateOf(terms);
    if (bulk === undefined && this.#hasTooMany(jobs)) {
      const use = this.#alive ?? jobs;
      const share = jobs_in_all > jobs ? `, this shard’s share of ${jobs_in_all}` : '';
      return reject(
        'quota_exceeded',
        `There are ${use} jobs that have not ended here, and may be ${jobs}${share}: end or cancel some.`,
      );
    }
    if (bulk !== undefined) {
      this.#bulk ??= this.#store.aliveOf(BULK_TYPES);
      const full = refuseBulkBeyond(this.#bulk, bulk);
      if (full !== null) return full;
    }
    const bucket = this.#filled(now);
    const least = bulk === undefined ? 1 : 1 - burst;
    if (bucket.left(this.#rate, now) >= least) {
      bucket.owe(1, this.#rate, now);
      return null;
    }
    const reset = bucket.wait(least, this.#rate, now);
    return refuseRate(
      { name: 'creates', quota: per_minute, window: 60, left: 0, reset },
      `These are more than ${per_minute} jobs a minute, and ${burst} at once. Try again in ${reset} s.`,
    );
  }

  /** A job of a type has come, gone on or gone; null for none. */
  moved(jobType: string, before: Status | null, after: Status | null): void {
    const change = Number(isAlive(after)) - Number(isAlive(before));
    if (this.#alive !== null) this.#alive += change;
    if (this.#bulk !== null && isBulkType(jobType)) this.#bulk += change;
    this.#most += change;
  }

  /** What is used of the terms. */
  use(terms: CreationTerms, now: number): Pick<ShardUse, 'alive' | 'left'> {
    this.#rate = rateOf(terms);
    this.#alive ??= this.#store.alive();
    return { alive: this.#alive, left: Math.max(this.#filled(now).left(this.#rate, now), 0) };
  }

  /** A transaction was rolled back: what was counted in it was not done. */
  forget(): void {
    [this.#bucket, this.#alive, this.#bulk, this.#most] = [null, null, null, Number.POSITIVE_INFINITY];
  }

  /** Counts only where the shard is large enough to hold as many, and again once it may have grown to be. */
  #hasTooMany(jobs: number): boolean {
    if (this.#alive === null && this.#most >= jobs) {
      this.#most = Math.floor(this.#store.bytes() / LEAST_JOB);
      if (this.#most >= jobs) this.#alive = this.#store.alive();
    }
    return this.#alive !== null && this.#alive >= jobs;
  }

  /**
   * The bucket, as full as the jobs of late have left it. What came before twice the time that fills it is of no matter:
   * it is taken to have been empty then.
   */
  #filled(now: number): TokenBucket {
    if (this.#bucket !== null) return this.#bucket;
    const { perSecond, burst } = this.#rate;
    const since = now - (2_000 * burst) / perSecond;
    const bucket = new TokenBucket(since, 0);
    for (const made of this.#store.madeSince(since)) bucket.owe(1, this.#rate, Math.min(made, now));
    this.#bucket = bucket;
    return bucket;
  }
}

function rateOf({ per_minute, burst }: CreationTerms): BucketRate {
  return { perSecond: per_minute / 60, burst };
}

function isAlive(status: Status | null): boolean {
  return status !== null && !isTerminal(status);
}
