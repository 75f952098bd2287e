import { fromSendable } from '../../domain/base/exact';
import { reject } from '../../domain/base/rejection';
import { isBulkType } from '../../domain/job/bulk';
import { newJob } from '../../domain/job/new-job';
import { Admission, type AdmissionParts } from './admission';
import type * as rpc from './contract';
import type { JobAlarm } from './job-alarm';
import { bulkRecord, rerunRecord } from './job-audit';
import type { Holding, JobStore } from './job-store';
import { viewOf } from './job-view';
import { bodyOf, isSameBody } from './key-ledger';
import type { PublicationUpkeep } from './publication-upkeep';
import { NO_MARKS } from './publisher';
import type { Watchers } from './watchers';

/** What the creation works with. */
export interface CreationParts extends AdmissionParts {
  store: JobStore;
  alarm: JobAlarm;
  publications: PublicationUpkeep;
  watchers: Watchers;
}

/** How a job comes to be in its object: made once, admitted by its index, and shown again to the key that made it. */
export class JobCreation {
  readonly #store: JobStore;
  readonly #alarm: JobAlarm;
  readonly #publications: PublicationUpkeep;
  readonly #watchers: Watchers;
  readonly #admission: Admission;

  constructor(parts: CreationParts) {
    const { store, alarm, publications, watchers } = parts;
    this.#store = store;
    this.#alarm = alarm;
    this.#publications = publications;
    this.#watchers = watchers;
    this.#admission = new Admission(parts);
  }

  /** Creates the job, or answers it again to the key it was created with. */
  async create(organization: string, ask: rpc.CreateAsk): Promise<rpc.CreateAnswer> {
    await this.#admission.settled();
    const now = Date.now();
    const found = this.#store.find();
    const answered = this.#recreate(found, ask, now);
    if (answered !== null) return this.#listed(found, answered);
    const change = newJob(ask.job_id, organization, fromSendable(ask.seed, ask.exact), now);
    const books = {
      ...NO_MARKS,
      pub_at: now,
      deleted_at: null,
      keys: null,
      keys_total: 0,
      created_key: ask.key?.key ?? null,
      created_digest: ask.key === null ? null : bodyOf(ask.key),
    };
    this.#publications.begin();
    this.#alarm.transact(() => {
      this.#store.create(change, books, ask.items, found);
      if (ask.trace) this.#store.carried.add(rerunRecord(ask.trace, change.job, now), 1);
      const { job_type, job_id } = change.job;
      if (ask.bulk && isBulkType(job_type))
        this.#store.carried.add(bulkRecord(ask.bulk, job_type, job_id, now), 1);
      this.#publications.arm(change.job, now, 'transition');
    });
    const refusal = await this.#admission.ask(ask.terms ?? null);
    if (refusal !== null) return { outcome: 'refused', rejection: refusal };
    const made = this.#store.loadToChange() ?? { job: change.job, books };
    return { outcome: 'created', view: viewOf(this.#store, made, ask.want) };
  }

  /** Resolves once the job that is being made stands; null where none is. Nobody is shown it before. */
  get settling(): Promise<void> | null {
    return this.#admission.isUnderWay ? this.#admission.settled() : null;
  }

  /** The job that this key created here, whatever it would create now; null where it created none. */
  async recreate(key: rpc.UnitKey, want: rpc.Want): Promise<rpc.CreateAnswer | null> {
    await this.#admission.settled();
    const found = this.#store.find();
    return this.#listed(found, this.#recreate(found, { key, want }, Date.now()));
  }

  /** An answer that was cut off may have been so before the index knew of the job: whoever is answered finds it listed. */
  async #listed<Answer extends rpc.CreateAnswer | null>(
    { stored }: Holding,
    answer: Answer,
  ): Promise<Answer> {
    if (stored !== null && answer?.outcome === 'replayed') {
      this.#publications.recall(stored);
      await this.#publications.catchUp(stored.job);
    }
    return answer;
  }

  /** The answer to a creation where a job, or what is left of one, is there already; null where nothing is. */
  #recreate(found: Holding, ask: Pick<rpc.CreateAsk, 'key' | 'want'>, now: number): rpc.CreateAnswer | null {
    const [{ stored: present, takenUntil }, { key, want }] = [found, ask];
    const conflict = (detail: string): rpc.CreateAnswer => {
      return { outcome: 'refused', rejection: reject('idempotency_conflict', detail) };
    };
    if (present === null ? (takenUntil ?? 0) > now : present.books.deleted_at !== null) {
      return conflict('The job made with this Idempotency-Key was deleted. Use a new key.');
    }
    if (present === null) return null;
    if (key === null) return { outcome: 'taken' };
    if (!isSameBody(present.books.created_digest, key)) {
      return conflict('This Idempotency-Key was used with another body. Send the same body, or a new key.');
    }
    const view = viewOf(this.#store, present, want);
    return { outcome: 'replayed', view: { ...view, watchers: this.#watchers.count } };
  }
}
