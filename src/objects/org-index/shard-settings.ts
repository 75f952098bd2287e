import { FEED_DAYS } from '../../domain/feed/feed';
import { PUBLISH_INTERVAL } from '../../domain/feed/publication';
import { UNWATCHED_INTERVAL } from '../../domain/feed/publishing-pace';
import { FEED_BYTES } from '../../domain/feed/retention';
import type { Namespaces } from '../address';

/** What whoever runs the service may set of a shard. */
export interface ShardSettings {
  /** How long events are kept at the least, and how many bytes of them at most. */
  days: number;
  feedBytes: number;
  /** The shortest time between two publications of progress (ms), and how long progress waits that nobody looks at. */
  interval: number;
  unwatched: number;
}

export function settingsOf(env: Namespaces): ShardSettings {
  return {
    days: Number(env.FEED_DAYS ?? FEED_DAYS),
    feedBytes: Number(env.FEED_BYTES ?? FEED_BYTES),
    interval: Number(env.PUBLISH_INTERVAL_MS ?? PUBLISH_INTERVAL),
    unwatched: Number(env.UNWATCHED_INTERVAL_MS ?? UNWATCHED_INTERVAL),
  };
}
