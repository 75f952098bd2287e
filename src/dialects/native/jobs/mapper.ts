import { type Control, controlOf } from '../../../domain/job/control';
import type { Summary } from '../../../domain/job/summary';
import type { Reply } from '../../../http/endpoint';
import type { JobView, UnitAnswer } from '../../../services/jobs/jobs';
import type { ControlResponse, SummaryResponse } from './schemas';

type Done = Extract<UnitAnswer, { outcome: 'done' }>;

/** A time as surface A writes it: UTC with milliseconds. */
export function toTime(at: number): string {
  return new Date(at).toISOString();
}

function toTimeOrNull(at: number | null): string | null {
  return at === null ? null : toTime(at);
}

/** A job's summary in the field order of contract A, then the fields of behaviour §1. */
export function toSummary(job: Summary): SummaryResponse {
  const { cancellation } = job;
  return {
    failed_items: job.failed_items,
    job_id: job.job_id,
    job_type: job.job_type,
    processed_items: job.processed_items,
    progress_percentage: job.progress_percentage,
    status: job.status,
    success_rate: job.success_rate,
    total_items: job.total_items,
    completed_at: toTimeOrNull(job.completed_at),
    created_at: toTime(job.created_at),
    duration_seconds: job.duration_seconds,
    error_message: job.error_message,
    started_at: toTimeOrNull(job.started_at),
    triggered_by: job.triggered_by,
    warned_items: job.warned_items,
    organization_id: job.organization_id,
    name: job.name,
    category: job.category,
    tags: [...job.tags],
    failed_entities_capped: job.failed_entities_capped,
    warned_entities_capped: job.warned_entities_capped,
    rate_per_second: job.rate_per_second,
    eta_at: toTimeOrNull(job.eta_at),
    stage: job.stage,
    last_message: job.last_message,
    last_report_at: toTimeOrNull(job.last_report_at),
    cancellation:
      cancellation === null
        ? null
        : {
            reason: cancellation.reason,
            requested_at: toTime(cancellation.requested_at),
            requested_by: cancellation.requested_by,
            acknowledged_at: toTimeOrNull(cancellation.acknowledged_at),
          },
    errors_total: job.errors_total,
    warnings_total: job.warnings_total,
    logs_total: job.logs_total,
    errors_by_type: job.errors_by_type,
    rerun_of: job.rerun_of,
    root_job_id: job.root_job_id,
    rerun_number: job.rerun_number,
    heartbeat_timeout_seconds: job.heartbeat_timeout_seconds,
    timeout_seconds: job.timeout_seconds,
    health: job.health,
    retention_days: job.retention_days,
    revision: job.revision,
  };
}

/** A job as JSON text: its content is JSON text already and passes through. `more` comes last. */
export function jobText({ summary, content }: JobView, more: Record<string, unknown> = {}): string {
  const parts = [JSON.stringify(toSummary(summary)).slice(1, -1)];
  if (content !== null) {
    const { errors, metadata, warnings, result } = content;
    parts.push(`"errors":${errors},"metadata":${metadata},"warnings":${warnings},"result":${result}`);
  }
  if (Object.keys(more).length > 0) parts.push(JSON.stringify(more).slice(1, -1));
  return `{${parts.join(',')}}`;
}

/** What an answer to the worker of this job tells it. */
export function controlFor({ summary, watchers }: JobView): ControlResponse {
  return toControl(controlOf(summary, watchers ?? 0));
}

export function toControl({ cancel, next_report_in_seconds }: Control): ControlResponse {
  return {
    cancel: cancel === null ? null : { ...cancel, requested_at: toTime(cancel.requested_at) },
    next_report_in_seconds,
  };
}

/** What became of a unit: at first, and of a keyed one each time it is sent again. */
export function toVerdict({ applied, reason, revision, last_sequence }: Done): Record<string, unknown> {
  return {
    ...{ applied, ...(reason === null ? {} : { reason }), applied_revision: revision },
    ...(last_sequence === null ? {} : { last_sequence }),
  };
}

/** An answer to a worker: the job, what became of the request, and the control. */
export function workerReply(
  status: number,
  view: JobView,
  more: Record<string, unknown>,
  headers: Record<string, string>,
): Reply {
  return {
    status,
    body: jobText(view, { ...more, control: controlFor(view) }),
    headers: { ...preferenceHeaders(view), ...headers },
  };
}

/** Says that \`Prefer: return=minimal\` was followed. */
export function preferenceHeaders({ content }: JobView): Record<string, string> {
  return content === null ? { 'Preference-Applied': 'return=minimal' } : {};
}
