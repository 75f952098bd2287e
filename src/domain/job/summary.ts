import type { Job } from './job';
import { isTerminal, shownFailed, shownWarned } from './job';
import { etaAt, progressPercentage, successRate } from './progress';

/** What people see of a job but for its content: the same in a list as in the job itself. Times in ms since 1970. */
export type Summary = Pick<
  Job,
  | 'job_id'
  | 'organization_id'
  | 'job_type'
  | 'name'
  | 'category'
  | 'tags'
  | 'triggered_by'
  | 'status'
  | 'health'
  | 'revision'
  | 'total_items'
  | 'processed_items'
  | 'failed_entities_capped'
  | 'warned_entities_capped'
  | 'stage'
  | 'last_message'
  | 'created_at'
  | 'started_at'
  | 'completed_at'
  | 'last_report_at'
  | 'error_message'
  | 'cancellation'
  | 'errors_total'
  | 'warnings_total'
  | 'rerun_of'
  | 'root_job_id'
  | 'rerun_number'
  | 'heartbeat_timeout_seconds'
  | 'timeout_seconds'
  | 'retention_days'
> & {
  /** As shown: counter or distinct entities, whichever is larger. */
  failed_items: number;
  warned_items: number;
  /** 0–100. */
  progress_percentage: number;
  success_rate: number;
  /** Items a second. */
  rate_per_second: number | null;
  eta_at: number | null;
  duration_seconds: number | null;
  /** Lines of the log as people see it: entries of all four kinds. */
  logs_total: number;
  errors_by_type: Record<string, number>;
};

export function summarize(job: Job): Summary {
  const { job_id, organization_id, job_type, name, category, tags, triggered_by } = job;
  const { status, health, revision, total_items, processed_items, stage, last_message } = job;
  const { failed_entities_capped, warned_entities_capped, error_message, cancellation } = job;
  const { created_at, started_at, completed_at, last_report_at, errors_total, warnings_total } = job;
  const { rerun_of, root_job_id, rerun_number } = job;
  const { heartbeat_timeout_seconds, timeout_seconds, retention_days } = job;
  return {
    ...{ job_id, organization_id, job_type, name, category, tags, triggered_by, status, health, revision },
    ...{ total_items, processed_items, failed_items: shownFailed(job), warned_items: shownWarned(job) },
    ...{ failed_entities_capped, warned_entities_capped },
    progress_percentage: progressPercentage(job),
    success_rate: successRate(job),
    rate_per_second: job.rate,
    eta_at: etaAt(job),
    ...{ stage, last_message, created_at, started_at, completed_at, last_report_at },
    duration_seconds: duration(job),
    ...{ error_message, cancellation, errors_total, warnings_total },
    logs_total: job.log_entries_total + errors_total + warnings_total + job.events_total,
    errors_by_type: Object.fromEntries(job.errors_by_type),
    ...{ rerun_of, root_job_id, rerun_number, heartbeat_timeout_seconds, timeout_seconds, retention_days },
  };
}

function duration(job: Job): number | null {
  if (!isTerminal(job.status) || job.started_at === null || job.completed_at === null) return null;
  return (job.completed_at - job.started_at) / 1_000;
}
