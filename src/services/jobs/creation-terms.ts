import { shareCount, spreadCount } from '../../domain/access/shards';
import type { CreationTerms } from '../../domain/feed/publication';
import type { Caller } from '../access/caller';
import { limitsFor } from '../access/own-limits';

/**
 * What a shard of the index holds a creation to: its share of what the organization may. Of its rate that is the same for
 * all that jobs are spread over; of the jobs themselves, and the feed's bytes, what it was when the shard was new.
 */
export function creationTerms(
  caller: Caller,
  shard: number,
  now: number,
): Required<Omit<CreationTerms, 'bulk'>> {
  const { config, principal } = caller;
  const { creates_per_minute, creates_burst, jobs, feed_bytes } = limitsFor(caller);
  const spread = spreadCount(principal.shards, config.shards, now);
  const shares = shareCount(principal.shards, config.shards, shard);
  return {
    per_minute: Math.ceil(creates_per_minute / spread),
    burst: Math.ceil(creates_burst / spread),
    jobs: Math.ceil(jobs / shares),
    feed_bytes: Math.min(Math.ceil(feed_bytes / shares), config.feedBytes),
  };
}
