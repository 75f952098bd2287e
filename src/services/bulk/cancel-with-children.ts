import type { AuditTrace } from '../../domain/audit/audit-record';
import { ok, type Result } from '../../domain/base/result';
import { isTerminal } from '../../domain/job/job';
import type { Want } from '../../objects/job/contract';
import type { Caller } from '../access/caller';
import { type Applied, cancelJob, getJob } from '../jobs/jobs';
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
 * and begins with the job itself: whatever is cut off then, all of them are cancelled. One that has ended otherwise is
 * refused, and its children go on.
 */
export async function cancelWithChildren(
  caller: Caller,
  jobId: string,
  { reason = null, children }: CancelAsk,
  request: RequestKey | null,
  want: Want,
  trace: AuditTrace,
): Promise<Result<CancelledJob>> {
  const cancel = () => cancelJob(caller, jobId, reason, request, want, trace);
  if (!children) return cancel();
  const found = await getJob(caller, jobId, {});
  if (!found.ok) return found;
  const { job_id: parent, status } = found.value.summary;
  if (isTerminal(status) && status !== 'cancelled') return cancel();
  const filter = { parent_job_id: parent };
  const ask = { operation: 'cancel', filter, ids: null, parent, reason, sent: filter } as const;
  const started = await startBulk(caller, ask, request, trace);
  if (!started.ok) return started;
  const cancelled = await cancel();
  return cancelled.ok ? ok({ ...cancelled.value, bulk_job_id: started.value.job.job_id }) : cancelled;
}
