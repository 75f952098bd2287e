import { HeadwayError, mayBeTaken } from './headway-error.ts';
import { random, uniqueName } from './host.ts';
import { pauseBefore, sleep } from './pause.ts';
import { Transport, type TransportOptions } from './transport.ts';
import { type OnTrouble, warnOf } from './trouble.ts';
import type { Ask, Job, NewJob } from './types.ts';
import { WatchingHeadway } from './watching-headway.ts';
import type { OpenWire } from './wire.ts';
import { WorkerJob } from './worker-job.ts';

export interface HeadwayOptions extends Omit<TransportOptions, 'credential'> {
  /** A key, or a token; without one, or null, a page asks by the sign-in of its own origin. */
  apiKey?: string | null | undefined;
  /** The name under which reports are numbered; without one each job that is worked on has one of its own. */
  reporter?: string | undefined;
  /** How long after its last word a worker still shows signs of life by itself (ms): 10 minutes. */
  quietAfterMs?: number | undefined;
  /** How long the end of a job waits for its last reports to be taken (ms): a minute. */
  patienceMs?: number | undefined;
  /** How reports reach their job, where not as a request for each batch: `overSocket`. */
  wire?: OpenWire | undefined;
  /** Hears of trouble with reporting, which never hurts the work; without it `console.warn` does. */
  onTrouble?: OnTrouble | undefined;
}

/** How long `run` waits for a service that is away before it begins the work all the same (ms). */
const START = 5_000;

/** One organization’s jobs at one service. */
export class Headway extends WatchingHeadway {
  readonly #options: HeadwayOptions;
  /** Jobs that are worked on under the given name. */
  readonly #attached = new Set<string>();

  constructor(options: HeadwayOptions) {
    super(new Transport({ ...options, credential: options.apiKey ?? null }));
    this.#options = options;
  }

  /**
   * Creates a job and does its work: where `work` returns the job completes, where it throws the job fails with what was
   * thrown, and so does this. A service that is away holds up neither. Rejects before the work begins where the job is refused.
   */
  async run<Result>(job: NewJob, work: (job: WorkerJob) => Result | Promise<Result>): Promise<Result> {
    const [begun, left] = [new AbortController(), new AbortController()];
    const created = this.#createForLong(job, left.signal);
    await Promise.race([created, sleep(START, begun.signal)]).finally(() => begun.abort());
    const opened = this.#own(created, () => left.abort());
    opened.report({ mark_started: true });
    try {
      const result = await work(opened);
      if (!opened.reporter.ended) opened.complete();
      return result;
    } catch (error) {
      if (!opened.reporter.ended) opened.fail(error);
      throw error;
    } finally {
      await opened.leave();
    }
  }

  /** Creates a job to work on: `await using job = await headway.create({…})`. Left without `complete()` it fails. */
  async create(job: NewJob, ask: Ask = {}): Promise<WorkerJob> {
    const { job_id } = await this.enqueue(job, ask);
    return this.#own(job_id);
  }

  /**
   * A job to work on at once: it is made as soon as the service is reached. Where it is refused the work goes on, and
   * nothing is reported. `missed` hears of each try that did not reach it.
   */
  begin(job: NewJob, missed?: (error: HeadwayError) => void): WorkerJob {
    const left = new AbortController();
    const created = this.#createForLong(job, left.signal, missed);
    return this.#own(created, () => left.abort());
  }

  /** Works on a job that is there, beside others perhaps. */
  attach(id: string): WorkerJob {
    const { reporter } = this.#options;
    // Two under one name would take each other’s numbers.
    const isFree = reporter !== undefined && !this.#attached.has(id);
    if (!isFree) return this.#open(id, uniqueName(), false);
    this.#attached.add(id);
    return this.#open(id, reporter, false, () => this.#attached.delete(id));
  }

  #own(jobId: string | Promise<string>, closed?: () => void): WorkerJob {
    return this.#open(jobId, this.#options.reporter ?? uniqueName(), true, closed);
  }

  #open(id: string | Promise<string>, name: string, owned: boolean, closed?: () => void): WorkerJob {
    const { quietAfterMs = 600_000, patienceMs = 60_000, onTrouble = warnOf, wire } = this.#options;
    const { transport } = this;
    return new WorkerJob({
      transport,
      jobId: Promise.resolve(id),
      name,
      owned,
      quietAfterMs,
      patienceMs,
      onTrouble,
      wire,
      closed,
    });
  }

  /** The id of a new job, however long the service is away; by a key, so that it is one job. */
  async #createForLong(
    job: NewJob,
    signal: AbortSignal,
    missed?: (error: HeadwayError) => void,
  ): Promise<string> {
    const headers = { 'Idempotency-Key': random() + random(), Prefer: 'return=minimal' };
    const request = {
      method: 'POST',
      path: '/api/jobs/',
      text: JSON.stringify(job),
      headers,
      signal,
    } as const;
    for (let tried = 1; ; tried++) {
      try {
        const made = await this.transport.attempt<Partial<Job> | null>(request);
        if (made?.job_id) return made.job_id;
        throw new HeadwayError('unexpected', 'the answer names no job');
      } catch (error) {
        if (!(error instanceof HeadwayError && mayBeTaken(error))) throw error;
        missed?.(error);
        await sleep(pauseBefore(tried, error.retryAfter), signal, true);
      }
    }
  }
}
