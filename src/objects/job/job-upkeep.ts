import type { AuditTrace } from '../../domain/audit/audit-record';
import { FEED_DAYS } from '../../domain/feed/feed';
import { isDirty, type Position, PUBLICATION_GUARANTEE, positionOf } from '../../domain/feed/publication';
import type { NewsKind } from '../../domain/feed/publishing-pace';
import { keyLife, tombstoneLife } from '../../domain/feed/retention';
import { type Change, Draft } from '../../domain/job/draft';
import { expire, nextDue, removalDue } from '../../domain/job/health';
import { isTerminal, type Job } from '../../domain/job/job';
import { log } from '../../log';
import { organizationOf } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { within } from '../kit/within';
import { deleteRecord } from './job-audit';
import type { JobStore, Stored } from './job-store';
import { logExpiry } from './log-expiry';
import type { Publisher } from './publisher';
import type { Watchers } from './watchers';

/** The index's clock and the job's differ by less (ms). */
const CLOCK_SKEW = 3_600_000;
const RETRY_FIRST = 2_000;
/** How long an answer waits for the index before it leaves it to the alarm (ms). */
const INDEX_PATIENCE = 1_000;
const NEVER = Number.POSITIVE_INFINITY;
const NOWHERE: Position = { revision: 0, events: 0 };

/**
 * All that a job does by itself, on its one alarm: the rules of time, publishing what is still unpublished, removal.
 * The alarm is the minimum of what is due. Source: protocols §1.
 */
export class JobUpkeep {
  readonly #storage: DurableObjectStorage;
  readonly #name: () => string | undefined;
  readonly #store: JobStore;
  readonly #publisher: Publisher;
  readonly #watchers: Watchers;
  readonly #clock: AlarmClock;
  readonly #alarm: GuardedAlarm;
  /** Told when the job is gone: another may be made in the same object. */
  readonly #onGone: () => void;
  /** For how long the feed keeps an event at least. */
  readonly #feedDays: number;
  #retries = 0;
  /** How far the job had got when something was last to be published within the guarantee. */
  #urgent: Position = NOWHERE;
  /** Whether the alarm may not stand for all that is unpublished. */
  #unsure = true;
  /** Whether the alarm that this instance found says that all events of before were published. */
  #witnessed = false;

  constructor(
    { storage, id }: DurableObjectState,
    store: JobStore,
    publisher: Publisher,
    watchers: Watchers,
    onGone: () => void,
    feedDays = FEED_DAYS,
  ) {
    this.#feedDays = feedDays;
    this.#storage = storage;
    this.#name = () => id.name;
    this.#store = store;
    this.#publisher = publisher;
    this.#watchers = watchers;
    this.#clock = new AlarmClock(storage);
    this.#alarm = new GuardedAlarm(this.#clock, () => ({ object: id.name, job_id: store.jobId }));
    this.#onGone = onGone;
  }

