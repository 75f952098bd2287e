import type { CreationTerms } from '../../domain/feed/publication';
import type { Caller } from '../access/caller';
import { limitsFor } from '../access/own-limits';

/** What a shard of the index holds a creation to: its share of what the organization may. */
export function creationTerms(caller: Caller): CreationTerms {
  const { creates_per_minute, creates_burst, jobs } = limitsFor(caller);
  const share = (limit: number) => Math.ceil(limit / caller.config.shards);
  return { per_minute: share(creates_per_minute), burst: share(creates_burst), jobs: share(jobs) };
}
