import { isFresh } from '../../domain/base/time';
import type { FeedAsk, FeedPage, FreshRow } from '../../domain/feed/feed';
import { letsThrough, tellsOfProgress } from '../../domain/feed/feed';

/** A reader whose filter lets nothing through learns so often where it stands (ms): its cursor is not to grow old. */
const PASSED_OVER = 15_000;
/** The bodies of one page that is matched in memory (characters), unless one row is more. */
const PAGE_CHARACTERS = 262_144;

/** One who waits: where it stands and since when (ms); nothing up to `through` is for it. */
export interface Waiting {
  ask: FeedAsk;
  since: number;
  through: number;
}

/** The page for all who were told everything through `from`. */
export interface GroupPage {
  from: number;
  page: FeedPage;
}

/**
 * Those who wait with one filter. They have all been told the same, so a fresh row is looked at once for all of them,
 * and one that is for none of them moves a single number.
 */
export class FeedGroup {
  readonly #ask: FeedAsk;
  readonly #waiting = new Map<WebSocket, Waiting>();
  /** Nothing through here is for anyone who waits. */
  #through: number;
  /** When the one who waits longest began to (ms). */
  #oldest = Number.POSITIVE_INFINITY;

  constructor(ask: FeedAsk, through: number) {
    this.#ask = ask;
    this.#through = through;
  }

  get tellsOfProgress(): boolean {
    return tellsOfProgress(this.#ask);
  }

  get sockets(): WebSocket[] {
    return [...this.#waiting.keys()];
  }

  /** Adds one; where it has been sent less than the others, theirs is matched again for it. */
  add(socket: WebSocket, waiting: Waiting): void {
    this.#waiting.set(socket, waiting);
    this.#through = Math.min(this.#through, waiting.through);
    this.#oldest = Math.min(this.#oldest, waiting.since);
  }

  /** Removes one; whether any is left. */
  delete(socket: WebSocket): boolean {
    this.#waiting.delete(socket);
    return this.#waiting.size > 0;
  }

  /**
   * Those for whom there is something, with their page. `fresh` are the newest rows without a hole; `read` reads behind
   * a row where they don't reach back to it.
   */
  news(
    fresh: readonly FreshRow[],
    read: (ask: FeedAsk) => FeedPage,
    now: number,
  ): [WebSocket, Waiting, GroupPage][] {
    const first = fresh[0]?.row.seq;
    const looked =
      first !== undefined && first <= this.#through + 1
        ? this.#match(fresh)
        : read({ ...this.#ask, after: this.#through });
    const isDue = !isFresh(this.#oldest, now, PASSED_OVER);
    const told: [WebSocket, Waiting, GroupPage][] = [];
    if (looked.events.length > 0 || looked.through < looked.head || isDue || looked.dropped_through > 0) {
      const pages = new Map<number, GroupPage>();
      for (const [socket, waiting] of this.#waiting) {
        const from = Math.max(waiting.through, this.#through);
        const page = pages.get(from) ?? behind(looked, from);
        pages.set(from, page);
        if (isNews(page.page, waiting, now)) told.push([socket, waiting, page]);
      }
      if (isDue) this.#oldest = now;
    }
    this.#through = looked.through;
    return told;
  }

  #match(fresh: readonly FreshRow[]): FeedPage {
    const head = fresh.at(-1)?.row.seq ?? this.#through;
    const events: FeedPage['events'] = [];
    let size = 0;
    for (const one of fresh) {
      if (one.row.seq <= this.#through || !letsThrough(this.#ask, one)) continue;
      if (events.length === this.#ask.limit || (size > 0 && size + one.row.body.length > PAGE_CHARACTERS)) {
        return { events, through: events.at(-1)?.seq ?? this.#through, head, dropped_through: 0 };
      }
      events.push(one.row);
      size += one.row.body.length;
    }
    return { events, through: head, head, dropped_through: 0 };
  }
}

/** What of a page is for one who was told everything through `from`: what retention has dropped up to there it has not missed. */
function behind(page: FeedPage, from: number): GroupPage {
  const events = page.events.filter(({ seq }) => seq > from);
  const dropped_through = page.dropped_through > from ? page.dropped_through : 0;
  return { from, page: { ...page, events, through: Math.max(page.through, from), dropped_through } };
}

/** Whether a page is worth an answer. */
export function isNews(
  { events, through, head, dropped_through }: FeedPage,
  { ask, since }: Waiting,
  now: number,
): boolean {
  if (events.length > 0 || through < head || dropped_through > ask.after) return true;
  return through > ask.after && !isFresh(since, now, PASSED_OVER);
}
