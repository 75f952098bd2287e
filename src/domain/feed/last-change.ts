import type { EventType } from '../job/event';
import type { Health, Status } from '../job/job';
import type { Summary } from '../job/summary';
import type { FeedEvent } from './publication';

/** Events that come with another status, stage or health of a job that goes on. */
const CHANGES: readonly EventType[] = [
  'job.created',
  'job.started',
  'job.stage_changed',
  'job.stalled',
  'job.recovered',
];

/** What an index knows of a job before a publication. */
export interface KnownState {
  status: Status | null;
  health: Health;
  updated_at: number;
}

/** The last change (ms) of a job that nobody has followed, about. */
export function changeAbout({ completed_at, last_report_at, created_at }: Summary): number {
  return completed_at ?? last_report_at ?? created_at;
}

/**
 * When a job's status, stage or health last changed (ms), as a publication with these new events tells; `known` is null
 * for a job that was not. A change that no event tells of is as old as its publication, and a late worker is none that any
 * does. After its end a job changes no more.
 */
export function lastChange(
  known: KnownState | null,
  summary: Summary,
  events: readonly FeedEvent[],
  now: number,
): number {
  if (summary.completed_at !== null) return summary.completed_at;
  const told = events.findLast(({ body }) => CHANGES.includes(body.type))?.at;
  if (known === null) return told ?? summary.created_at;
  const health = known.health !== summary.health;
  const untold = health && summary.health === 'late';
  const differs = health || known.status !== summary.status;
  return Math.max(known.updated_at, untold ? now : (told ?? (differs ? now : 0)));
}
