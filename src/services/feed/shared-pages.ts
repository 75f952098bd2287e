import type { FeedPage } from '../../domain/feed/feed';
import { within } from '../../within';
import { Leases } from '../leases';
import { Lru } from '../lru';
import { parseOnce } from '../parse-once';

/** Pages that are kept, and their rows' characters in all. */
const PAGES = 64;
const CHARACTERS = 4_194_304;
/** How long a reader waits for the page that another one asks for (ms). One that has gone asks for nobody. */
const PATIENCE = 1_000;

/**
 * The pages that many readers of one isolate were given word of: the first asks its shard, the others are shown the same
 * object. Only plain data passes between requests, and each waits by a timer of its own.
 */
export class SharedPages {
  readonly #pages = new Lru<FeedPage>(PAGES, CHARACTERS);
  readonly #asked = new Map<string, Promise<FeedPage | null>>();
  readonly #leases = new Leases<string>(PATIENCE);

  /** The page under `name`, by `ask` where nobody has asked; null where its text could not be had. */
  async get(name: string, ask: () => Promise<string | null>): Promise<FeedPage | null> {
    const known = this.#pages.get(name);
    if (known !== undefined) return known;
    for (const late of this.#leases.over()) this.#asked.delete(late);
    const asked = this.#asked.get(name);
    if (asked !== undefined && (await within(asked, PATIENCE * (0.5 + Math.random())))) {
      const page = await asked;
      if (page !== null) return page;
    }
    const own = this.#ask(name, ask);
    this.#asked.set(name, own);
    this.#leases.begin(name);
    try {
      return await own;
    } finally {
      if (this.#asked.get(name) === own) this.#asked.delete(name);
    }
  }

  async #ask(name: string, ask: () => Promise<string | null>): Promise<FeedPage | null> {
    const text = await ask();
    if (text === null) return null;
    const page = parseOnce<FeedPage>(text);
    this.#pages.set(name, page, text.length);
    return page;
  }
}
