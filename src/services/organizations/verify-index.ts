import type { Config, Env } from '../../config';
import { ok, type Result } from '../../domain/base/result';
import { type DriftCount, driftCount } from '../../domain/feed/drift';
import { indexObject, orgObject, roomFor } from '../../objects/address';
import type { VerifyPlace } from '../../objects/org-index/contract';
import { askNewer } from '../ask-object';
import { sealCursor } from '../ids/cursor';
import { cursorScope } from '../page';
import { noRoom } from '../room';
import { noOrganization } from './organizations';

/** What the cursors of a verification belong to. */
export const VERIFICATION = 'verification';
/** Jobs that a shard asks at once. */
const AT_ONCE = 100;
/** Times that shards are asked for one request: of a feed whose jobs are all listed none is asked, however long it is. */
const PARTS = 40;

/** What was found and mended, and where it goes on: null once all shards were looked through. */
export interface VerifiedIndex extends DriftCount {
  next_cursor: string | null;
}

interface VerifyPosition {
  shard: number;
  place: VerifyPlace | null;
}

/**
 * Asks jobs of an organization what they are, `limit` at most and shard by shard, and mends what the index says of them:
 * first those that it lists, then those that the feed names, of which it looks through some 40,000 events. Fewer where
 * the jobs that it asks would not fit beside the objects in use.
 */
export async function verifyIndex(
  env: Env,
  config: Config,
  id: string,
  { position, limit }: { position: unknown; limit: number },
): Promise<Result<VerifiedIndex>> {
  const profile = await askNewer(() => orgObject(env, id).profile(), true);
  if (!profile.ok) return profile;
  if (profile.value === null) return noOrganization(id);
  const shards = await askNewer(() => orgObject(env, id).shardCount(), true);
  if (!shards.ok) return shards;
  const sum = driftCount([]);
  let at = (position as VerifyPosition | null) ?? { shard: 0, place: null };
  for (let part = 0; part < PARTS && at.shard < shards.value && sum.checked < limit; part++) {
    const { shard, place } = at;
    const most = Math.min(AT_ONCE, limit - sum.checked, roomFor(env, Date.now()));
    if (most === 0 && part === 0) return noRoom('be asked');
    if (most === 0) break;
    const answer = await askNewer(() => indexObject(env, id, shard).verify(place, most), true);
    if (!answer.ok) return answer;
    const { next, ...found } = answer.value;
    for (const [name, count] of Object.entries(found)) sum[name as keyof DriftCount] += count;
    at = next === null ? { shard: shard + 1, place: null } : { shard, place: next };
  }
  if (at.shard >= shards.value) return ok({ ...sum, next_cursor: null });
  const { shard, place } = at;
  const scope = cursorScope(id, VERIFICATION);
  return ok({
    ...sum,
    next_cursor: await sealCursor(config, scope, { shard, place: place && { ...place } }),
  });
}
