import type { Json, JsonObject } from '../base/json';
import { SECOND } from '../base/time';

/** Where a job is. `completed…`, `failed` and `cancelled` are terminal. Source: behaviour §1. */
export const STATUSES = [
  'pending',
  'in_progress',
  'completed',
  'completed_with_warnings',
  'partial_success',
  'failed',
  'cancelled',
] as const;
export type Status = (typeof STATUSES)[number];

export const CATEGORIES = ['seo', 'ai', 'sync', 'export'] as const;
export type Category = (typeof CATEGORIES)[number];

/** Whether the worker still shows signs of life. */
export const HEALTHS = ['ok', 'late', 'stalled'] as const;
export type Health = (typeof HEALTHS)[number];

/** How long after a cancellation the worker's last words are still recorded. Source: behaviour §2, "After the end". */
export const ACKNOWLEDGEMENT_WINDOW = 300 * SECOND;
export const CONTENT_LIMIT = 65_536;

export interface Cancellation {
  reason: string | null;
  requested_at: number;
  /** The id of the key, or of the member, that asked. */
  requested_by: string;
  acknowledged_at: number | null;
  /** The mark that acknowledged it: null until then, and where an older build kept it. */
  acknowledged_with: 'completed' | 'failed' | null;
}

/** How a job ended or was acknowledged: enough to know the same report when it comes again. */
export interface Ending {
  /** Digest of the report as a canonical JSON value. */
  digest: string;
  /** `true` for `mark_completed`, the message for `mark_failed`. */
  mark: true | string;
}

/**
 * All of a job that its state machine needs. Fields bear the wire's names; times are milliseconds since 1970.
 * Counters are as reported: what is shown also counts distinct entities (`shownFailed`, `shownWarned`).
 */
export interface Job {
  readonly job_id: string;
  readonly organization_id: string;
  readonly job_type: string;
  readonly name: string;
  readonly category: Category;
  readonly tags: readonly string[];
  readonly triggered_by: string | null;
  /** Where its creator shows more of it: an http(s) address. */
  readonly details_url: string | null;

  readonly status: Status;
  readonly health: Health;
  /** 1 at creation, +1 for every accepted change. */
  readonly revision: number;

  readonly total_items: number;
  readonly processed_items: number;
  readonly failed_items: number;
  readonly warned_items: number;
  /** Distinct failed entities, counted up to `ENTITY_LIMIT`; likewise warned ones. */
  readonly failed_entities: number;
  readonly warned_entities: number;
  readonly failed_entities_capped: boolean;
  readonly warned_entities_capped: boolean;

  /** Highest progress shown since `total_items` last changed, in hundredths of a percent. */
  readonly peak: number;
  /** Items a second, smoothed; null before the first sample. */
  readonly rate: number | null;
  /** When the counters last moved. */
  readonly rate_at: number | null;
  /** Items that moved at that very instant and wait for the next sample. */
  readonly rate_backlog: number;
  /** Reports that moved the counters, counted to 3. */
  readonly moves: number;
  /** What its index knew of its type when it was made: half of those before it took no longer, in seconds. */
  readonly typical_seconds: number | null;
  readonly stage: string | null;
  readonly last_message: string | null;

  readonly created_at: number;
  readonly started_at: number | null;
  readonly completed_at: number | null;
  readonly last_report_at: number | null;
  readonly error_message: string | null;
  readonly cancellation: Cancellation | null;
  readonly ending: Ending | null;

  readonly errors_total: number;
  readonly warnings_total: number;
  /** Log entries alone; the log shown to people has errors, warnings and events in it too. */
  readonly log_entries_total: number;
  readonly events_total: number;
  /** Totals of the first 100 `error_type`s, the rest under `other`, in order of appearance. */
  readonly errors_by_type: readonly (readonly [string, number])[];

  readonly rerun_of: string | null;
  readonly root_job_id: string;
  readonly rerun_number: number;
  /** Of the job that it is a child of: a rerun is one of the same. */
  readonly parent_job_id: string | null;

  readonly heartbeat_timeout_seconds: number | null;
  readonly timeout_seconds: number | null;
  readonly retention_days: number;
  /** When the first report came: heartbeats and the deadline count from here. */
  readonly watched_from: number | null;
  /** The stored sign of life: at most a quarter of the heartbeat timeout older than the true one. */
  readonly seen_at: number | null;
  /** Each reporter's last applied sequence: `lastSequence`. */
  readonly reporters: Uint8Array;

  readonly metadata: JsonObject;
  readonly result: Json;
}

export function isTerminal(status: Status): boolean {
  return status !== 'pending' && status !== 'in_progress';
}

/** Whether a cancelled job still takes its worker's last words at `now`. */
export function isClosing(job: Pick<Job, 'cancellation'>, now: number): boolean {
  return (
    job.cancellation !== null &&
    job.cancellation.acknowledged_at === null &&
    now < job.cancellation.requested_at + ACKNOWLEDGEMENT_WINDOW
  );
}

/** Whether nothing changes the job any more: it has ended, and its worker's last words are said or late. */
export function isSettled(job: Pick<Job, 'status' | 'cancellation'>, now: number): boolean {
  return isTerminal(job.status) && !isClosing(job, now);
}

/** `failed_items` as shown: the larger of the counter and the number of distinct failed entities. */
export function shownFailed(job: Pick<Job, 'failed_items' | 'failed_entities'>): number {
  return Math.max(job.failed_items, job.failed_entities);
}

/** `warned_items` as shown, likewise. */
export function shownWarned(job: Pick<Job, 'warned_items' | 'warned_entities'>): number {
  return Math.max(job.warned_items, job.warned_entities);
}
