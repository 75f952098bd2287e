import { droppedText } from './gathering.ts';
import { HeadwayError, mayBeTaken } from './headway-error.ts';
import { letGo } from './host.ts';
import { Outbox, type Sealed } from './outbox.ts';
import { bounded, pauseBefore } from './pause.ts';
import { jobPath } from './reading.ts';
import { isEnd, partsOf, sayingOf } from './saying.ts';
import type { Transport } from './transport.ts';
import type { Trouble } from './trouble.ts';
import type { Control, Report } from './types.ts';
import { Waiters } from './waiters.ts';
import type { Answer, OpenWire, Wire } from './wire.ts';

export interface ReporterOptions {
  transport: Transport;
  /** The job’s id, once it is known; it rejects where there will be none. */
  jobId: Promise<string>;
  /** The name under which reports are numbered. */
  name: string;
  /** How long after the last word heartbeats go on (ms). */
  quietAfterMs: number;
  told: (trouble: Omit<Trouble, 'jobId'>) => void;
  cancelled: (cancel: NonNullable<Control['cancel']>) => void;
  /** Another way than a request for each batch, where one is asked for. */
  wire?: OpenWire | undefined;
}

/** So much does not wait for the pace: reports, and UTF-16 units. */
const MUCH_REPORTS = 500;
const MUCH_UNITS = 131_072;
const FAR = 1_000_000;
/** Failures in a row that are trouble. */
const AWAY = 3;

