import { isForNow, type Rejection } from '../../domain/base/rejection';
import type { Control } from '../../domain/job/control';
import type { RunningText } from '../../domain/line/running-text';
import type { Said } from '../../domain/line/said';
import { unauthenticated } from '../access/authenticate';
import { type Caller, CREDENTIAL_HELD, nextLook } from '../access/caller';
import { lapseOf } from '../access/lapse';
import type { UnitAnswer } from '../jobs/jobs';
import type { ReadReport } from '../jobs/report-unit';
import { ReportChannel } from './report-channel';

/** In ms. */
export interface RunningTimes {
  /** A report at most so often. */
  pace: number;
  /** An open connection is a sign of life for so long after its last byte. */
  silence: number;
  /** The credential is looked at again so often, from when it was looked up on. */
  renewal: number;
}

const TIMES: RunningTimes = { pace: 1_000, silence: 900_000, renewal: CREDENTIAL_HELD };
/** Seconds to the next sign of life, until the job has said how many. */
const FIRST_BEAT = 3;
/** What is not taken for now comes again after so many paces at most. */
const LONGEST_PAUSE = 15;
const SIGN_OF_LIFE: ReadReport = { report: {}, raw: {} };

/**
 * Reports on a job what a running text says, over one socket to its object: the latest state, one report at a time. A
 * report that was lost or could not be taken for now is followed by one of what is the latest then.
 */
export class RunningReports {
  readonly #caller: Caller;
  readonly #jobId: string;
  readonly #text: RunningText;
  readonly #toReport: (said: Said) => ReadReport;
  readonly #times: RunningTimes;
  readonly #began = Date.now();
  #channel: ReportChannel | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #underWay = false;
  #idle: (() => void) | null = null;
  #heard = Date.now();
  #reported = 0;
  #renewed: number;
  #beat = FIRST_BEAT;
  #failures = 0;
  #over: Rejection | 'cancelled' | null = null;
  #closed = false;

  constructor(
    caller: Caller,
    jobId: string,
    text: RunningText,
    toReport: (said: Said) => ReadReport,
    times = TIMES,
  ) {
    this.#caller = caller;
    this.#jobId = jobId;
    this.#text = text;
    this.#toReport = toReport;
    this.#times = times;
    this.#renewed = caller.principal.since;
    this.#wait();
  }

  /** Something of the text came. */
  heard(): void {
    this.#heard = Date.now();
  }

  /** Whether the text has gone on for longer than what is reported as one. */
  get runs(): boolean {
    return Date.now() - this.#began >= this.#times.pace || this.#reported > 0;
  }

  /** Why nothing more is reported: the job takes no more, or its worker may not go on; null where it goes on. */
  get over(): Rejection | 'cancelled' | null {
    return this.#over;
  }

  /** Ends it, once what is under way is answered. */
  async end(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#underWay) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    this.#channel?.close();
  }

  #wait(): void {
    const paces = 1 + Math.min(this.#failures * this.#failures, LONGEST_PAUSE);
    this.#timer = setTimeout(() => void this.#tick(), this.#times.pace * paces);
  }

  async #tick(): Promise<void> {
    const now = Date.now();
    const beats = now - this.#heard < this.#times.silence && now - this.#reported >= this.#beat * 1_000;
    if (!beats && this.#text.news() === null) {
      this.#wait();
      return;
    }
    if (now >= nextLook(this.#caller, this.#renewed, this.#times.renewal)) {
      this.#renewed = now;
      const lapsed = await lapseOf(this.#caller);
      this.#over ??= lapsed;
    }
    if (this.#over !== null || this.#closed) return;
    const news = this.#text.news();
    this.#text.tell();
    this.#submit(news === null ? SIGN_OF_LIFE : this.#toReport(news), now);
  }

  #submit(report: ReadReport, now: number): void {
    this.#channel ??= new ReportChannel(this.#caller, this.#jobId, {
      watches: false,
      answered: ([answer], control) => this.#answered(answer, control),
      ended: (how) => this.#ended(how),
    });
    this.#reported = now;
    this.#underWay = true;
    this.#channel.submit({ reports: [report], batch: false, key: null });
  }

  #answered(answer: UnitAnswer | undefined, control: Control | null): void {
    if (answer?.outcome === 'refused') this.#refused(answer.rejection);
    else this.#failures = 0;
    if (control !== null) {
      this.#beat = control.next_report_in_seconds;
      if (control.cancel !== null) this.#over ??= 'cancelled';
    }
    this.#free();
  }

  #refused(rejection: Rejection): void {
    if (isForNow(rejection)) this.#again();
    else this.#over ??= rejection;
  }

  #ended(how: 'lost' | 'revoked'): void {
    this.#channel = null;
    if (how === 'revoked') this.#over ??= unauthenticated();
    else this.#again();
    if (this.#underWay) this.#free();
  }

  #again(): void {
    this.#text.untell();
    this.#failures += 1;
  }

  #free(): void {
    this.#underWay = false;
    this.#idle?.();
    if (this.#over === null && !this.#closed) this.#wait();
  }
}
