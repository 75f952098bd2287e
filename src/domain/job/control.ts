import type { Cancellation } from './job';
import type { Summary } from './summary';

/** What every answer tells the worker: whether to stop, and when to speak again. Source: behaviour §2. */
export interface Control {
  cancel: Pick<Cancellation, 'reason' | 'requested_at' | 'requested_by'> | null;
  next_report_in_seconds: number;
}

const WATCHED_SECONDS = 2;
const UNWATCHED_SECONDS = 15;

/**
 * The control for a worker of `job`: a report every 15 s, every 2 s while anyone watches, thrice in a heartbeat timeout
 * if that is more often.
 */
export function controlOf(
  job: Pick<Summary, 'cancellation' | 'heartbeat_timeout_seconds'>,
  watchers: number,
): Control {
  const { cancellation, heartbeat_timeout_seconds: timeout } = job;
  const pace = watchers > 0 ? WATCHED_SECONDS : UNWATCHED_SECONDS;
  return {
    cancel:
      cancellation === null
        ? null
        : {
            reason: cancellation.reason,
            requested_at: cancellation.requested_at,
            requested_by: cancellation.requested_by,
          },
    next_report_in_seconds: timeout === null ? pace : Math.min(pace, Math.floor(timeout / 3)),
  };
}
