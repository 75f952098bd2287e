import type { Summary } from '../../domain/job/summary';
import type { ListPart, ListPosition } from '../../objects/org-index/contract';

/**
 * One part of a list out of those of its shards, newest first. It ends where the first shard was not looked at further:
 * what others have behind that place comes with the next part.
 */
export function mergeParts(parts: readonly ListPart[]): ListPart {
  const jobs = parts.flatMap((part) => part.jobs).sort(byAge);
  const [through = null] = parts.flatMap((part) => part.through ?? []).sort(byAge);
  if (through === null) return { jobs, through };
  return {
    jobs: jobs.filter((job) => byAge(job, through) <= 0),
    through: { created_at: through.created_at, job_id: through.job_id },
  };
}

/** Newest first; of one time, the greater id first. */
function byAge(a: Summary | ListPosition, b: Summary | ListPosition): number {
  if (a.created_at !== b.created_at) return b.created_at - a.created_at;
  return a.job_id === b.job_id ? 0 : a.job_id < b.job_id ? 1 : -1;
}
