import type { FeedRow } from '../feed/feed';
import type { EventType } from '../job/event';
import type { Status } from '../job/job';

/** In which statuses a job may be at an event of each type. */
const RUNNING: readonly Status[] = ['pending', 'in_progress'];
const DONE: readonly Status[] = ['completed', 'completed_with_warnings', 'partial_success'];
const AT: Record<EventType, readonly Status[]> = {
  'job.created': RUNNING,
  'job.started': RUNNING,
  'job.stage_changed': RUNNING,
  'job.progressed': RUNNING,
  'job.stalled': RUNNING,
  'job.recovered': RUNNING,
  'job.cancelled': ['cancelled'],
  'job.cancel_acknowledged': ['cancelled'],
  'job.completed': DONE,
  'job.failed': ['failed'],
  'job.deleted': [...DONE, 'failed', 'cancelled'],
};

/** Whether an endpoint that is told of `statuses` (null for all) is told of a row. What is about no job has no status. */
export function hasStatus({ body }: FeedRow, statuses: readonly Status[] | null): boolean {
  if (statuses === null) return true;
  const { status } = JSON.parse(body) as { status?: Status };
  return status !== undefined && statuses.includes(status);
}

/** Whether an event of a type can have one of `statuses`. */
export function mayHaveStatus(type: EventType, statuses: readonly Status[] | null): boolean {
  return statuses === null || AT[type].some((status) => statuses.includes(status));
}
