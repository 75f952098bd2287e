import type { ListedJob, ListOrder, ListPart, ListPosition } from '../../objects/org-index/contract';

/** The place of a job in the order of a list. */
export function placeOf(job: ListedJob, order: ListOrder): ListPosition {
  return { created_at: job[order] ?? 0, job_id: job.job_id };
}

/**
 * One part of a list out of those of its shards, newest first. It ends where the first shard was not looked at further:
 * what others have behind that place comes with the next part.
 */
export function mergeParts(parts: readonly ListPart[], order: ListOrder = 'created_at'): ListPart {
  const isBefore = (a: ListedJob, b: ListedJob) => byAge(placeOf(a, order), placeOf(b, order));
  const jobs = parts.flatMap((part) => part.jobs).sort(isBefore);
  const [through = null] = parts.flatMap((part) => part.through ?? []).sort(byAge);
  if (through === null) return { jobs, through };
  return {
    jobs: jobs.filter((job) => byAge(placeOf(job, order), through) <= 0),
    through: { created_at: through.created_at, job_id: through.job_id },
  };
}

/** Newest first; of one time, the greater id first. */
export function byAge(a: ListPosition, b: ListPosition): number {
  if (a.created_at !== b.created_at) return b.created_at - a.created_at;
  return a.job_id === b.job_id ? 0 : a.job_id < b.job_id ? 1 : -1;
}
