import { sameJson } from '../base/json';
import type { MergePatch } from '../base/merge-patch';
import { type FieldError, invalidField, type Rejection, reject } from '../base/rejection';
import { shorten } from '../base/text';
import { FIRST_INSTANT, LAST_INSTANT } from '../base/time';
import { isGiven, issuesOf, type Report, saysAnything, splitMetadata, tellsWork } from './command';
import type { Draft } from './draft';
import { fail } from './health';
import { jobIssue, toIssue } from './issue';
import { CONTENT_LIMIT, type Job } from './job';
import { countedHundredths, sampleRate } from './progress';

/**
 * Writes a report into a draft, in the order of behaviour §2: start, which work is too, counters, stage, message, metadata, result,
 * errors, warnings, logs. The mark comes last, by `end` or `acknowledge`. Where `lenient`, what can't be taken is ignored.
 * `share` is what is processed of the total, in hundredths of a percent.
 */
export function record(
  draft: Draft,
  report: Report,
  now: number,
  patches: MergePatch,
  lenient: boolean,
  share?: number,
): Rejection | null {
  const { job } = draft;
  const before = { ...job };
  if (
    job.status === 'pending' &&
    (report.mark_started || tellsWork(report) || countsShare(report, job, share))
  ) {
    job.status = 'in_progress';
    job.started_at = now;
    draft.event('job.started');
  }
  const overflow = count(job, report);
  if (overflow.length > 0 && !lenient) return rejectField(overflow);
  for (const fault of overflow) draft.ignore(fault);
  if (share !== undefined) countShare(job, share);

  const { own, rest } = splitMetadata(report.metadata_patch ?? {});
  setStage(draft, isGiven(report.stage) ? report.stage : own.stage);
  if (isGiven(report.message)) {
    job.last_message = shorten(report.message);
    draft.log({ level: 'info', message: job.last_message });
  } else if (own.last_message !== undefined) {
    job.last_message = own.last_message === null ? null : shorten(own.last_message);
  }
  if (Object.keys(rest).length > 0) {
    const merge = patches.merge(job.metadata, rest);
    const tooLarge = merge.changed && merge.bytes > CONTENT_LIMIT;
    if (tooLarge && !lenient) return reject('metadata_too_large', sentence(TOO_LARGE), [TOO_LARGE]);
    if (tooLarge) draft.ignore(TOO_LARGE);
    else if (merge.changed) draft.metadata(merge.apply());
  }
  if (isGiven(report.result) && !sameJson(report.result, job.result)) job.result = report.result;

  for (const error of issuesOf(report, 'error')) draft.issue('error', toIssue(error, now));
  for (const warning of issuesOf(report, 'warning')) draft.issue('warning', toIssue(warning, now));
  reportIncomplete(draft, overflow, now);
  for (const log of report.logs ?? []) {
    draft.log({ level: log.level, message: shorten(log.message) }, timeOf(log.timestamp));
  }
  follow(job, before, now);
  return null;
}

/**
 * Whether nothing of a report was taken, since all of it was ignored. A failed or warned counter leaves a warning at least,
 * and a patch that is too large the job's own texts.
 */
export function isLeftOut(report: Report, ignored: readonly FieldError[]): boolean {
  const left = ignored.map(({ path }) => path);
  if (left.length === 0 || saysAnything(report, left)) return false;
  const { own } = splitMetadata(report.metadata_patch ?? {});
  return Object.keys(own).length === 0 && !left.includes('failed_delta') && !left.includes('warned_delta');
}

/** The time that a log entry names, in ms; undefined, for that of its arrival, outside the years 1 to 9999. */
function timeOf(timestamp: string | null | undefined): number | undefined {
  if (!isGiven(timestamp)) return undefined;
  const at = Date.parse(timestamp);
  return at >= FIRST_INSTANT && at <= LAST_INSTANT ? at : undefined;
}

