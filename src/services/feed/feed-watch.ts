import type { FeedFilter, FeedPage } from '../../domain/feed/feed';
import { type FeedPosition, moved } from '../../domain/feed/feed-merge';
import { within } from '../../within';
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
  readonly #signal: AbortSignal;
  #wake: () => void = () => {};
  #position: FeedPosition;

  /** Once `signal` says so nothing is waited for any more. */
  constructor(
    caller: Caller,
    position: FeedPosition,
    filter: FeedFilter,
    limit: number,
    signal: AbortSignal,
  ) {
    this.#caller = caller;
    this.#position = position;
    this.#filter = filter;
    this.#limit = limit;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake());
  }

  /** Everything through here was given, or passed over by the filter. */
  get position(): FeedPosition {
    return this.#position;
  }

  /** The next rows, 'quiet' where none come in `ms`; 'lost' where retention was faster or a shard stays away. */
  async next(ms: number): Promise<FeedNews | 'quiet' | 'lost'> {
    const until = Date.now() + ms;
    for (;;) {
      for (const { shard, after, page } of this.#answers.splice(0, 1)) {
        this.#asked.delete(shard);
        if (page === null || page.dropped_through > after) return 'lost';
        this.#position = moved(this.#position, [[shard, page.through]]);
        if (page.events.length > 0) return { shard, page, position: this.#position };
      }
      this.#ask();
      if (this.#answers.length === 0 && !(await this.#answered(until - Date.now()))) return 'quiet';
    }
  }

  /** Sends each shard a ping; where the one before was not answered, its socket is lost. */
  ping(): void {
    for (const line of this.#lines.values()) line.ping();
  }

  close(): void {
    for (const line of this.#lines.values()) line.close();
  }

  /** Whether a shard answers within `ms`. */
  async #answered(ms: number): Promise<boolean> {
    if (this.#signal.aborted) return false;
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return (await within(woken, Math.max(ms, 0))) && !this.#signal.aborted;
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
