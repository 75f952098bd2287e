import type { FeedEvent, JobSummary } from '../../client/page.ts';

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

const ENDED = ['job.completed', 'job.failed', 'job.cancelled'];

/** The row after an event of its job; the row itself where it knows that already. */
export function afterEvent(row: JobRow, { type, at, revision, data }: FeedEvent): JobRow {
  if (revision === null || revision < row.revision) return row;
  if (type === 'job.deleted') return { ...row, deleted: true };
  const told = data as Partial<Shown>;
  const next: JobRow = { ...row, revision };
  for (const name of TOLD) if (told[name] !== undefined) Object.assign(next, { [name]: told[name] });
  if (type === 'job.started') next.started_at ??= at;
  if (type === 'job.stalled') next.health = 'stalled';
  if (type === 'job.recovered' || type === 'job.progressed') next.health = 'ok';
  if (type === 'job.progressed' || type === 'job.stage_changed') next.last_report_at = at;
  if (ENDED.includes(type)) {
    next.completed_at ??= at;
    next.eta_at = null;
    next.rate_per_second = null;
  }
  return next;
}
