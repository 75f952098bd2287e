import type { FeedRow } from '../feed/feed';
import type { EventType } from '../job/event';
import { mayHaveHad, STATUSES_AT } from '../job/event-statuses';
import type { Status } from '../job/job';

/** Whether an endpoint that is told of `statuses` (null for all) is told of a row. What is about no job has no status. */
export function hasStatus({ body }: FeedRow, statuses: readonly Status[] | null): boolean {
  if (statuses === null) return true;
  const { status } = JSON.parse(body) as { status?: Status };
  return status !== undefined && statuses.includes(status);
}

/**
 * Whether a job's events of a type, at the last of which it had the status `last`, may be among those of `statuses`: that one,
 * or one before it. Where nobody knows the last one's status any that the type can have will do.
 */
export function mayHaveStatus(
  type: EventType,
  last: Status | undefined,
  statuses: readonly Status[] | null,
): boolean {
  if (statuses === null) return true;
  const possible = STATUSES_AT[type].filter((one) => last === undefined || mayHaveHad(last, one));
  return possible.some((one) => statuses.includes(one));
}
