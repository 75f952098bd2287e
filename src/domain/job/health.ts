import { DAY, SECOND } from '../base/time';
import { type Change, Draft, type Seen } from './draft';
import { jobIssue } from './issue';
import { isTerminal, type Job } from './job';

/** Days without a sign of life after which an open job is given up. Source: behaviour §2, "Time". */
const ABANDONED_AFTER = 30 * DAY;

/** The ends that the clock makes. */
export type Expiry = 'deadline_exceeded' | 'heartbeat_lost' | 'abandoned';

const EXPIRY_MESSAGE: Record<Expiry, string> = {
  deadline_exceeded: 'The job did not end within its time limit.',
  heartbeat_lost: 'The worker fell silent.',
  abandoned: 'Nothing was heard of the job for 30 days.',
};

/** How old the stored sign of life may grow before a newer one is stored: the price of a heartbeat is a row. */
function grain(job: Job): number {
  return job.heartbeat_timeout_seconds === null ? DAY : (job.heartbeat_timeout_seconds * SECOND) / 4;
}

/**
 * Records a sign of life on an open job: the stored time when it is due, or yet to come by a clock that was ahead, and the
 * recovery of a job that was quiet.
 */
export function touch(draft: Draft, now: number): void {
  const { job } = draft;
  if (isTerminal(job.status)) return;
  if (job.health === 'stalled') draft.event('job.recovered');
  const age = now - (job.seen_at ?? Number.NEGATIVE_INFINITY);
  if (job.health !== 'ok' || age < 0 || age > grain(job)) job.seen_at = now;
  job.health = 'ok';
}

interface DueTimes {
  late: number;
  stalled: number;
  expiries: [number, Expiry][];
}

/** When the clock changes an open job; Infinity where it does not. Counted from the stored sign of life: never early. */
function dueTimes(job: Job): DueTimes {
  const expiries: [number, Expiry][] = [];
  if (job.watched_from !== null && job.timeout_seconds !== null) {
    expiries.push([job.watched_from + job.timeout_seconds * SECOND, 'deadline_exceeded']);
  }
  const quarter = grain(job);
  const watched = job.watched_from !== null && job.heartbeat_timeout_seconds !== null && job.seen_at !== null;
  const seen = watched ? (job.seen_at ?? 0) : Number.POSITIVE_INFINITY;
  if (watched) expiries.push([seen + 13 * quarter, 'heartbeat_lost']);
  const quiet = job.seen_at === null ? job.created_at : job.seen_at + quarter;
  expiries.push([quiet + ABANDONED_AFTER, 'abandoned']);
  return { late: seen + 3 * quarter, stalled: seen + 5 * quarter, expiries };
}

/** The next time at which the clock changes the job, or at which an ended one is to be removed. */
export function nextDue(job: Job): number {
  if (isTerminal(job.status)) return removalDue(job);
  const { late, stalled, expiries } = dueTimes(job);
  const health = job.health === 'ok' ? late : job.health === 'late' ? stalled : Number.POSITIVE_INFINITY;
  return Math.min(health, ...expiries.map(([at]) => at));
}

/** When an ended job's retention is over. */
export function removalDue(job: Job): number {
  return job.completed_at === null ? Number.POSITIVE_INFINITY : job.completed_at + job.retention_days * DAY;
}

/** What the clock makes of the job at `now`: an end, a change of health, or null. */
export function expire(job: Job, seen: Seen, now: number): Change | null {
  if (isTerminal(job.status)) return null;
  const { late, stalled, expiries } = dueTimes(job);
  const [expiry] = expiries.filter(([at]) => at <= now).sort(([a], [b]) => a - b);
  const draft = new Draft(job, seen);
  if (expiry !== undefined) {
    fail(draft, expiry[1], EXPIRY_MESSAGE[expiry[1]], now);
  } else if (now >= stalled && job.health !== 'stalled') {
    draft.job.health = 'stalled';
    draft.event('job.stalled');
  } else if (now >= late && job.health === 'ok') {
    draft.job.health = 'late';
  } else {
    return null;
  }
  return draft.finish(now, false);
}

/** Ends the job as failed, with the error that says why. */
export function fail(draft: Draft, errorType: 'job_failed' | Expiry, message: string, now: number): void {
  const { job } = draft;
  draft.issue('error', jobIssue(job.job_id, errorType, message, now));
  job.error_message = message;
  job.status = 'failed';
  job.completed_at = now;
  draft.event('job.failed');
}
