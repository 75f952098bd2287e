import { toSendable } from '../../domain/base/exact';
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
  const { plain: seed, ...exact } = toSendable(seedOfRerun(job, store.createdMetadata()));
  if (items === 'all') return { outcome: 'seed', seed, ...exact, items: [] };
  if (job.failed_entities_capped) {
    return refused('too_many_failed', 'More entities failed than are tracked. Rerun all items.');
  }
  const failed = store.failedEntities();
  if (failed.length === 0) return refused('nothing_failed', nothingFailed(job));
  return { outcome: 'seed', seed: { ...seed, total_items: failed.length }, ...exact, items: failed };
}

/** Which failed is known by name alone: a counter says how many, never which. */
function nothingFailed({ failed_items }: Job): string {
  if (failed_items === 0) return 'No failed entity is known of this job.';
  const counted = failed_items === 1 ? '1 failure was' : `${failed_items} failures were`;
  return `${counted} counted by number alone: no failed entity is known by name. Rerun all items.`;
}

function refused(code: RejectionCode, detail: string): RerunAnswer {
  return { outcome: 'refused', rejection: reject(code, detail) };
}
