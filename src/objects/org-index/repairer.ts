import { DAY } from '../../domain/base/time';
import { type DriftCount, driftCount, type Restatement } from '../../domain/feed/drift';
import type { Publication, Receipt } from '../../domain/feed/publication';
import { isTerminal, type Status } from '../../domain/job/job';
import { log } from '../../log';
import { NO_ROOM } from '../kit/open-objects';
import type { VerifyPart, VerifyPlace } from './contract';
import type { JobAsked, Mender } from './mender';
import type { RawEntry, RepairStore } from './repair-store';
import type { RollupRepair } from './rollup-repair';
import { type SummaryRow, summaryOf } from './summary-row';

/** What the repair asks of its shard. */
export interface RepairPort {
  /** Asks a job what it is, with its events behind `after`, or its newest; null where there is no such job. */
  ask(jobId: string, after: number | null): Promise<Restatement | null>;
  transact<Answer>(work: () => Answer): Answer;
  /** Compares the counts with the entries, and has these counted anew where they differ. In a transaction. */
  checkCounts(): void;
  /** Whether the shard remembers that the job was deleted. */
  isBuried(jobId: string): boolean;
  /** Whether nothing is here, or nothing any more. */
  isErased(): boolean;
  /** How many jobs more may be opened just now. */
  room(): number;
  /** Moves some summaries of another form; whether there were any. */
  move(): boolean;
  now(): number;
}

/** From one sweep to the next (ms), and from one turn of it to the next. */
export const SWEEP_INTERVAL = DAY;
const SWEEP_PAUSE = 1_000;
/** Entries that one turn reads, and jobs that it asks. */
const WINDOW = 1_000;
const SWEPT_AT_ONCE = 100;
/** Rows of the feed that are read at once for the jobs that they name. */
const FEED_WINDOW = 1_000;
const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HEAD = Number.MAX_SAFE_INTEGER;

/**
 * Asks the jobs of a shard what they are and mends what it says of them: all of them where it is told to, and by its alarm
 * once a day those that look unfinished or overdue.
 */
export class Repairer {
  readonly #store: RepairStore;
  readonly #mender: Mender;
  readonly #rollups: RollupRepair;
  readonly #port: RepairPort;
  /** What the next sweep is planned for (ms); null for none, undefined before it is read. */
  #planned: number | null | undefined;

  constructor(store: RepairStore, mender: Mender, rollups: RollupRepair, port: RepairPort) {
    this.#store = store;
    this.#mender = mender;
    this.#rollups = rollups;
    this.#port = port;
  }

  /** Clears what it keeps of the plan, once a transaction was rolled back. */
  forget(): void {
    this.#planned = undefined;
  }

