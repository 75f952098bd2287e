import { shareCount, shareOf } from '../../domain/access/shards';
import type { CreationTerms } from '../../domain/feed/publication';
import type { Caller } from '../access/caller';
import { limitsFor } from '../access/own-limits';
import { spreadFor } from '../access/own-shards';

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
  const spread = spreadFor(caller, now);
  const shares = shareCount(principal.shards, config.shards, shard);
  return {
    per_minute: shareOf(creates_per_minute, spread, shard),
    burst: shareOf(creates_burst, spread, shard),
    jobs: shareOf(jobs, shares, shard),
    jobs_in_all: jobs,
    feed_bytes: Math.min(shareOf(feed_bytes, shares, shard), config.feedBytes),
  };
}