/** Sends what a worker says to its job, at the job’s pace, and tells what the job answers. */
export class Reporter {
  readonly outbox: Outbox;
  /** The job’s total as an answer told it last. */
  total: number | undefined;
  readonly #options: ReporterOptions;
  readonly #waiters = new Waiters();
  readonly #closing = new AbortController();
  #wire: Wire | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  #urgent = false;
  #stopped: HeadwayError | null = null;
  #ended = false;
  /** Something was said after the end. */
  #isLate = false;
  /** ms; 0 until the job has said how often it likes to hear. */
  #pace = 0;
  #heardAt = 0;
  #saidAt = 0;
  #failures = 0;
  #notBefore = 0;
  /** The service did not say when to come back: whoever waits need not wait for the pause. */
  #mayHurry = true;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.outbox = new Outbox(options.name, Date.now());
  }

  /** Why nothing is sent any more; null while it is. */
  get stopped(): HeadwayError | null {
    return this.#stopped;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Says something. Never throws, never waits. */
  say(report: Report): void {
    const { told } = this.#options;
    if (this.#ended || this.#closing.signal.aborted) {
      if (!this.#isLate) told({ kind: 'invalid', message: 'too late: the job has ended or was left' });
      this.#isLate = true;
      return;
    }
    if (this.#stopped !== null) return;
    const now = Date.now();
    try {
      const saying = sayingOf(report, now, (field, message) =>
        told({ kind: 'invalid', message: `${field} ${message}` }),
      );
      this.#ended = isEnd(saying);
      let urgent = false;
      for (const part of partsOf(saying)) urgent = this.outbox.gathering.say(part) || urgent;
      urgent ||= this.#isMuch();
      this.#saidAt = now;
      if (this.#timer !== undefined && (!urgent || this.#urgent)) return;
      this.#urgent ||= urgent;
      this.#plan();
    } catch (error) {
      told({ kind: 'invalid', message: `no report: ${error}` });
    }
  }

  /** Says that one more is processed. */
  count(): void {
    // With a report already waiting there is a timer, or a request under way.
    if (this.#stopped === null && !this.#ended && this.outbox.gathering.count(1)) this.#saidAt = Date.now();
    else this.say({ processed_delta: 1 });
  }

  /** Resolves once all that was said so far is durable; rejects where it never will be, or by the signal. */
  flush(signal?: AbortSignal): Promise<void> {
    if (this.#stopped !== null) return Promise.reject(this.#stopped);
    if (this.outbox.isEmpty) return Promise.resolve();
    const flushed = this.#waiters.until(this.outbox.gathering.said, signal, () => this.#plan());
    if (this.#mayHurry) this.#notBefore = 0;
    this.#plan();
    return flushed;
  }

  /** Nothing more is sent. */
  close(): void {
    this.#stopped ??= new HeadwayError('stopped', 'the job was left');
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#closing.abort(this.#stopped);
    this.#wire?.close();
    this.#waiters.settle(Number.POSITIVE_INFINITY, this.#stopped);
  }

  #isMuch(): boolean {
    const { reports, units } = this.outbox.gathering;
    return reports >= MUCH_REPORTS || units >= MUCH_UNITS;
  }

  /** Sets the timer to when something is to be sent next. It holds no process: who waits for it does. */
  #plan(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending || this.#stopped !== null) return;
    const at = this.#dueAt();
    const isQuiet = this.#ended || at > this.#saidAt + this.#options.quietAfterMs;
    if (isQuiet && this.outbox.isEmpty) return;
    this.#timer = setTimeout(() => void this.#turn(), bounded(at - Date.now()));
    letGo(this.#timer);
  }

  #dueAt(): number {
    const isUrgent = this.#waiters.size > 0 || this.#urgent || this.#failures > 0 || this.#isMuch();
    const isDue = !this.outbox.isEmpty && isUrgent;
    return Math.max(isDue ? 0 : this.#heardAt + this.#pace, this.#notBefore);
  }

  async #turn(): Promise<void> {
    this.#timer = undefined;
    this.#sending = true;
    this.#urgent = false;
    try {
      const jobId = await this.#options.jobId.catch((cause) => {
        const { code = 'stopped', message = 'there is no job' } = cause instanceof HeadwayError ? cause : {};
        throw new HeadwayError(code, message, { cause });
      });
      const sealed = this.outbox.seal(Date.now(), (dropped) => {
        this.#options.told({ kind: 'dropped', message: droppedText(dropped) });
      });
      const answer = await this.#post(jobId, sealed);
      this.#heard(answer.control);
      if (sealed !== null) this.#answered(answer);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#sending = false;
      this.#plan();
    }
  }

  async #post(jobId: string, sealed: Sealed | null): Promise<Answer> {
    const { transport, wire, cancelled } = this.#options;
    this.#wire ??= wire?.({ transport, jobId, cancelled }) ?? null;
    const told = sealed === null ? null : await this.#wire?.send(sealed.body, sealed.key);
    if (told) return told;
    const answer = await transport.attempt<Answer>({
      method: 'POST',
      path: jobPath(jobId, sealed === null ? '/heartbeat' : '/progress/batch'),
      headers: {
        Prefer: 'return=minimal',
        ...(sealed?.key === undefined ? {} : { 'Idempotency-Key': sealed.key }),
      },
      text: sealed?.body,
      signal: this.#closing.signal,
    });
    // Whatever stands before the service may answer 200 too.
    if (answer.control === undefined) throw new TypeError('no answer of Headway');
    return answer;
  }

  #heard(control: Control): void {
    this.#failures = 0;
    this.#notBefore = 0;
    this.#heardAt = Date.now();
    this.#obey(control);
  }

  #obey(control: Control): void {
    this.#pace = control.next_report_in_seconds * 1_000;
    if (control.cancel !== null) this.#options.cancelled(control.cancel);
  }

  #answered({ verdicts, stale, ignored, job }: Answer): void {
    this.total = job?.total_items;
    const last = verdicts?.at(-1);
    if (ignored) {
      const fields = ignored.map(({ path, message }) => `${path} ${message}`).join('; ');
      this.#options.told({ kind: 'refused', message: `not taken: ${fields}` });
    }
    if (last?.reason === 'job_terminal') {
      this.#stop(new HeadwayError('job_terminal', 'the job has ended'));
    } else if (last?.reason === 'stale') {
      // A repeat of what was stored is stale but for its last report, which is a duplicate.
      const failure = new HeadwayError('stale_sequence', 'reports were skipped as stale');
      this.#skipped(failure, `${stale ?? 1} reports`, last.last_sequence);
    } else {
      this.#settle();
    }
  }

  #failed(error: unknown): void {
    if (this.#stopped !== null) return;
    const failure =
      error instanceof HeadwayError ? error : new HeadwayError('unexpected', String(error), { cause: error });
    const { code, status, refusal } = failure;
    if (refusal.control) this.#obey(refusal.control);
    if (mayBeTaken(failure)) this.#later(failure);
    else if (code === 'stale_sequence') this.#skipped(failure, 'reports', refusal.last_sequence);
    else if ([400, 413, 422].includes(status)) this.#refused(failure);
    else this.#stop(failure);
  }

  #skipped(failure: HeadwayError, reports: string, last = 0): void {
    // By chance a good way above: whoever shares the name must not come to the same number.
    this.outbox.goAbove(last + Math.floor(Math.random() * FAR));
    const message = `${reports} were skipped as stale: someone else reports as “${this.outbox.reporter}”`;
    this.#options.told({ kind: 'stale', message });
    this.#settle(failure);
  }

  /** What is under way is durable, or will never be for a reason. */
  #settle(failure?: HeadwayError): void {
    this.#waiters.settle(this.outbox.settle(), failure);
  }

  /** What was refused is taken out, and the rest is sent at once. */
  #refused(failure: HeadwayError): void {
    const { errors } = failure;
    this.#heardAt = 0;
    if (!this.outbox.keyed && errors.some(({ path }) => /^reports\.\d+\.reporter$/.test(path))) {
      this.outbox.useKeys();
      return;
    }
    const { left, removed } = this.outbox.amend(errors);
    if (removed.length > 0) {
      const message = `not taken: ${removed.join(', ')}: ${failure.message}`;
      this.#options.told({ kind: 'refused', message, error: failure });
    }
    if (!left) this.#settle(failure);
  }

  #later(error: HeadwayError): void {
    this.#failures += 1;
    this.#mayHurry = error.retryAfter === null;
    // Who waits does so for a while: the service may be back within it.
    const tries = this.#waiters.size > 0 ? 2 : this.#failures;
    this.#notBefore = Date.now() + pauseBefore(tries, error.retryAfter);
    if (this.#failures !== AWAY) return;
    const message = `reports wait: ${error.message}`;
    this.#options.told({ kind: 'unreachable', message, error });
  }

  #stop(error: HeadwayError): void {
    this.#stopped = error;
    this.#waiters.settle(Number.POSITIVE_INFINITY, error);
    const message = `nothing more is reported: ${error.message}`;
    this.#options.told({ kind: 'stopped', message, error });
  }
}
