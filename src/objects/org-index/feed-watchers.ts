import { PING, PONG } from '../../domain/base/ping';
import type { FeedAsk, FeedPage, FeedWord, FreshRow } from '../../domain/feed/feed';
import { log } from '../../log';
import { FeedGroup, type GroupPage, isNews, type Waiting } from './feed-group';
import type { FeedStore } from './feed-store';

/** Sockets that one shard holds. */
const SOCKETS_A_SHARD = 5_000;
/** The feed is told at most this often (ms). */
const DELIVERY_INTERVAL = 100;
/** Fresh rows that are kept for a delivery; where more come, it reads them. */
const FRESH = 1_000;
/** Readers that are answered in one turn: between two, the index serves others. */
const TURN = 100;
/** Where word will do, a page beyond so many characters is not sent to each that waits for it. */
const LONG_PAGE = 4_096;
/** Long pages that are kept until the next delivery, for those who had word of them. */
const LONG_PAGES = 8;

/** The question that a socket waits with. Before groups there was no `through`. */
type Attachment = Omit<Waiting, 'through'> & Partial<Pick<Waiting, 'through'>>;

/**
 * Those who wait for the feed, each over a socket that hibernates: a quiet feed that is watched costs nothing. A reader
 * sends an ask, JSON text of `FeedAsk`, and is answered once, when there is something: with a page, or with word of it.
 * Rows are matched in memory as they come; the store is read at a first ask and after a wake alone. A reader whose
 * socket is lost comes back and asks again.
 */
export class FeedWatchers {
  readonly #ctx: DurableObjectState;
  readonly #feed: FeedStore;
  /** Each socket with the group it waits in, or none; null until the first is looked for after a wake. */
  #sockets: Map<WebSocket, string | null> | null = null;
  /** Those that wait, by their filter. */
  readonly #groups = new Map<string, FeedGroup>();
  /** How many of them wait for progress, among others. */
  #forProgress = 0;
  /** The newest rows, without a hole, that no group has looked at. */
  #fresh: FreshRow[] = [];
  /** There may be rows before those that no group has looked at. */
  #unread = true;
  readonly #long = new Map<string, string>();
  #last = Number.NEGATIVE_INFINITY;
  #scheduled = false;

  constructor(ctx: DurableObjectState, feed: FeedStore) {
    this.#ctx = ctx;
    this.#feed = feed;
  }

  /** Whether somebody waits for progress. */
  get awaitProgress(): boolean {
    this.#remember();
    return this.#forProgress > 0;
  }

  /** Accepts a reader's WebSocket: 101 with its socket, 503 where there is no room. */
  accept(): Response {
    const sockets = this.#remember();
    if (sockets.size >= SOCKETS_A_SHARD) return new Response(null, { status: 503 });
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.#ctx.acceptWebSocket(ours);
    this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    sockets.set(ours, null);
    return new Response(null, { status: 101, webSocket: theirs });
  }

