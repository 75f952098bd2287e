/// <reference lib="esnext.disposable" preserve="true" />
import type { HeadwayError } from './headway-error.ts';
import { JobCancelled } from './job-cancelled.ts';
import { closeJob, openJob } from './open-jobs.ts';
import { bounded, sleep } from './pause.ts';
import { reasonOf } from './reason-of.ts';
import { Reporter } from './reporter.ts';
import type { Transport } from './transport.ts';
import type { OnTrouble, Trouble } from './trouble.ts';
import type { Issue, Report } from './types.ts';
import type { OpenWire } from './wire.ts';

export interface WorkerJobOptions {
  transport: Transport;
  jobId: Promise<string>;
  /** A name of its own among all reporters of the job. */
  name: string;
  /** Nobody else works on it: where its worker goes without an end, it has failed. */
  owned: boolean;
  quietAfterMs: number;
  /** How long leaving waits for the last reports (ms). */
  patienceMs: number;
  onTrouble: OnTrouble;
  wire: OpenWire | undefined;
  /** Called when it is left. */
  closed?: (() => void) | undefined;
}

/** How long a loop may run before others get a turn: answers come in only then (ms). */
const TURN = 250;

/**
 * A job as its worker holds it. What it says is gathered and sent at the job’s pace, each report once and in order; nothing here
 * throws or waits but what is asked to.
 */
export class WorkerJob {
  readonly owned: boolean;
  readonly reporter: Reporter;
  readonly transport: Transport;
  /** Its id, once there is one; rejects where there will be none. */
  readonly created: Promise<string>;
  readonly #options: WorkerJobOptions;
  readonly #abort = new AbortController();
  #jobId: string | null = null;
  #cancelled: JobCancelled | null = null;
  #left: Promise<void> | null = null;

  constructor(options: WorkerJobOptions) {
    const { transport, jobId } = options;
    this.#options = options;
    this.owned = options.owned;
    this.transport = transport;
    this.created = jobId;
    jobId.then(
      (id) => {
        this.#jobId = id;
      },
      () => undefined,
    );
    this.reporter = new Reporter({
      ...options,
      told: (trouble) => this.#tell(trouble),
      cancelled: (cancel) => {
        if (this.#cancelled !== null) return;
        this.#cancelled = new JobCancelled(this.#jobId, cancel);
        this.#abort.abort(this.#cancelled);
      },
    });
    openJob(this);
  }

  /** Null while the service could not be reached to create it. */
  get id(): string | null {
    return this.#jobId;
  }

  /** Aborted with a `JobCancelled` once the job is cancelled. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why nothing is reported any more; null while it is. */
  get stopped(): HeadwayError | null {
    return this.reporter.stopped;
  }

  report(report: Report): void {
    this.reporter.say(report);
  }

  /** Records what failed: `entity_type` and `entity_key` name it. */
  error(issue: Issue): void {
    this.reporter.say({ error: issue });
  }

  warn(issue: Issue): void {
    this.reporter.say({ warning: issue });
  }

  log(message: string, level: 'info' | 'warn' | 'error' = 'info'): void {
    this.reporter.say({ logs: [{ level, message }] });
  }

  /**
   * Goes over `items` and counts each as processed once the next is asked for, so one whose work throws is not. Throws
   * `JobCancelled` where the job is cancelled.
   */
  async *track<Item>(items: Iterable<Item> | AsyncIterable<Item>): AsyncGenerator<Item, void, void> {
    let turn = Date.now();
    for await (const item of items) {
      this.signal.throwIfAborted();
      yield item;
      this.reporter.count();
      if (Date.now() - turn < TURN) continue;
      await sleep(0);
      turn = Date.now();
    }
    this.signal.throwIfAborted();
  }

  /** Resolves once all that was said so far is durable; the one that rejects where it never will be. */
  flush({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    return this.reporter.flush(signal);
  }

  /** Ends the job well; with `result`, any JSON, as what it made. */
  complete(result?: unknown): void {
    this.reporter.say({ mark_completed: true, ...(result === undefined ? {} : { result }) });
  }

  /** Ends the job as failed, with the reason, or with what was thrown. */
  fail(reason: unknown): void {
    const said = reason instanceof JobCancelled ? reason.message : reasonOf(reason);
    this.reporter.say({ mark_failed: said || 'no reason was given' });
  }

  /** Fails what nobody else works on and has no end yet; acknowledges where it was cancelled. */
  lose(reason: unknown): void {
    if (this.owned && !this.reporter.ended && this.stopped === null) this.fail(this.#cancelled ?? reason);
  }

  /** Sends what is left, for so long as patience lasts, and lets go of the job. */
  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  /** Left without an end, a job that is its worker’s own has failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.lose('its worker left it without complete()');
    await this.leave();
  }

  #tell(trouble: Omit<Trouble, 'jobId'>): void {
    try {
      this.#options.onTrouble({ ...trouble, jobId: this.#jobId });
    } catch (error) {
      // Who is told of trouble with reporting must not make more of it for the work.
      console.warn(error);
    }
  }

  async #leave(): Promise<void> {
    const { patienceMs, closed } = this.#options;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), bounded(patienceMs));
    try {
      await this.reporter.flush(patience.signal);
    } catch {
      if (patience.signal.aborted) {
        const message = `the last reports could not be sent within ${patienceMs / 1_000} s`;
        this.#tell({ kind: 'unsent', message });
      }
    } finally {
      clearTimeout(timer);
      closeJob(this);
      this.reporter.close();
      closed?.();
    }
  }
}
