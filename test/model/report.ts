/** behaviour.md §2: what one report does to one job, in the order it is read. */
import { looksTheSame } from './body.ts';
import { add, addIssue, addJobError, fail } from './entries.ts';
import { type Issue, isTerminal, type Job, percentOfCounters, shown } from './job.ts';
import { bytes, cut, type Json, type JsonObject, mergePatch, same } from './json.ts';
import { paceAfter } from './numbers.ts';
import { showLife } from './time.ts';

export interface Report {
  mark_started?: boolean | null;
  mark_completed?: boolean | null;
  mark_failed?: string | null;
  total_items?: number | null;
  processed_items?: number | null;
  failed_items?: number | null;
  warned_items?: number | null;
  processed_delta?: number | null;
  failed_delta?: number | null;
  warned_delta?: number | null;
  stage?: string | null;
  message?: string | null;
  metadata_patch?: JsonObject | null;
  result?: Json;
  error?: Issue | null;
  errors?: Issue[] | null;
  warning?: Issue | null;
  warnings?: Issue[] | null;
  logs?: { level: 'info' | 'warn' | 'error'; message: string; timestamp?: string }[] | null;
  reporter?: string | null;
  sequence?: number | null;
}

export type Reason = 'duplicate' | 'stale' | 'job_terminal' | 'already_ended';
export interface Verdict {
  applied: boolean;
  reason: Reason | null;
  revision: number;
  /** Of the report's reporter, where it names one and is not too late. */
  lastSequence: number | null;
}
export interface Refusal {
  status: number;
  code: string;
}

const WINDOW = 5 * 60_000;
const METADATA_LIMIT = 64 * 1024;
const REPORTER_LIMIT = 100;

/** Refused or stored as a whole; `job` is changed only where a verdict comes back. */
export function takeReport(job: Job, report: Report, now: number): Verdict | Refusal {
  const draft = structuredClone(job);
  showLife(draft, now);
  const reason = whySkipped(draft, report, now);
  const refusal = reason === null ? apply(draft, report, now) : null;
  if (refusal) return refusal;
  if (!looksTheSame(job, draft)) {
    draft.revision += 1;
    if (reason === null) draft.lastReportAt = now;
  }
  Object.assign(job, draft);
  const lastSequence = reason !== 'job_terminal' ? (job.sequences.get(report.reporter ?? '') ?? null) : null;
  return { applied: reason === null, reason, revision: job.revision, lastSequence };
}

/** Why a report is not applied at all: its sequence first, then the end. */
export function whySkipped(job: Job, report: Report, now: number): Reason | null {
  const last = typeof report.reporter === 'string' ? job.sequences.get(report.reporter) : undefined;
  if (last !== undefined && typeof report.sequence === 'number') {
    if (report.sequence === last) return 'duplicate';
    if (report.sequence < last) return 'stale';
  }
  if (!isTerminal(job) || inCancelWindow(job, now)) return null;
  return repeatsTheEnd(job, report) ? 'already_ended' : 'job_terminal';
}

/** Whether a cancellation still waits for its acknowledgement. */
export function inCancelWindow(job: Job, now: number): boolean {
  const { cancellation } = job;
  return cancellation !== null && cancellation.acknowledgedAt === null && now - cancellation.at < WINDOW;
}

function repeatsTheEnd(job: Job, report: Report): boolean {
  if (job.endedBy === null) return false;
  return same(report, job.endedBy) || same(content(report), markOf(job.endedBy));
}

function markOf(report: JsonObject): JsonObject {
  return report.mark_completed === true
    ? { mark_completed: true }
    : { mark_failed: report.mark_failed ?? null };
}

/** What a report says, without what is as good as absent and without its place in an order. */
function content({ reporter: _reporter, sequence: _sequence, ...report }: Report): JsonObject {
  const given = Object.entries(report).filter(
    ([key, value]) => value !== null && !(value === false && key.startsWith('mark_')),
  );
  return Object.fromEntries(given) as JsonObject;
}

