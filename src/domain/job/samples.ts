import { MINUTE } from '../base/time';
import { isTerminal, STATUSES, type Status } from './job';

/** The ways in which a job ends. */
export type Outcome = Exclude<Status, 'pending' | 'in_progress'>;
export const OUTCOMES: readonly Outcome[] = STATUSES.filter(isOutcome);

export function isOutcome(status: Status): status is Outcome {
  return isTerminal(status);
}

/** A job that ended: when, to the minute (ms), how, and how long after its start; null where it never started. */
export interface Sample {
  at: number;
  outcome: Outcome;
  seconds: number | null;
}

/** What is said of how long jobs take and how they end is said of so many, the last to end. */
export const SAMPLES = 1_000;
/** So few ends say nothing of how long a job of their type takes. */
const ENOUGH = 10;
const BYTES = 8;

/** How long jobs of one type take, in seconds: half of them no longer than `typical`, nineteen of twenty no longer than `long`. */
export interface Usual {
  typical: number;
  long: number;
}

/** A sample as exact as it is packed. */
export function roundSample({ at, outcome, seconds }: Sample): Sample {
  const minute = Math.floor(at / MINUTE) * MINUTE;
  return { at: minute, outcome, seconds: seconds === null ? null : Math.fround(seconds) };
}

/** Eight bytes each: the minute and the outcome in one number, then the seconds as a float of 32 bits. */
export function packSamples(samples: readonly Sample[]): ArrayBuffer {
  const bytes = new DataView(new ArrayBuffer(samples.length * BYTES));
  for (const [index, { at, outcome, seconds }] of samples.entries()) {
    const minute = Math.floor(at / MINUTE);
    bytes.setUint32(index * BYTES, minute * OUTCOMES.length + OUTCOMES.indexOf(outcome));
    bytes.setFloat32(index * BYTES + 4, seconds ?? Number.NaN);
  }
  return bytes.buffer;
}

export function unpackSamples(packed: ArrayBuffer): Sample[] {
  const bytes = new DataView(packed);
  return Array.from({ length: Math.floor(packed.byteLength / BYTES) }, (_, index) => {
    const ended = bytes.getUint32(index * BYTES);
    const seconds = bytes.getFloat32(index * BYTES + 4);
    return {
      at: Math.floor(ended / OUTCOMES.length) * MINUTE,
      outcome: OUTCOMES[ended % OUTCOMES.length] ?? 'failed',
      seconds: Number.isNaN(seconds) ? null : seconds,
    };
  });
}

/** The last to end of several lists, each in its own order. */
export function lastOf(lists: readonly (readonly Sample[])[]): Sample[] {
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return only.slice(-SAMPLES);
  return lists
    .flat()
    .sort((a, b) => a.at - b.at)
    .slice(-SAMPLES);
}

/** Seconds from start to end, the shortest first: an older build keeps some below none. */
export function secondsOf(samples: readonly Sample[]): Float64Array {
  return Float64Array.from(
    samples.flatMap(({ seconds }) => (seconds === null ? [] : Math.max(seconds, 0))),
  ).sort();
}

/** The least of `sorted` that `share` of them don't exceed, to the millisecond; null of none. */
export function percentile(sorted: Float64Array, share: number): number | null {
  const value = sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)];
  return value === undefined ? null : Math.round(value * 1_000) / 1_000;
}

/** Null where too few have ended. */
export function usualOf(samples: readonly Sample[]): Usual | null {
  const sorted = secondsOf(samples);
  const [typical, long] = [percentile(sorted, 0.5), percentile(sorted, 0.95)];
  return sorted.length < ENOUGH || typical === null || long === null ? null : { typical, long };
}

/** Whether a job that started at `started_at` (ms) is at it for three times longer than nearly all of its type were. */
export function isSlow(usual: Usual | null, started_at: number | null, now: number): boolean {
  return usual !== null && started_at !== null && now - started_at > 3 * usual.long * 1_000;
}
