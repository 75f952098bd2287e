import { DurableObject } from 'cloudflare:workers';
import type { AuditAsk, AuditPart } from '../../domain/audit/audit-page';
import { heldBytes } from '../../domain/base/json';
import {
  type EndpointBody,
  FEED_DAYS,
  type FeedAsk,
  type FeedPage,
  tellsOfProgress,
} from '../../domain/feed/feed';
import {
  type CreationTerms,
  PUBLISH_INTERVAL,
  type Publication,
  type Receipt,
} from '../../domain/feed/publication';
import { UNWATCHED_INTERVAL } from '../../domain/feed/publishing-pace';
import { FEED_BYTES } from '../../domain/feed/retention';
import type { Summary } from '../../domain/job/summary';
import { lookAtJob, type Namespaces, organizationOf, orgObject, webhookObject } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { AuditStore } from '../kit/audit-store';
import { CommitQueue } from '../kit/commit-queue';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { touched } from '../kit/open-objects';
import { Tables } from '../kit/tables';
import { type Memory, transact } from '../kit/transact';
import type {
  HeldJob,
  ListFilter,
  ListPart,
  ListPosition,
  OrgIndexObject,
  PullAsk,
  ShardUse,
} from './contract';
import { CreationStore } from './creation-store';
import { Creations } from './creations';
import { FeedStore } from './feed-store';
import { FeedWatchers } from './feed-watchers';
import { HeldJobs } from './held-jobs';
import { Intake, refusePublication } from './intake';
import { Looks } from './looks';
import { OrgIndexStore } from './org-index-store';
import { Projector } from './projector';
import { SubscriberStore } from './subscriber-store';
import { SummaryList } from './summary-list';
import { WakeList } from './wake-list';

/** Bytes of summaries that are read for whom to ask. */
const LOOKED_AT = 262_144;

