/**
 * A job's body folded from what its stream tells, and held to the stream's promises as it comes (issue 6, point 4). It
 * knows frames alone, from whatever transport and in any runtime.
 */
export interface ToldFrame {
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: a body as it came
  data: any;
}

export const FAULTS = ['gap', 'repeat', 'disorder', 'resync', 'unequal', 'broken'] as const;
export type Fault = (typeof FAULTS)[number];

/** Where an entry stands among those of its job. */
export interface Place {
  revision: number;
  k: number;
}

/** Issues that a body carries of each kind, the newest. */
const SHOWN = 100;

export class Fold {
  // biome-ignore lint/suspicious/noExplicitAny: a body as it came
  job: any = null;
  /** Everything has been told through this revision: what a reader resumes by; null before the first frame. */
  position: number | null = null;
  /** The revision of the snapshot that it began with. */
  began = 0;
  ended = false;
  frames = 0;
  readonly #places = new Set<string>();
  readonly #found: (fault: Fault, what: string) => void;
  #last: Place = { revision: 0, k: -1 };

  constructor(found: (fault: Fault, what: string) => void) {
    this.#found = found;
  }

  get entries(): number {
    return this.#places.size;
  }

  take({ event, data }: ToldFrame): void {
    this.frames += 1;
    if (this.ended) this.#found('broken', `${event} after the end`);
    switch (event) {
      case 'snapshot':
        this.#begin(data);
        break;
      case 'update':
        this.#update(data);
        break;
      case 'resync':
        this.position = null;
        this.#found('resync', `at revision ${data.revision}`);
        break;
      case 'end':
        this.ended = true;
        if (data.revision !== this.position) this.#found('gap', `the end at ${data.revision}, not told`);
        break;
      default:
        this.#found('broken', `a frame ${event}`);
    }
  }

  /** Compares it with the job as GET answers it and with all the places of its log. */
  judge(body: unknown, log: readonly Place[], equal: (a: unknown, b: unknown) => boolean): void {
    if (!equal(this.job, body)) {
      this.#found('unequal', `folded ${JSON.stringify(this.job)}, GET ${JSON.stringify(body)}`);
    }
    const due = log.filter(({ revision }) => revision > this.began).map(nameOf);
    for (const place of due) {
      if (!this.#places.delete(place)) this.#found('gap', `entry ${place} was never told`);
    }
    for (const place of this.#places) this.#found('broken', `entry ${place} is not in the log`);
  }

  #begin({ revision, job }: ToldFrame['data']): void {
    if (this.position !== null) this.#found('disorder', `a second snapshot, at ${revision}`);
    if (job.revision !== revision) this.#found('broken', `a snapshot of ${job.revision} as ${revision}`);
    this.#advance(revision);
    this.began = revision;
    this.#last = { revision, k: Number.POSITIVE_INFINITY };
    this.#places.clear();
    this.job = job;
  }

  #update({ revision, job, entries }: ToldFrame['data']): void {
    this.#advance(revision);
    for (const { kind, data, ...place } of entries) {
      this.#enter(place, revision);
      if (kind === 'error') this.job.errors = [...this.job.errors, data].slice(-SHOWN);
      if (kind === 'warning') this.job.warnings = [...this.job.warnings, data].slice(-SHOWN);
    }
    // The earlier frames of a long catch-up have entries alone.
    if (job === undefined) return;
    if (job.revision !== revision) this.#found('broken', `an update of ${job.revision} as ${revision}`);
    const { metadata = { ...this.job.metadata }, ...rest } = job;
    for (const name of ['stage', 'last_message']) {
      if (job[name] === null) delete metadata[name];
      else metadata[name] = job[name];
    }
    this.job = { ...this.job, ...rest, metadata };
  }

  #advance(revision: number): void {
    if (this.position !== null && revision <= this.position) {
      this.#found('disorder', `${revision} after ${this.position}`);
    }
    this.position = revision;
  }

  #enter(place: Place, through: number): void {
    const name = nameOf(place);
    if (this.#places.has(name)) this.#found('repeat', `entry ${name}`);
    this.#places.add(name);
    const { revision, k } = this.#last;
    if (place.revision < revision || (place.revision === revision && place.k <= k)) {
      this.#found('disorder', `entry ${name} after ${revision}.${k}`);
    }
    if (place.revision > through) this.#found('broken', `entry ${name} in the frame of ${through}`);
    this.#last = place;
  }
}

function nameOf({ revision, k }: Place): string {
  return `${revision}.${k}`;
}
