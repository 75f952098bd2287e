import type { FeedFilter, FeedPage, FeedRow } from '../../domain/feed/feed';
import { type FeedPosition, moved } from '../../domain/feed/feed-merge';
import type { Caller } from '../access/caller';
import { feedShards } from './feed';
import { ShardChannel } from './shard-channel';

/** What one shard had to tell: its rows, and where the reader stands behind them. */
export interface FeedNews {
  shard: number;
  rows: FeedRow[];
  position: FeedPosition;
}

interface Answer {
  shard: number;
  after: number;
  page: FeedPage;
}

/**
 * Follows the feed from a position over a line to each shard. A shard's page is given as it comes, so the events of
 * different shards come as they happen to, those of one job in their order.
 */
export class FeedWatch {
  readonly #lines: ReadonlyMap<number, ShardChannel>;
  readonly #filter: FeedFilter;
  readonly #limit: number;
  /** Shards that were asked and have not answered. */
  readonly #asked = new Set<number>();
  readonly #answers: Answer[] = [];
  #wake: () => void = () => {};
  #position: FeedPosition;

  constructor(caller: Caller, position: FeedPosition, filter: FeedFilter, limit: number) {
    this.#lines = new Map(
      feedShards(caller, position).map((shard) => [shard, new ShardChannel(caller, shard)]),
    );
    this.#position = position;
    this.#filter = filter;
    this.#limit = limit;
  }

  /** Everything through here was given, or passed over by the filter. */
  get position(): FeedPosition {
    return this.#position;
  }

  /** The next rows, 'quiet' where none come in `ms` or before `signal`, 'expired' where retention was faster. */
  async next(ms: number, signal: AbortSignal): Promise<FeedNews | 'quiet' | 'expired'> {
    const done = new AbortController();
    const quiet = scheduler.wait(ms, { signal: AbortSignal.any([signal, done.signal]) }).then(
      () => true,
      () => true,
    );
    try {
      for (;;) {
        for (const { shard, after, page } of this.#answers.splice(0, 1)) {
          this.#asked.delete(shard);
          if (page.dropped_through > after) return 'expired';
          this.#position = moved(this.#position, [[shard, page.through]]);
          if (page.events.length > 0) return { shard, rows: page.events, position: this.#position };
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

  /** Makes sure, by the next time at the latest, that all shards are still there. */
  ping(): void {
    for (const line of this.#lines.values()) line.ping();
  }

  close(): void {
    for (const line of this.#lines.values()) line.close();
  }

  /** Sees to it that each shard has one question to answer. */
  #ask(): void {
    for (const [shard, line] of this.#lines) {
      if (this.#asked.has(shard)) continue;
      this.#asked.add(shard);
      const after = this.#position[shard] ?? 0;
      void line.ask({ ...this.#filter, after, limit: this.#limit }).then((page) => {
        if (page === null) return;
        this.#answers.push({ shard, after, page });
        this.#wake();
      });
    }
  }
}
