import type { AuditTrace } from '../../domain/audit/audit-record';
import { ok, type Result, refuse } from '../../domain/base/result';
import type { Command } from '../../domain/job/command';
import { isStale, refuseStale, type Unit } from '../../domain/job/unit';
import { jobObject } from '../../objects/address';
import type { Applied, JobObject, JobView, UnitAnswer, UnitKey, Want } from '../../objects/job/contract';
import type { Caller } from '../access/caller';
import { ownLimits } from '../access/own-limits';
import { reachJob } from '../access/reach';
import { askObject } from '../ask-object';
import type { JobRef } from '../ids/job-id';
import type { KeepAlive } from '../keep-alive';
import { tally } from '../metrics/tally';
import { type JobSnapshot, type Part, snapshotName } from './job-snapshot';
import { noSuchJob } from './no-such-job';
import { type ReadReport, toUnit } from './report-unit';
import { type RequestKey, unitKey } from './request-key';
import { snapshotsOf } from './snapshot-cache';
import { unknownJob } from './unknown-job';

export type { Applied, JobView, Part, UnitAnswer };

/** Applies one report. */
export async function reportProgress(
  caller: Caller,
  jobId: string,
  report: ReadReport,
  request: RequestKey | null,
  want: Want,
): Promise<Result<Applied>> {
  return apply(
    caller,
    jobId,
    'report',
    await toUnit([report], false),
    await unitKey('report', request),
    want,
  );
}

/** Applies many reports, in order, in one commit. */
export async function reportBatch(
  caller: Caller,
  jobId: string,
  reports: readonly ReadReport[],
  request: RequestKey | null,
  want: Want,
): Promise<Result<Applied>> {
  return apply(caller, jobId, 'batch', await toUnit(reports, true), await unitKey('batch', request), want);
}

/** Records that the worker is alive. */
export async function heartbeat(caller: Caller, jobId: string): Promise<Result<Applied>> {
  return apply(caller, jobId, 'heartbeat', { commands: [{ verb: 'heartbeat' }], batch: false }, null, {});
}

/** The key of a cancellation, as the job keeps it. */
export function cancelKey(request: RequestKey | null): Promise<UnitKey | null> {
  return unitKey('cancel', request);
}

export async function cancelJob(
  caller: Caller,
  jobId: string,
  reason: string | null,
  key: UnitKey | null,
  want: Want,
  trace: AuditTrace,
): Promise<Result<Applied>> {
  const command: Command = { verb: 'cancel', reason, requested_by: caller.principal.actor.id };
  return apply(caller, jobId, 'cancel', { commands: [command], batch: false }, key, want, trace);
}

export async function getJob(caller: Caller, jobId: string, want: Want): Promise<Result<JobView>> {
  const view = await withJob(caller, jobId, true, (job, organization, _ref, tokens) =>
    job.get(organization, want, tokens),
  );
  if (!view.ok) return view;
  return view.value === null ? noSuchJob() : ok(view.value);
}

/** How a job is read: the revision that its reader shows to hold, null where only the object's own answer will do. */
export interface JobReading {
  part: Part;
  held: number | null;
  keepAlive: KeepAlive;
}

/** A job as it is now, or as it was a moment ago for a reader that holds no newer revision. */
export async function readJob(
  caller: Caller,
  jobId: string,
  { part, held, keepAlive }: JobReading,
): Promise<Result<JobSnapshot>> {
  const { config, principal, token } = caller;
  // Snapshots are for those alone whom the job would be shown.
  const reached = await reachJob(caller, jobId);
  if (!reached.ok) return reached;
  const snapshots = snapshotsOf(config);
  const whole = snapshotName(principal.organization, jobId, part);
  // Whether a token is revoked is its job's to say: what one may see is what the object showed to its generation.
  const name = token === undefined ? whole : `${whole}/${token.generation}`;
  const least = held === null ? null : Math.max(held, token === undefined ? 0 : snapshots.floorOf(whole));
  const found = least === null ? null : snapshots.find(name, least);
  if (found !== null) return ok(found);
  const ask = () => getJob(caller, jobId, { [part]: true });
  return least === null ? snapshots.ask(name, ask, keepAlive) : snapshots.read(name, least, ask, keepAlive);
}

/** The text of a job in the dialect of `mark`, written once however many readers it has. */
export function textOf(
  { config }: Caller,
  job: JobSnapshot,
  mark: string,
  write: (view: JobView) => string,
): string {
  return snapshotsOf(config).textOf(job, mark, write);
}

/** Deletes an ended job. */
export async function deleteJob(caller: Caller, jobId: string, trace: AuditTrace): Promise<Result<null>> {
  const removed = await withJob(caller, jobId, false, (job, organization) => job.remove(organization, trace));
  if (!removed.ok) return removed;
  if (removed.value === 'not_terminal') {
    return refuse('job_not_terminal', 'The job has not ended: cancel it first.');
  }
  snapshotsOf(caller.config).forget(caller.principal.organization, jobId);
  return removed.value === null ? noSuchJob() : ok(null);
}

/**
 * Calls the object of a job that the caller reaches; any other id touches no object. A caller that came by a token hands
 * its generation on: the object knows of no job where that is revoked.
 */
export async function withJob<Answer>(
  caller: Caller,
  jobId: string,
  repeatable: boolean,
  call: (job: JobObject, organization: string, ref: JobRef, tokens: number | undefined) => Promise<Answer>,
): Promise<Result<Answer>> {
  const { env, principal, token } = caller;
  const { organization } = principal;
  const reached = await reachJob(caller, jobId);
  if (!reached.ok) return reached;
  const ref = reached.value;
  const answer = await askObject(
    () => call(jobObject(env, organization, ref.core), organization, ref, token?.generation),
    repeatable,
  );
  if (token === undefined || !answer.ok || answer.value !== null) return answer;
  return unknownJob(caller, ref.core);
}

async function apply(
  caller: Caller,
  jobId: string,
  operation: string,
  unit: Unit,
  key: UnitKey | null,
  want: Want,
  trace?: AuditTrace,
): Promise<Result<Applied>> {
  const repeatable = key !== null || operation === 'heartbeat' || operation === 'cancel';
  const asked = Date.now();
  const applied = await withJob(caller, jobId, repeatable, (job, organization, _ref, tokens) =>
    job.apply(
      organization,
      { unit, key, ...ownLimits(caller), ...(trace === undefined ? {} : { trace }) },
      want,
      tokens,
    ),
  );
  if (!applied.ok) return applied;
  const { organization } = caller.principal;
  const snapshots = snapshotsOf(caller.config);
  if (applied.value === null) {
    snapshots.forget(organization, jobId);
    return noSuchJob();
  }
  const { answer, view } = applied.value;
  if (answer.outcome === 'done' && !answer.replayed) tally.reported(organization, reportsIn(unit));
  snapshots.changed(organization, view, asked);
  return ok({ answer: heard(answer), view });
}

function reportsIn({ commands }: Unit): number {
  return commands.filter(({ verb }) => verb === 'report').length;
}

/** What the sender of a unit is told: that it came too late is no success. */
function heard(answer: UnitAnswer): UnitAnswer {
  if (answer.outcome === 'refused') return answer;
  const { reason, verdicts, last_sequence } = answer;
  if (reason !== 'stale' && !isStale(verdicts ?? [])) return answer;
  return { outcome: 'refused', rejection: refuseStale(last_sequence) };
}
