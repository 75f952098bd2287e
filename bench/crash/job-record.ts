/** What the workers know of one job: what they sent, what they were told, and what that promises. */

export interface SentReport {
  /** Its message, and the key of the error that goes with it. */
  marker: string;
  worker: number;
  /** Added to the counter, or the value it is set to. */
  delta: number;
  set: number | null;
  stage: boolean;
  error: boolean;
  /** Null where nobody knows. */
  applied: boolean | null;
  /** The revision it reached, where it was answered. */
  revision: number | null;
}

export class JobRecord {
  readonly id: string;
  readonly reports: SentReport[] = [];
  /** The end it came to by an answer. */
  end: string | null = null;
  removed = false;
  /** Whether it was cancelled with the children that it had. */
  withChildren = false;
  /** The highest revision that was answered. */
  floor = 0;
  /** Reruns asked for with a key, and without one. */
  rerunKeys = 0;
  unkeyedReruns = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** The least and the most its counter can be, going by what is known; null where reports set it. */
  get counterBounds(): { least: number; most: number } | null {
    if (this.reports.some(({ set }) => set !== null)) return null;
    const sum = (reports: SentReport[]) => reports.reduce((total, { delta }) => total + delta, 0);
    const least = sum(this.reports.filter(({ applied }) => applied === true));
    return { least, most: least + sum(this.reports.filter(({ applied }) => applied === null)) };
  }
}

/** All jobs of a run, and the creations of which nobody knows whether they happened. */
export class Records {
  readonly jobs = new Map<string, JobRecord>();
  /** Names of jobs that were asked for without a key and never answered. */
  readonly perhaps = new Set<string>();

  add(id: string): JobRecord {
    const job = new JobRecord(id);
    this.jobs.set(id, job);
    return job;
  }
}
