import { setTimeout as sleep } from 'node:timers/promises';
import { isAway } from '../../client/headway-error.ts';
import { type Headway, HeadwayError, type Job, type JobFilter } from '../../client/index.ts';
import { bounded } from '../../client/pause.ts';
import { saysWhenLost } from '../connection.ts';
import { EXIT } from '../exit-codes.ts';
import { note } from '../note.ts';
import { OPEN } from '../open-statuses.ts';
import { followJob } from './follow-job.ts';
import { exitOf, isBad } from './outcome.ts';
import type { Screen } from './screen.ts';
import type { Watched } from './shown.ts';

export interface WatchOptions {
  ids: readonly string[];
  /** In place of ids: the jobs of it that are open, and those that come. */
  filter: JobFilter | null;
  screen: Screen;
  /** The exit code says how they have ended. */
  exitStatus: boolean;
  failFast: boolean;
  timeoutMs: number | null;
  /** Aborted where the watcher has had enough. */
  signal: AbortSignal;
}

/** How often jobs that come are looked for (ms), and how much earlier than now they may have been made. */
const LOOK = 2_000;
const EARLIER = 5_000;

/** Watches jobs until all of them have ended; answers the exit code. */
export async function watch(headway: Headway, options: WatchOptions): Promise<number> {
  const { screen, timeoutMs, signal } = options;
  const timeout = timeoutMs === null ? null : AbortSignal.timeout(bounded(timeoutMs));
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, enough.signal, ...(timeout === null ? [] : [timeout])]);
  const watching = new Watching(headway, options, stop, enough);
  try {
    if (options.filter === null) await watching.follow(options.ids);
    else await watching.followAll(options.filter);
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    screen.end();
  }
  if (timeout?.aborted && !signal.aborted && !enough.signal.aborted) {
    note('the time is over, and not all have ended');
    return EXIT.timeout;
  }
  return options.exitStatus ? exitOf(watching.statuses) : EXIT.ok;
}

class Watching {
  /** How the jobs have ended. */
  readonly statuses: Job['status'][] = [];
  readonly #headway: Headway;
  readonly #options: WatchOptions;
  readonly #signal: AbortSignal;
  readonly #enough: AbortController;
  /** The jobs whose streams are broken; '' for the list of jobs. */
  readonly #lost = new Set<string>();
  readonly #told: (connected: boolean) => void;

  constructor(headway: Headway, options: WatchOptions, signal: AbortSignal, enough: AbortController) {
    this.#headway = headway;
    this.#options = options;
    this.#signal = signal;
    this.#enough = enough;
    this.#told = saysWhenLost((message) => options.screen.say(message));
  }

  async follow(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#followOne(id)));
  }

  /** Those of a filter that are open, and what comes, until none is open; at least one is waited for. */
  async followAll(filter: JobFilter): Promise<void> {
    const signal = this.#signal;
    const followed = new Map<string, Promise<void>>();
    const open = new Set<string>();
    const since = new Date(Date.now() - EARLIER).toISOString();
    let fail: (reason: unknown) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => undefined);
    const begin = (id: string) => {
      if (followed.has(id)) return;
      open.add(id);
      const one = this.#followOne(id, true).finally(() => open.delete(id));
      one.catch(fail);
      followed.set(id, one);
    };
    for (let looked = 0; ; looked++) {
      const pause = await this.#look(filter, since, begin);
      if (pause > 0) {
        await Promise.race([sleep(bounded(pause), undefined, { signal }), failed]);
        continue;
      }
      if (followed.size > 0 && open.size === 0) return;
      if (looked === 0 && followed.size === 0)
        this.#options.screen.say('no such job is open: the next is waited for');
      const all = followed.size === 0 ? [] : [Promise.all(followed.values())];
      await Promise.race([sleep(LOOK, undefined, { signal }), failed, ...all]);
    }
  }

  /** Begins with what is there; where the service is away, how long it is left alone (ms), else 0. */
  async #look(filter: JobFilter, since: string, begin: (id: string) => void): Promise<number> {
    const pages: JobFilter[] = [
      { ...filter, status: [...OPEN] },
      { created_after: since, ...filter },
    ];
    let pause = 0;
    try {
      for (const page of pages) {
        const jobs = this.#headway.list({ ...page, limit: 100, signal: this.#signal });
        for await (const { job_id } of jobs) begin(job_id);
      }
    } catch (error) {
      if (!(error instanceof HeadwayError) || !isAway(error)) throw error;
      pause = error.retryAfter || LOOK;
    }
    this.#lostOrFound('', pause > 0);
    return pause;
  }

  async #followOne(id: string, isListed = false): Promise<void> {
    const { screen } = this.#options;
    let last: Watched | null = null;
    const changed = (watched: Watched) => {
      if (watched.isLost !== this.#lost.has(id)) this.#lostOrFound(id, watched.isLost);
      // That there is none yet is told once, and how it has ended when nothing more comes.
      const { job } = watched;
      if (job === null ? last === null : OPEN.includes(job.status)) screen.show(watched);
      last = watched;
    };
    await followJob(this.#headway, id, { signal: this.#signal, isListed, changed });
    const { job } = (last ?? {}) as Partial<Watched>;
    if (!job) return;
    screen.last({ id, job, isLost: false });
    this.statuses.push(job.status);
    if (this.#options.failFast && isBad(job.status)) this.#enough.abort();
  }

  /** One line for all jobs: they share the service. */
  #lostOrFound(id: string, isLost: boolean): void {
    if (isLost) this.#lost.add(id);
    else this.#lost.delete(id);
    this.#told(this.#lost.size === 0);
  }
}
