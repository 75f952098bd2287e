import type { Counted, ListPart, ListPosition } from './contract';

/** Jobs that are looked at in one turn, others have theirs in between; and how many turns there are at most. */
const JOBS = 500;
const TURNS = 40;

/** How many jobs `read` finds, those of some types left out: `most` at most, and no longer than the turns last. */
export async function countJobs(
  read: (before: ListPosition | null, limit: number, bytes: number) => ListPart,
  without: readonly string[],
  most: number,
): Promise<Counted> {
  let [count, place] = [0, null as ListPosition | null];
  for (let turn = 0; turn < TURNS && count < most; turn++) {
    const { jobs, through } = read(place, JOBS, Number.POSITIVE_INFINITY);
    count += jobs.filter(({ job_type }) => !without.includes(job_type)).length;
    if (through === null) return { count, whole: true };
    place = through;
    await scheduler.wait(0);
  }
  return { count, whole: false };
}
