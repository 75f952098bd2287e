import { isTerminal } from '../../domain/job/job';
import type { Summary } from '../../domain/job/summary';

/** What the looks ask of their shard. */
export interface LooksPort {
  /** Whether a reader waits for progress, or an endpoint is told of it. */
  awaited(): boolean;
  /** The interval (ms) at which the shard takes progress while somebody looks. */
  interval(): number;
  /** The newest jobs in progress, as many as are asked at once. */
  newest(limit: number): Summary[];
  /** How many jobs more may be opened just now. */
  room(): number;
  /** Tells a job that it is looked at. An object of an older build can't be told. */
  ask(jobId: string, interval: number): Promise<void>;
  now(): number;
}

/** After a look the shard's jobs count as looked at for so long (ms). */
export const LOOK_LIFE = 180_000;
/** Jobs that one look asks. */
export const ASKED_AT_ONCE = 100;
/** A job is asked again after so long at the soonest (ms), and after its receipt: it may have lost that. */
const ASK_AGAIN = 60_000;
/** One that has answered is asked again after so long (ms). */
const TOLD_LIFE = 600_000;
/** Jobs that are remembered; beyond that they are asked once more. */
const REMEMBERED = 20_000;

/**
 * Who looks at a shard's jobs, and so how often their progress is worth a publication. Memory alone: after an eviction
 * the next look is the first one. A job learns of it by its receipt, or is asked where it is shown.
 */
export class Looks {
  readonly #port: LooksPort;
  /** How often a job publishes that nobody looks at (ms). */
  readonly #unwatched: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Until when a job is not asked: it knows, or it was asked just now. */
  readonly #spared = new Map<string, number>();

  constructor(port: LooksPort, unwatched: number) {
    this.#port = port;
    this.#unwatched = unwatched;
  }

  get watched(): boolean {
    const since = this.#port.now() - this.#lookedAt;
    return (since >= 0 && since < LOOK_LIFE) || this.#port.awaited();
  }

  /** Somebody looks at a page of jobs. */
  shown(jobs: readonly Summary[]): void {
    this.#lookedAt = this.#port.now();
    this.#ask(jobs);
  }

  /** Somebody reads or awaits progress, of whichever jobs: where that is new, the newest are asked for it. */
  followed(was = this.watched): void {
    this.#lookedAt = this.#port.now();
    if (!was) this.#ask(this.#port.newest(ASKED_AT_ONCE));
  }

  /** The interval (ms) that a job's receipt asks for. */
  intervalFor({ job_id, status }: Pick<Summary, 'job_id' | 'status'>): number {
    const { watched } = this;
    if (watched && !isTerminal(status)) this.#spare(job_id, ASK_AGAIN);
    else this.#spared.delete(job_id);
    return watched ? this.#port.interval() : this.#unwatched;
  }

  #ask(jobs: readonly Summary[]): void {
    const now = this.#port.now();
    const unaware = jobs.filter(isReportedOn).filter(({ job_id }) => {
      return (this.#spared.get(job_id) ?? 0) <= now;
    });
    for (const { job_id } of unaware.slice(0, Math.min(ASKED_AT_ONCE, this.#port.room()))) {
      this.#spare(job_id, ASK_AGAIN);
      void this.#tell(job_id);
    }
  }

  /** One that can't be told is asked again by a later look. */
  async #tell(jobId: string): Promise<void> {
    try {
      await this.#port.ask(jobId, this.#port.interval());
      this.#spare(jobId, TOLD_LIFE);
    } catch {
      // Its receipt will say so, and its alarm is the guarantee.
    }
  }

  #spare(jobId: string, ms: number): void {
    if (this.#spared.size >= REMEMBERED && !this.#spared.has(jobId)) this.#spared.clear();
    this.#spared.set(jobId, Math.max(this.#spared.get(jobId) ?? 0, this.#port.now() + ms));
  }
}

/** Whether there may be progress that the index does not know. The first report of all is told at once. */
function isReportedOn({ status, last_report_at }: Summary): boolean {
  return status === 'in_progress' || (status === 'pending' && last_report_at !== null);
}
