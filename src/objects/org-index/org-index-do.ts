import { DurableObject } from 'cloudflare:workers';
import type { AuditAsk, AuditPart } from '../../domain/audit/audit-page';
import { heldBytes } from '../../domain/base/json';
import { driftCount } from '../../domain/feed/drift';
import { type EndpointBody, type FeedAsk, type FeedPage, tellsOfProgress } from '../../domain/feed/feed';
import type { CreationTerms, Publication, Receipt } from '../../domain/feed/publication';
import type { RollupPart } from '../../domain/job/rollup';
import type { StatsPart } from '../../domain/job/stats';
import type { Summary } from '../../domain/job/summary';
import type { Namespaces } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { AuditStore } from '../kit/audit-store';
import { CommitQueue } from '../kit/commit-queue';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { touched } from '../kit/open-objects';
import { Tables } from '../kit/tables';
import { type Memory, transact } from '../kit/transact';
import type * as rpc from './contract';
import { CreationStore } from './creation-store';
import { Creations } from './creations';
import { EndpointPages } from './endpoint-pages';
import { FeedStore } from './feed-store';
import { FeedWatchers } from './feed-watchers';
import { HeldJobs } from './held-jobs';
import { inSteps } from './in-steps';
import { Intake, refusePublication } from './intake';
import type { Looks } from './looks';
import { OrgIndexStore } from './org-index-store';
import { Projector } from './projector';
import { PublicationMeter } from './publication-meter';
import { RepairStore } from './repair-store';
import type { Repairer } from './repairer';
import { RollupRepair } from './rollup-repair';
import { RollupStore } from './rollup-store';
import { ShardList } from './shard-list';
import { makeLooks, makeRepairer, makeWakeList, type ShardPorts } from './shard-parts';
import { settingsOf } from './shard-settings';
import { ShardStats } from './shard-stats';
import { SubscriberStore } from './subscriber-store';
import { SummaryList } from './summary-list';
import type { WakeList } from './wake-list';

