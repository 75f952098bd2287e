import { DurableObject } from 'cloudflare:workers';
import { Draft, type EntryKind } from '../../domain/draft';
import { expire, nextDue, removalDue } from '../../domain/health';
import { DAY, isTerminal, type Job } from '../../domain/job';
import { newJob } from '../../domain/new-job';
import { isDirty, planPublication } from '../../domain/publication';
import { reject } from '../../domain/rejection';
import { AlarmClock } from '../alarm-clock';
import { CommitQueue } from '../commit-queue';
import { type Namespaces, organizationOf } from '../object-name';
import { commitUnits } from './commit';
import type { LogLine } from './entry-store';
import type * as rpc from './job-rpc';
import { JobStore, type Stored, totalsOf } from './job-store';
import { type JobView, viewOf, views, type Want } from './job-view';
import { KeyLedger } from './key-ledger';
import { Publisher } from './publisher';
import { publishingPort } from './publishing-port';
import { rerunOf } from './rerun';

/** How long an answer waits for the index before it leaves it to the alarm (ms). */
const INDEX_PATIENCE = 1_000;
/** How long a deleted job's key stays taken: longer than the feed keeps events. Source: behaviour §2. */
const TOMBSTONE_LIFE = 31 * DAY;
const RETRY_FIRST = 2_000;
const RETRY_MOST = 60_000;

interface GroupMember {
  ask: rpc.UnitAsk;
  want: Want;
}

/** A member's answer, and the publication it is to wait for. */
interface GroupAnswer {
  applied: rpc.Applied | null;
  published: Promise<void> | null;
}

