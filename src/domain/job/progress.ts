import { LAST_INSTANT } from '../base/time';
import type { Job } from './job';
import { isTerminal, shownFailed } from './job';

/** Time constant of the rate's smoothing, in seconds. */
const RATE_WINDOW = 60;
/** Reports that must have moved the counters before an ETA is more than a guess. */
const ETA_MOVES = 3;

type Attempted = Pick<Job, 'processed_items' | 'failed_items' | 'failed_entities'>;
type Counters = Attempted & Pick<Job, 'total_items'>;

/** ⌊10⁴ × part ÷ whole⌋, at most 10⁴, 0 for an empty whole: hundredths of a percent in exact integer arithmetic. */
export function hundredths(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0;
  const share = (10_000n * part) / whole;
  return share > 10_000n ? 10_000 : Number(share);
}

/** Items done, processed or failed, as shown. */
function itemsDone(job: Attempted): number {
  return job.processed_items + shownFailed(job);
}

/** What the counters alone say, in hundredths of a percent. */
export function countedHundredths(job: Counters): number {
  return hundredths(BigInt(job.processed_items) + BigInt(shownFailed(job)), BigInt(job.total_items));
}

/** 0–100 with two decimals; never falls while `total_items` stands; 100 for a job that completed. */
export function progressPercentage(job: Counters & Pick<Job, 'status' | 'peak'>): number {
  switch (job.status) {
    case 'completed':
    case 'completed_with_warnings':
    case 'partial_success':
      return 100;
    default:
      return Math.max(job.peak, countedHundredths(job)) / 100;
  }
}

/** 0–100 with two decimals; 0 when nothing was attempted. */
export function successRate(job: Attempted): number {
  const attempted = BigInt(job.processed_items) + BigInt(shownFailed(job));
  return hundredths(BigInt(job.processed_items), attempted) / 100;
}

type RateFields = 'rate' | 'rate_at' | 'rate_backlog' | 'moves';

/**
 * The rate's state after a report that moved the items done from those of `before`; null where it moved none.
 * An exponential average over a minute; reports of one instant are one sample. Source: behaviour §1, "Numbers".
 */
export function sampleRate(
  job: Job,
  before: Attempted & Pick<Job, 'started_at'>,
  now: number,
): Pick<Job, RateFields> | null {
  const moved = job.processed_items - before.processed_items + (shownFailed(job) - shownFailed(before));
  if (moved === 0) return null;
  const moves = Math.min(job.moves + 1, ETA_MOVES);
  // The report that starts the job says nothing of how long its items took.
  const since = job.rate_at ?? before.started_at;
  if (since === null) return { rate: null, rate_at: now, rate_backlog: 0, moves };
  // Nobody knows how long these took where the clock went back: they start it anew.
  if (now < since) return { rate: job.rate, rate_at: now, rate_backlog: 0, moves };
  const items = job.rate_backlog + Math.max(moved, 0);
  const seconds = (now - since) / 1_000;
  if (seconds === 0) return { rate: job.rate, rate_at: since, rate_backlog: items, moves };
  const sample = items / seconds;
  const weight = Math.exp(-seconds / RATE_WINDOW);
  const rate = job.rate === null ? sample : weight * job.rate + (1 - weight) * sample;
  return { rate, rate_at: now, rate_backlog: 0, moves };
}

/** When the job will have done all its items at its present rate, in ms; null while that would be a guess. */
export function etaAt(job: Job): number | null {
  const counts = job.status === 'in_progress' && job.health === 'ok' && job.moves >= ETA_MOVES;
  if (!counts || job.total_items === 0 || !job.rate || job.last_report_at === null) return null;
  const remaining = Math.max(job.total_items - itemsDone(job), 0);
  const eta = Math.ceil(job.last_report_at + (remaining / job.rate) * 1_000);
  return eta > LAST_INSTANT ? null : eta;
}

/** Seconds from start to end, none where the clock went back; null before the end, and without a start. */
export function duration(job: Pick<Job, 'status' | 'started_at' | 'completed_at'>): number | null {
  if (!isTerminal(job.status) || job.started_at === null || job.completed_at === null) return null;
  return Math.max(job.completed_at - job.started_at, 0) / 1_000;
}

/** Whether the ETA has passed at `now` (ms). It stays in the body as it is; no picture shows it as a time to come. */
export function isOverdue({ eta_at }: { eta_at: number | null }, now: number): boolean {
  return eta_at !== null && eta_at < now;
}
