import { letGo } from './host.ts';

/** The first pause before a request is sent again, and the longest (ms). */
const FIRST = 500;
const LONGEST = 30_000;

/** The longest that a timer may wait (ms): after any longer time it fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A time that somebody gave, as a timer can wait it (ms). */
export function bounded(ms: number): number {
  return Math.max(Math.min(ms, LONGEST_TIMER), 0);
}

/**
 * How long to wait before try `n` (from 1) after a failure (ms): as long as the service asks, and a little more by chance, else
 * anything up to twice as long each time (full jitter), so that many don’t come back at once.
 */
export function pauseBefore(n: number, retryAfter: number | null): number {
  if (retryAfter !== null) return retryAfter + Math.random() * FIRST;
  return Math.random() * Math.min(FIRST * 2 ** n, LONGEST);
}

/** Resolves after so long; rejects with the signal’s reason once it is aborted. Its timer holds the process, unless it is `loose`. */
export function sleep(ms: number, signal?: AbortSignal, loose = false): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(done, bounded(ms));
    if (loose) letGo(timer);
    signal?.addEventListener('abort', gone);
    function done() {
      signal?.removeEventListener('abort', gone);
      resolve();
    }
    function gone() {
      clearTimeout(timer);
      reject(signal?.reason);
    }
  });
}

/** Aborted by the first of both. */
export function eitherSignal(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other]);
}
