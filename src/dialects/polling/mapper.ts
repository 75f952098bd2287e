import { parseExactly } from '../../domain/base/json-text';
import { isTerminal } from '../../domain/job/job';
import type { Summary } from '../../domain/job/summary';
import type { JobView } from '../../services/jobs/jobs';
import { STATUS_WORD } from '../status-words';
import type { PollingJob } from './schemas';

/** A time as surface B writes it: UTC, whole seconds. */
export function toSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function toPollingJob({ summary, content }: JobView): PollingJob {
  const result = parseExactly(content?.result ?? 'null');
  return {
    id: summary.job_id,
    type: summary.job_type,
    status: STATUS_WORD[summary.status],
    progress: Math.floor(summary.progress_percentage),
    result: result ?? (isTerminal(summary.status) ? defaultResult(summary) : null),
    errorMessage: summary.error_message,
    createdAt: toSeconds(summary.created_at),
    completedAt: summary.completed_at === null ? null : toSeconds(summary.completed_at),
  };
}

/** What an ended job's `result` says where its worker gave none. Source: behaviour §3. */
function defaultResult(job: Summary) {
  return {
    itemsProcessed: job.processed_items,
    itemsFailed: job.failed_items,
    itemsWarned: job.warned_items,
    errors: job.errors_total,
    errorMessage: job.error_message,
  };
}
