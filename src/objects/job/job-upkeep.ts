import type { AuditTrace } from '../../domain/audit/audit-record';
import { HOUR } from '../../domain/base/time';
import { keyLife, tombstoneLife } from '../../domain/feed/retention';
import { type Change, Draft, hasEvent } from '../../domain/job/draft';
import { expire, removalDue } from '../../domain/job/health';
import { isTerminal } from '../../domain/job/job';
import { organizationOf } from '../address';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { type JobAlarm, NEVER } from './job-alarm';
import { deleteRecord } from './job-audit';
import type { JobStore, Stored } from './job-store';
import { logExpiry } from './log-expiry';
import type { PublicationUpkeep } from './publication-upkeep';
import type { Publisher } from './publisher';
import type { Watchers } from './watchers';

/** The index's clock and the job's differ by less (ms). */
const CLOCK_SKEW = HOUR;
/** When the alarm is to look whether the index knows of a deletion (ms). */
const ERASE_LOOK = 2_000;

/** What the upkeep works with. */
export interface UpkeepParts {
  store: JobStore;
  alarm: JobAlarm;
  publications: PublicationUpkeep;
  publisher: Publisher;
  watchers: Watchers;
}

/** All that a job does by itself when its time has come: the rules of time, removal, what is left of it. */
export class JobUpkeep {
  readonly #storage: DurableObjectStorage;
  readonly #name: () => string | undefined;
  readonly #parts: UpkeepParts;
  readonly #guarded: GuardedAlarm;
  /** Told when the job is gone: another may be made in the same object. */
  readonly #onGone: () => void;
  /** For how long the feed keeps an event at least. */
  readonly #feedDays: number;

  constructor({ storage, id }: DurableObjectState, parts: UpkeepParts, onGone: () => void, feedDays: number) {
    this.#feedDays = feedDays;
    this.#storage = storage;
    this.#name = () => id.name;
    this.#parts = parts;
    const { alarm, store } = parts;
    this.#guarded = new GuardedAlarm(alarm.clock, () => ({ object: id.name, job_id: store.jobId }));
    this.#onGone = onGone;
  }

  /** An alarm run. Never throws. */
  run(): Promise<void> {
    const { store, alarm, publications, watchers } = this.#parts;
    return this.#guarded.run(async () => {
      alarm.sure = false;
      const change = alarm.transact(() => this.#applyTime(Date.now()));
      if (change !== null && isTerminal(change.job.status)) logExpiry(change, organizationOf(this.#name()));
      await watchers.changed(true);
      await publications.publishIfDue(change !== null);
      await this.eraseIfPublished();
      if (store.load() !== null) return alarm.transact(() => publications.settle(Date.now()));
      const [now, tombstone] = [Date.now(), store.tombstone() ?? NEVER];
      if (tombstone <= now) await this.vanish();
      else alarm.clock.arm(tombstone, now);
    });
  }

  /** Makes the job a 404; what is left of it goes once the index knows. */
  markDeleted({ job, books }: Stored, now: number, trace?: AuditTrace): void {
    const { store, alarm } = this.#parts;
    alarm.transact(() => {
      const draft = new Draft(job, store.seen);
      draft.event('job.deleted');
      store.save(job, draft.finish(now, false), { ...books, deleted_at: now });
      if (trace) store.carried.add(deleteRecord(trace, job, now), job.revision);
      alarm.clock.arm(now + ERASE_LOOK, now);
    });
  }

  /** Deletes a deleted job's rows once the index has that; one that was made with a key leaves a tombstone. */
  async eraseIfPublished(): Promise<void> {
    const { store, alarm, publisher } = this.#parts;
    const books = store.load()?.books;
    if (books === undefined || books.deleted_at === null || publisher.dirty) return;
    if (books.created_key === null) return this.vanish();
    // The key is free once the index, which has learned of the deletion by now, has forgotten the job.
    const forgotten = Date.now() + tombstoneLife(this.#feedDays) + CLOCK_SKEW;
    const expiresAt = Math.max(books.deleted_at + keyLife(this.#feedDays), forgotten);
    this.#gone();
    alarm.transact(() => {
      store.bury(expiresAt);
      alarm.clock.postpone(expiresAt);
    });
  }

  /** Deletes all there is, published or not. */
  async vanish(): Promise<void> {
    const { store, alarm } = this.#parts;
    this.#gone();
    store.forget();
    alarm.clock.forget();
    await this.#storage.deleteAll();
    store.forget();
  }

  /** What the clock changed, or null. */
  #applyTime(now: number): Change | null {
    const { store, publications } = this.#parts;
    const stored = store.load();
    if (stored === null) return null;
    publications.recall(stored);
    if (stored.books.deleted_at !== null) return null;
    if (isTerminal(stored.job.status)) {
      if (removalDue(stored.job) <= now) this.markDeleted(stored, now);
      return null;
    }
    const change = expire(stored.job, store.seen, now);
    if (change === null) return null;
    // That a worker is late is no event: whoever knows only the row must see that the index may not have it.
    store.save(stored.job, change, hasEvent(change) ? stored.books : { ...stored.books, pub_at: null });
    publications.arm(change.job, now, 'transition');
    return change;
  }

  #gone(): void {
    this.#parts.publications.forget();
    this.#onGone();
  }
}