  /** Answers a reader, or has it wait. Where that breaks, it is sent away and comes back. */
  asked(socket: WebSocket, text: string): void {
    this.#release(socket);
    const now = Date.now();
    try {
      const ask = JSON.parse(text) as FeedAsk;
      const long = this.#long.get(nameOf(ask, ask.after));
      if (long !== undefined) {
        answer(socket, ask.word ? wordOf(ask.after) : long);
        return;
      }
      const page = this.#feed.page(ask);
      const waiting = { ask, since: now, through: page.through };
      if (isNews(page, waiting, now)) {
        answer(socket, this.#textFor(ask, { from: ask.after, page }));
      } else {
        socket.serializeAttachment(waiting satisfies Attachment);
        this.#wait(socket, waiting);
      }
    } catch (cause) {
      this.#failed([socket], cause);
    }
  }

  /** A reader has gone. */
  left(socket: WebSocket): void {
    this.#release(socket);
    this.#remember().delete(socket);
  }

  /** Closes every socket: there is no feed any more. */
  dismiss(): void {
    for (const socket of [...this.#remember().keys()]) {
      this.left(socket);
      socket.close(1000, 'gone');
    }
  }

  /**
   * Sends those who wait the rows that a commit has appended. The runtime holds what is
   * sent until the commit is durable.
   */
  async changed(fresh: readonly FreshRow[]): Promise<void> {
    this.#remember();
    if (this.#groups.size === 0) {
      this.#fresh = [];
      this.#unread = false;
      return;
    }
    this.#fresh.push(...fresh);
    if (this.#fresh.length > FRESH) [this.#fresh, this.#unread] = [[], true];
    if (this.#scheduled || (this.#fresh.length === 0 && !this.#unread)) return;
    this.#scheduled = true;
    const wait = this.#last + DELIVERY_INTERVAL - Date.now();
    if (wait > 0) await scheduler.wait(Math.min(wait, DELIVERY_INTERVAL));
    this.#scheduled = false;
    this.#last = Date.now();
    await this.#deliver();
  }

  async #deliver(): Promise<void> {
    const fresh = this.#fresh;
    [this.#fresh, this.#unread] = [[], false];
    this.#long.clear();
    const told: [WebSocket, Waiting, GroupPage][] = [];
    for (const group of this.#groups.values()) {
      try {
        told.push(...group.news(fresh, (ask) => this.#feed.page(ask), this.#last));
      } catch (cause) {
        this.#failed(group.sockets, cause);
      }
    }
    for (const [socket] of told) this.#release(socket);
    for (const [index, [socket, { ask }, page]] of told.entries()) {
      if (index > 0 && index % TURN === 0) await scheduler.wait(0);
      try {
        answer(socket, this.#textFor(ask, page));
      } catch (cause) {
        this.#failed([socket], cause);
      }
    }
  }

  /** What a reader is sent of a page, made once for all that are sent it. */
  #textFor(ask: FeedAsk, { from, page }: GroupPage): string {
    const text = textOf(page);
    if (!ask.word || text.length <= LONG_PAGE) return text;
    const name = nameOf(ask, from);
    if (!this.#long.has(name)) {
      for (const oldest of this.#long.keys()) if (this.#long.size >= LONG_PAGES) this.#long.delete(oldest);
      this.#long.set(name, text);
    }
    return wordOf(from);
  }

  #wait(socket: WebSocket, waiting: Waiting): void {
    const name = nameOf(waiting.ask);
    const group = this.#groups.get(name) ?? this.#makeGroup(name, waiting);
    group.add(socket, waiting);
    this.#remember().set(socket, name);
  }

  #makeGroup(name: string, { ask, through }: Waiting): FeedGroup {
    const group = new FeedGroup(ask, through);
    this.#groups.set(name, group);
    if (group.tellsOfProgress) this.#forProgress += 1;
    return group;
  }

  /** It waits no longer. */
  #release(socket: WebSocket): void {
    const name = this.#remember().get(socket) ?? null;
    this.#remember().set(socket, null);
    const group = name === null ? undefined : this.#groups.get(name);
    if (name === null || group === undefined || group.delete(socket)) return;
    this.#groups.delete(name);
    if (group.tellsOfProgress) this.#forProgress -= 1;
  }

  /** What memory holds; read from the sockets' attachments after a wake. */
  #remember(): Map<WebSocket, string | null> {
    if (this.#sockets !== null) return this.#sockets;
    const sockets = new Map<WebSocket, string | null>();
    this.#sockets = sockets;
    for (const socket of this.#ctx.getWebSockets()) {
      if (socket.readyState !== WebSocket.OPEN) continue;
      sockets.set(socket, null);
      const waiting = socket.deserializeAttachment() as Attachment | null;
      if (waiting !== null) this.#wait(socket, { through: waiting.ask.after, ...waiting });
    }
    return sockets;
  }

  #failed(sockets: readonly WebSocket[], cause: unknown): void {
    log('error', 'delivery_failed', { object: this.#ctx.id.name, cause });
    for (const socket of sockets) {
      this.left(socket);
      socket.close(1011, 'delivery failed');
    }
  }
}

const texts = new WeakMap<FeedPage, string>();

function textOf(page: FeedPage): string {
  const text = texts.get(page) ?? JSON.stringify(page);
  texts.set(page, text);
  return text;
}

function wordOf(from: number): string {
  return JSON.stringify({ from } satisfies FeedWord);
}

/** The name of what readers of one filter are told from `from` on. */
function nameOf({ types, job_types, tag, limit }: FeedAsk, from?: number): string {
  return JSON.stringify([types ?? null, job_types ?? null, tag ?? null, limit, from ?? null]);
}

/** Answers a reader, which waits no longer; one that has gone meanwhile is not there to be answered. */
function answer(socket: WebSocket, text: string): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.serializeAttachment(null);
  socket.send(text);
}
