/** The model's job: everything behaviour.md says is kept of one, and the body that shows it. */
import { type Json, type JsonObject, same } from './json.ts';
import { AT_REST, estimate, type Pace, percent } from './numbers.ts';

export type Status =
  | 'pending'
  | 'in_progress'
  | 'completed'
  | 'completed_with_warnings'
  | 'partial_success'
  | 'failed'
  | 'cancelled';
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
  digest: string;
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
  cancellation: { reason: string | null; at: number; by: string; acknowledgedAt: number | null } | null;
  entries: Entry[];
  lineage: { rerunOf: string | null; root: string | null; number: number };
  /** The entities a rerun of the failed ones is about. */
  items: [string, string][] | null;
  /** The stored sign of life. */
  sign: number | null;
  /** When heartbeat and deadline began to count. */
  watchedSince: number | null;
  sequences: Map<string, number>;
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
    pace: AT_REST,
    stage: stage as string | null,
    lastMessage: last_message as string | null,
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

type Unnumbered<E> = E extends Entry ? Omit<E, 'revision' | 'at'> : never;

/** Appends what the change being made to `job` leaves behind. */
export function add(job: Job, at: number, entry: Unnumbered<Entry>): void {
  job.entries.push({ ...entry, revision: job.revision + 1, at } as Entry);
}

export function isTerminal(job: Job): boolean {
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

/** The entries of one kind, oldest first, as many as are kept. */
export function kept<K extends Entry['kind']>(job: Job, kind: K): Extract<Entry, { kind: K }>[] {
  const all = job.entries.filter((entry) => entry.kind === kind) as Extract<Entry, { kind: K }>[];
  return all.slice(-(kind === 'log' ? 10_000 : 1_000));
}

/** The body of contract A with every field of behaviour.md §1. */
export function bodyOf(job: Job): JsonObject {
  const { given, lineage, cancellation } = job;
  const counters = shown(job);
  const count = (kind: Entry['kind']) => job.entries.filter((entry) => entry.kind === kind).length;
  const issues = (kind: 'error' | 'warning') => kept(job, kind).slice(-100).map(issueBody);
  return {
    job_id: job.id,
    organization_id: job.organization,
    job_type: given.job_type,
    name: given.name ?? inWords(given.job_type),
    category: given.category ?? categoryOf(given.job_type),
    tags: given.tags ?? [],
    triggered_by: given.triggered_by ?? null,
    status: job.status,
    total_items: job.total,
    processed_items: counters.processed,
    failed_items: counters.failed,
    warned_items: counters.warned,
    failed_entities_capped: job.capped.error,
    warned_entities_capped: job.capped.warning,
    progress_percentage: isCompleted(job) ? 100 : Math.max(job.peak, percentOfCounters(job)),
    success_rate: percent(BigInt(counters.processed), counters.done),
    rate_per_second: job.pace.rate,
    eta_at: iso(etaOf(job, job.pace.rate)),
    stage: job.stage,
    last_message: job.lastMessage,
    created_at: iso(job.createdAt),
    started_at: iso(job.startedAt),
    completed_at: iso(job.completedAt),
    last_report_at: iso(job.lastReportAt),
    duration_seconds:
      job.completedAt === null || job.startedAt === null ? null : (job.completedAt - job.startedAt) / 1000,
    cancellation: cancellation && {
      reason: cancellation.reason,
      requested_at: iso(cancellation.at),
      requested_by: cancellation.by,
      acknowledged_at: iso(cancellation.acknowledgedAt),
    },
    metadata: {
      ...job.metadata,
      ...(job.stage === null ? {} : { stage: job.stage }),
      ...(job.lastMessage === null ? {} : { last_message: job.lastMessage }),
    },
    result: job.result,
    error_message: job.errorMessage,
    errors: issues('error'),
    warnings: issues('warning'),
    errors_total: count('error'),
    warnings_total: count('warning'),
    logs_total: job.entries.length,
    errors_by_type: errorsByType(job),
    rerun_of: lineage.rerunOf,
    root_job_id: lineage.root ?? job.id,
    rerun_number: lineage.number,
    heartbeat_timeout_seconds: given.heartbeat_timeout_seconds ?? null,
    timeout_seconds: given.timeout_seconds ?? null,
    retention_days: given.retention_days ?? 30,
    health: job.health,
    revision: job.revision,
  };
}

/** The estimate as `rate` gives it; null where it would be a guess. */
export function etaOf(job: Job, rate: number | null): number | null {
  const guess = job.pace.moves < 3 || job.total === 0 || job.health !== 'ok' || job.status !== 'in_progress';
  if (guess || job.lastReportAt === null) return null;
  const remaining = BigInt(job.total) - shown(job).done;
  return estimate(job.lastReportAt, remaining < 0n ? 0n : remaining, rate);
}

export function issueBody(entry: Extract<Entry, { kind: 'error' | 'warning' }>): JsonObject {
  return { ...entry.issue, timestamp: iso(entry.at) };
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Whether a reader could tell the two apart, but for what only counts or dates the change itself. */
export function looksTheSame(before: Job, after: Job): boolean {
  const plain = (job: Job) => ({ ...bodyOf(job), revision: 0, last_report_at: null, eta_at: null });
  return before.entries.length === after.entries.length && same(plain(before), plain(after));
}

/** The first 100 types have totals of their own, the rest share `other`. */
function errorsByType(job: Job): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const entry of job.entries) {
    if (entry.kind !== 'error') continue;
    const type = entry.issue.error_type;
    const name = Object.hasOwn(totals, type) || Object.keys(totals).length < 100 ? type : 'other';
    totals[name] = (totals[name] ?? 0) + 1;
  }
  return totals;
}

function inWords(type: string): string {
  const words = type.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function categoryOf(type: string): string {
  if (type === 'crawl' || type === 'web_crawling') return 'seo';
  if (type === 'enrichment' || type === 'document_processing' || type === 'batch_embedding') return 'ai';
  return type === 'export' ? 'export' : 'sync';
}
