import type { FeedFilter, FeedPage } from '../../domain/feed/feed';
import { type FeedPosition, moved } from '../../domain/feed/feed-merge';
import type { Caller } from '../access/caller';
import { feedShards } from './feed';
import { ShardChannel } from './shard-channel';

/** What one shard had to tell: a page with rows in it, and where the reader stands behind them. */
export interface FeedNews {
  shard: number;
  /** The same object for all readers of this isolate that are told it. */
  page: FeedPage;
  position: FeedPosition;
}

interface Answer {
  shard: number;
  after: number;
  /** Null where the shard stays away. */
  page: FeedPage | null;
}

/**
 * Follows the feed from a position over a line to each shard. A shard's page is given as it comes, so the events of
 * different shards come as they happen to, those of one job in their order.
 */
export class FeedWatch {
  readonly #caller: Caller;
  readonly #lines = new Map<number, ShardChannel>();
  readonly #filter: FeedFilter;
  readonly #limit: number;
  /** Shards that were asked and have not answered. */
  readonly #asked = new Set<number>();
  readonly #answers: Answer[] = [];
  #wake: () => void = () => {};
  #position: FeedPosition;

  constructor(caller: Caller, position: FeedPosition, filter: FeedFilter, limit: number) {
    this.#caller = caller;
    this.#position = position;
    this.#filter = filter;
    this.#limit = limit;
  }

  /** Everything through here was given, or passed over by the filter. */
  get position(): FeedPosition {
    return this.#position;
  }

  /** The next rows, 'quiet' where none come in `ms` or before `signal`; 'lost' where retention was faster or a shard stays away. */
  async next(ms: number, signal: AbortSignal): Promise<FeedNews | 'quiet' | 'lost'> {
    const done = new AbortController();
    const quiet = scheduler.wait(ms, { signal: AbortSignal.any([signal, done.signal]) }).then(
      () => true,
      () => true,
    );
    try {
      for (;;) {
        for (const { shard, after, page } of this.#answers.splice(0, 1)) {
          this.#asked.delete(shard);
          if (page === null || page.dropped_through > after) return 'lost';
          this.#position = moved(this.#position, [[shard, page.through]]);
          if (page.events.length > 0) return { shard, page, position: this.#position };
        }
        this.#ask();
        const woken = new Promise<false>((resolve) => {
          this.#wake = () => resolve(false);
        });
        if (this.#answers.length === 0 && (await Promise.race([woken, quiet]))) return 'quiet';
      }
    } finally {
      done.abort();
    }
  }

  /** Sends each shard a ping; where the one before was not answered, its socket is lost. */
  ping(): void {
    for (const line of this.#lines.values()) line.ping();
  }

  close(): void {
    for (const line of this.#lines.values()) line.close();
  }

  /** Asks each shard that has no question to answer: one that is new to a credential that was looked at again too. */
  #ask(): void {
    for (const shard of feedShards(this.#caller, this.#position)) {
      if (this.#asked.has(shard)) continue;
      this.#asked.add(shard);
      const line = this.#lines.get(shard) ?? new ShardChannel(this.#caller, shard);
      this.#lines.set(shard, line);
      const after = this.#position[shard] ?? 0;
      void line.ask({ ...this.#filter, after, limit: this.#limit }).then((page) => {
        this.#answers.push({ shard, after, page });
        this.#wake();
      });
    }
  }
}
