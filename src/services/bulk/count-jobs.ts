import { ok, type Result } from '../../domain/base/result';
import { BULK_TYPES } from '../../domain/job/bulk';
import { indexObject } from '../../objects/address';
import type { Counted, ListFilter } from '../../objects/org-index/contract';
import type { Caller } from '../access/caller';
import { shardsOf } from '../access/own-shards';
import { reachedList } from '../access/reach';
import { askNewer } from '../ask-object';
import { indexAway } from '../jobs/index-away';

/**
 * About so many are counted; a count that is `whole` is exact. Jobs that show bulk operations count only where `bulk` asks
 * for them. Each shard is asked for its part of the jobs, and those that have more for what is left then.
 */
export async function countJobs(
  caller: Caller,
  filter: ListFilter,
  most: number,
  bulk = false,
): Promise<Result<Counted>> {
  const { env, principal } = caller;
  const { organization } = principal;
  const [reached, without] = [reachedList(principal, filter), bulk ? [] : BULK_TYPES];
  const parts = shardsOf(caller).map((shard) => ({ shard, asked: 0, count: 0, whole: false }));
  let [count, more] = [0, parts];
  try {
    while (more.length > 0 && count < most) {
      const each = Math.ceil((most - count) / more.length);
      for (const part of more) part.asked = part.count + each;
      const counted = await askNewer(
        () =>
          Promise.all(
            more.map(({ shard, asked }) =>
              indexObject(env, organization, shard).count(reached, without, asked),
            ),
          ),
        true,
      );
      if (!counted.ok) return counted;
      for (const [index, part] of more.entries()) Object.assign(part, counted.value[index]);
      count = parts.reduce((sum, part) => sum + part.count, 0);
      // One that is not whole and has counted fewer has looked at as many jobs as it may.
      more = more.filter((part) => !part.whole && part.count >= part.asked);
    }
    return ok({ count, whole: parts.every(({ whole }) => whole) });
  } catch (cause) {
    return indexAway(organization, cause);
  }
}
