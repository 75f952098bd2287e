import { ok, type Result } from '../../domain/base/result';
import { BULK_TYPES } from '../../domain/job/bulk';
import { indexObject } from '../../objects/address';
import type { Counted, ListFilter } from '../../objects/org-index/contract';
import type { Caller } from '../access/caller';
import { shardsOf } from '../access/own-shards';
import { reachedList } from '../access/reach';
import { askNewer } from '../ask-object';
import { indexAway } from '../jobs/index-away';

/** About so many are counted; a count that is `whole` is exact. Jobs that show bulk operations count only where `bulk` asks for them. */
export async function countJobs(
  caller: Caller,
  filter: ListFilter,
  most: number,
  bulk = false,
): Promise<Result<Counted>> {
  const { env, principal } = caller;
  const { organization } = principal;
  const [reached, without] = [reachedList(principal, filter), bulk ? [] : BULK_TYPES];
  const shards = shardsOf(caller);
  const each = Math.ceil(most / shards.length);
  try {
    const counts = await askNewer(
      () =>
        Promise.all(
          shards.map((shard) => indexObject(env, organization, shard).count(reached, without, each)),
        ),
      true,
    );
    if (!counts.ok) return counts;
    const count = counts.value.reduce((sum, one) => sum + one.count, 0);
    return ok({ count, whole: counts.value.every(({ whole }) => whole) });
  } catch (cause) {
    return indexAway(organization, cause);
  }
}
