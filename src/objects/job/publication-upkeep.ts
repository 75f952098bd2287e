import { isDirty, type Position, PUBLICATION_GUARANTEE, positionOf } from '../../domain/feed/publication';
import type { NewsKind } from '../../domain/feed/publishing-pace';
import type { Job } from '../../domain/job/job';
import { log } from '../../log';
import { within } from '../../within';
import type { AlarmClock } from '../kit/alarm-clock';
import { type JobAlarm, NEVER } from './job-alarm';
import type { JobStore, Stored } from './job-store';
import type { Publisher } from './publisher';

/** The first pause before what did not get through is tried again (ms), doubled each time. */
const RETRY_FIRST = 2_000;
/** How long an answer waits for the index before it leaves it to the alarm (ms). */
const INDEX_PATIENCE = 1_000;
const NOWHERE: Position = { revision: 0, events: 0 };

/**
 * Sees to it that the index gets all that the job has for it: at once, at its pace, or by the alarm, which is the
 * guarantee. Source: protocols §1.
 */
export class PublicationUpkeep {
  readonly #alarm: JobAlarm;
  readonly #clock: AlarmClock;
  readonly #name: () => string | undefined;
  readonly #store: JobStore;
  readonly #publisher: Publisher;
  #retries = 0;
  /** How far the job had got when something was last to be published within the guarantee. */
  #urgent: Position = NOWHERE;
  /** Whether the alarm that this instance found says that all events of before were published. */
  #witnessed = false;

  constructor(alarm: JobAlarm, store: JobStore, publisher: Publisher, name: () => string | undefined) {
    this.#alarm = alarm;
    this.#clock = alarm.clock;
    this.#name = name;
    this.#store = store;
    this.#publisher = publisher;
  }

  /**
   * Reads the alarm that an earlier instance left. It stands within the guarantee for an event that is unpublished, and
   * is postponed once the index knows: one that is further away says that the events were published, and that no audit
   * record is carried, though the row may not.
   */
  async wake(): Promise<void> {
    await this.#clock.wake();
    const away = (this.#clock.at ?? 0) - Date.now();
    this.#alarm.sure = away > PUBLICATION_GUARANTEE;
    this.#witnessed = away > 2 * PUBLICATION_GUARANTEE;
    if (this.#witnessed) this.#store.carried.none();
  }

  /** A job is made here: what the alarm that was found says is about another. */
  begin(): void {
    this.#witnessed = false;
  }

  /** The job is gone: another may be made in the same object. */
  forget(): void {
    this.#publisher.forget();
    this.#urgent = NOWHERE;
  }

  /**
   * Arms for what the job itself is due for, and for what a commit of `kind` has for the index. The last statement of a
   * transaction.
   */
  arm(job: Job, now: number, kind: NewsKind | null = null): void {
    const position = positionOf(job);
    if (kind === 'transition' || kind === 'stage') this.#urgent = position;
    const sure = this.#clock.rings(now, this.#alarm.sure ? NEVER : PUBLICATION_GUARANTEE);
    const dirty = () => isDirty(position, this.#publisher.acknowledged) || this.#store.carried.any;
    const due = !sure && dirty() ? now + PUBLICATION_GUARANTEE : NEVER;
    const published = kind === null ? NEVER : this.#publisher.due(kind, now);
    this.#clock.arm(Math.min(due, published, this.#alarm.ownDue(job, now)), now);
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
      if (!this.#publisher.failed && !this.#publisher.refused)
        this.#alarm.transact(() => this.#rest(Date.now()));
    });
    await within(work, INDEX_PATIENCE);
  }

  /** Publishes what the index may lack of the events of an earlier life, and waits for it as long. */
  async catchUp({ events_total }: Job): Promise<void> {
    if (events_total > this.#publisher.acknowledged.events) await this.published();
  }

  /** In an alarm run: publishes where it is `asked`, or where its time has come. */
  async publishIfDue(asked: boolean): Promise<void> {
    const pressing = isDirty(this.#urgent, this.#publisher.acknowledged);
    if (asked || pressing || this.#publisher.presses(Date.now())) await this.#publisher.publish();
    this.#retries = this.#publisher.failed ? this.#retries + 1 : 0;
  }

  /** Stores what the index said of the job's type with its first revision, which nobody was told of yet. */
  learn(typical_seconds: number): void {
    this.#alarm.transact(() => {
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

  /** Ends an alarm run: the next due time is armed. */
  settle(now: number): void {
    const stored = this.#store.load();
    if (stored === null) return;
    this.#mark(stored);
    const { job, books } = stored;
    const publication = this.#publicationDue(job, now);
    const pause = Math.min(RETRY_FIRST * 2 ** Math.max(this.#retries - 1, 0), PUBLICATION_GUARANTEE);
    const retry = this.#publisher.failed && publication < NEVER ? now + pause : NEVER;
    const due = Math.min(this.#alarm.ownDue(job, now, books.deleted_at), publication);
    this.#clock.arm(Math.min(retry, Math.max(due, now + 1_000)), now);
    this.#alarm.sure = true;
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
    return Math.min(this.#publicationDue(job, now), this.#alarm.ownDue(job, now));
  }

  /** What was due is done: the alarm is postponed to what is due next. */
  #rest(now: number): void {
    const stored = this.#store.load();
    if (stored === null || stored.books.deleted_at !== null) return;
    this.#mark(stored);
    this.#clock.postpone(this.#due(stored.job, now));
    this.#alarm.sure = true;
  }

  /** Something did not get through: whoever knows only the row publishes by the alarm, whatever that was set for. */
  #miss(now: number): void {
    const stored = this.#store.load();
    if (stored === null) return;
    const { job, books } = stored;
    this.#alarm.transact(() => {
      if (books.pub_at !== null) this.#store.mark(stored, this.#publisher.marks(Number.NEGATIVE_INFINITY));
      // Where an alarm runs, the one that is set stands for the job's own time too.
      const due = Math.max(this.#alarm.ownDue(job, now, books.deleted_at), now);
      this.#clock.arm(Math.min(now + RETRY_FIRST, due), now);
    });
  }

  /** The interval may be shorter than the alarm knows. */
  #note(now: number): void {
    const stored = this.#store.load();
    if (stored === null || stored.books.deleted_at !== null) return;
    const published = this.#publicationDue(stored.job, now) === NEVER;
    if (published && !this.#publisher.outgrew(stored.books)) return;
    this.#alarm.transact(() => {
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
}
