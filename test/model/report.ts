/** behaviour.md §2: what one report does to one job, in the order it is read. */
import { looksTheSame } from './body.ts';
import { isEnd, readReport, type Told } from './door.ts';
import { add, addIssue, addJobError, fail } from './entries.ts';
import { DAY, type Issue, isTerminal, type Job, percentOfCounters, shown } from './job.ts';
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

export type Reason = 'duplicate' | 'stale' | 'job_terminal' | 'already_ended' | 'ignored';
export interface Verdict {
  applied: boolean;
  reason: Reason | null;
  revision: number;
  /** Of the report's reporter, where it names one and is not too late. */
  lastSequence: number | null;
  told: Told;
}
export interface Refusal {
  status: number;
  code: string;
  path?: string;
}

const WINDOW = 5 * 60_000;
const METADATA_LIMIT = 64 * 1024;
const REPORTER_LIMIT = 1_000;

/**
 * Refused or stored as a whole; `job` is changed only where a verdict comes back. `ends`: an end stands in the request,
 * so that nothing beside it refuses it.
 */
export function takeReport(
  job: Job,
  sent: Report | JsonObject,
  now: number,
  ends = isEnd(sent as JsonObject),
): Verdict | Refusal {
  const body = sent as JsonObject;
  let draft = structuredClone(job);
  const { report, told } = readReport(body, ends, job.id);
  let reason = leavesNothing(report, told) ? 'ignored' : whySkipped(draft, report, body, now);
  // What its reporter has gone beyond says nothing of who goes on.
  if (reason !== 'stale') showLife(draft, now);
  const alive = ends ? structuredClone(draft) : draft;
  const refusal = reason === null ? apply(draft, report, body, now, ends ? told : null) : null;
  if (refusal) return refusal;
  if (reason === null && leavesNothing(report, told)) [draft, reason] = [alive, 'ignored'];
  if (!looksTheSame(job, draft)) {
    draft.revision += 1;
    if (reason === null) draft.lastReportAt = now;
  }
  Object.assign(job, draft);
  const lastSequence =
    reason !== 'job_terminal' ? (job.sequences.get(report.reporter ?? '')?.last ?? null) : null;
  return { applied: reason === null, reason, revision: job.revision, lastSequence, told };
}

/** Whether all that a report says was left out: a failed or warned delta leaves a warning, a patch the job's own texts. */
function leavesNothing(report: Report, { ignored }: Told): boolean {
  const said = [...Object.keys(content(report)), ...(report.reporter ? ['reporter'] : [])];
  const patch = report.metadata_patch ?? {};
  const leaves = ignored.some((name) => name === 'failed_delta' || name === 'warned_delta');
  if (leaves || 'stage' in patch || 'last_message' in patch) return false;
  return ignored.length > 0 && said.every((name) => ignored.includes(name));
}

/** Why a report is not applied at all: its sequence first, then the end. */
function whySkipped(job: Job, report: Report, body: JsonObject, now: number): Reason | null {
  const last = typeof report.reporter === 'string' ? job.sequences.get(report.reporter)?.last : undefined;
  if (last !== undefined && typeof report.sequence === 'number') {
    if (report.sequence === last) return 'duplicate';
    if (report.sequence < last) return 'stale';
  }
  if (!isTerminal(job) || inCancelWindow(job, now)) return null;
  return repeatsTheEnd(job, report, body) ? 'already_ended' : 'job_terminal';
}

/** Whether a cancellation still waits for its acknowledgement. */
export function inCancelWindow(job: Job, now: number): boolean {
  const { cancellation } = job;
  return cancellation !== null && cancellation.acknowledgedAt === null && now - cancellation.at < WINDOW;
}

function repeatsTheEnd(job: Job, report: Report, body: JsonObject): boolean {
  if (job.endedBy === null) return false;
  const ended = readReport(job.endedBy, true, job.id).report;
  return same(body, job.endedBy) || same(content(report), markOf(ended));
}

