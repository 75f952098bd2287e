import { ok, type Result, refuse } from '../../domain/base/result';
import {
  type FeedAsk,
  type FeedFilter,
  type OrganizationEvent,
  organizationEvent,
} from '../../domain/feed/feed';
import { type FeedPosition, mergePages, missed, moved, type ShardPage } from '../../domain/feed/feed-merge';
import { log } from '../../log';
import { indexObject } from '../../objects/address';
import type { Caller } from '../access/caller';
import { shardsOf } from '../access/own-shards';
import { reachedFeed, reachedPage } from '../access/reach';

export type { FeedFilter, FeedPosition, OrganizationEvent };

/** A page stays about this long as JSON, whatever stands in its rows. */
const PAGE_BYTES = 524_288;
/** A filter that lets nothing through is followed this often before an empty page is answered. */
const ROUNDS = 20;

/** What a page of the feed is asked with. Without a position it begins with the oldest event that is kept. */
export interface FeedRequest {
  position: FeedPosition | null;
  filter: FeedFilter;
  limit: number;
}

export interface FeedPart {
  events: OrganizationEvent[];
  position: FeedPosition;
}

/** Retention has dropped what the reader has not seen: where it can go on, and the oldest event's time (ms). */
export interface FeedExpired {
  expired: { position: FeedPosition; oldest_at: number | null };
}

/** The organization's next events, over all its index shards, as far as they are there. */
export async function readFeed(
  caller: Caller,
  { position, filter, limit }: FeedRequest,
): Promise<Result<FeedPart | FeedExpired>> {
  return available(async () => {
    let place = position;
    for (let round = 1; ; round++) {
      const pages = await readShards(caller, place ?? {}, { ...filter, limit });
      if (place !== null && missed(pages).length > 0) return beginning(caller, place, pages);
      const merged = mergePages(place ?? {}, pages, limit, PAGE_BYTES);
      if (merged.rows.length > 0 || merged.caughtUp || round === ROUNDS) {
        return { events: merged.rows.map(organizationEvent), position: merged.position };
      }
      place = merged.position;
    }
  });
}

/** Where reading begins: at the position, or before the oldest event that is kept. */
export async function beginFeed(
  caller: Caller,
  position: FeedPosition | null,
): Promise<Result<FeedPart | FeedExpired>> {
  return available(async () => {
    const pages = await readShards(caller, position ?? {}, { limit: 0 });
    if (position !== null && missed(pages).length > 0) return beginning(caller, position, pages);
    return { events: [], position: beginningOf(position ?? {}, pages) };
  });
}

/** Where the feed stands: what is read from here on has yet to happen. */
export async function headOfFeed(caller: Caller): Promise<Result<FeedPosition>> {
  return available(async () => {
    const pages = await readShards(caller, {}, { limit: 0 });
    return moved(
      {},
      pages.map(({ shard, page }) => [shard, page.head]),
    );
  });
}

/** The shards that may hold events: those that jobs are spread over, and those that a reader has met. */
export function feedShards(caller: Caller, position: FeedPosition): number[] {
  const shards = new Set(shardsOf(caller));
  for (const shard of Object.keys(position)) shards.add(Number(shard));
  return [...shards];
}

async function readShards(
  caller: Caller,
  position: FeedPosition,
  ask: Omit<FeedAsk, 'after'>,
): Promise<ShardPage[]> {
  const { env, principal } = caller;
  return Promise.all(
    feedShards(caller, position).map(async (shard) => {
      const after = position[shard] ?? 0;
      const index = indexObject(env, principal.organization, shard);
      const page = await index.readFeed({ ...reachedFeed(principal, ask), after });
      return { shard, after, page: reachedPage(principal, page) };
    }),
  );
}

/** Where a reader that has missed events can go on, and since when there are events. */
async function beginning(
  caller: Caller,
  position: FeedPosition,
  pages: readonly ShardPage[],
): Promise<FeedExpired> {
  const begins = beginningOf(position, pages);
  const oldest = await readShards(caller, begins, { limit: 1 });
  const times = oldest.flatMap(({ page }) => page.events.map(({ at }) => at));
  return { expired: { position: begins, oldest_at: times.length === 0 ? null : Math.min(...times) } };
}

/** The position, moved up to where the shards begin. */
function beginningOf(position: FeedPosition, pages: readonly ShardPage[]): FeedPosition {
  return moved(
    position,
    missed(pages).map(({ shard, page }) => [shard, page.dropped_through]),
  );
}

async function available<Answer>(work: () => Promise<Answer>): Promise<Result<Answer>> {
  try {
    return ok(await work());
  } catch (cause) {
    log('warn', 'index_unavailable', { cause });
    return refuse('unavailable', 'The feed is not available right now. Nothing in it is lost.');
  }
}