/** One shard of an organization's index: a projection of its jobs, late at worst and never wrong. */
export class OrgIndexDO extends DurableObject<Namespaces> implements OrgIndexObject {
  readonly #store: OrgIndexStore;
  readonly #held: HeldJobs;
  readonly #list: SummaryList;
  readonly #feed: FeedStore;
  readonly #watchers: FeedWatchers;
  readonly #subscribers: SubscriberStore;
  readonly #wakeList: WakeList;
  readonly #interval: number;
  readonly #intake: Intake;
  readonly #looks: Looks;
  readonly #creations: Creations;
  readonly #clock: AlarmClock;
  readonly #memories: readonly Memory[];
  readonly #alarm: GuardedAlarm;
  readonly #commits: CommitQueue<Publication, Receipt>;
  readonly #audit: AuditStore;
  readonly #projector: Projector;
  /** Whether the transaction under way has added to the feed. */
  #fed = false;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    // Its alarm or a socket may have opened it: no stub was asked for.
    touched(env, 'ORG_INDEX', ctx.id.name);
    const { sql } = ctx.storage;
    const [tables, days] = [new Tables(sql), Number(env.FEED_DAYS ?? FEED_DAYS)];
    this.#store = new OrgIndexStore(sql, days, tables);
    this.#held = new HeldJobs(sql, tables);
    this.#list = new SummaryList(sql, tables);
    this.#feed = new FeedStore(sql, days, tables, Number(env.FEED_BYTES ?? FEED_BYTES));
    this.#watchers = new FeedWatchers(ctx, this.#feed);
    this.#subscribers = new SubscriberStore(sql, tables);
    this.#audit = new AuditStore(sql, tables);
    this.#wakeList = this.#makeWakeList();
    this.#interval = Number(env.PUBLISH_INTERVAL_MS ?? PUBLISH_INTERVAL);
    this.#intake = new Intake(this.#interval);
    this.#looks = this.#makeLooks(Number(env.UNWATCHED_INTERVAL_MS ?? UNWATCHED_INTERVAL));
    this.#creations = new Creations(new CreationStore(sql, tables));
    this.#projector = new Projector({
      ...{ store: this.#store, feed: this.#feed, audit: this.#audit, intake: this.#intake },
      ...{ looks: this.#looks, creations: this.#creations, interval: this.#interval },
      fed: () => {
        this.#fed = true;
      },
    });
    this.#clock = new AlarmClock(ctx.storage);
    const clock = { forget: () => this.#clock.fired() };
    this.#memories = [this.#store, this.#feed, this.#subscribers, this.#audit, this.#creations, clock];
    this.#alarm = new GuardedAlarm(this.#clock, () => ({ object: ctx.id.name }));
    this.#commits = new CommitQueue<Publication, Receipt>({
      commit: (publications) => this.#commitGroup(publications),
      sync: () => ctx.storage.sync(),
      cap: { size: heldBytes, refuse: refusePublication },
    });
    ctx.blockConcurrencyWhile(() => this.#clock.wake());
    // What an instance that is gone had still to tell.
    void this.#watchers.changed([]);
  }

  /** Stores a job's publication. The same again changes nothing. */
  async publish(publication: Publication): Promise<Receipt> {
    return this.#commits.run(publication);
  }

  /** Summaries, newest first, from behind `before`. */
  async list(
    filter: ListFilter,
    before: ListPosition | null,
    limit: number,
    bytes?: number,
  ): Promise<Summary[] | ListPart> {
    const found =
      bytes === undefined
        ? this.#list.whole(filter, before, limit)
        : this.#list.part(filter, before, limit, bytes);
    this.#looks.shown(Array.isArray(found) ? found : found.jobs);
    return found;
  }

  /** A page of the feed, in the order in which its events arrived. */
  async readFeed(ask: FeedAsk): Promise<FeedPage> {
    if (tellsOfProgress(ask)) this.#looks.followed();
    return this.#feed.page(ask);
  }

  /** Accepts the socket of one who waits for the feed. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('Upgrade') !== 'websocket') return new Response(null, { status: 400 });
    return this.#watchers.accept();
  }

  /** A reader asks for its next page: `FeedAsk` as JSON text. */
  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const was = this.#looks.watched;
    this.#watchers.asked(socket, String(message));
    if (this.#watchers.awaitProgress) this.#looks.followed(was);
  }

  /** The other end has closed: so does this one, lest it sees a broken connection. */
  override async webSocketClose(socket: WebSocket): Promise<void> {
    this.#watchers.left(socket);
    socket.close(1000);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#watchers.left(socket);
  }

  /**
   * A page for an endpoint, which is woken from here on whenever it sleeps. It sleeps once it has said so and there was
   * nothing for it: decided in the turn in which the feed was read, so that no event comes between.
   */
  async pull({ webhook_id, after, intent, ...ask }: PullAsk): Promise<FeedPage> {
    const was = this.#looks.watched;
    this.#subscribe(webhook_id, intent !== 'leave', tellsOfProgress(ask));
    if (this.#subscribers.followProgress) this.#looks.followed(was);
    const page = this.#feed.page({ ...ask, after: after ?? this.#feed.head() });
    const atHead = page.events.length === 0 && page.through >= page.head;
    if (intent === 'leave') this.#wakeList.left(webhook_id);
    else
      this.#wakeList.heard(
        webhook_id,
        page.events.length === 0 ? page.through : (after ?? 0),
        atHead && intent === 'sleep',
      );
    return page;
  }

  /** Appends the `n`th event of an endpoint, counted from 1. The same again changes nothing. */
  async tellEndpoint(endpointId: string, n: number, at: number, body: EndpointBody): Promise<void> {
    this.#transact(() => {
      this.#fed = this.#feed.appendOnce(endpointId, n, at, body, Date.now());
    });
    void this.#watchers.changed(this.#feed.takeFresh());
  }

  async auditPage(ask: AuditAsk): Promise<AuditPart> {
    return this.#audit.page(ask, Date.now());
  }

  /** Jobs that it knows of, for the deletion of their organization. */
  async heldJobs(limit: number): Promise<HeldJob[]> {
    return this.#held.some ? this.#transact(() => this.#held.first(limit)) : [];
  }

  async forgetJobs(jobs: HeldJob[]): Promise<void> {
    if (this.#held.some) this.#transact(() => this.#held.forget(jobs));
  }

  /** Deletes all that is here. Whoever waits for the feed is let go. */
  async erase(): Promise<void> {
    this.#watchers.dismiss();
    for (const memory of this.#memories) memory.forget();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    for (const memory of this.#memories) memory.forget();
  }

  /** What the shard’s share of the organization’s limits is used of. */
  async use(terms: CreationTerms): Promise<ShardUse> {
    if (this.#feed.head() === 0) return { alive: 0, left: terms.burst, feed_bytes: 0 };
    return this.#transact(() => ({
      ...this.#creations.use(terms, Date.now()),
      feed_bytes: this.#feed.bytes(),
    }));
  }

  /** Wakes the endpoints that missed a poke. Never throws. */
  override alarm(): Promise<void> {
    return this.#alarm.run(async () => {
      transact(this.ctx.storage, [this.#audit], () => this.#audit.expire(Date.now()));
      const due = await this.#wakeList.look();
      if (due !== null) this.#clock.arm(due, Date.now());
    });
  }

  #makeWakeList(): WakeList {
    const organization = () => organizationOf(this.ctx.id.name);
    const shard = () => Number((this.ctx.id.name ?? '').split('/')[1]);
    return new WakeList({
      subscribers: () => this.#subscribers.all(),
      learn: async () => {
        // One that was never written, or was erased, has nothing to tell.
        if (!this.#held.some) return;
        const webhookIds = await orgObject(this.env, organization()).enabledWebhooks();
        // One that was made while this was asked is not in the answer, but has taken its place here meanwhile.
        const readers = [...webhookIds, ...this.#wakeList.heardOf()];
        this.#transact(() => this.#subscribers.source(readers, Date.now()));
      },
      poke: (webhookId) => webhookObject(this.env, organization(), webhookId).poke(shard()),
      head: () => this.#feed.head(),
      now: () => Date.now(),
    });
  }

  #makeLooks(unwatched: number): Looks {
    return new Looks(
      {
        awaited: () => this.#watchers.awaitProgress || this.#subscribers.followProgress,
        interval: () => this.#intake.interval,
        newest: (limit) => this.#list.part({ status: ['in_progress'] }, null, limit, LOOKED_AT).jobs,
        ask: (jobId, interval) => lookAtJob(this.env, organizationOf(this.ctx.id.name), jobId, interval),
        now: () => Date.now(),
      },
      unwatched,
    );
  }

  /** Keeps who reads this shard. One that was never written has nothing to read, and learns of them with its first event. */
  #subscribe(webhookId: string, reads: boolean, progress: boolean): void {
    if (this.#subscribers.all() === null || this.#subscribers.knows(webhookId, reads ? progress : null))
      return;
    this.#transact(() => {
      if (reads) this.#subscribers.add(webhookId, progress);
      else this.#subscribers.remove(webhookId);
    });
  }

  #commitGroup(publications: Publication[]): Receipt[] {
    const now = Date.now();
    const receipts = this.#transact(() =>
      publications.map((publication) => this.#projector.apply(publication, now)),
    );
    void this.#watchers.changed(this.#feed.takeFresh());
    return receipts;
  }

  /**
   * Runs a change in one transaction; where it is rolled back, so is what memory knows of tables and alarm. Where it adds
   * to the feed, the alarm sees to it that the endpoints learn of it.
   */
  #transact<Answer>(work: () => Answer): Answer {
    this.#fed = false;
    const answer = transact(this.ctx.storage, this.#memories, () => {
      this.#store.prepare();
      const done = work();
      const now = Date.now();
      if (this.#fed) this.#clock.arm(this.#wakeList.guarantee(now) ?? Number.POSITIVE_INFINITY, now);
      return done;
    });
    if (this.#fed) void this.#wakeList.appended();
    return answer;
  }
}
