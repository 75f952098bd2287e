import { type Dropped, droppedText, Gathering, type Room } from './gathering.ts';
import { reportOf, type Saying } from './saying.ts';
import type { FieldError, Report } from './types.ts';

/** What one request holds, beside the word of what was dropped: a batch may have 1,000 reports and 1 MiB. */
const MOST = { reports: 999, units: 160_000 };

/** Reports under their numbers, ready to be sent, and sent again as they are until there is an answer. */
export interface Sealed {
  body: string;
  /** For a job that has no room for another reporter: what makes the reports count once in place of their numbers. */
  key: string | undefined;
  /** How many things had been said by then. */
  through: number;
  reports: Report[];
}

/** What came of a refusal: the fields or reports that were taken out, and whether anything is left to send. */
export interface Amended {
  left: boolean;
  removed: string[];
}

/**
 * The reports of one worker on their way. A report gets its number when it is sealed, not when it is said; one request is under
 * way at a time, and what is said meanwhile gathers behind it. Pure: time and names are passed in.
 */
export class Outbox {
  readonly reporter: string;
  readonly gathering: Gathering;
  /** Reports count once by keys, where the job has no room for the numbers of another reporter. */
  keyed = false;
  #next: number;
  #sealed: Sealed | null = null;
  /** What was under way beside the sealed and was put behind it. */
  #rest: Pick<Sealed, 'reports' | 'through'> | null = null;

  /** `first` is the first number: the clock in ms, so that a name that is used again is never behind. */
  constructor(reporter: string, first: number, room?: Room) {
    this.reporter = reporter;
    this.#next = first;
    this.gathering = new Gathering(room);
  }

  get isEmpty(): boolean {
    return this.#sealed === null && this.#rest === null && this.gathering.reports === 0;
  }

  /** What is under way, or else what comes next; null where nothing waits. `told` hears of what was dropped. */
  seal(now: number, told: (dropped: Dropped) => void): Sealed | null {
    if (this.#sealed !== null) return this.#sealed;
    if (this.#rest !== null) {
      const { reports, through } = this.#rest;
      this.#rest = null;
      this.#number(reports, through);
      return this.#sealed;
    }
    if (this.gathering.reports === 0) return null;
    const sayings = this.gathering.take(MOST);
    const dropped = this.gathering.takeDropped();
    const reports = [...(dropped === null ? [] : [wordOf(dropped, now)]), ...sayings.map(reportOf)];
    if (dropped !== null) told(dropped);
    this.#number(reports, (sayings.at(-1) as Saying).through);
    return this.#sealed;
  }

  /** The answer is there: what was under way is durable, or will never be. The answer is what had been said by then. */
  settle(): number {
    const through = this.#sealed?.through ?? 0;
    this.#sealed = null;
    return through;
  }

  /** Goes on above a number that someone else has reached under the same name. */
  goAbove(last: number): void {
    this.#next = Math.max(this.#next, last + 1);
  }

  /** Takes out what was refused of what is under way, none of which was stored; the rest is sent anew. */
  amend(errors: readonly FieldError[]): Amended {
    const { reports, through } = this.#sealed ?? { reports: [], through: 0 };
    const removed = errors.map(({ path }) => path);
    const rests = reports.map((report, at) => without(report, `reports.${at}`, removed));
    if (rests.every((rest, at) => rest === reports[at])) return this.#halve(reports, through);
    const kept = rests.filter((report) => Object.keys(report).length > 0);
    if (kept.length === 0) return { left: false, removed };
    this.#number(kept, through);
    return { left: true, removed };
  }

  /** Sends half of what was refused for nobody knows what, and the rest behind it; what is refused alone is given up. */
  #halve(reports: Report[], through: number): Amended {
    if (reports.length <= 1) return { left: false, removed: Object.keys(reports[0] ?? {}) };
    const half = Math.ceil(reports.length / 2);
    const behind = this.#rest?.reports ?? [];
    this.#rest = { reports: [...reports.slice(half), ...behind], through: this.#rest?.through ?? through };
    this.#number(reports.slice(0, half), 0);
    return { left: true, removed: [] };
  }

  /** Seals what is under way anew, by a key in place of numbers. */
  useKeys(): void {
    this.keyed = true;
    if (this.#sealed !== null) this.#number(this.#sealed.reports, this.#sealed.through);
  }

  #number(reports: Report[], through: number): void {
    const { reporter, keyed } = this;
    const first = this.#next;
    this.#next += reports.length;
    const named = reports.map((report, index) => {
      return keyed ? report : { ...report, reporter, sequence: first + index };
    });
    this.#sealed = {
      body: JSON.stringify({ reports: named }),
      key: keyed ? `${reporter}-${first}` : undefined,
      ...{ through, reports },
    };
  }
}

/**
 * A report without the fields and entries of lists that are named, each by a path within it; nothing of it where it is named
 * itself. Where something that is named isn’t found, its counters and marks alone are left.
 */
function without(report: Report, at: string, paths: readonly string[]): Report {
  const isNamed = (place: string) => paths.some((path) => `${path}.`.startsWith(`${place}.`));
  if (!isNamed(at)) return report;
  if (paths.includes(at)) return {};
  const fields = Object.entries(report);
  const kept = fields.flatMap(([field, value]) => {
    const place = `${at}.${field}`;
    if (!Array.isArray(value)) return isNamed(place) ? [] : [[field, value]];
    return paths.includes(place) ? [] : [[field, value.filter((_, n) => !isNamed(`${place}.${n}`))]];
  });
  const least = fields.filter(([field]) => /^mark_|_(items|delta)$/.test(field));
  const { length } = JSON.stringify(fields);
  return Object.fromEntries([kept, least].find((some) => JSON.stringify(some).length < length) ?? []);
}

/** The job's own word of what was dropped: issues leave a warning, so that no outcome gets better by it. */
function wordOf(dropped: Dropped, now: number): Report {
  const message = droppedText(dropped);
  const report: Report = {
    logs: [{ level: 'warn', message, timestamp: new Date(now).toISOString() }],
  };
  if (dropped.warnings + dropped.errors === 0) return report;
  return { ...report, warning: { entity_key: 'job', error_type: 'reports_dropped', message } };
}
