import type { Json } from '../../domain/base/json';
import { type FeedPosition, moved } from '../../domain/feed/feed-merge';
import type { Caller } from '../access/caller';
import { sealCursor } from '../ids/cursor';
import { Lru } from '../lru';
import { cursorScope } from '../page';
import { feedShards } from './feed';

/** What the feed's cursors belong to. */
export const FEED = 'feed';

/** A row's place behind a cursor, unsigned: whoever holds a cursor may read anything that follows it. */
const WITHIN = /^(0|[1-9]\d?)\.([1-9]\d{0,14})$/;

/** Cursors that were signed lately; those who stand at one place share one. */
const signed = new Lru<string>(1_000, 1_000_000);

/** The opaque form of a position. */
export async function feedCursor({ config, principal }: Caller, position: FeedPosition): Promise<string> {
  const scope = cursorScope(principal.organization, FEED);
  const name = `${config.generation} ${config.roots.get(config.generation)} ${scope} ${JSON.stringify(position)}`;
  const known = signed.get(name);
  if (known !== undefined) return known;
  const cursor = await sealCursor(config, scope, position as Json);
  signed.set(name, cursor, name.length + cursor.length);
  return cursor;
}

/** The cursor behind one row of `shard`, told after `cursor`: a delivery of many rows needs one signature. */
export function cursorWithin(cursor: string, shard: number, seq: number): string {
  return `${cursor}~${shard}.${seq}`;
}

/** The position of a cursor that `cursorWithin` made: `place` stands behind its `~`; undefined where it is none. */
export function positionWithin(caller: Caller, position: Json, place: string): Json | undefined {
  const [, shard, seq] = WITHIN.exec(place) ?? [];
  if (shard === undefined || seq === undefined) return undefined;
  const begun = position as FeedPosition;
  if (!feedShards(caller, begun).includes(Number(shard))) return undefined;
  if (Number(seq) <= (begun[shard] ?? 0)) return undefined;
  return moved(begun, [[Number(shard), Number(seq)]]) as Json;
}
