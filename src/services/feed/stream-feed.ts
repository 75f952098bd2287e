import type { FeedFilter } from '../../domain/feed/feed';
import type { FeedPosition } from '../../domain/feed/feed-merge';
import { type Caller, nextLook } from '../access/caller';
import { lapseOf } from '../access/lapse';
import { STREAM_TIMES } from '../stream-times';
import { type FeedNews, FeedWatch } from './feed-watch';

/** Events that a shard sends at once. */
const LIMIT = 100;

/** News, or a sign of life with the place that the filter has got to. */
export interface StreamPart {
  news: FeedNews | null;
  position: FeedPosition;
}

/**
 * The feed from `position` on, for as long as the credential holds and `signal` is silent. Ends where retention was
 * faster than the reader, or a shard stays away: it comes back and is told.
 */
export async function* streamFeed(
  caller: Caller,
  position: FeedPosition,
  filter: FeedFilter,
  signal: AbortSignal,
  times = STREAM_TIMES,
): AsyncGenerator<StreamPart> {
  const watch = new FeedWatch(caller, position, filter, LIMIT, signal);
  let renewal = nextLook(caller, caller.principal.since, times.renewal);
  let quiet = Date.now() + times.quiet;
  try {
    while (!signal.aborted) {
      const news = await watch.next(Math.max(Math.min(quiet, renewal) - Date.now(), 0));
      if (news === 'lost' || signal.aborted) return;
      if (Date.now() >= renewal) {
        if ((await lapseOf(caller)) !== null) return;
        renewal = nextLook(caller, Date.now(), times.renewal);
      }
      if (news === 'quiet' && Date.now() < quiet) continue;
      if (news === 'quiet') watch.ping();
      quiet = Date.now() + times.quiet;
      yield { news: news === 'quiet' ? null : news, position: watch.position };
    }
  } finally {
    watch.close();
  }
}
