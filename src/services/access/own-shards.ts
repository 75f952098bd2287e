import { shardCount, spreadCount } from '../../domain/access/shards';
import type { Caller } from './caller';
import { limitsFor } from './own-limits';

/** Whose shards are asked for, and what the service's standard is. */
type Sharded = Pick<Caller, 'config' | 'principal'>;

/** The shards of the caller's organization: every one that may hold a job or an event of it. */
export function shardsOf({ config, principal }: Sharded): number[] {
  const count = shardCount(principal.shards, config.shards);
  return Array.from({ length: count }, (_, shard) => shard);
}

/**
 * Over how many shards new jobs are spread at `now`: no more than there may be jobs, in all, in a minute or at once, so that
 * none of them can have none.
 */
export function spreadFor(caller: Sharded, now: number): number {
  const { config, principal } = caller;
  const { jobs, creates_per_minute, creates_burst } = limitsFor(caller);
  return Math.min(spreadCount(principal.shards, config.shards, now), jobs, creates_per_minute, creates_burst);
}

/** The shard of a job with `core` that is made at `now`. */
export function shardFor(caller: Sharded, core: string, now: number): number {
  return Number.parseInt(core.slice(-4), 16) % spreadFor(caller, now);
}