const TOO_LARGE: FieldError = {
  path: 'metadata_patch',
  message: 'would bring the metadata over 65,536 bytes as JSON',
};

function sentence({ path, message }: FieldError): string {
  return `${path} ${message}.`;
}

function rejectField(errors: FieldError[]): Rejection {
  const [{ path, message }] = errors as [FieldError];
  return invalidField(path, message);
}

/** A failed or warned counter that could not be added to leaves a warning: no outcome gets better by what was left out. */
function reportIncomplete(draft: Draft, overflow: readonly FieldError[], now: number): void {
  for (const fault of overflow.filter(({ path }) => path !== 'processed_delta')) {
    draft.issue('warning', jobIssue(draft.job.job_id, 'report_incomplete', sentence(fault), now));
  }
}

/** Sets the counters and adds to them. What would leave 2^53 - 1 is left out, and answered. */
function count(job: Draft['job'], report: Report): FieldError[] {
  const overflow: FieldError[] = [];
  if (isGiven(report.total_items)) job.total_items = report.total_items;
  for (const name of ['processed', 'failed', 'warned'] as const) {
    const [set, delta] = [report[`${name}_items`], report[`${name}_delta`]];
    if (isGiven(set)) job[`${name}_items`] = set;
    if (!isGiven(delta)) continue;
    const sum = job[`${name}_items`] + delta;
    if (Number.isSafeInteger(sum)) job[`${name}_items`] = sum;
    else overflow.push({ path: `${name}_delta`, message: `would bring ${name}_items over 2^53 - 1` });
  }
  return overflow;
}

/** Whoever counts in percent of an unknown total counts to 100. */
function countShare(job: Draft['job'], share: number): void {
  if (job.total_items === 0) job.total_items = 100;
  job.processed_items = processedBy(job.total_items, share);
}

function processedBy(total: number, share: number): number {
  return Number((BigInt(total) * BigInt(share)) / 10_000n);
}

/** Whether a share brings the counter above 0, as any other count does that tells of work. */
function countsShare(report: Report, { total_items }: Job, share = 0): boolean {
  return share > 0 && processedBy(report.total_items || total_items || 100, share) > 0;
}

function setStage(draft: Draft, stage: string | null | undefined): void {
  if (stage === undefined || stage === draft.job.stage) return;
  draft.job.stage = stage;
  draft.event('job.stage_changed');
}

/** Sets the highest progress and the rate from the counters. */
function follow(job: Draft['job'], before: Job, now: number): void {
  const counted = countedHundredths(job);
  job.peak = job.total_items === before.total_items ? Math.max(job.peak, counted) : counted;
  Object.assign(job, sampleRate(job, before, now));
}

/** Ends the job as the report's mark says; `mark_completed` derives the outcome from all that was recorded. */
export function end(draft: Draft, mark: true | string, digest: string, now: number): void {
  const { job } = draft;
  job.ending = { digest, mark };
  if (mark !== true) {
    fail(draft, 'job_failed', mark, now);
    return;
  }
  job.status = outcome(job);
  job.completed_at = now;
  draft.event('job.completed');
}

function outcome(job: Job): 'completed' | 'completed_with_warnings' | 'partial_success' {
  if (job.errors_total > 0 || job.failed_items > 0) return 'partial_success';
  if (job.warnings_total > 0 || job.warned_items > 0) return 'completed_with_warnings';
  return 'completed';
}

/** Records the mark of a cancelled job's worker as its acknowledgement, and what it failed of as an error. */
export function acknowledge(draft: Draft, mark: true | string, digest: string, now: number): void {
  const { job } = draft;
  if (job.cancellation === null) return;
  job.ending = { digest, mark };
  if (mark !== true) draft.issue('error', jobIssue(job.job_id, 'job_failed', mark, now));
  const acknowledged_with = mark === true ? 'completed' : 'failed';
  job.cancellation = { ...job.cancellation, acknowledged_at: now, acknowledged_with };
  draft.event('job.cancel_acknowledged');
}
