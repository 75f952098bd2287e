import { ok, type Result, refuse } from '../../domain/base/result';
import type { Category } from '../../domain/job/job';
import { meetTypes } from '../../domain/job/job-type';
import { type JobStats, mergeStats, type StatsPart, withoutOlder } from '../../domain/job/stats';
import { log } from '../../log';
import { indexObject } from '../../objects/address';
import type { Caller } from '../access/caller';
import { shardsOf } from '../access/own-shards';
import { askNewer } from '../ask-object';

export type { JobStats };

/** Shards that are asked side by side: how jobs of 200 types have ended is 1.6 MB from each. */
const AT_ONCE = 8;

/** What the organization's jobs that the caller reaches are as a whole, over all its index shards, at `now` (ms). */
export async function jobStats(
  caller: Caller,
  {
    job_type,
    category,
    without_ends,
  }: {
    job_type?: string | undefined;
    category?: Category | undefined;
    /** Asks for the numbers of jobs alone: nothing is said of how they end. */
    without_ends?: boolean;
  },
  now: number,
): Promise<Result<JobStats>> {
  const { env, principal } = caller;
  const { organization, job_types, tag } = principal;
  if (tag)
    return refuse(
      'permission_denied',
      'Jobs are counted by type, not by tag: this token sees those of a tag.',
    );
  const asked = meetTypes(job_type, job_types);
  const filter = {
    ...(asked ? { job_types: asked } : {}),
    ...(category === undefined ? {} : { category }),
    ...(without_ends ? { without_ends } : {}),
  };
  try {
    const shards = [...shardsOf(caller)];
    let parts: StatsPart[] = [];
    while (shards.length > 0) {
      const some = shards.splice(0, AT_ONCE);
      const told = await askNewer(
        () => Promise.all(some.map((shard) => indexObject(env, organization, shard).stats(filter))),
        true,
      );
      if (!told.ok) return told;
      parts = parts.length === 0 ? told.value : withoutOlder([...parts, ...told.value]);
    }
    return ok(mergeStats(parts, now));
  } catch (cause) {
    log('warn', 'index_unavailable', { organization, cause });
    return refuse('unavailable', 'The counts are not available right now. Jobs themselves are.');
  }
}
