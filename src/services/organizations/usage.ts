import { LIMIT_NAMES, type LimitName } from '../../domain/access/limits';
import { ok, type Result } from '../../domain/base/result';
import { indexObject, orgObject } from '../../objects/address';
import type { ShardUse } from '../../objects/org-index/contract';
import type { Caller } from '../access/caller';
import { heldBy } from '../access/held';
import { limitsFor } from '../access/own-limits';
import { askNewer } from '../ask-object';
import { creationTerms } from '../jobs/creation-terms';

/** A limit, and how much of it is used; null where that is another number for each job or endpoint, or is a rate. */
export interface Usage {
  limit: number;
  use: number | null;
}

/** What the organization may have and do, and what of that it has and does. */
export async function usageOf(caller: Caller): Promise<Result<Record<LimitName | 'feed_bytes', Usage>>> {
  const { env, config, principal } = caller;
  const { organization } = principal;
  const terms = creationTerms(caller);
  const shards = Array.from({ length: config.shards }, (_, shard) => shard);
  const [own, ...parts] = await Promise.all([
    askNewer(() => orgObject(env, organization).use(), true),
    ...shards.map((shard) => askNewer(() => indexObject(env, organization, shard).use(terms), true)),
  ]);
  if (!own.ok) return own;
  const used: ShardUse[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    used.push(part.value);
  }
  const sum = (of: (use: ShardUse) => number) => used.reduce((all, use) => all + of(use), 0);
  const limits = limitsFor(caller);
  const use: Partial<Record<LimitName, number>> = {
    ...own.value,
    jobs: sum(({ alive }) => alive),
    creates_burst: sum(({ left }) => terms.burst - left),
    streams: heldBy(caller, 'streams'),
    waits: heldBy(caller, 'waits'),
  };
  const each = LIMIT_NAMES.map((name) => [name, { limit: limits[name], use: use[name] ?? null }] as const);
  const feed_bytes = { limit: config.feedBytes * config.shards, use: sum(({ feed_bytes }) => feed_bytes) };
  return ok({ ...(Object.fromEntries(each) as Record<LimitName, Usage>), feed_bytes });
}
