import type { Config } from '../../config';
import type { RejectionCode } from '../../domain/base/rejection';
import { ok, type Result } from '../../domain/base/result';
import { isFresh } from '../../domain/base/time';
import type { JobView } from '../../objects/job/contract';
import { realTimer, type Timer, within } from '../../within';
import type { KeepAlive } from '../keep-alive';
import { Lru } from '../lru';
import { type JobSnapshot, PARTS, snapshotName, snapshotOf, weightOf } from './job-snapshot';

/** How long others join an ask after it began (ms), and so how often a job is asked for readers that hold it already. */
const JOINABLE = 250;
/** How often a reader joins before it asks for itself. */
const JOINS = 3;
const MOST_ENTRIES = 2_000;
const MOST_BYTES = 16 * 1_024 * 1_024;
/** What an object says to those that it shows nothing any more. */
const GONE: ReadonlySet<RejectionCode> = new Set(['job_not_found', 'unauthenticated']);

type Ask = () => Promise<Result<JobView>>;

export interface Clock {
  /** ms since 1970. */
  now(): number;
  timer: Timer;
}

interface Entry {
  /** When it was entered (ms): of what came through before, nothing is known. */
  since: number;
  /** The newest revision that came through this isolate: nothing older is shared or kept. */
  floor: number;
  snapshot: JobSnapshot | null;
  /** When the newest ask began, and its answer while it is under way. */
  began: number;
  answer: Promise<Result<JobSnapshot>> | null;
}

/**
 * What this isolate has lately seen of jobs, each for `life` ms at most; 0 keeps nothing. Whoever looks a job up here
 * has been authorized before. Source: protocols §4.
 */
export class Snapshots {
  readonly #life: number;
  readonly #clock: Clock;
  readonly #entries = new Lru<Entry>(MOST_ENTRIES, MOST_BYTES);

  constructor(life: number, clock: Clock) {
    this.#life = life;
    this.#clock = clock;
  }

  /** What can be shown at once to a reader that holds revision `held`. */
  find(name: string, held: number): JobSnapshot | null {
    const snapshot = this.#entries.get(name)?.snapshot ?? null;
    if (snapshot === null || snapshot.view.summary.revision < held) return null;
    return isFresh(snapshot.asked, this.#clock.now(), this.#life) ? snapshot : null;
  }

  /** The newest revision under `name` that came through here. From now on changes of it are noted. */
  floorOf(name: string): number {
    return (this.#entries.get(name) ?? this.#enter(name)).floor;
  }

  /** The job for a reader that holds revision `held`: what is found, or an answer that is shared with others. */
  async read(name: string, held: number, ask: Ask, keepAlive: KeepAlive): Promise<Result<JobSnapshot>> {
    for (let joins = 0; ; joins++) {
      const found = this.find(name, held);
      if (found !== null) return ok(found);
      const entry = this.#entries.get(name);
      const age = this.#clock.now() - (entry?.began ?? Number.NEGATIVE_INFINITY);
      if (entry === undefined || age < 0 || age >= JOINABLE || joins === JOINS) break;
      const { answer, floor } = entry;
      if (answer === null) {
        await new Promise<void>((resolve) => this.#clock.timer(JOINABLE - age, resolve));
      } else if (await within(answer, JOINABLE, this.#clock.timer)) {
        const shared = await answer;
        if (!shared.ok || shared.value.view.summary.revision >= Math.max(held, floor)) return shared;
      }
    }
    return this.ask(name, ask, keepAlive);
  }

  /** The job by an ask of its own, which others may join. */
  async ask(name: string, ask: Ask, keepAlive: KeepAlive): Promise<Result<JobSnapshot>> {
    const began = this.#clock.now();
    if (this.#life === 0) return taken(name, await ask(), began);
    const entry = this.#entries.get(name) ?? this.#enter(name);
    entry.began = began;
    entry.answer = this.#answerOf(name, entry, ask, began);
    // An asker that hangs up would take with it the answer that the others wait for.
    keepAlive(entry.answer.catch(() => undefined));
    return entry.answer;
  }

  /**
   * Stores a job as a change left it; `asked` is when the change was asked for (ms). One asked for before the entry
   * was made is not kept: a newer one may have come through unnoted.
   */
  changed(organization: string, view: JobView, asked: number): void {
    const { job_id, revision } = view.summary;
    for (const part of PARTS) {
      const name = snapshotName(organization, job_id, part);
      const entry = this.#entries.get(name);
      if (entry === undefined) continue;
      if (view[part] !== null && asked > entry.since) this.#keep(entry, snapshotOf(name, view, asked));
      else if (revision > entry.floor) this.#put(name, entry, revision, null);
    }
  }

  /** Raises the newest known revision of a job, where that is all that is known of a change. */
  passed(organization: string, jobId: string, revision: number): void {
    for (const part of PARTS) {
      const name = snapshotName(organization, jobId, part);
      const entry = this.#entries.get(name);
      if (entry !== undefined && revision > entry.floor) this.#put(name, entry, revision, null);
    }
  }

  /** Deletes what is kept of a job; an answer that is still under way is not kept either. */
  forget(organization: string, jobId: string): void {
    for (const part of PARTS) this.#entries.delete(snapshotName(organization, jobId, part));
  }

  /** A snapshot's text in the dialect of `mark`, written once. */
  textOf(snapshot: JobSnapshot, mark: string, write: (view: JobView) => string): string {
    const known = snapshot.texts.get(mark);
    if (known !== undefined) return known;
    const text = write(snapshot.view);
    snapshot.texts.set(mark, text);
    const entry = this.#entries.get(snapshot.name);
    if (entry?.snapshot === snapshot) this.#entries.set(snapshot.name, entry, weightOf(snapshot));
    return text;
  }

  #enter(name: string): Entry {
    const since = this.#clock.now();
    const entry = { since, floor: 0, snapshot: null, began: 0, answer: null };
    this.#entries.set(name, entry, weightOf(null));
    return entry;
  }

  async #answerOf(name: string, entry: Entry, ask: Ask, began: number): Promise<Result<JobSnapshot>> {
    try {
      const result = taken(name, await ask(), began);
      // Where the entry has gone meanwhile, this answer may be older than what put it out.
      if (this.#entries.get(name) !== entry) return result;
      if (result.ok) this.#keep(entry, result.value);
      else if (GONE.has(result.rejection.code)) this.#entries.delete(name);
      return result;
    } finally {
      if (entry.began === began) entry.answer = null;
    }
  }

  #keep(entry: Entry, snapshot: JobSnapshot): void {
    const { revision } = snapshot.view.summary;
    const isOld =
      entry.snapshot !== null && entry.floor === revision && entry.snapshot.asked >= snapshot.asked;
    if (revision >= entry.floor && !isOld) this.#put(snapshot.name, entry, revision, snapshot);
  }

  #put(name: string, entry: Entry, floor: number, snapshot: JobSnapshot | null): void {
    entry.floor = floor;
    entry.snapshot = snapshot;
    this.#entries.set(name, entry, weightOf(snapshot));
  }
}

const instances = new WeakMap<Config, Snapshots>();
const CLOCK: Clock = { now: () => Date.now(), timer: realTimer };

/** The snapshots of this isolate. */
export function snapshotsOf(config: Config): Snapshots {
  const known = instances.get(config) ?? new Snapshots(config.snapshotMs, CLOCK);
  instances.set(config, known);
  return known;
}

function taken(name: string, result: Result<JobView>, asked: number): Result<JobSnapshot> {
  return result.ok ? ok(snapshotOf(name, result.value, asked)) : result;
}
