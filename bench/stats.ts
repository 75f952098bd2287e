/** The few numbers that a run is summed up in. */

/** The middle value; of an even count the mean of the middle two. Throws on none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('there is no median of nothing');
  return (low + high) / 2;
}

/** The value that `share` (0–1) of the sorted values are at or below. Throws on none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('there is no quantile of nothing');
  return value;
}

/** What the rounds of one figure come to. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Throws on none. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * `a ÷ b`, each round by itself: what disturbs the machine for a while disturbs both sides of one round, so it cancels out
 * of the median.
 */
export function ratio(a: readonly number[], b: readonly number[]): Spread {
  if (a.length !== b.length) throw new Error('the rounds of a ratio must be the same on both sides');
  return spreadOf(a.map((value, round) => value / (b[round] ?? Number.NaN)));
}
