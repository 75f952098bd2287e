import { FEED_DAYS } from '../../domain/feed/feed';
import { EVENTS_PER_PUBLICATION, isDirty, PUBLICATION_GUARANTEE } from '../../domain/feed/publication';
import { keyLife, tombstoneLife } from '../../domain/feed/retention';
import { type Change, Draft } from '../../domain/job/draft';
import { expire, nextDue, removalDue } from '../../domain/job/health';
import { isTerminal, type Job } from '../../domain/job/job';
import { log } from '../../log';
import { organizationOf } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { within } from '../kit/within';
import type { JobStore, Stored } from './job-store';
import type { Publisher } from './publisher';
import type { Watchers } from './watchers';

/** The index's clock and the job's differ by less (ms). */
const CLOCK_SKEW = 3_600_000;
const RETRY_FIRST = 2_000;
/** How long an answer waits for the index before it leaves it to the alarm (ms). */
const INDEX_PATIENCE = 1_000;
const RETRY_MOST = PUBLICATION_GUARANTEE;
const NEVER = Number.POSITIVE_INFINITY;

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
  #scheduled = false;

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

  wake(): Promise<void> {
    return this.#clock.wake();
  }

  /** Runs a change in one transaction; where it is rolled back, so is what memory knows of tables and alarm. */
  transact<Result>(work: () => Result): Result {
    try {
      return this.#storage.transactionSync(work);
    } catch (cause) {
      this.#clock.fired();
      this.#store.forget();
      throw cause;
    }
  }

  /**
   * Arms for what the job itself is due for, and for what it has still to publish, so that a job under steady reports
   * sets its alarm once a minute. The last statement of a transaction.
   */
  arm(job: Job, now: number): void {
    this.#clock.arm(this.#due(job, now), now);
  }

  /** Publishes now. What did not get through is tried again soon, by the alarm. */
  async publish(): Promise<void> {
    await this.#publisher.publish();
    if (this.#publisher.failed) this.#clock.arm(Date.now() + RETRY_FIRST, Date.now());
  }

  /**
   * Publishes a change of status and waits for it, but no longer than an answer may wait for the index. Once the index
   * knows, the alarm is postponed to what else is due: nothing wakes a job for what was done.
   */
  async published(): Promise<void> {
    const work = this.publish().then(() => {
      if (!this.#publisher.failed) this.transact(() => this.#rest(Date.now()));
    });
    await within(work, INDEX_PATIENCE);
  }

  /** Publishes in `delay` ms, once for all that asked until then. Memory alone: the alarm is the guarantee. */
  publishLater(delay: number): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const later = async () => {
      await scheduler.wait(delay);
      this.#scheduled = false;
      await this.publish();
    };
    void later();
  }

  recall({ books }: Stored): void {
    this.#publisher.recall({ revision: books.pub_revision, events: books.pub_events });
  }

  /** An alarm run. Never throws. */
  run(): Promise<void> {
    return this.#alarm.run(async () => {
      const change = this.transact(() => this.#applyTime(Date.now()));
      if (change !== null && isTerminal(change.job.status)) this.#tellExpiry(change);
      await this.#watchers.changed(true);
      await this.#publisher.publish();
      this.#retries = this.#publisher.dirty ? this.#retries + 1 : 0;
      await this.eraseIfPublished();
      if (this.#store.load() === null) await this.#sweepTombstone(Date.now());
      else this.transact(() => this.#settle(Date.now()));
    });
  }

  /** Makes the job a 404; what is left of it goes once the index knows. */
  markDeleted({ job, books }: Stored, now: number): void {
    this.transact(() => {
      const draft = new Draft(job, this.#store.seen);
      draft.event('job.deleted');
      this.#store.save(job, draft.finish(now, false), { ...books, deleted_at: now });
      this.#clock.arm(now + RETRY_FIRST, now);
    });
  }

  /** Deletes a deleted job's rows once the index has that; one that was made with a key leaves a tombstone. */
  async eraseIfPublished(): Promise<void> {
    const books = this.#store.load()?.books;
    if (books === undefined || books.deleted_at === null || this.#publisher.dirty) return;
    if (books.created_key === null) return this.#vanish();
    // The key is free once the index, which has learned of the deletion by now, has forgotten the job.
    const forgotten = Date.now() + tombstoneLife(this.#feedDays) + CLOCK_SKEW;
    const expiresAt = Math.max(books.deleted_at + keyLife(this.#feedDays), forgotten);
    this.#gone();
    this.transact(() => {
      this.#store.bury(expiresAt);
      this.#clock.postpone(expiresAt);
    });
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
    this.arm(change.job, now);
    return change;
  }

  #tellExpiry({ job, entries }: Change): void {
    const { job_id, job_type } = job;
    const [reason] = entries.flatMap((entry) => (entry.kind === 'error' ? [entry.body.error_type] : []));
    log('warn', 'job_expired', { job_id, organization: organizationOf(this.#name()), job_type, reason });
  }

  /** When the job is due for something: by its own clock, for its watchers, to be published. */
  #due(job: Job, now: number): number {
    const position = { revision: job.revision, events: job.events_total };
    const unpublished = isDirty(position, this.#publisher.acknowledged) ? now + PUBLICATION_GUARANTEE : NEVER;
    return Math.min(unpublished, this.#ownDue(job, now));
  }

  /** The same, publishing left aside. */
  #ownDue(job: Job, now: number): number {
    return Math.min(nextDue(job), this.#watchers.due(job, now));
  }

  /** What was due is done: the alarm is postponed to what is due next. */
  #rest(now: number): void {
    const stored = this.#store.load();
    if (stored === null || stored.books.deleted_at !== null) return;
    this.#markPublished(stored);
    this.#clock.postpone(this.#due(stored.job, now));
  }

  /** Ends an alarm run: the next due time is armed. */
  #settle(now: number): void {
    const stored = this.#store.load();
    if (stored === null) return;
    this.#markPublished(stored);
    const { job, books } = stored;
    const publication = this.#publisher.dirty ? now + this.#backoff() : NEVER;
    const due = books.deleted_at === null ? this.#ownDue(job, now) : NEVER;
    this.#clock.arm(Math.min(publication, Math.max(due, now + 1_000)), now);
  }

  /**
   * The position that the index confirmed rides on the next row. It is written for itself where an instance that knows
   * only the row would publish again more than one publication holds.
   */
  #markPublished({ job, books }: Stored): void {
    const { revision, events } = this.#publisher.acknowledged;
    if (events - books.pub_events <= EVENTS_PER_PUBLICATION) return;
    const marked = { ...books, pub_revision: revision, pub_events: events };
    this.#store.save(job, { job, entries: [], entities: [] }, marked);
  }

  async #sweepTombstone(now: number): Promise<void> {
    const tombstone = this.#store.tombstone();
    if (tombstone === null) return;
    if (tombstone <= now) await this.#vanish();
    else this.#clock.arm(tombstone, now);
  }

  async #vanish(): Promise<void> {
    this.#gone();
    this.#store.forget();
    this.#clock.fired();
    await this.#storage.deleteAll();
  }

  #gone(): void {
    this.#publisher.forget();
    this.#onGone();
  }

  #backoff(): number {
    return Math.min(RETRY_FIRST * 2 ** Math.max(this.#retries - 1, 0), RETRY_MOST);
  }
}
