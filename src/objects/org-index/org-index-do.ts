import { DurableObject } from 'cloudflare:workers';
import { progressBody } from '../../domain/event';
import { type EndpointBody, FEED_DAYS, type FeedAsk, type FeedPage, feedBody } from '../../domain/feed';
import {
  admit,
  isProgress,
  PUBLISH_INTERVAL,
  type Publication,
  type Receipt,
} from '../../domain/publication';
import type { Summary } from '../../domain/summary';
import { AlarmClock } from '../alarm-clock';
import { CommitQueue } from '../commit-queue';
import type { Namespaces } from '../object-name';
import { FeedStore } from './feed-store';
import { FeedWatchers } from './feed-watchers';
import { Intake } from './intake';
import { type Kept, type ListFilter, type ListPosition, OrgIndexStore } from './org-index-store';

/** One shard of an organization's index: a projection of its jobs, late at worst and never wrong. */
export class OrgIndexDO extends DurableObject<Namespaces> {
  readonly #store: OrgIndexStore;
  readonly #feed: FeedStore;
  readonly #watchers: FeedWatchers;
  readonly #interval: number;
  readonly #intake: Intake;
  readonly #clock: AlarmClock;
  readonly #commits: CommitQueue<Publication, Receipt>;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    this.#store = new OrgIndexStore(ctx.storage.sql);
    this.#feed = new FeedStore(ctx.storage.sql, Number(env.FEED_DAYS ?? FEED_DAYS));
    this.#watchers = new FeedWatchers(ctx, this.#feed);
    this.#interval = Number(env.PUBLISH_INTERVAL_MS ?? PUBLISH_INTERVAL);
    this.#intake = new Intake(this.#interval);
    this.#clock = new AlarmClock(ctx.storage);
    this.#commits = new CommitQueue({
      commit: (publications) => this.#commitGroup(publications),
      sync: () => ctx.storage.sync(),
    });
    ctx.blockConcurrencyWhile(() => this.#clock.wake());
    // What an instance that is gone had still to tell.
    void this.#watchers.changed();
  }

  /** Takes in what a job says of itself. Saying it again changes nothing. */
  async publish(publication: Publication): Promise<Receipt> {
    return this.#commits.run(publication);
  }

  /** Summaries, newest first, from behind `before`. */
  async list(filter: ListFilter, before: ListPosition | null, limit: number): Promise<Summary[]> {
    return this.#store.list(filter, before, limit).map((body) => JSON.parse(body) as Summary);
  }

  /** A page of the feed, in the order in which its events arrived. */
  async readFeed(ask: FeedAsk): Promise<FeedPage> {
    return this.#feed.page(ask);
  }

  /** Tells the `n`th event of an endpoint, counted from 1. Telling it again changes nothing. */
  async tellEndpoint(endpointId: string, n: number, at: number, body: EndpointBody): Promise<void> {
    this.#transact(() => this.#feed.appendOnce(endpointId, n, at, body, Date.now()));
    void this.#watchers.changed();
  }

  /** Takes the socket of one who waits for the feed. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('Upgrade') !== 'websocket') return new Response(null, { status: 400 });
    return this.#watchers.accept();
  }

  /** A reader asks for its next page: `FeedAsk` as JSON text. */
  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    this.#watchers.asked(socket, String(message));
  }

  /** The other end has closed: so does this one, lest it sees a broken connection. */
  override async webSocketClose(socket: WebSocket): Promise<void> {
    socket.close(1000);
  }

  /** Forgets expired tombstones. Never throws: a run that failed is armed again. */
  override async alarm(): Promise<void> {
    this.#clock.fired();
    const now = Date.now();
    try {
      const next = this.ctx.storage.transactionSync(() => this.#store.sweep(now));
      if (next !== null) this.#clock.arm(next, now);
    } catch (cause) {
      console.error(JSON.stringify({ level: 'error', event: 'sweep_failed', cause: String(cause) }));
      this.#clock.arm(now + 60_000, now);
    }
  }

  #commitGroup(publications: Publication[]): Receipt[] {
    const now = Date.now();
    const receipts = this.#transact(() => publications.map((publication) => this.#admit(publication, now)));
    void this.#watchers.changed();
    return receipts;
  }

  /** Runs a change in one transaction; where it is rolled back, so is what memory knows of tables and alarm. */
  #transact<Answer>(work: () => Answer): Answer {
    try {
      return this.ctx.storage.transactionSync(() => {
        this.#store.prepare();
        return work();
      });
    } catch (cause) {
      for (const memory of [this.#store, this.#feed]) memory.forget();
      this.#clock.fired();
      throw cause;
    }
  }

  #admit(publication: Publication, now: number): Receipt {
    const { summary, events, deleted } = publication;
    if (events.length === 0) this.#intake.take(now);
    const kept = this.#store.kept(summary);
    const news = admit(kept ?? { revision: 0, through: 0 }, publication);
    const receipt = { revision: news.revision, through: news.through, interval: this.#intake.interval };
    if (kept?.revision === news.revision && kept.through === news.through) return receipt;
    const progress = kept !== null && this.#tellsProgress(kept, publication, now);
    const told = progress ? [progressOf(summary, kept, now)] : news.events;
    const entries = told.map(({ revision, at, body }) => ({ revision, at, body: feedBody(body, summary) }));
    const marks = {
      through: news.through,
      progressed_at: progress ? now : (kept?.progressed_at ?? 0),
      told: this.#feed.append(summary.job_id, entries, now, kept?.told),
    };
    if (deleted && news.summary) {
      this.#clock.arm(this.#store.remove(summary, news.revision, news.through, now), now);
    } else if (kept === null) {
      if (news.summary) this.#store.insert(summary, marks);
    } else if (kept.status !== null) {
      if (news.summary) this.#store.update(summary, marks, kept.status);
      else this.#store.advance(summary, marks);
    }
    return receipt;
  }

  /**
   * Whether a publication is told as progress. Jobs keep the interval themselves; one that has lost its memory may not.
   * Half of it is enough here: the way of a publication is not always equally long. A clock may have gone back.
   */
  #tellsProgress(kept: Kept, publication: Publication, now: number): boolean {
    const since = now - kept.progressed_at;
    return (
      kept.status !== null && isProgress(kept, publication) && (since < 0 || since >= this.#interval / 2)
    );
  }
}

function progressOf(summary: Summary, kept: Kept, now: number) {
  const body = progressBody(summary, kept.status ?? summary.status);
  return { revision: summary.revision, at: now, body };
}
