import { ok, type Result } from '../../domain/base/result';
import { organizationEvent } from '../../domain/feed/feed';
import { type Caller, nextLook } from '../access/caller';
import { hold } from '../access/held';
import { lapseOf } from '../access/lapse';
import { type FeedExpired, type FeedPart, type FeedRequest, readFeed } from './feed';
import { FeedWatch } from './feed-watch';

/** The organization's next events; where there are none yet, those that come within `ms` and before `signal`. */
export async function awaitFeed(
  caller: Caller,
  request: FeedRequest,
  ms: number,
  signal: AbortSignal,
): Promise<Result<FeedPart | FeedExpired>> {
  const read = await readFeed(caller, request);
  if (ms === 0 || !read.ok || 'expired' in read.value || read.value.events.length > 0) return read;
  const held = hold(caller, 'waits');
  if (!held.ok) return held;
  const { filter, limit } = request;
  const watch = new FeedWatch(caller, read.value.position, filter, limit, signal);
  try {
    const now = Date.now();
    const news = await watch.next(nextLook(caller, now, ms) - now);
    const lapsed = await lapseOf(caller);
    if (lapsed !== null) return { ok: false, rejection: lapsed };
    // Read once more: to move past what the filter let not through meanwhile, or to say that retention was faster or the shard is away.
    if (news === 'lost' || news === 'quiet') {
      return await readFeed(caller, { ...request, position: watch.position });
    }
    return ok({ events: news.page.events.map(organizationEvent), position: news.position });
  } finally {
    held.value();
    watch.close();
  }
}
