import type { FeedFilter, FeedPage } from '../../domain/feed/feed';
import { log } from '../../log';
import { indexObject, type Namespaces, organizationOf, partOf } from '../address';
import type { ShardAsk } from './reading-list';
import type { State } from './webhook-store';

/** The shards of an organization's feed, as one endpoint asks them. */
export class FeedShards {
  readonly #env: Namespaces;
  readonly #name: string | undefined;
  /** Those that it knows of: that there are so many, that one has poked it. */
  readonly #known: Set<number>;

  /** `name` is the endpoint's object's; `count` is how many shards an organization has at least. */
  constructor(env: Namespaces, name: string | undefined, count: number) {
    this.#env = env;
    this.#name = name;
    this.#known = new Set(upTo(count));
  }

  /** There are `count` shards, as far as its organization has said how many. */
  know(count = 0): void {
    for (const shard of upTo(count)) this.#known.add(shard);
  }

  /** A shard has something for it. */
  met(shard: number): void {
    this.#known.add(shard);
  }

  /** Those that there are, and those at which the endpoint stands from a time when there were more. */
  numbers(positions: State['positions'] = {}): number[] {
    return [...new Set([...this.#known, ...Object.keys(positions).map(Number)])];
  }

  /** The heads of all shards, each of which knows the endpoint as a reader from here on. */
  async heads(): Promise<State['positions']> {
    const heads = this.numbers().map(async (shard) => {
      const { head } = await this.#pull(shard, { after: null, limit: 1, intent: 'sleep' });
      return [shard, { seq: head, origin: head }] as const;
    });
    return Object.fromEntries(await Promise.all(heads));
  }

  async page({ shard, after, intent }: ShardAsk, limit: number, filter: FeedFilter): Promise<FeedPage> {
    const page = await this.#pull(shard, { after, limit, intent, ...filter });
    if (page.dropped_through > after) {
      const line = { object: this.#name, shard, after, dropped_through: page.dropped_through };
      log('warn', 'webhook_fell_behind', line);
    }
    return page;
  }

  /** Removes the endpoint from every shard's readers: none pokes it from here on. */
  async leave(positions: State['positions'] = {}): Promise<void> {
    await Promise.all(
      this.numbers(positions).map((shard) => this.#pull(shard, { after: null, limit: 1, intent: 'leave' })),
    );
  }

  #pull(
    shard: number,
    ask: { after: number | null; limit: number; intent: ShardAsk['intent'] } & FeedFilter,
  ): Promise<FeedPage> {
    const webhook_id = partOf(this.#name) ?? '';
    return indexObject(this.#env, organizationOf(this.#name), shard).pull({ webhook_id, ...ask });
  }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, shard) => shard);
}
