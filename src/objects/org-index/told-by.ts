import { feedBody } from '../../domain/feed/feed';
import type { admit } from '../../domain/feed/publication';
import { progressEntry } from '../../domain/job/event';
import type { Status } from '../../domain/job/job';
import type { Summary } from '../../domain/job/summary';
import type { FeedEntry } from './feed-store';

/**
 * What the feed is told by a publication: the events that are new in it, or that the job has progressed, which was in
 * status `progressed` before; null where that is no news.
 */
export function toldBy(
  news: ReturnType<typeof admit>,
  summary: Summary,
  progressed: Status | null,
  now: number,
): FeedEntry[] {
  const told = progressed === null ? news.events : [progressEntry(summary, progressed, now)];
  return told.map(({ revision, at, body }, index) => {
    const missed = index === 0 && news.missed > 0 ? { missed: news.missed } : {};
    return { revision, at, body: { ...feedBody(body, summary), ...missed } };
  });
}
