/** The model's job: everything behaviour.md says is kept of one. */
import { cut, type Json, type JsonObject } from './json.ts';
import { AT_REST, type Pace, percent } from './numbers.ts';

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
export type Health = 'ok' | 'late' | 'stalled';

/** An error or a warning as a report carries it. */
export interface Issue {
  entity_type?: string | null;
  entity_key: string;
  error_type: string;
  message: string;
  details?: JsonObject | null;
  step?: string | null;
}

export type Entry = { revision: number; at: number } & (
  | { kind: 'log'; level: 'info' | 'warn' | 'error'; message: string; timestamp: string | null }
  | { kind: 'error' | 'warning'; issue: Required<Issue> }
  | { kind: 'event'; type: string }
);

/** What an `Idempotency-Key` is remembered by. */
export interface KeyRecord {
  /** Operation and body of the request. */
  asked: { op: string; body: Json };
  applied: boolean;
  reason: string | null;
  revision: number;
  at: number;
}

/** The fields a job is created with. */
export interface Given {
  job_type: string;
  total_items: number;
  name?: string;
  category?: string;
  tags?: string[];
  triggered_by?: string | null;
  metadata?: JsonObject;
  heartbeat_timeout_seconds?: number;
  timeout_seconds?: number;
  retention_days?: number;
  details_url?: string | null;
  parent_job_id?: string;
}

export interface Job {
  /** Learned from the answer that created it. */
  id: string;
  organization: string;
  given: Given;
  status: Status;
  health: Health;
  revision: number;
  total: number;
  /** As reported; what is shown counts the distinct entities too. */
  reported: { processed: number; failed: number; warned: number };
  entities: { error: Map<string, [string, string]>; warning: Map<string, [string, string]> };
  capped: { error: boolean; warning: boolean };
  /** The highest percentage shown since `total` changed. */
  peak: number;
  /** How long those of its type took before it, in seconds. */
  typical: number | null;
  pace: Pace;
  stage: string | null;
  lastMessage: string | null;
  metadata: JsonObject;
  result: Json;
  errorMessage: string | null;
  createdAt: number;
  startedAt: number | null;
  completedAt: number | null;
  lastReportAt: number | null;
  cancellation: {
    reason: string | null;
    at: number;
    by: string;
    acknowledgedAt: number | null;
    acknowledgedWith: 'completed' | 'failed' | null;
  } | null;
  entries: Entry[];
  lineage: { rerunOf: string | null; root: string | null; number: number };
  /** The entities a rerun of the failed ones is about. */
  items: [string, string][] | null;
  /** The stored sign of life. */
  sign: number | null;
  /** When heartbeat and deadline began to count. */
  watchedSince: number | null;
  /** The last sequence of each reporter and when it came, in the order in which they last spoke. */
  sequences: Map<string, { last: number; at: number }>;
  keys: Map<string, KeyRecord>;
  /** The report that ended the job or acknowledged its cancellation, as it was sent. */
  endedBy: JsonObject | null;
  removed: boolean;
}

export const DAY = 86_400_000;

export function newJob(organization: string, given: Given, now: number): Job {
  const { stage = null, last_message = null, ...metadata } = given.metadata ?? {};
  return {
    id: '',
    organization,
    given,
    status: 'pending',
    health: 'ok',
    revision: 1,
    total: given.total_items,
    reported: { processed: 0, failed: 0, warned: 0 },
    entities: { error: new Map(), warning: new Map() },
    capped: { error: false, warning: false },
    peak: 0,
    typical: null,
    pace: AT_REST,
    stage: stage as string | null,
    lastMessage: typeof last_message === 'string' ? cut(last_message) : null,
    metadata,
    result: null,
    errorMessage: null,
    createdAt: now,
    startedAt: null,
    completedAt: null,
    lastReportAt: null,
    cancellation: null,
    entries: [{ kind: 'event', type: 'job.created', revision: 1, at: now }],
    lineage: { rerunOf: null, root: null, number: 0 },
    items: null,
    sign: null,
    watchedSince: null,
    sequences: new Map(),
    keys: new Map(),
    endedBy: null,
    removed: false,
  };
}

export function isTerminal(job: Pick<Job, 'status'>): boolean {
  return job.status !== 'pending' && job.status !== 'in_progress';
}

export function isCompleted(job: Job): boolean {
  return isTerminal(job) && job.status !== 'failed' && job.status !== 'cancelled';
}

/** The counters as they are shown. */
export function shown(job: Job): { processed: number; failed: number; warned: number; done: bigint } {
  const failed = Math.max(job.reported.failed, job.entities.error.size);
  const warned = Math.max(job.reported.warned, job.entities.warning.size);
  const processed = job.reported.processed;
  return { processed, failed, warned, done: BigInt(processed) + BigInt(failed) };
}

/** What the counters alone say, before any peak. */
export function percentOfCounters(job: Job): number {
  return percent(shown(job).done, BigInt(job.total));
}
