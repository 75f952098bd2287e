/** How fast a bucket fills, in tokens a second, and how many it holds. */
export interface BucketRate {
  perSecond: number;
  burst: number;
}

/**
 * Tokens that come back at a rate: what takes them at once may be as much as the bucket holds, and over a long time no more
 * than the rate. In memory alone; times are passed in (ms).
 */
export class TokenBucket {
  #level: number;
  #at: number;

  constructor(now: number, level = Number.POSITIVE_INFINITY) {
    this.#level = level;
    this.#at = now;
  }

  /** Whole tokens that are there; below zero is what was taken beyond them. */
  left(rate: BucketRate, now: number): number {
    return Math.floor(this.#fill(rate, now));
  }

  /** Takes `tokens` where there are as many, or where it is full and never holds as many. */
  take(tokens: number, rate: BucketRate, now: number): boolean {
    const level = this.#fill(rate, now);
    if (level < Math.min(tokens, rate.burst)) return false;
    this.#level = level - tokens;
    return true;
  }

  /** Takes what was not asked for first. The debt is no more than the bucket holds. */
  owe(tokens: number, rate: BucketRate, now: number): void {
    this.#level = Math.max(this.#fill(rate, now) - tokens, -rate.burst);
  }

  /** In how many whole seconds, one at least, there are `tokens`. */
  wait(tokens: number, rate: BucketRate, now: number): number {
    const lacking = Math.min(tokens, rate.burst) - this.#fill(rate, now);
    return Math.max(Math.ceil(lacking / rate.perSecond), 1);
  }

  /** A clock that went back fills nothing. */
  #fill({ perSecond, burst }: BucketRate, now: number): number {
    this.#level = Math.min(this.#level + (Math.max(now - this.#at, 0) / 1_000) * perSecond, burst);
    this.#at = now;
    return this.#level;
  }
}
