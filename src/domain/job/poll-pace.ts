import { SECOND } from '../base/time';
import { isTerminal } from './job';
import type { Summary } from './summary';

/** Seconds between two polls: never less, never more, and the least where nothing moves. */
export const POLL_LEAST = 1;
export const POLL_MOST = 30;
export const POLL_IDLE = 5;

/** Polls spread over the time that is left, and over the time for which nothing was heard. */
const POLLS_TO_THE_END = 10;
const POLLS_IN_SILENCE = 4;

type Paced = Pick<Summary, 'status' | 'rate_per_second' | 'eta_at' | 'last_report_at' | 'created_at'>;

/**
 * Whole seconds after which another look at `job` is worth it; null for one that has ended. A tenth of the time that is
 * left while the end can be told; else a quarter of the silence, and more where nothing moves.
 */
export function secondsToNextPoll(job: Paced, now: number): number | null {
  if (isTerminal(job.status)) return null;
  const left = job.eta_at === null ? 0 : job.eta_at - now;
  if (left > 0) return within(left / SECOND / POLLS_TO_THE_END, POLL_LEAST);
  const silence = (now - (job.last_report_at ?? job.created_at)) / SECOND;
  return within(silence / POLLS_IN_SILENCE, job.rate_per_second ? POLL_LEAST : POLL_IDLE);
}

function within(seconds: number, least: number): number {
  return Math.min(Math.max(Math.ceil(seconds), least), POLL_MOST);
}
