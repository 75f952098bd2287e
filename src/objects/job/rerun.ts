import { type RejectionCode, reject } from '../../domain/base/rejection';
import type { Job } from '../../domain/job/job';
import { seedOfRerun } from '../../domain/job/new-job';
import { STATUS_TABLE } from '../../domain/job/status-table';
import type { RerunAnswer } from './contract';
import type { JobStore } from './job-store';

/** What a rerun of `job` starts from, or why there is none. */
export function rerunOf(store: JobStore, job: Job, items: 'all' | 'failed'): RerunAnswer {
  const cell = STATUS_TABLE[job.status].rerun;
  if (cell !== 'apply') {
    return refused('job_not_terminal', `The job is ${job.status}: only an ended one is run again.`);
  }
  const seed = seedOfRerun(job, store.createdMetadata());
  if (items === 'all') return { outcome: 'seed', seed, items: [] };
  if (job.failed_entities_capped) {
    return refused('too_many_failed', 'More entities failed than are tracked. Rerun all items.');
  }
  const failed = store.failedEntities();
  if (failed.length === 0) return refused('nothing_failed', 'No failed entity is known of this job.');
  return { outcome: 'seed', seed: { ...seed, total_items: failed.length }, items: failed };
}

function refused(code: RejectionCode, detail: string): RerunAnswer {
  return { outcome: 'refused', rejection: reject(code, detail) };
}