  /**
   * Reads the alarm that an earlier instance left. It stands within the guarantee for an event that is unpublished, and
   * is postponed once the index knows: one that is further away says that the events were published, and that no audit
   * record is carried, though the row may not.
   */
  async wake(): Promise<void> {
    await this.#clock.wake();
    const away = (this.#clock.at ?? 0) - Date.now();
    this.#unsure = away <= PUBLICATION_GUARANTEE;
    this.#witnessed = away > 2 * PUBLICATION_GUARANTEE;
    if (this.#witnessed) this.#store.carried.none();
  }

  /** Runs a change in one transaction; where it is rolled back, so is what memory knows of tables and alarm. */
  transact<Result>(work: () => Result): Result {
    try {
      return this.#storage.transactionSync(work);
    } catch (cause) {
      this.#unsure = true;
      this.#clock.fired();
      this.#store.forget();
      throw cause;
    }
  }

  /** A job is made here: what the alarm that was found says is about another. */
  begin(): void {
    this.#witnessed = false;
  }

  /**
   * Arms for what the job itself is due for, and for what a commit of `kind` has for the index. The last statement of a
   * transaction.
   */
  arm(job: Job, now: number, kind: NewsKind | null = null): void {
    const position = positionOf(job);
    if (kind === 'transition' || kind === 'stage') this.#urgent = position;
    const sure = this.#clock.rings(now, this.#unsure ? PUBLICATION_GUARANTEE : NEVER);
    const dirty = () => isDirty(position, this.#publisher.acknowledged) || this.#store.carried.any;
    const due = !sure && dirty() ? now + PUBLICATION_GUARANTEE : NEVER;
    const published = kind === null ? NEVER : this.#publisher.due(kind, now);
    this.#clock.arm(Math.min(due, published, this.#ownDue(job, now)), now);
  }

  /** Publishes now. What did not get through is tried again soon, by the alarm. Never throws. */
  async publish(kind?: NewsKind): Promise<void> {
    await this.#publisher.publish(kind);
    try {
      const now = Date.now();
      if (this.#publisher.failed) this.#miss(now);
      else this.#note(now);
    } catch (cause) {
      log('warn', 'publish_unnoted', { object: this.#name(), job_id: this.#store.jobId, cause });
    }
  }

  /**
   * Publishes a change of status and waits for it, but no longer than an answer may wait for the index. Once the index
   * knows, the alarm is postponed to what else is due: nothing wakes a job for what was done.
   */
  async published(): Promise<void> {
    const work = this.publish('transition').then(() => {
      if (!this.#publisher.failed && !this.#publisher.refused) this.transact(() => this.#rest(Date.now()));
    });
    await within(work, INDEX_PATIENCE);
  }

  /** Stores what the index said of the job's type with its first revision, which nobody was told of yet. */
  learn(typical_seconds: number): void {
    this.transact(() => {
      const stored = this.#store.load();
      if (stored === null || stored.job.revision > 1) return;
      const job = { ...stored.job, typical_seconds };
      this.#store.save(stored.job, { job, entries: [], entities: [] }, stored.books);
    });
  }

  /** Somebody looks: what is unpublished is published, and from here on every `interval` (ms). */
  async look(interval: number): Promise<void> {
    this.#publisher.lookedAt(interval);
    const now = Date.now();
    if (this.#publisher.dirty && this.#publisher.publishesAtOnce('progress', now)) await this.publish();
    else this.#note(now);
  }

  /** What the row says of its publishing, and what the alarm says beyond it: looked at first of all. */
  recall({ job, books }: Stored): void {
    if (this.#witnessed) this.#publisher.recall({ ...books, pub_events: job.events_total });
    else this.#publisher.recall(books);
    this.#witnessed = false;
  }

  /** An alarm run. Never throws. */
  run(): Promise<void> {
    return this.#alarm.run(async () => {
      this.#unsure = true;
      const change = this.transact(() => this.#applyTime(Date.now()));
      if (change !== null && isTerminal(change.job.status)) logExpiry(change, organizationOf(this.#name()));
      await this.#watchers.changed(true);
      const pressing = isDirty(this.#urgent, this.#publisher.acknowledged);
      if (change !== null || pressing || this.#publisher.presses(Date.now())) await this.#publisher.publish();
      this.#retries = this.#publisher.failed ? this.#retries + 1 : 0;
      await this.eraseIfPublished();
      if (this.#store.load() !== null) return this.transact(() => this.#settle(Date.now()));
      const [now, tombstone] = [Date.now(), this.#store.tombstone() ?? NEVER];
      if (tombstone <= now) await this.vanish();
      else this.#clock.arm(tombstone, now);
    });
  }

  /** Makes the job a 404; what is left of it goes once the index knows. */
  markDeleted({ job, books }: Stored, now: number, trace?: AuditTrace): void {
    this.transact(() => {
      const draft = new Draft(job, this.#store.seen);
      draft.event('job.deleted');
      this.#store.save(job, draft.finish(now, false), { ...books, deleted_at: now });
      if (trace) this.#store.carried.add(deleteRecord(trace, job, now), job.revision);
      this.#clock.arm(now + RETRY_FIRST, now);
    });
  }

  /** Deletes a deleted job's rows once the index has that; one that was made with a key leaves a tombstone. */
  async eraseIfPublished(): Promise<void> {
    const books = this.#store.load()?.books;
    if (books === undefined || books.deleted_at === null || this.#publisher.dirty) return;
    if (books.created_key === null) return this.vanish();
    // The key is free once the index, which has learned of the deletion by now, has forgotten the job.
    const forgotten = Date.now() + tombstoneLife(this.#feedDays) + CLOCK_SKEW;
    const expiresAt = Math.max(books.deleted_at + keyLife(this.#feedDays), forgotten);
    this.#gone();
    this.transact(() => {
      this.#store.bury(expiresAt);
      this.#clock.postpone(expiresAt);
    });
  }

  /** Deletes all there is, published or not. */
  async vanish(): Promise<void> {
    this.#gone();
    this.#store.forget();
    this.#clock.fired();
    await this.#storage.deleteAll();
    this.#store.forget();
  }

  /** What the clock changed, or null. */
  #applyTime(now: number): Change | null {
    const stored = this.#store.load();
    if (stored === null) return null;
    this.recall(stored);
    if (stored.books.deleted_at !== null) return null;
    if (isTerminal(stored.job.status)) {
      if (removalDue(stored.job) <= now) this.markDeleted(stored, now);
      return null;
    }
    const change = expire(stored.job, this.#store.seen, now);
    if (change === null) return null;
    this.#store.save(stored.job, change, stored.books);
    this.arm(change.job, now, 'transition');
    return change;
  }

  /** When the alarm is to publish what the index lacks by now. */
  #publicationDue(job: Job, now: number): number {
    const [at, { acknowledged }, { any }] = [positionOf(job), this.#publisher, this.#store.carried];
    if (!isDirty(at, acknowledged) && !any) return NEVER;
    const urgent = any || at.events > acknowledged.events || isDirty(this.#urgent, acknowledged);
    return urgent ? now + PUBLICATION_GUARANTEE : this.#publisher.due('progress', now);
  }

  /** When the job is due for something: to be published, by its own clock, for its watchers. */
  #due(job: Job, now: number): number {
    return Math.min(this.#publicationDue(job, now), this.#ownDue(job, now));
  }

  /** The same, publishing left aside: a deleted job is due for nothing. */
  #ownDue(job: Job, now: number, deleted_at: number | null = null): number {
    return deleted_at === null ? Math.min(nextDue(job), this.#watchers.due(job, now)) : NEVER;
  }

  /** What was due is done: the alarm is postponed to what is due next. */
  #rest(now: number): void {
    const stored = this.#store.load();
    if (stored === null || stored.books.deleted_at !== null) return;
    this.#mark(stored);
    this.#clock.postpone(this.#due(stored.job, now));
    this.#unsure = false;
  }

  /** Ends an alarm run: the next due time is armed. */
  #settle(now: number): void {
    const stored = this.#store.load();
    if (stored === null) return;
    this.#mark(stored);
    const { job, books } = stored;
    const publication = this.#publicationDue(job, now);
    const pause = Math.min(RETRY_FIRST * 2 ** Math.max(this.#retries - 1, 0), PUBLICATION_GUARANTEE);
    const retry = this.#publisher.failed && publication < NEVER ? now + pause : NEVER;
    const due = Math.min(this.#ownDue(job, now, books.deleted_at), publication);
    this.#clock.arm(Math.min(retry, Math.max(due, now + 1_000)), now);
    this.#unsure = false;
  }

  /** Something did not get through: whoever knows only the row publishes by the alarm, whatever that was set for. */
  #miss(now: number): void {
    const stored = this.#store.load();
    if (stored === null) return;
    const { job, books } = stored;
    this.transact(() => {
      if (books.pub_at !== null) this.#store.mark(stored, this.#publisher.marks(Number.NEGATIVE_INFINITY));
      // Where an alarm runs, the one that is set stands for the job's own time too.
      const due = Math.max(this.#ownDue(job, now, books.deleted_at), now);
      this.#clock.arm(Math.min(now + RETRY_FIRST, due), now);
    });
  }

  /** The interval may be shorter than the alarm knows. */
  #note(now: number): void {
    const stored = this.#store.load();
    if (stored === null || stored.books.deleted_at !== null) return;
    const published = this.#publicationDue(stored.job, now) === NEVER;
    if (published && !this.#publisher.outgrew(stored.books)) return;
    this.transact(() => {
      this.#mark(stored);
      // While an alarm runs none is set: this one stands for the job's own time too.
      this.#clock.arm(this.#due(stored.job, now), now);
    });
  }

  /**
   * What is known of the publishing rides on the next row. It is written for itself where that would be too late, but not
   * over a row that says that something is still to be told.
   */
  #mark(stored: Stored): void {
    const waits = this.#publisher.failed || isDirty(this.#urgent, this.#publisher.acknowledged);
    if (!waits && this.#publisher.outgrew(stored.books)) this.#store.mark(stored, this.#publisher.marks());
  }

  #gone(): void {
    this.#publisher.forget();
    this.#urgent = NOWHERE;
    this.#onGone();
  }
}
