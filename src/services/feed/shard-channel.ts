import { backoff, STOOD, TRIES } from '../../domain/base/backoff';
import type { FeedAsk, FeedPage, FeedWord } from '../../domain/feed/feed';
import { log } from '../../log';
import { watchFeed } from '../../objects/address';
import type { Caller } from '../access/caller';
import { reachedFeed, reachedPage } from '../access/reach';
import { parseOnce } from '../parse-once';
import { ObjectSocket } from '../watching/object-socket';
import { SharedPages } from './shared-pages';

/** How long to wait before looking whether the socket is still there (ms). */
const PATIENCE = 60_000;

const shared = new SharedPages();

/**
 * A line to one shard of the feed: a question is answered when there is something to answer. The socket behind it is
 * opened by the first question, and another when it is lost, and the question is asked again. Nothing is lost by that:
 * a question says from where on. A long page is sent to one reader of this isolate and read once for all of them.
 */
export class ShardChannel {
  readonly #caller: Caller;
  readonly #shard: number;
  #socket: ObjectSocket | null = null;
  #opened = 0;
  #closed = false;

  constructor(caller: Caller, shard: number) {
    this.#caller = caller;
    this.#shard = shard;
  }

  /** The page that `ask` is for, once it is there; null where the line is closed before, or the shard stays away. */
  async ask(ask: FeedAsk): Promise<FeedPage | null> {
    for (let tries = 0; !this.#closed && tries < TRIES; tries++) {
      if (tries > 0) await scheduler.wait(backoff(tries, Math.random()));
      try {
        const { principal } = this.#caller;
        const page = await this.#page(reachedFeed(principal, ask));
        if (page !== null) return reachedPage(principal, page);
        if (Date.now() - this.#opened >= STOOD) tries = 0;
      } catch (cause) {
        const { organization } = this.#caller.principal;
        log('warn', 'feed_watch_failed', { organization, shard: this.#shard, cause });
      }
    }
    return null;
  }

  /** Sends a ping; where the one before was not answered, the socket is lost. */
  ping(): void {
    this.#socket?.ping();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
  }

  async #page(ask: FeedAsk): Promise<FeedPage | null> {
    const text = await this.#exchange({ ...ask, word: true });
    if (text === null) return null;
    const answer = parseOnce<FeedPage | FeedWord>(text);
    if (!('from' in answer)) return answer;
    const { types, job_types, tag, limit } = ask;
    const { organization } = this.#caller.principal;
    const name = JSON.stringify([organization, this.#shard, types, job_types, tag, limit, answer.from]);
    return shared.get(name, () => this.#exchange({ ...ask, after: answer.from }));
  }

  async #open(): Promise<ObjectSocket> {
    if (this.#socket?.lost === false) return this.#socket;
    const { env, principal } = this.#caller;
    const { status, webSocket } = await watchFeed(env, principal.organization, this.#shard);
    if (webSocket === null) throw new Error(`the index answered ${status}`);
    this.#socket = new ObjectSocket(webSocket);
    this.#opened = Date.now();
    if (this.#closed) this.#socket.close();
    return this.#socket;
  }

  /** The answer to a question; null where the socket is lost before. */
  async #exchange(ask: FeedAsk): Promise<string | null> {
    const socket = await this.#open();
    socket.send(JSON.stringify(ask));
    while (!socket.lost) {
      const answer = await socket.next(PATIENCE);
      if (answer !== null) return answer;
    }
    return null;
  }
}
