import type { FeedAsk, FeedPage } from '../../domain/feed/feed';
import { log } from '../../log';
import { watchFeed } from '../../objects/address';
import type { Caller } from '../access/caller';
import { ObjectSocket } from '../watching/object-socket';

/** How long a lost socket is left before another is opened (ms). */
const PAUSE = 500;
/** How long to wait before looking whether the socket is still there (ms). */
const PATIENCE = 60_000;

/**
 * A line to one shard of the feed: a question is answered when there is something to answer. The socket behind it is
 * opened by the first question, and another when it is lost, and the question is asked again. Nothing is lost by that:
 * a question says from where on.
 */
export class ShardChannel {
  readonly #caller: Caller;
  readonly #shard: number;
  #socket: ObjectSocket | null = null;
  #closed = false;

  constructor(caller: Caller, shard: number) {
    this.#caller = caller;
    this.#shard = shard;
  }

  /** The page that `ask` is for, once it is there; null where the line is closed before. */
  async ask(ask: FeedAsk): Promise<FeedPage | null> {
    for (let tries = 0; !this.#closed; tries++) {
      if (tries > 0) await scheduler.wait(PAUSE);
      try {
        const text = await this.#exchange(await this.#open(), JSON.stringify(ask));
        if (text !== null) return JSON.parse(text) as FeedPage;
      } catch (cause) {
        const { organization } = this.#caller.principal;
        log('warn', 'feed_watch_failed', { organization, shard: this.#shard, cause });
      }
    }
    return null;
  }

  /** Makes sure, by the next time at the latest, that the object is still there. */
  ping(): void {
    this.#socket?.ping();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
  }

  async #open(): Promise<ObjectSocket> {
    if (this.#socket?.lost === false) return this.#socket;
    const { env, principal } = this.#caller;
    const { status, webSocket } = await watchFeed(env, principal.organization, this.#shard);
    if (webSocket === null) throw new Error(`the index answered ${status}`);
    this.#socket = new ObjectSocket(webSocket);
    if (this.#closed) this.#socket.close();
    return this.#socket;
  }

  /** The answer to `text`; null where the socket is lost before. */
  async #exchange(socket: ObjectSocket, text: string): Promise<string | null> {
    socket.send(text);
    while (!socket.lost) {
      const answer = await socket.next(PATIENCE);
      if (answer !== null) return answer;
    }
    return null;
  }
}
