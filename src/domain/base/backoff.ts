/** The first pause, and the longest (ms). */
const FIRST = 500;
const LONGEST = 10_000;

/** Tries in a row to reach an object that is away, before whoever waits is sent away: about half a minute in all. */
export const TRIES = 8;

/** A socket that has stood for so long was no failure (ms): the tries before it count no more. */
export const STOOD = 30_000;

/**
 * How long to wait before the next try, after `failures` in a row (ms): twice as long each time, anywhere in the upper
 * half of that, so that those who lost the same object don't come back together. `random` is in [0, 1).
 */
export function backoff(failures: number, random: number): number {
  const most = Math.min(FIRST * 2 ** Math.max(failures - 1, 0), LONGEST);
  return Math.round((most * (1 + random)) / 2);
}
