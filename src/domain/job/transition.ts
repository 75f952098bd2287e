import { fromSendable } from '../base/exact';
import { MergePatch } from '../base/merge-patch';
import { type FieldError, invalidField, type Rejection, reject } from '../base/rejection';
import { shorten } from '../base/text';
import { type Command, isMarkAlone, markOf, type Report, tellsWork } from './command';
import { type Change, Draft, type Seen } from './draft';
import { touch } from './health';
import { isClosing, isTerminal, type Job } from './job';
import { acknowledge, end, isLeftOut, record } from './report';
import { lastSequence, REPORTER_LIMIT, withSequence } from './sequences';
import { type Cell, type Move, STATUS_TABLE } from './status-table';

const NO_ROOM = `would be the job’s ${REPORTER_LIMIT + 1}st within a day: send an Idempotency-Key in place of reporter and sequence`;

/** Why a report that was answered 200 had no effect. Source: behaviour §2. */
export const SKIP_REASONS = ['duplicate', 'stale', 'job_terminal', 'already_ended', 'ignored'] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What became of one command. */
export interface Verdict {
  applied: boolean;
  /** The job's revision after it. */
  revision: number;
  reason?: SkipReason;
  /** What was left out beside an end, since the job could not take it. */
  ignored?: FieldError[];
  /** The reporter's last applied sequence, where the report had one. */
  last_sequence?: number;
}

/**
 * `rejected` still carries a job: a report that is refused is a sign of life all the same, and nothing else.
 */
export type Transition =
  | ({ outcome: 'accepted'; verdict: Verdict } & Change)
  | ({ outcome: 'rejected'; rejection: Rejection } & Change);

/**
 * Turns `job` by `command` at `now` (ms) into the next job and its entries, or says why not. Pure, but for metadata that
 * `patches` has made itself since it was sealed. `lenient`: an end came with it, which nothing beside it may refuse.
 */
export function transition(
  job: Job,
  command: Command,
  now: number,
  seen: Seen,
  patches = new MergePatch(),
  lenient = endsJob(command),
): Transition {
  switch (command.verb) {
    case 'report':
      return report(job, command, now, seen, patches, lenient);
    case 'heartbeat':
      return heartbeat(job, now, seen);
    case 'cancel':
      return cancel(job, command.reason, command.requested_by, now, seen);
  }
}

/** Whether a command has a mark that ends its job. */
export function endsJob(command: Command): boolean {
  return command.verb === 'report' && markOf(command.report) !== null;
}

function heartbeat(job: Job, now: number, seen: Seen): Transition {
  const cell = STATUS_TABLE[job.status].heartbeat;
  return isOver(job, cell, now) ? rejected(unchanged(job), terminal(job)) : accepted(alive(job, now, seen));
}

/** Whether the job has ended, and takes no last words either. */
function isOver(job: Job, cell: Cell, now: number): boolean {
  return isTerminal(job.status) && !(cell === 'closing' && isClosing(job, now));
}

function cancel(job: Job, reason: string | null, requestedBy: string, now: number, seen: Seen): Transition {
  const cell = STATUS_TABLE[job.status].cancel;
  if (cell === 'nothing') return skipped(unchanged(job), 'already_ended');
  if (cell !== 'apply') return rejected(unchanged(job), terminal(job));
  const draft = new Draft(job, seen);
  draft.job.status = 'cancelled';
  draft.job.completed_at = now;
  draft.job.cancellation = {
    reason: reason === null ? null : shorten(reason),
    requested_at: now,
    requested_by: requestedBy,
    acknowledged_at: null,
    acknowledged_with: null,
  };
  draft.event('job.cancelled');
  return accepted(draft.finish(now, false));
}

function report(
  job: Job,
  { report: sent, exact, digest, nothing, processed_hundredths }: Extract<Command, { verb: 'report' }>,
  now: number,
  seen: Seen,
  patches: MergePatch,
  lenient: boolean,
): Transition {
  const input = fromSendable(sent, exact);
  const quiet = () => alive(job, now, seen);
  if (nothing) return skipped(quiet(), 'ignored');
  const { reporter, sequence: given } = input;
  const sequence = given ?? 0;
  const last = reporter ? lastSequence(job.reporters, reporter) : undefined;
  if (last !== undefined && sequence === last) return skipped(quiet(), 'duplicate', last);
  // From a worker that has forgotten where it was, or from before a break: no sign of life of who goes on.
  if (last !== undefined && sequence < last) return skipped(unchanged(job), 'stale', last);
  const mark = markOf(input);
  const cell = STATUS_TABLE[job.status][moveOf(input, mark)];
  if (isOver(job, cell, now)) {
    const { ending } = job;
    const alone = processed_hundredths === undefined && isMarkAlone(input);
    const same = ending !== null && (ending.digest === digest || (ending.mark === mark && alone));
    return same ? skipped(unchanged(job), 'already_ended', last) : rejected(unchanged(job), terminal(job));
  }

  const reporters = reporter ? withSequence(job.reporters, reporter, sequence, now) : job.reporters;
  if (reporters === null && !lenient) return rejected(quiet(), invalidField('reporter', NO_ROOM));

  const draft = new Draft(job, seen);
  touch(draft, now);
  draft.job.watched_from ??= now;
  const refusal = record(draft, input, now, patches, lenient, processed_hundredths);
  if (refusal !== null) return rejected(quiet(), refusal);
  if (mark !== null) (cell === 'closing' ? acknowledge : end)(draft, mark, digest, now);
  if (reporters === null) draft.ignore({ path: 'reporter', message: NO_ROOM });
  else draft.job.reporters = reporters;
  const { ignored } = draft;
  if (isLeftOut(input, ignored)) return skipped(quiet(), 'ignored', undefined, ignored);
  const kept = reporter && reporters !== null ? sequence : undefined;
  return accepted(draft.finish(now, true), kept, ignored);
}

function moveOf(input: Report, mark: true | string | null): Move {
  if (mark !== null) return mark === true ? 'complete' : 'fail';
  if (input.mark_started) return 'start';
  return tellsWork(input) ? 'work' : 'progress';
}

/** The job with this sign of life recorded and nothing else: all that is left of a refused report. */
export function alive(job: Job, now: number, seen: Seen): Change {
  const draft = new Draft(job, seen);
  touch(draft, now);
  return draft.finish(now, false);
}

function unchanged(job: Job): Change {
  return { job, entries: [], entities: [] };
}

/** The refusal of what an ended job does not take any more. */
export function terminal(job: Pick<Job, 'status'>): Rejection {
  return reject('job_terminal', `The job is ${job.status}: nothing leaves a terminal status.`);
}

function accepted(change: Change, lastSequence?: number, ignored?: FieldError[]): Transition {
  return answered({ applied: true, revision: change.job.revision }, change, lastSequence, ignored);
}

function skipped(
  change: Change,
  reason: SkipReason,
  lastSequence?: number,
  ignored?: FieldError[],
): Transition {
  return answered({ applied: false, revision: change.job.revision, reason }, change, lastSequence, ignored);
}

function answered(
  verdict: Verdict,
  change: Change,
  lastSequence: number | undefined,
  ignored: FieldError[] = [],
): Transition {
  if (ignored.length > 0) verdict.ignored = ignored;
  if (lastSequence !== undefined) verdict.last_sequence = lastSequence;
  return { outcome: 'accepted', verdict, ...change };
}

function rejected(change: Change, rejection: Rejection): Transition {
  return { outcome: 'rejected', rejection, ...change };
}
