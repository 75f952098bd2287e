import { LIMIT_NAMES, type LimitName } from '../../domain/access/limits';
import { ok, type Result } from '../../domain/base/result';
import { indexObject, orgObject } from '../../objects/address';
import type { ShardUse } from '../../objects/org-index/contract';
import type { Caller } from '../access/caller';
import { heldBy } from '../access/held';
import { limitsFor } from '../access/own-limits';
import { shardsOf } from '../access/own-shards';
import { askNewer } from '../ask-object';
import { creationTerms } from '../jobs/creation-terms';

/** A limit, and how much of it is used; null where that is another number for each job or endpoint, or is a rate. */
export interface Usage {
  limit: number;
  use: number | null;
}

/** What the organization may have and do, and what of that it has and does. */
export async function usageOf(caller: Caller): Promise<Result<Record<LimitName, Usage>>> {
  const { env, principal } = caller;
  const { organization } = principal;
  const shards = shardsOf(caller);
  const now = Date.now();
  const [own, ...parts] = await Promise.all([
    askNewer(() => orgObject(env, organization).use(), true),
    ...shards.map(async (shard) => {
      const terms = creationTerms(caller, shard, now);
      const use = await askNewer(() => indexObject(env, organization, shard).use(terms), true);
      const { burst, feed_bytes: bound } = terms;
      return use.ok ? ok({ ...use.value, burst: burst - use.value.left, bound }) : use;
    }),
  ]);
  if (!own.ok) return own;
  const used: (ShardUse & { burst: number; bound: number })[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    used.push(part.value);
  }
  const sum = (of: (use: (typeof used)[number]) => number) => used.reduce((all, use) => all + of(use), 0);
  // Of the feed's bytes what the shards have in all.
  const limits = { ...limitsFor(caller), feed_bytes: sum(({ bound }) => bound) };
  const use: Partial<Record<LimitName, number>> = {
    ...own.value,
    jobs: sum(({ alive }) => alive),
    creates_burst: sum(({ burst }) => burst),
    streams: heldBy(caller, 'streams'),
    waits: heldBy(caller, 'waits'),
    feed_bytes: sum(({ feed_bytes }) => feed_bytes),
  };
  const each = LIMIT_NAMES.map((name) => [name, { limit: limits[name], use: use[name] ?? null }] as const);
  return ok(Object.fromEntries(each) as Record<LimitName, Usage>);
}
