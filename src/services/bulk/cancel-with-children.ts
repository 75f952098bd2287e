import type { AuditTrace } from '../../domain/audit/audit-record';
import { ok, type Result } from '../../domain/base/result';
import { isTerminal } from '../../domain/job/job';
import type { Want } from '../../objects/job/contract';
import type { Caller } from '../access/caller';
import { type Applied, cancelJob, cancelKey, getJob } from '../jobs/jobs';
import type { RequestKey } from '../jobs/request-key';
import { startBulk } from './start-bulk';

/** What is asked of a cancellation. */
export interface CancelAsk {
  reason?: string | null | undefined;
  children?: boolean | null | undefined;
}

/** A job that was cancelled, and the job that shows how far its children are, where those are cancelled too. */
export type CancelledJob = Applied & { bulk_job_id?: string };

/**
 * Cancels a job, and where that is asked its children. These are a bulk operation, which is stored before anything is done
 * and begins with the job itself: whatever is cut off then, all of them are cancelled. Where the job has ended otherwise,
 * or knows the key by another request, this is refused, and its children go on.
 */
export async function cancelWithChildren(
  caller: Caller,
  jobId: string,
  { reason = null, children }: CancelAsk,
  request: RequestKey | null,
  want: Want,
  trace: AuditTrace,
): Promise<Result<CancelledJob>> {
  const key = await cancelKey(request);
  const cancel = () => cancelJob(caller, jobId, reason, key, want, trace);
  if (!children) return cancel();
  const parent_key = key === null ? {} : { parent_key: key };
  const found = await getJob(caller, jobId, key === null ? {} : { key });
  if (!found.ok) return found;
  const { summary, conflict = false } = found.value;
  const { job_id: parent, status } = summary;
  if (conflict || (isTerminal(status) && status !== 'cancelled')) return cancel();
  const filter = { parent_job_id: parent };
  const ask = {
    operation: 'cancel',
    filter,
    ids: null,
    parent,
    ...parent_key,
    reason,
    sent: filter,
  } as const;
  const started = await startBulk(caller, ask, request, trace);
  if (!started.ok) return started;
  const cancelled = await cancel();
  if (!cancelled.ok) return cancelled;
  const { job, created } = started.value;
  const { answer, view } = cancelled.value;
  // What the operation has done on this key by now makes the request no repeated one.
  const first = created && answer.outcome === 'done' ? { ...answer, replayed: false } : answer;
  return ok({ answer: first, view, bulk_job_id: job.job_id });
}