function apply(job: Job, report: Report, now: number): Refusal | null {
  const open = !isTerminal(job);
  const before = shown(job).done;
  const totalBefore = job.total;

  if (typeof report.reporter === 'string' && typeof report.sequence === 'number') {
    if (!job.sequences.has(report.reporter) && job.sequences.size >= REPORTER_LIMIT) return INVALID;
    job.sequences.set(report.reporter, report.sequence);
  }
  if (open) job.watchedSince ??= now;
  const starts = job.status === 'pending' && (report.mark_started === true || isWork(report));
  if (starts) start(job, now);
  if (!setCounters(job, report)) return INVALID;
  setTexts(job, report, now);
  const { stage: _stage, last_message: _message, ...patch } = report.metadata_patch ?? {};
  job.metadata = mergePatch(job.metadata, patch) as JsonObject;
  if (bytes(job.metadata) > METADATA_LIMIT) return { status: 413, code: 'metadata_too_large' };
  if (report.result !== undefined && report.result !== null) job.result = report.result;
  for (const issue of [report.error, ...(report.errors ?? [])]) if (issue) addIssue(job, 'error', issue, now);
  for (const issue of [report.warning, ...(report.warnings ?? [])])
    if (issue) addIssue(job, 'warning', issue, now);
  for (const { level, message, timestamp = null } of report.logs ?? []) {
    add(job, now, { kind: 'log', level, message: cut(message), timestamp });
  }
  mark(job, report, now);

  if (job.total !== totalBefore) job.peak = 0;
  job.peak = Math.max(job.peak, percentOfCounters(job));
  const moved = shown(job).done - before;
  if (moved !== 0n) job.pace = paceAfter(job.pace, Number(moved), starts ? null : job.startedAt, now);
  return null;
}

const INVALID: Refusal = { status: 422, code: 'validation_failed' };

/** What a worker that has begun says: a counter above 0, a stage, an error or a warning. */
function isWork(report: Report): boolean {
  const counters = ['processed', 'failed', 'warned'] as const;
  return (
    counters.some((name) => (report[`${name}_items`] ?? 0) > 0 || (report[`${name}_delta`] ?? 0) > 0) ||
    typeof (report.stage ?? report.metadata_patch?.stage) === 'string' ||
    [report.error, report.warning, ...(report.errors ?? []), ...(report.warnings ?? [])].some(Boolean)
  );
}

function start(job: Job, now: number): void {
  job.status = 'in_progress';
  job.startedAt = now;
  add(job, now, { kind: 'event', type: 'job.started' });
}

/** False where a counter would leave its range. */
function setCounters(job: Job, report: Report): boolean {
  job.total = report.total_items ?? job.total;
  for (const name of ['processed', 'failed', 'warned'] as const) {
    const value = (report[`${name}_items`] ?? job.reported[name]) + (report[`${name}_delta`] ?? 0);
    if (value > Number.MAX_SAFE_INTEGER) return false;
    job.reported[name] = value;
  }
  return true;
}

/** Stage and message, which may come in the patch too; the report's own win. */
function setTexts(job: Job, report: Report, now: number): void {
  const patch = report.metadata_patch ?? {};
  const given = (own: string | null | undefined, patched: Json | undefined, kept: string | null) =>
    own ?? (patched === undefined ? kept : (patched as string | null));
  const stage = given(report.stage, patch.stage, job.stage);
  if (stage !== job.stage) add(job, now, { kind: 'event', type: 'job.stage_changed' });
  job.stage = stage;
  const message = given(report.message, patch.last_message, job.lastMessage);
  job.lastMessage = message === null ? null : cut(message);
  if (typeof report.message === 'string') {
    add(job, now, { kind: 'log', level: 'info', message: cut(report.message), timestamp: null });
  }
}

function mark(job: Job, report: Report, now: number): void {
  if (!report.mark_completed && typeof report.mark_failed !== 'string') return;
  job.endedBy = report as JsonObject;
  if (job.cancellation) {
    job.cancellation.acknowledgedAt = now;
    job.cancellation.acknowledgedWith = typeof report.mark_failed === 'string' ? 'failed' : 'completed';
    if (typeof report.mark_failed === 'string') addJobError(job, 'job_failed', cut(report.mark_failed), now);
    add(job, now, { kind: 'event', type: 'job.cancel_acknowledged' });
  } else if (typeof report.mark_failed === 'string') {
    fail(job, 'job_failed', cut(report.mark_failed), now);
  } else {
    job.status = outcome(job);
    job.completedAt = now;
    add(job, now, { kind: 'event', type: 'job.completed' });
  }
}

function outcome(job: Job): 'partial_success' | 'completed_with_warnings' | 'completed' {
  const any = (kind: string) => job.entries.some((entry) => entry.kind === kind);
  if (any('error') || shown(job).failed > 0) return 'partial_success';
  return any('warning') || shown(job).warned > 0 ? 'completed_with_warnings' : 'completed';
}
