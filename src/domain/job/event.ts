import type { Health, Job, Status } from './job';
import { shownFailed, shownWarned } from './job';
import { progressPercentage } from './progress';
import type { Summary } from './summary';

/**
 * Facts about a job. Within one revision they stand in this order. `job.progressed` is the index's alone: it stands for
 * a publication that brought no other.
 */
export const EVENT_TYPES = [
  'job.created',
  'job.started',
  'job.stage_changed',
  'job.progressed',
  'job.stalled',
  'job.recovered',
  'job.cancelled',
  'job.cancel_acknowledged',
  'job.completed',
  'job.failed',
  'job.deleted',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
/** What a job says itself. */
export type JobEventType = Exclude<EventType, 'job.progressed'>;

/** An event's thin body as the job keeps it: itself as it stood at the event's revision. */
export interface EventBody {
  type: EventType;
  /** The event as a line of the job's log. */
  message: string;
  job_type: string;
  status: Status;
  previous_status: Status | null;
  stage: string | null;
  total_items: number;
  processed_items: number;
  failed_items: number;
  warned_items: number;
  progress_percentage: number;
  /** Of `job.progressed` alone: that a worker is late is no event of its own, so this tells it. */
  health?: Health;
}

export function eventBody(type: JobEventType, job: Job, previous: Status | null): EventBody {
  return {
    type,
    message: eventMessage(type, job),
    job_type: job.job_type,
    status: job.status,
    previous_status: previous,
    stage: job.stage,
    total_items: job.total_items,
    processed_items: job.processed_items,
    failed_items: shownFailed(job),
    warned_items: shownWarned(job),
    progress_percentage: progressPercentage(job),
  };
}

/** The body of `job.progressed`: the job as its summary has it. */
function progressBody(summary: Summary, previous: Status): EventBody {
  const { job_type, status, stage, total_items, processed_items, failed_items, warned_items } = summary;
  return {
    type: 'job.progressed',
    message: `Progress: ${summary.progress_percentage} %`,
    job_type,
    status,
    previous_status: previous,
    stage,
    total_items,
    processed_items,
    failed_items,
    warned_items,
    progress_percentage: summary.progress_percentage,
    health: summary.health,
  };
}

/** `job.progressed` as an entry of the feed, of a job that had the status `previous` before. */
export function progressEntry(summary: Summary, previous: Status | null, now: number) {
  const body = progressBody(summary, previous ?? summary.status);
  return { revision: summary.revision, at: now, body };
}

function eventMessage(type: JobEventType, job: Job): string {
  switch (type) {
    case 'job.created':
      return 'Job created';
    case 'job.started':
      return 'Job started';
    case 'job.stage_changed':
      return job.stage === null ? 'Stage cleared' : `Stage: ${job.stage}`;
    case 'job.stalled':
      return 'No sign of life from the worker';
    case 'job.recovered':
      return 'The worker is back';
    case 'job.cancelled':
      return job.cancellation?.reason ? `Job cancelled: ${job.cancellation.reason}` : 'Job cancelled';
    case 'job.cancel_acknowledged':
      return 'Cancellation acknowledged by the worker';
    case 'job.completed':
      return `Job ${job.status.replaceAll('_', ' ')}`;
    case 'job.failed':
      return `Job failed: ${job.error_message ?? ''}`;
    case 'job.deleted':
      return 'Job deleted';
  }
}
