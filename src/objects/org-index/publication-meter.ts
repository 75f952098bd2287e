import { MINUTE } from '../../domain/base/time';
import type { Publication } from '../../domain/feed/publication';
import type { ShardPulse } from './contract';

/** What a shard has taken since its instance was opened. Memory alone: whoever reads it knows counters that begin anew. */
export class PublicationMeter {
  #publications = 0;
  #told = 0;
  #lag = 0;
  /** The longest lag is that of this minute and the one before (ms). */
  #longest = { minute: 0, now: 0, before: 0 };

  /** Publications that arrive at `now`: an event is as late as it has waited since it happened. */
  took(publications: readonly Publication[], now: number): void {
    this.#turn(now);
    this.#publications += publications.length;
    for (const { events } of publications) {
      const [oldest] = events;
      if (oldest === undefined) continue;
      const lag = Math.max(0, now - oldest.at);
      this.#told += 1;
      this.#lag += lag;
      this.#longest.now = Math.max(this.#longest.now, lag);
    }
  }

  read(now: number): Omit<ShardPulse, 'events'> {
    this.#turn(now);
    const { now: newest, before } = this.#longest;
    return {
      publications: this.#publications,
      told: this.#told,
      lag_ms: this.#lag,
      longest_lag_ms: Math.max(newest, before),
    };
  }

  #turn(now: number): void {
    const minute = Math.floor(now / MINUTE);
    const last = this.#longest;
    if (minute === last.minute) return;
    this.#longest = { minute, now: 0, before: minute === last.minute + 1 ? last.now : 0 };
  }
}
