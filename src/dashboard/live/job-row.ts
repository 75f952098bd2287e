import type { FeedEvent, JobSummary } from '../../client/page.ts';
import { healthOf } from './job-filter.ts';

/** A row of the list: what a list shows of a job, and whether it is gone. */
export interface JobRow extends JobSummary {
  deleted?: true;
}

/** What of a job an event tells. */
type Shown = Pick<
  JobSummary,
  | 'status'
  | 'stage'
  | 'total_items'
  | 'processed_items'
  | 'failed_items'
  | 'warned_items'
  | 'progress_percentage'
>;
const TOLD = [
  'status',
  'stage',
  'total_items',
  'processed_items',
  'failed_items',
  'warned_items',
  'progress_percentage',
] as const satisfies (keyof Shown)[];

/** What tells how the worker does; a late one that works again is known by what it does. */
const HEALTH = ['job.started', 'job.stage_changed', 'job.progressed', 'job.stalled', 'job.recovered'];
const ENDED = ['job.completed', 'job.failed', 'job.cancelled'];

/** The row after an event of its job; the row itself where it knows that already. */
export function afterEvent(row: JobRow, event: FeedEvent): JobRow {
  const { type, at, revision, data } = event;
  if (revision === null || revision < row.revision) return row;
  if (type === 'job.deleted') return { ...row, deleted: true };
  const told = data as Partial<Shown>;
  const next: JobRow = { ...row, revision };
  for (const name of TOLD) if (told[name] !== undefined) Object.assign(next, { [name]: told[name] });
  if (type === 'job.started') next.started_at ??= at;
  if (HEALTH.includes(type)) next.health = healthOf(event);
  // A worker that is late has not reported.
  const isReport = type === 'job.stage_changed' || (type === 'job.progressed' && next.health === 'ok');
  if (isReport) next.last_report_at = at;
  if (ENDED.includes(type)) {
    next.completed_at ??= at;
    next.eta_at = null;
    next.rate_per_second = null;
  }
  return next;
}