/** One job: the only truth about it. Loads, asks the pure machine, saves with the alarm in one transaction. */
export class JobDO extends DurableObject<Namespaces> {
  readonly #store: JobStore;
  readonly #clock: AlarmClock;
  readonly #publisher: Publisher;
  readonly #commits: CommitQueue<GroupMember, GroupAnswer>;
  #ledger: KeyLedger | null = null;
  #retries = 0;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    this.#store = new JobStore(ctx.storage.sql);
    this.#clock = new AlarmClock(ctx.storage);
    this.#publisher = new Publisher(publishingPort(this.#store, env, () => organizationOf(ctx.id.name)));
    this.#commits = new CommitQueue({
      commit: (members) => this.#commitGroup(members),
      sync: () => ctx.storage.sync(),
    });
    ctx.blockConcurrencyWhile(() => this.#clock.wake());
  }

  /** Creates the job, or answers it again to the key it was created with. */
  async create(organization: string, ask: rpc.CreateAsk): Promise<rpc.CreateAnswer> {
    if (organization !== organizationOf(this.ctx.id.name)) throw new Error('not this organization’s object');
    const now = Date.now();
    const answered = this.#recreate(ask, now);
    if (answered !== null) return answered;
    const change = newJob(ask.job_id, organization, ask.seed, now);
    const books = {
      ...{ pub_revision: 0, pub_events: 0, deleted_at: null, keys: null, keys_total: 0 },
      ...{ created_key: ask.key?.key ?? null, created_digest: ask.key?.body ?? null },
    };
    this.#transact(() => {
      this.#store.create(change, books, ask.items);
      this.#arm(change.job, planPublication('transition', now, 0, 0).alarm, now);
    });
    const view = viewOf(this.#store, { job: change.job, books }, ask.want);
    await this.#published();
    return { outcome: 'created', view };
  }

  /** The answer to a creation where a job, or what is left of one, is there already; null where nothing is. */
  #recreate({ key, want }: rpc.CreateAsk, now: number): rpc.CreateAnswer | null {
    const present = this.#store.load();
    const conflict = (detail: string): rpc.CreateAnswer => {
      return { outcome: 'refused', rejection: reject('idempotency_conflict', detail) };
    };
    if (present === null ? (this.#store.tombstone() ?? 0) > now : present.books.deleted_at !== null) {
      return conflict('The job made with this Idempotency-Key was deleted. Use a new key.');
    }
    if (present === null) return null;
    if (key === null) return { outcome: 'taken' };
    if (present.books.created_digest !== key.body) {
      return conflict('This Idempotency-Key was used with another body. Send the same body, or a new key.');
    }
    return { outcome: 'replayed', view: viewOf(this.#store, present, want) };
  }

  /** Applies a unit; null where there is no such job. A change of status is published before it is answered. */
  async apply(organization: string, ask: rpc.UnitAsk, want: Want): Promise<rpc.Applied | null> {
    if (organization !== organizationOf(this.ctx.id.name)) return null;
    const { applied, published } = await this.#commits.run({ ask, want });
    await published;
    return applied;
  }

  /** The job, or null. */
  async get(organization: string, want: Want): Promise<JobView | null> {
    const stored = this.#load(organization);
    return stored === null ? null : viewOf(this.#store, stored, want);
  }

  /** A page of errors, warnings or events, oldest first; null where there is no such job. */
  async page(
    organization: string,
    { list, after, limit, filter }: rpc.IssuePageAsk,
  ): Promise<rpc.EntryText[] | null> {
    const stored = this.#load(organization);
    if (stored === null) return null;
    const kind: EntryKind = list;
    return this.#store.entries.page(kind, totalsOf(stored.job)[kind], after, limit, filter);
  }

  /** A page of the log, oldest first; null where there is no such job. */
  async logPage(organization: string, { after, limit, filter }: rpc.LogPageAsk): Promise<LogLine[] | null> {
    const stored = this.#load(organization);
    return stored === null ? null : this.#store.entries.logPage(totalsOf(stored.job), after, limit, filter);
  }

  /** `count` of a rerun's own items from the `from`th; null where there is no such job. */
  async items(organization: string, from: number, count: number): Promise<rpc.Item[] | null> {
    return this.#load(organization) === null ? null : this.#store.items(from, count);
  }

  /** What a rerun of this job starts from; null where there is no such job. */
  async rerun(organization: string, items: 'all' | 'failed'): Promise<rpc.RerunAnswer | null> {
    const stored = this.#load(organization);
    if (stored === null) return null;
    return rerunOf(this.#store, stored.job, items);
  }

  /** Deletes an ended job: a 404 from now on, removed once the index knows. */
  async remove(organization: string): Promise<'removed' | 'not_terminal' | null> {
    const stored = this.#load(organization);
    if (stored === null) return null;
    if (!isTerminal(stored.job.status)) return 'not_terminal';
    this.#transact(() => this.#markDeleted(stored, Date.now()));
    await this.#published();
    if (!this.#publisher.dirty) await this.#erase();
    return 'removed';
  }

  /** Sees to all that is due. Never throws: a run that failed is armed again. */
  override async alarm(): Promise<void> {
    this.#clock.fired();
    try {
      this.#transact(() => this.#applyTime(Date.now()));
      await this.#publisher.publish();
      this.#retries = this.#publisher.dirty ? this.#retries + 1 : 0;
      if (this.#store.load()?.books.deleted_at != null && !this.#publisher.dirty) return await this.#erase();
      const tombstone = this.#store.load() === null ? this.#store.tombstone() : null;
      if (tombstone !== null && tombstone <= Date.now()) return await this.#vanish();
      this.#transact(() => this.#settle(Date.now()));
    } catch (cause) {
      this.#retries += 1;
      console.error(JSON.stringify({ level: 'error', event: 'alarm_failed', cause: String(cause) }));
      this.#clock.arm(Date.now() + this.#backoff(), Date.now());
    }
  }

  /** The job if it is there and of this organization: the router has checked, the object checks again. */
  #load(organization: string): Stored | null {
    const stored = this.#store.load();
    if (stored === null || stored.books.deleted_at !== null) return null;
    if (stored.job.organization_id !== organization || organizationOf(this.ctx.id.name) !== organization)
      return null;
    this.#recall(stored);
    return stored;
  }

  /** Applies the units of a group in one transaction: one job row, the appended rows, the alarm. */
  #commitGroup(members: GroupMember[]): GroupAnswer[] {
    const stored = this.#load(organizationOf(this.ctx.id.name));
    if (stored === null) return members.map(() => ({ applied: null, published: null }));
    const now = Date.now();
    this.#ledger ??= this.#openLedger(stored);
    const ledger = this.#ledger;
    const { acknowledged, last, interval } = this.#publisher;
    const asks = members.map(({ ask }) => ask);
    const { commit, plan } = this.#transact(() => {
      const commit = commitUnits(this.#store, stored, ledger, acknowledged, asks, now);
      const { kind } = commit;
      if (kind === 'nothing') return { commit, plan: null };
      const plan = kind === 'silent' ? null : planPublication(kind, now, last, interval);
      this.#arm(commit.stored.job, plan?.alarm ?? Number.POSITIVE_INFINITY, now);
      return { commit, plan };
    });
    ledger.remember(commit.records);
    const publishing = plan?.atOnce ? this.#published() : null;
    const published = commit.kind === 'transition' ? publishing : null;
    const viewFor = views(this.#store, commit.stored);
    return commit.answers.map((answer, index) => {
      return { applied: { answer, view: viewFor(members[index]?.want ?? {}) }, published };
    });
  }

  #recall({ books }: Stored): void {
    this.#publisher.recall({ revision: books.pub_revision, events: books.pub_events });
  }

  #openLedger({ books }: Stored): KeyLedger {
    return new KeyLedger([
      ...this.#store.sealedKeys(books.keys_total),
      ...(books.keys === null ? [] : [books.keys]),
    ]);
  }

  #transact<Result>(work: () => Result): Result {
    try {
      return this.ctx.storage.transactionSync(work);
    } catch (cause) {
      this.#clock.fired();
      throw cause;
    }
  }

  /** Arms for what the job itself is due for, and for what it has still to publish: in a minute at the latest. */
  #arm(job: Job, due: number, now: number): void {
    const position = { revision: job.revision, events: job.events_total };
    const unpublished = isDirty(position, this.#publisher.acknowledged) ? now + RETRY_MOST : due;
    this.#clock.arm(Math.min(due, unpublished, nextDue(job)), now);
  }

  /** Publishes and waits for it, but no longer than an answer may wait for the index. */
  async #published(): Promise<void> {
    await Promise.race([this.#publisher.publish(), scheduler.wait(INDEX_PATIENCE)]);
  }

  #applyTime(now: number): void {
    const stored = this.#store.load();
    if (stored === null || stored.books.deleted_at !== null) return;
    this.#recall(stored);
    if (isTerminal(stored.job.status)) {
      if (removalDue(stored.job) <= now) this.#markDeleted(stored, now);
      return;
    }
    const change = expire(stored.job, this.#store.seen, now);
    if (change === null) return;
    this.#store.save(stored.job, change, stored.books);
    this.#arm(change.job, now + 5_000, now);
  }

  #markDeleted({ job, books }: Stored, now: number): void {
    const draft = new Draft(job, this.#store.seen);
    draft.event('job.deleted');
    this.#store.save(job, draft.finish(now, false), { ...books, deleted_at: now });
    this.#clock.arm(now + 5_000, now);
  }

  /** Ends an alarm run: the position the index confirmed is written down, and the next due time armed. */
  #settle(now: number): void {
    const stored = this.#store.load();
    if (stored === null) {
      const tombstone = this.#store.tombstone();
      if (tombstone !== null) this.#clock.arm(tombstone, now);
      return;
    }
    const { job, books } = stored;
    const { revision, events } = this.#publisher.acknowledged;
    if (books.pub_revision !== revision || books.pub_events !== events) {
      const marked = { ...books, pub_revision: revision, pub_events: events };
      this.#store.save(job, { job, entries: [], entities: [] }, marked);
    }
    const publication = this.#publisher.dirty ? now + this.#backoff() : Number.POSITIVE_INFINITY;
    this.#clock.arm(Math.min(publication, Math.max(this.#due(job, books), now + 1_000)), now);
  }

  #due(job: Job, books: Stored['books']): number {
    return books.deleted_at === null ? nextDue(job) : Number.POSITIVE_INFINITY;
  }

  #backoff(): number {
    return Math.min(RETRY_FIRST * 2 ** Math.max(this.#retries - 1, 0), RETRY_MOST);
  }

  /** Takes the deleted job's rows away; one that was made with a key leaves a tombstone. */
  async #erase(): Promise<void> {
    const stored = this.#store.load();
    if (stored === null || stored.books.deleted_at === null) return;
    if (stored.books.created_key === null) return this.#vanish();
    const expiresAt = stored.books.deleted_at + TOMBSTONE_LIFE;
    this.#forget();
    this.#transact(() => {
      this.#store.bury(expiresAt);
      this.#clock.arm(expiresAt, Date.now());
    });
  }

  async #vanish(): Promise<void> {
    this.#forget();
    this.#store.forget();
    this.#clock.fired();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  /** Lets go of what memory holds of a job that is gone: another may be made here. */
  #forget(): void {
    this.#ledger = null;
    this.#publisher.forget();
  }
}