/** One shard of an organization's index: a projection of its jobs, late at worst and never wrong. */
export class OrgIndexDO extends DurableObject<Namespaces> implements rpc.OrgIndexObject {
  readonly #store: OrgIndexStore;
  readonly #held: HeldJobs;
  readonly #list: ShardList;
  readonly #rollups: RollupStore;
  readonly #feed: FeedStore;
  readonly #watchers: FeedWatchers;
  readonly #subscribers: SubscriberStore;
  readonly #wakeList: WakeList;
  readonly #endpoints: EndpointPages;
  readonly #intake: Intake;
  readonly #looks: Looks;
  readonly #creations: Creations;
  readonly #stats: ShardStats;
  readonly #clock: AlarmClock;
  readonly #memories: readonly Memory[];
  readonly #alarm: GuardedAlarm;
  readonly #commits: CommitQueue<Publication, Receipt>;
  readonly #audit: AuditStore;
  readonly #projector: Projector;
  readonly #repairer: Repairer;
  readonly #meter = new PublicationMeter();
  /** Whether the transaction under way has added to the feed. */
  #fed = false;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    // Its alarm or a socket may have opened it: no stub was asked for.
    touched(env, 'ORG_INDEX', ctx.id.name);
    const { sql } = ctx.storage;
    const [tables, { days, feedBytes, interval, unwatched }] = [new Tables(sql), settingsOf(env)];
    this.#store = new OrgIndexStore(sql, days, tables);
    this.#held = new HeldJobs(sql, tables);
    const list = new SummaryList(sql, tables);
    this.#rollups = new RollupStore(sql, tables);
    this.#feed = new FeedStore(sql, days, tables, feedBytes);
    this.#watchers = new FeedWatchers(ctx, this.#feed);
    this.#subscribers = new SubscriberStore(sql, tables);
    this.#audit = new AuditStore(sql, tables);
    const ports: ShardPorts = {
      ...{ name: ctx.id.name, env, now: () => Date.now() },
      transact: (work) => {
        const answer = this.#transact(work);
        void this.#watchers.changed(this.#feed.takeFresh());
        return answer;
      },
    };
    this.#wakeList = makeWakeList(ports, {
      held: this.#held,
      feed: this.#feed,
      subscribers: this.#subscribers,
    });
    this.#intake = new Intake(interval);
    this.#looks = makeLooks(ports, {
      ...{ watchers: this.#watchers, subscribers: this.#subscribers, intake: this.#intake, list },
      unwatched,
    });
    this.#endpoints = new EndpointPages({
      ...{ feed: this.#feed, looks: this.#looks, subscribers: this.#subscribers, wakeList: this.#wakeList },
      transact: (work) => this.#transact(work),
    });
    this.#creations = new Creations(new CreationStore(sql, tables));
    this.#stats = new ShardStats(sql, tables);
    this.#list = new ShardList(list, this.#stats, this.#looks);
    this.#projector = new Projector({
      ...{ store: this.#store, feed: this.#feed, audit: this.#audit, intake: this.#intake },
      ...{ looks: this.#looks, creations: this.#creations, interval },
      stats: this.#stats,
      fed: () => {
        this.#fed = true;
      },
    });
    this.#repairer = makeRepairer(ports, {
      ...{ repair: new RepairStore(sql, tables), store: this.#store, creations: this.#creations },
      ...{ rollups: new RollupRepair(sql), projector: this.#projector, stats: this.#stats },
      held: this.#held,
    });
    this.#clock = new AlarmClock(ctx.storage);
    const stores = [this.#store, this.#feed, this.#subscribers, this.#audit, this.#repairer];
    this.#memories = [...stores, this.#creations, this.#stats, this.#clock];
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

  /** Summaries, newest first, from behind a place. */
  async list(...ask: Parameters<ShardList['page']>): Promise<Summary[] | rpc.ListPart> {
    // A shard that nothing is written to any more would keep its old tables.
    if (this.#store.isMoving) this.#clock.arm(Date.now(), Date.now());
    return this.#list.page(...ask);
  }

  async stats(filter: rpc.StatsFilter): Promise<StatsPart> {
    // A shard that nothing is written to any more would never count what it has of before.
    if (this.#stats.isBehind) this.#transact(() => undefined);
    return this.#stats.part(filter, !this.#store.isMoving, Date.now());
  }

  /** The same as a stream of lines. */
  async export(filter: rpc.ListFilter, before: rpc.ListPosition | null, limit: number) {
    return this.#list.export(filter, before, limit);
  }

  async count(filter: rpc.ListFilter, without: readonly string[], most: number) {
    return this.#list.count(filter, without, most);
  }

  /** What the children of a job come to, as far as they are listed here. */
  async rollup(parent: string, reach: rpc.RollupReach | null): Promise<RollupPart> {
    return this.#rollups.of(parent, reach);
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
    touched(this.env, 'ORG_INDEX', this.ctx.id.name);
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

  /** A page for an endpoint, which is woken from here on whenever it sleeps. */
  async pull(ask: rpc.PullAsk): Promise<FeedPage> {
    return this.#endpoints.pull(ask);
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
  async heldJobs(limit: number): Promise<rpc.HeldJob[]> {
    return this.#held.some ? this.#transact(() => this.#held.first(limit)) : [];
  }

  async forgetJobs(jobs: rpc.HeldJob[]): Promise<void> {
    if (this.#held.some) this.#transact(() => this.#held.forget(jobs));
  }

  /** Asks at most `limit` jobs what they are, and mends what it says of them. */
  async verify(place: rpc.VerifyPlace | null, limit: number): Promise<rpc.VerifyPart> {
    if (!this.#held.some) return { ...driftCount([]), next: null };
    if (place === null) this.#transact(() => this.#stats.verify());
    return this.#repairer.verify(place, limit);
  }

  /** Deletes all that is here. Whoever waits for the feed is let go. */
  async erase(): Promise<void> {
    this.#watchers.dismiss();
    for (const memory of this.#memories) memory.forget();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    for (const memory of this.#memories) memory.forget();
  }

  async pulse(): Promise<rpc.ShardPulse> {
    return { events: this.#feed.head(), ...this.#meter.read(Date.now()) };
  }

  /** What the shard’s share of the organization’s limits is used of. */
  async use(terms: CreationTerms): Promise<rpc.ShardUse> {
    if (this.#feed.head() === 0) return { alive: 0, left: terms.burst, feed_bytes: 0 };
    return this.#transact(() => ({
      ...this.#creations.use(terms, Date.now()),
      feed_bytes: this.#feed.bytes(),
    }));
  }

  /** Wakes the endpoints that missed a poke, and sweeps once a day where jobs have not ended. Never throws. */
  override alarm(): Promise<void> {
    touched(this.env, 'ORG_INDEX', this.ctx.id.name);
    return this.#alarm.run(async () => {
      transact(this.ctx.storage, [this.#audit], () => this.#audit.expire(Date.now()));
      const isLeft = () => this.#store.isMoving || this.#stats.isBehind;
      const step = () => (this.#store.isMoving ? this.#store.move() : this.#stats.count());
      const rest = await inSteps(isLeft, () => this.#transact(step), this.ctx.storage);
      const dues = [rest, await this.#wakeList.look(), await this.#repairer.sweep()];
      // One that was erased meanwhile has nothing that is due.
      if (!this.#held.some) return;
      for (const due of dues) if (due !== null) this.#clock.arm(due, Date.now());
    });
  }

  #commitGroup(publications: Publication[]): Receipt[] {
    const now = Date.now();
    const receipts = this.#transact(() => {
      const applied = publications.map((publication) => this.#projector.apply(publication, now));
      this.#repairer.watch(publications, applied, now);
      return applied;
    });
    this.#meter.took(publications, now);
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
      this.#stats.write(now);
      if (this.#store.isMoving || this.#stats.isBehind) this.#clock.arm(now, now);
      const woken = this.#fed ? this.#wakeList.guarantee(now) : null;
      for (const due of [woken, this.#repairer.due(now)]) if (due !== null) this.#clock.arm(due, now);
      return done;
    });
    if (this.#fed) void this.#wakeList.appended();
    return answer;
  }
}
