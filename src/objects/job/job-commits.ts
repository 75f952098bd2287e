import { heldBytes } from '../../domain/base/json';
import { MergePatch } from '../../domain/base/merge-patch';
import { isTerminal } from '../../domain/job/job';
import { type JobLimits, ReportRate } from '../../domain/job/report-rate';
import { isSequenced, weighUnit } from '../../domain/job/unit';
import { CommitQueue, type QueuedAsk } from '../kit/commit-queue';
import { type Commit, type CommitUnit, CROWDED, commitUnits } from './commit';
import type { Applied, UnitAnswer, Want } from './contract';
import type { JobAlarm } from './job-alarm';
import type { JobStore, Stored } from './job-store';
import { openLedger, viewOf, views } from './job-view';
import type { KeyLedger } from './key-ledger';
import type { PublicationUpkeep } from './publication-upkeep';
import type { Publisher } from './publisher';
import type { Watchers } from './watchers';

/** A unit that is to be committed. */
export interface AskedUnit extends CommitUnit {
  want: Want;
}

/** What became of a unit: null where there is no such job. */
export interface Committed {
  applied: Applied | null;
  /** What an answer waits for, beside the disk: a change of status is told to the index first. */
  published: Promise<void> | null;
}

export interface CommitParts {
  storage: DurableObjectStorage;
  store: JobStore;
  publisher: Publisher;
  watchers: Watchers;
  alarm: JobAlarm;
  publications: PublicationUpkeep;
  /** What holds where an ask names no limits of its own. */
  limits: JobLimits;
  /** The job, ready to be changed; null where there is none. */
  load(): Stored | null;
}

/** The job's shared commits: every unit goes through here, however it came. */
export class JobCommits {
  readonly #parts: CommitParts;
  readonly #queue: CommitQueue<AskedUnit, Committed>;
  readonly #patches = new MergePatch();
  readonly #rate = new ReportRate(Date.now());
  #ledger: KeyLedger | null = null;

  constructor(parts: CommitParts) {
    this.#parts = parts;
    this.#queue = new CommitQueue({
      commit: (members) => this.#commitGroup(members),
      sync: () => parts.storage.sync(),
      weigh: ({ ask }) => weighUnit(ask.unit),
      sender: ({ line }) => line,
      cap: { size: ({ ask }) => heldBytes(ask), refuse: (member) => this.#refuse(member) },
    });
  }

  run(asked: AskedUnit): Promise<Committed> {
    return this.#queue.run(asked);
  }

  /** Commits units that came together, in order; each is told of its commit within the turn of it. */
  add(members: readonly QueuedAsk<AskedUnit, Committed>[]): void {
    this.#queue.add(members);
  }

  /** The job is gone, and its keys with it. */
  forget(): void {
    this.#ledger = null;
  }

  /** A unit of a socket is refused in its turn, since answers come in order; one that stands for itself is at once. */
  #refuse({ ask: { ask, want, line }, resolve }: QueuedAsk<AskedUnit, Committed>): AskedUnit | null {
    if (line !== null) {
      const unit = { commands: [], batch: ask.unit.batch };
      return { ask: { unit, key: null }, want, line, crowded: { sequenced: isSequenced(ask.unit) } };
    }
    const { store, load, watchers } = this.#parts;
    const stored = load();
    const view = stored === null ? null : { ...viewOf(store, stored, {}), watchers: watchers.count };
    const applied =
      view === null ? null : { answer: { outcome: 'refused' as const, rejection: CROWDED }, view };
    resolve({ applied, published: null });
    return null;
  }

  /** Applies the units of a group in one transaction: one job row, the appended rows, the alarm. */
  #commitGroup(members: AskedUnit[]): Committed[] {
    const { store, publisher, alarm, publications, limits, load } = this.#parts;
    const stored = load();
    if (stored === null) return members.map(() => ({ applied: null, published: null }));
    const now = Date.now();
    const ledger = () => (this.#ledger ??= openLedger(store, stored));
    const watchers = this.#parts.watchers.count;
    const { commit, applied } = alarm.transact(() => {
      const pacing = { rate: this.#rate, limits };
      const commit = commitUnits(store, stored, ledger, publisher, members, now, this.#patches, pacing);
      if (commit.kind === 'nothing') store.load();
      else publications.arm(commit.stored.job, now, commit.kind === 'silent' ? null : commit.kind);
      const viewFor = views(store, commit.stored);
      const applied = commit.answers.map((answer, index) => ({
        answer,
        view: { ...viewFor(members[index]?.want ?? {}), watchers },
      }));
      return { commit, applied };
    });
    if (commit.records.length > 0) ledger().remember(commit.records);
    // A late report that comes again reads them again.
    if (isTerminal(commit.stored.job.status)) this.#ledger = null;
    const published = this.#publishAfter(commit, now);
    return applied.map((answered) => ({ applied: answered, published }));
  }

  /** Sends a commit to watchers and index; a promise to wait for where it changed the status, or is an answer again. */
  #publishAfter({ kind, answers, stored }: Commit, now: number): Promise<void> | null {
    const { publisher, watchers, publications } = this.#parts;
    const changed = kind !== 'nothing' && kind !== 'silent';
    if (changed) void watchers.changed(kind === 'transition');
    if (kind === 'transition') return publications.published();
    if (changed && publisher.publishesAtOnce(kind, now)) void publications.publish(kind);
    // Its first answer may have been cut off before the index knew of it.
    return answers.some(isRepeat) ? publications.catchUp(stored.job) : null;
  }
}

/** Whether a unit was applied before, as its key, its sequence or the job's end says. */
function isRepeat(answer: UnitAnswer): boolean {
  if (answer.outcome !== 'done') return false;
  const { replayed, verdicts } = answer;
  return (
    replayed || verdicts?.some(({ reason }) => reason === 'duplicate' || reason === 'already_ended') === true
  );
}
