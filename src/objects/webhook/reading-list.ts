import type { FeedPage } from '../../domain/feed/feed';
import type { State } from './webhook-store';

/** What a reader says with its ask: it comes again by itself, it sleeps once there is nothing, it is no reader any more. */
export type Intent = 'more' | 'sleep' | 'leave';

/** An ask for a page, and how often its shard had been woken by then. */
export interface ShardAsk {
  shard: number;
  after: number;
  intent: Intent;
  wakes: number;
}

/** What a page comes to. */
export interface ShardReading {
  /** Its messages and the position behind it are worth a row. */
  written: boolean;
  /** The shard sleeps from here on: it pokes once it has something. */
  asleep: boolean;
  /** The next page is there already. */
  more: boolean;
}

interface Awake {
  /** Marks an answer under way as old. */
  wakes: number;
  /** Its last page was empty: another one, and it sleeps. */
  quiet: boolean;
}

/** Which shards have something, or may have, how far each was read, and what is said to it next. Memory alone. */
export class ReadingList {
  readonly #awake = new Map<number, Awake>();
  readonly #seen = new Map<number, number>();

  /** A shard has something; `surely` is false for one that is only looked at. */
  wake(shard: number, surely = true): void {
    const { wakes = 0, quiet = true } = this.#awake.get(shard) ?? {};
    this.#awake.set(shard, { wakes: wakes + 1, quiet: quiet && !surely });
  }

  get asleep(): boolean {
    return this.#awake.size === 0;
  }

  get shards(): number[] {
    return [...this.#awake.keys()];
  }

  ask(shard: number, positions: State['positions']): ShardAsk {
    const { wakes = 0, quiet = false } = this.#awake.get(shard) ?? {};
    const after = Math.max(positions[shard]?.seq ?? 0, this.#seen.get(shard) ?? 0);
    return { shard, after, intent: quiet ? 'sleep' : 'more', wakes };
  }

  /** A position that passed over rows alone is written when the shard falls silent. */
  judge({ shard, intent, wakes }: ShardAsk, page: FeedPage, positions: State['positions']): ShardReading {
    const empty = page.events.length === 0 && page.through >= page.head;
    const asleep = empty && intent === 'sleep' && (this.#awake.get(shard)?.wakes ?? 0) === wakes;
    const passed = page.through > (positions[shard]?.seq ?? 0);
    return {
      written: page.events.length > 0 || (asleep && passed),
      asleep,
      more: page.through < page.head,
    };
  }

  /** Reads on behind a page, once what was to be written of it is written. */
  note({ shard }: ShardAsk, page: FeedPage, { asleep }: ShardReading): void {
    this.#seen.set(shard, page.through);
    const { wakes = 0 } = this.#awake.get(shard) ?? {};
    const quiet = page.events.length === 0 && page.through >= page.head;
    if (asleep) this.#awake.delete(shard);
    else this.#awake.set(shard, { wakes, quiet });
  }
}
