import { invalidField, type Rejection } from '../base/rejection';

/** An organization's jobs are listed by 1 to 64 index objects: six bits of each job id say which. */
export const SHARD_LIMIT = 64;

/**
 * How long after a raise new jobs go where they went before (ms): longer than a credential is believed and a request waits
 * together, so that whoever reads asks a shard before the first job is there.
 */
export const SHARDS_SETTLE = 120_000;

/** From `at` (ms) on an organization's index has `count` shards. */
export interface ShardRaise {
  count: number;
  at: number;
}

/** What was raised beyond the service's standard, oldest first. Kept with the organization, told with its credentials. */
export type ShardRaises = readonly ShardRaise[];

/** How many shards there are to ask: those that no job has come to yet too. */
export function shardCount(raises: ShardRaises | null | undefined, standard: number): number {
  return Math.max(standard, raises?.at(-1)?.count ?? 0);
}

/** Over how many shards a job that is made at `now` is spread. */
export function spreadCount(raises: ShardRaises | null | undefined, standard: number, now: number): number {
  const settled = (raises ?? []).filter(({ at }) => now - at >= SHARDS_SETTLE);
  return shardCount(settled, standard);
}

/**
 * Into how many equal shares what an organization may have was parted when `shard` was new. A shard keeps that share: what
 * it holds by then is not too much because there are others.
 */
export function shareCount(raises: ShardRaises | null | undefined, standard: number, shard: number): number {
  const counts = [standard, ...(raises ?? []).map(({ count }) => count)];
  return Math.min(...counts.filter((count) => count > shard));
}

/** What `shard` has of an amount that is parted into so many shares: they come to the amount, but each has one at least. */
export function shareOf(amount: number, shares: number, shard: number): number {
  return Math.max(Math.floor(amount / shares) + Number(shard < amount % shares), 1);
}

/** The raises with one to `count` at `now`; null where there are as many or more already. */
export function raisedTo(
  raises: ShardRaises | null,
  standard: number,
  count: number,
  now: number,
): ShardRaises | null {
  return count <= shardCount(raises, standard) ? null : [...(raises ?? []), { count, at: now }];
}

/** Why an index that has `present` shards is not to have `count`; null where it may. */
export function refuseFewerShards(count: number, present: number): Rejection | null {
  if (count >= present) return null;
  const right = `must be ${present} to ${SHARD_LIMIT}`;
  return invalidField('shards', `${right}: the index has ${present} shards, and is only raised`);
}