  /** Asks at most `limit` jobs behind `place`: those of the entries, then those that the feed names and no entry. */
  async verify(place: VerifyPlace | null, limit: number): Promise<VerifyPart> {
    const { walk, at } = place ?? { walk: 'entries', at: 0 };
    if (this.#port.move()) return { ...driftCount([]), next: { walk: 'entries', at: 0 } };
    if (walk === 'feed') return this.#feed(at, limit);
    const entries = this.#store.entries(at, limit);
    const found = await this.#settle(entries.map(({ job_id }) => ({ job_id, told: 0 })));
    const last = entries.length < limit ? undefined : entries.at(-1);
    return { ...found, next: last === undefined ? { walk: 'feed', at: HEAD } : { walk, at: last.n } };
  }

  /** What is kept of the parents that begin among some entries is made what their children come to. */
  async #addUpAnew(entries: readonly RawEntry[]): Promise<void> {
    for (const parent of this.#rollups.begunIn(entries)) {
      if (this.#rollups.isRight(parent)) continue;
      this.#port.transact(() => this.#rollups.remake(parent));
      log('warn', 'rollup_mended', { job_id: parent });
      // Whoever waits for the shard comes in between.
      await scheduler.wait(0);
      if (this.#port.isErased()) return;
    }
  }

  /**
   * Plans a sweep, where none is planned and one of these publications told of a job that has not ended. A copy that comes
   * late tells nothing: its receipt is of what the shard knows by then. In their transaction.
   */
  watch(publications: readonly Publication[], receipts: readonly Receipt[], now: number): void {
    if (this.due(now) !== null) return;
    const alive = publications.some(({ summary: { status, revision }, deleted }, index) => {
      return !deleted && !isTerminal(status) && receipts[index]?.revision === revision;
    });
    if (alive) this.#plan({ due_at: now + SWEEP_INTERVAL, n: 0 });
  }

  /** When the next sweep is due (ms), as it is at `now`; null for none. */
  due(now: number): number | null {
    if (this.#planned === undefined) this.#planned = this.#store.plan()?.due_at ?? null;
    return this.#planned === null ? null : dueAt(this.#planned, now);
  }

  /** Does a turn of the sweep that is due, and answers when the next one is (ms); null for never. */
  async sweep(): Promise<number | null> {
    const now = this.#port.now();
    const plan = this.#store.plan();
    if (plan === null) return null;
    const due = dueAt(plan.due_at, now);
    if (due > now) return due;
    const most = Math.min(SWEPT_AT_ONCE, this.#port.room());
    if (most === 0) return this.#port.transact(() => this.#plan({ due_at: now + NO_ROOM, n: plan.n }));
    const window = this.#store.entries(plan.n, WINDOW);
    const suspects = window.filter((entry) => isSuspect(entry, now)).slice(0, most);
    const asked = await this.#askAll(
      suspects.map(({ job_id }) => ({ job_id, told: 0 })),
      true,
    );
    if (this.#port.isErased()) return null;
    const cut = suspects.length === most ? suspects.at(-1) : undefined;
    const last = cut ?? (window.length === WINDOW ? window.at(-1) : undefined);
    return this.#port.transact(() => {
      const { checked, late: _, ...drift } = this.#mend(asked, now);
      if (Object.values(drift).some((count) => count > 0)) log('warn', 'index_mended', { checked, ...drift });
      if (last !== undefined) return this.#plan({ due_at: now + SWEEP_PAUSE, n: last.n });
      this.#port.checkCounts();
      return this.#plan(this.#store.someUnfinished ? { due_at: now + SWEEP_INTERVAL, n: 0 } : null);
    });
  }

  /** The newest row of a job comes first: it says how far the feed has told of it. */
  async #feed(before: number, limit: number): Promise<VerifyPart> {
    const rows = this.#store.told(before, FEED_WINDOW);
    const named = new Map<string, { job_id: string; told: number }>();
    let at = before;
    for (const { seq, job_id, revision } of rows) {
      if (named.size === limit) break;
      at = seq;
      if (named.has(job_id) || !JOB_ID.test(job_id) || this.#port.isBuried(job_id)) continue;
      if (this.#store.entriesOf(job_id).length === 0) named.set(job_id, { job_id, told: revision });
    }
    const found = await this.#settle([...named.values()]);
    const over = rows.length < FEED_WINDOW && at === (rows.at(-1)?.seq ?? at);
    return { ...found, next: over ? null : { walk: 'feed', at } };
  }

  /** Asks jobs and mends what is said of them in one transaction. */
  async #settle(jobs: readonly Pick<JobAsked, 'job_id' | 'told'>[]): Promise<DriftCount> {
    const asked = await this.#askAll(jobs, false);
    if (asked.length === 0 || this.#port.isErased()) return driftCount([]);
    const found = this.#port.transact(() => this.#mend(asked, this.#port.now()));
    await this.#addUpAnew(jobs.flatMap(({ job_id }) => this.#store.entriesOf(job_id)));
    return found;
  }

  #mend(asked: readonly JobAsked[], now: number): DriftCount {
    return driftCount(asked.map((one) => this.#mender.mend(one, now)));
  }

  /** Asks jobs side by side. One that can't be asked is passed over where that is `lenient`. */
  async #askAll(jobs: readonly Pick<JobAsked, 'job_id' | 'told'>[], lenient: boolean): Promise<JobAsked[]> {
    const asked = await Promise.all(jobs.map((job) => this.#ask(job, lenient)));
    return asked.filter((one) => one !== null);
  }

  async #ask(
    { job_id, told }: Pick<JobAsked, 'job_id' | 'told'>,
    lenient: boolean,
  ): Promise<JobAsked | null> {
    const before = this.#store.entriesOf(job_id);
    const through = Number(before[0]?.through);
    try {
      const isJob = JOB_ID.test(job_id);
      const answer = isJob ? await this.#port.ask(job_id, through >= 0 ? through : null) : null;
      return { job_id, told, before, answer };
    } catch (cause) {
      if (!lenient) throw cause;
      log('warn', 'job_not_asked', { job_id, cause });
      return null;
    }
  }

  #plan(plan: { due_at: number; n: number } | null): number | null {
    this.#store.keepPlan(plan);
    this.#planned = plan?.due_at ?? null;
    return this.#planned;
  }
}

/** When a sweep is due that is planned for `at`: one further away than any is was planned by a clock that was ahead. */
function dueAt(at: number, now: number): number {
  return at > now + SWEEP_INTERVAL ? now : at;
}

/** Whether an entry looks unfinished for longer than a day, or as if its job should have been removed for as long. */
function isSuspect(entry: RawEntry, now: number): boolean {
  const { status, created_at, completed_at } = entry;
  if (!isTerminal(status as Status)) return now - Number(created_at) >= DAY;
  try {
    const { retention_days } = summaryOf(entry as unknown as SummaryRow);
    return now - Number(completed_at) >= (retention_days + 1) * DAY;
  } catch {
    return true;
  }
}
