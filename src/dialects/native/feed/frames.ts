import { type FeedRow, type OrganizationEvent, organizationEvent } from '../../../domain/feed/feed';
import type { Frame } from '../../../http/event-stream';
import { cursorWithin } from '../../../services/feed/feed-cursor';
import type { FeedNews } from '../../../services/feed/feed-watch';
import { toTime } from '../../times';

/** What was made of each page, by the ids before and behind it. */
const made = new WeakMap<FeedNews['page'], Map<string, readonly Frame[]>>();

/**
 * A page as the frames of the stream, made once for all that are told it from the same place on. The last has the
 * cursor behind the page, those before it a place behind the cursor that the reader had.
 */
export function framesOf({ shard, page }: FeedNews, before: string, behind: string): readonly Frame[] {
  const places = made.get(page) ?? new Map<string, readonly Frame[]>();
  made.set(page, places);
  const name = `${shard} ${before} ${behind}`;
  const known = places.get(name);
  if (known !== undefined) return known;
  const last = page.events.length - 1;
  const frames = page.events.map((row, index) => ({
    event: 'message',
    id: index === last ? behind : cursorWithin(before, shard, row.seq),
    data: eventText(row),
  }));
  places.set(name, frames);
  return frames;
}

export function toFeedEvent({ at, ...event }: OrganizationEvent) {
  return { ...event, at: toTime(at) };
}

const texts = new WeakMap<FeedRow, string>();

function eventText(row: FeedRow): string {
  const text = texts.get(row) ?? JSON.stringify(toFeedEvent(organizationEvent(row)));
  texts.set(row, text);
  return text;
}
