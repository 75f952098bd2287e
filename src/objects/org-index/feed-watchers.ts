import { PING, PONG } from '../../domain/base/ping';
import type { FeedAsk, FeedPage } from '../../domain/feed/feed';
import { log } from '../../log';
import type { FeedStore } from './feed-store';

/** Sockets that one shard holds. */
const SOCKETS_A_SHARD = 5_000;
/** The feed is told at most this often (ms). */
const DELIVERY_INTERVAL = 100;
/** A reader whose filter lets nothing through learns so often where it stands (ms): its cursor is not to grow old. */
const PASSED_OVER = 15_000;

/** The question that a socket waits with, and since when (ms). */
interface Attachment {
  ask: FeedAsk;
  since: number;
}

/**
 * Those who wait for the feed, each over a socket that hibernates: a quiet feed that is watched costs nothing. A reader
 * sends an ask, JSON text of `FeedAsk`, and is answered once with a page, when there is something in it. One page is
 * read for all that ask the same. A reader whose socket is lost comes back and asks again.
 */
export class FeedWatchers {
  readonly #ctx: DurableObjectState;
  readonly #feed: FeedStore;
  #last = Number.NEGATIVE_INFINITY;
  #scheduled = false;

  constructor(ctx: DurableObjectState, feed: FeedStore) {
    this.#ctx = ctx;
    this.#feed = feed;
  }

  /** Takes a reader in: 101 with its socket, 503 where there is no room. */
  accept(): Response {
    if (this.#ctx.getWebSockets().length >= SOCKETS_A_SHARD) return new Response(null, { status: 503 });
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.#ctx.acceptWebSocket(ours);
    this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    return new Response(null, { status: 101, webSocket: theirs });
  }

  /** Answers a reader, or has it wait. */
  asked(socket: WebSocket, text: string): void {
    const ask = JSON.parse(text) as FeedAsk;
    socket.serializeAttachment({ ask, since: Date.now() } satisfies Attachment);
    this.#answer([socket]);
  }

  /** Sees to it that those who wait learn of a commit. The runtime holds what is sent until the commit is durable. */
  async changed(): Promise<void> {
    if (this.#scheduled || this.#ctx.getWebSockets().length === 0) return;
    const wait = this.#last + DELIVERY_INTERVAL - Date.now();
    if (wait > 0) {
      this.#scheduled = true;
      await scheduler.wait(Math.min(wait, DELIVERY_INTERVAL));
      this.#scheduled = false;
    }
    this.#last = Date.now();
    this.#answer(this.#ctx.getWebSockets());
  }

  /** Answers those for whom there is something. Where that breaks, they are sent away and come back. */
  #answer(sockets: readonly WebSocket[]): void {
    const pages = new Map<string, { page: FeedPage; text: string }>();
    for (const socket of sockets) {
      const waiting = socket.deserializeAttachment() as Attachment | null;
      if (waiting === null || socket.readyState !== WebSocket.OPEN) continue;
      try {
        const { page, text } = this.#page(pages, waiting.ask);
        if (isNews(page, waiting)) {
          socket.serializeAttachment(null);
          socket.send(text);
        }
      } catch (cause) {
        log('error', 'delivery_failed', { object: this.#ctx.id.name, cause });
        socket.close(1011, 'delivery failed');
      }
    }
  }

  #page(pages: Map<string, { page: FeedPage; text: string }>, ask: FeedAsk) {
    const key = JSON.stringify(ask);
    const known = pages.get(key);
    if (known !== undefined) return known;
    const page = this.#feed.page(ask);
    const read = { page, text: JSON.stringify(page) };
    pages.set(key, read);
    return read;
  }
}

/** Whether a page is worth an answer. */
function isNews({ events, through, head, dropped_through }: FeedPage, { ask, since }: Attachment): boolean {
  if (events.length > 0 || through < head || dropped_through > ask.after) return true;
  return through > ask.after && Date.now() - since >= PASSED_OVER;
}
