import type { EventType } from './event';
import { STATUSES, type Status } from './job';

const DONE = ['completed', 'completed_with_warnings', 'partial_success'] as const;

/**
 * The statuses that a job can have at an event of each type: that of its revision, which may have ended it, and of the last
 * words of a worker after that.
 */
export const STATUSES_AT: Record<EventType, readonly [Status, ...Status[]]> = {
  'job.created': ['pending'],
  'job.started': STATUSES,
  'job.stage_changed': STATUSES,
  'job.progressed': STATUSES,
  'job.stalled': ['pending', 'in_progress'],
  'job.recovered': STATUSES,
  'job.cancelled': ['cancelled'],
  'job.cancel_acknowledged': ['cancelled'],
  'job.completed': DONE,
  'job.failed': ['failed'],
  'job.deleted': [...DONE, 'failed', 'cancelled'],
};

/** Whether a job of `status` may have had, or has, another one. It has at most one after those of its work. */
export function mayHaveHad(status: Status, other: Status): boolean {
  return other === status || (status !== 'pending' && (other === 'pending' || other === 'in_progress'));
}