function markOf(report: Report): JsonObject {
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

function apply(
  job: Job,
  report: Report,
  body: JsonObject,
  now: number,
  /** Where what can't be taken is left out. */
  told: Told | null,
): Refusal | null {
  const open = !isTerminal(job);
  const before = shown(job).done;
  const totalBefore = job.total;

  if (typeof report.reporter === 'string' && typeof report.sequence === 'number') {
    const known = keepSequence(job, report.reporter, report.sequence, now);
    if (!known && told === null) return { ...INVALID, path: 'reporter' };
    if (!known) told?.ignored.push('reporter');
  }
  if (open) job.watchedSince ??= now;
  const starts = job.status === 'pending' && (report.mark_started === true || isWork(report));
  if (starts) start(job, now);
  const over = setCounters(job, report);
  if (over.length > 0 && told === null) return INVALID;
  told?.ignored.push(...over);
  setTexts(job, report, now);
  const { stage: _stage, last_message: _message, ...patch } = report.metadata_patch ?? {};
  const metadata = mergePatch(job.metadata, patch) as JsonObject;
  const large = bytes(metadata) > METADATA_LIMIT && !same(metadata, job.metadata);
  if (large && told === null) return { status: 413, code: 'metadata_too_large' };
  if (large) told?.ignored.push('metadata_patch');
  else job.metadata = metadata;
  if (report.result !== undefined && report.result !== null) job.result = report.result;
  for (const issue of [report.error, ...(report.errors ?? [])]) if (issue) addIssue(job, 'error', issue, now);
  for (const issue of [report.warning, ...(report.warnings ?? [])])
    if (issue) addIssue(job, 'warning', issue, now);
  for (const path of over) if (path !== 'processed_delta') addIncomplete(job, path, now);
  for (const { level, message, timestamp = null } of report.logs ?? []) {
    add(job, now, { kind: 'log', level, message: cut(message), timestamp });
  }
  mark(job, report, body, now);

  if (job.total !== totalBefore) job.peak = 0;
  job.peak = Math.max(job.peak, percentOfCounters(job));
  const moved = shown(job).done - before;
  if (moved !== 0n) job.pace = paceAfter(job.pace, Number(moved), starts ? null : job.startedAt, now);
  return null;
}

/** False where there is no room: of a full job the reporter that is silent longest gives way, after a day of silence. */
function keepSequence({ sequences }: Job, reporter: string, last: number, now: number): boolean {
  const [first] = sequences;
  if (!sequences.has(reporter) && sequences.size >= REPORTER_LIMIT && first !== undefined) {
    if (now - first[1].at < DAY) return false;
    sequences.delete(first[0]);
  }
  sequences.delete(reporter);
  sequences.set(reporter, { last, at: now });
  return true;
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

/** The deltas that would bring a counter out of its range, and are left out. */
function setCounters(job: Job, report: Report): string[] {
  const over: string[] = [];
  job.total = report.total_items ?? job.total;
  for (const name of ['processed', 'failed', 'warned'] as const) {
    const value = (report[`${name}_items`] ?? job.reported[name]) + (report[`${name}_delta`] ?? 0);
    if (value > Number.MAX_SAFE_INTEGER) over.push(`${name}_delta`);
    else job.reported[name] = value;
  }
  return over;
}

/** A failed or warned counter that was left out makes no outcome better. */
function addIncomplete(job: Job, delta: string, now: number): void {
  const counter = delta.replace('_delta', '_items');
  const message = `${delta} would bring ${counter} over 2^53 - 1.`;
  const about = { entity_type: 'job', entity_key: job.id, error_type: 'report_incomplete' };
  addIssue(job, 'warning', { ...about, message }, now);
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

function mark(job: Job, report: Report, body: JsonObject, now: number): void {
  if (!report.mark_completed && typeof report.mark_failed !== 'string') return;
  job.endedBy = body;
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
