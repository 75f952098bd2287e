/** behaviour.md §1, "Numbers": percent, success rate, rate and estimate, from the page's formulas alone. */

/** ⌊10⁴ × part ÷ whole⌋ ÷ 100, at most 100, in exact integers; 0 of nothing. */
export function percent(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0;
  const hundredths = (10_000n * part) / whole;
  return Number(hundredths > 10_000n ? 10_000n : hundredths) / 100;
}

/** What the rate remembers between reports. */
export interface Pace {
  /** When the counters moved last; null until they do. */
  since: number | null;
  /** Items of reports that came in no time at all, waiting for the next. */
  carried: number;
  rate: number | null;
  /** How many reports moved the counters. */
  moves: number;
}

export const AT_REST: Pace = { since: null, carried: 0, rate: null, moves: 0 };

/** One report moved the shown processed + failed by `delta` at `now`. */
export function paceAfter(pace: Pace, delta: number, startedAt: number | null, now: number): Pace {
  const moves = pace.moves + 1;
  const since = pace.since ?? startedAt;
  if (since === null) return { ...pace, since: now, moves };
  const carried = pace.carried + Math.max(0, delta);
  const seconds = (now - since) / 1000;
  if (seconds === 0) return { ...pace, since, carried, moves };
  const sample = carried / seconds;
  const weight = Math.exp(-seconds / 60);
  const rate = pace.rate === null ? sample : weight * pace.rate + (1 - weight) * sample;
  return { since: now, carried: 0, rate, moves };
}

/** When `remaining` items will be done, in epoch milliseconds; null where `rate` says nothing. */
export function estimate(lastReportAt: number, remaining: bigint, rate: number | null): number | null {
  if (rate === null || rate === 0) return null;
  const at = lastReportAt + Math.ceil((Number(remaining) / rate) * 1000);
  return at > LAST_INSTANT ? null : at;
}

/** The last time an ISO date of four-digit years can name. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');
