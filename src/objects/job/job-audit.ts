import type { AuditAction, AuditChange, AuditRecord, AuditTrace } from '../../domain/audit/audit-record';
import type { BulkType } from '../../domain/job/bulk';
import type { Job } from '../../domain/job/job';

/** The audit records of what is done to a job. It carries them to its index, with its publication. */

export function cancelRecord(trace: AuditTrace, before: Job, after: Job, at: number): AuditRecord {
  const changed = { field: 'status', from: before.status, to: after.status };
  return done(trace, at, 'job.cancel', 'job', after.job_id, [changed]);
}

/** Of a job that does another one again: what was run again is what it is about. */
export function rerunRecord(trace: AuditTrace, { job_id, rerun_of }: Job, at: number): AuditRecord {
  return done(trace, at, 'job.rerun', 'job', rerun_of, [{ field: 'rerun', from: null, to: job_id }]);
}

/** Of a job that shows a bulk operation: what is done to each other job is recorded by itself. */
export function bulkRecord(trace: AuditTrace, type: BulkType, job_id: string, at: number): AuditRecord {
  return done(trace, at, `job.${type}`, 'job', job_id, []);
}

export function deleteRecord(trace: AuditTrace, { job_id, status }: Job, at: number): AuditRecord {
  return done(trace, at, 'job.delete', 'job', job_id, [{ field: 'status', from: status, to: null }]);
}

export function tokensRecord(trace: AuditTrace, { job_id }: Job, at: number): AuditRecord {
  return done(trace, at, 'token.revoke', 'token', job_id, []);
}

function done(
  trace: AuditTrace,
  at: number,
  action: AuditAction,
  type: 'job' | 'token',
  id: string | null,
  changes: AuditChange[],
): AuditRecord {
  const changed = changes.length === 0 ? {} : { changes };
  return { at, ...trace, action, target: { type, id }, outcome: 'done', ...changed };
}
