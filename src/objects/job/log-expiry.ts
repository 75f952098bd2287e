import type { Change } from '../../domain/job/draft';
import { log } from '../../log';

/** Logs that the clock has ended a job, and why. */
export function logExpiry({ job, entries }: Change, organization: string): void {
  const { job_id, job_type } = job;
  const [reason] = entries.flatMap((entry) => (entry.kind === 'error' ? [entry.body.error_type] : []));
  log('warn', 'job_expired', { job_id, organization, job_type, reason });
}
