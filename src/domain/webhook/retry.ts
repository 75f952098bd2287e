import { DAY, HOUR, MINUTE, SECOND } from '../base/time';

/** ms before each attempt, counted from the one before. Ten attempts in 75 hours. Source: issue text of the webhooks. */
export const SCHEDULE: readonly number[] = [
  ...[0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE],
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR),
];

/** An attempt comes up to this share of its delay earlier or later, so that a herd of retries spreads. */
const JITTER = 0.2;
/** A receiver that asks for more patience than this doesn't get it (ms). */
const PATIENCE = DAY;

/**
 * When to try again after `tries` attempts that failed, or null where it was the last. `random` is in [0, 1);
 * `retryAfter` (ms) is what the receiver asked for: never sooner than that.
 */
export function nextAttempt(
  schedule: readonly number[],
  tries: number,
  now: number,
  random: number,
  retryAfter: number | null,
): number | null {
  const delay = schedule[tries];
  if (delay === undefined) return null;
  const jittered = Math.round(delay * (1 - JITTER + 2 * JITTER * random));
  return now + Math.max(jittered, Math.min(retryAfter ?? 0, PATIENCE));
}

/** No attempt is planned further ahead than this (ms). */
export function furthestAttempt(schedule: readonly number[]): number {
  return Math.max(...schedule.map((delay) => Math.round(delay * (1 + JITTER))), PATIENCE);
}

/** A `Retry-After` header as ms from `now`: seconds, or a date; null where it is neither. */
export function readRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * SECOND;
  if (!/^[A-Z][a-z]{2},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(at - now, 0);
}
