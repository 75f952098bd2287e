import { shardCount, spreadCount } from '../../domain/access/shards';
import type { Caller } from './caller';

/** Whose shards are asked for, and what the service's standard is. */
type Sharded = Pick<Caller, 'config' | 'principal'>;

/** The shards of the caller's organization: every one that may hold a job or an event of it. */
export function shardsOf({ config, principal }: Sharded): number[] {
  const count = shardCount(principal.shards, config.shards);
  return Array.from({ length: count }, (_, shard) => shard);
}

/** The shard of a job with `core` that is made at `now`. */
export function shardFor({ config, principal }: Sharded, core: string, now: number): number {
  return Number.parseInt(core.slice(-4), 16) % spreadCount(principal.shards, config.shards, now);
}
