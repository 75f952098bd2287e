import { DAY } from '../base/time';

/** Feed tables: they take turns, each for a third of the time that rows are kept. */
export const FEED_TABLES = 4;
/** Bytes of a shard's feed at most, where nothing else is said: the oldest events go then, however young they are. */
export const FEED_BYTES = 2_147_483_648;
/** A late publication is known as one for so long at least (ms), however short the feed's retention is. */
const TOMBSTONE_LEAST = 14 * DAY;

/** How long a table of a feed is written that keeps its rows for `days` at least (ms). */
export function feedSpan(days: number): number {
  return Math.ceil((days * DAY) / (FEED_TABLES - 1));
}

/**
 * How long an index remembers a deleted job (ms): for as long as its feed may hold a row of it, which is a table's turn
 * longer than rows are kept.
 */
export function tombstoneLife(days: number): number {
  return Math.max(FEED_TABLES * feedSpan(days), TOMBSTONE_LEAST);
}

/**
 * How long the key of a deleted job stays taken, from when its index knows (ms): a day longer than the index remembers
 * the job, so that one made anew under the same id meets nothing of the old one. Source: behaviour §2.
 */
export function keyLife(days: number): number {
  return tombstoneLife(days) + DAY;
}
