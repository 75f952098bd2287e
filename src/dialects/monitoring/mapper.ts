import type { Summary } from '../../domain/job/summary';
import type { JobView } from '../../services/jobs/jobs';
import { STATUS_WORD } from '../status-words';
import type { MonitoredJob } from './schemas';

export function toMonitoredJob(job: Summary): MonitoredJob {
  return {
    id: job.job_id,
    name: job.name,
    type: job.job_type,
    category: job.category,
    status: STATUS_WORD[job.status],
    progress: { total: job.total_items, completed: job.processed_items, failed: job.failed_items },
    createdAt: job.created_at,
    completedAt: job.completed_at,
  };
}

export function toMonitoredJobWithLogs({ summary, logs }: JobView) {
  const lines = (logs ?? []).map(({ at, level, message }) => ({ timestamp: at, level, message }));
  return { ...toMonitoredJob(summary), logs: lines, logsTotal: summary.logs_total };
}
