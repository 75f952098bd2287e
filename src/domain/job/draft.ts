import type { JsonObject } from '../base/json';
import type { FieldError } from '../base/rejection';
import type { EventBody, JobEventType } from './event';
import { eventBody } from './event';
import { countErrorTypes, ENTITY_LIMIT, type Entity, entityId, entityOf, type Issue } from './issue';
import type { Job } from './job';
import { shownFailed, shownWarned } from './job';
import type { LogLevel } from './log-level';
import { progressPercentage } from './progress';

export interface LogBody {
  level: LogLevel;
  message: string;
}

/** Something a job appends. `n` counts its kind from 1, `k` its place within the revision. */
export type Entry = { revision: number; k: number; n: number; at: number } & (
  | { kind: 'error' | 'warning'; body: Issue }
  | { kind: 'log'; body: LogBody }
  | { kind: 'event'; body: EventBody }
);
export type EntryKind = Entry['kind'];

type Pending =
  | { kind: 'error' | 'warning'; body: Issue }
  | { kind: 'log'; body: LogBody; at?: number }
  | { kind: 'event'; type: JobEventType };

/** Whether an entity has been counted before: what the job's own tables know, asked by the pure machine. */
export type Seen = (entity: Entity) => boolean;

/** What a command makes of a job: the job to store and what to append with it. */
export interface Change {
  job: Job;
  entries: Entry[];
  entities: Entity[];
}

/** Whether something happened that the feed tells of. */
export function hasEvent({ entries }: Change): boolean {
  return entries.some(({ kind }) => kind === 'event');
}

/** A job being changed by one command: fields are set, entries are appended, and `finish` makes one revision of it. */
export class Draft {
  readonly job: { -readonly [Field in keyof Job]: Job[Field] };
  /** What was left out beside an end, since the job could not take it. */
  readonly ignored: FieldError[] = [];
  readonly #before: Job;
  readonly #seen: Seen;
  readonly #pending: Pending[] = [];
  readonly #entities: Entity[] = [];
  readonly #counted = new Set<string>();
  readonly #errorTypes: string[] = [];
  #patched = false;

  constructor(job: Job, seen: Seen) {
    this.#before = job;
    this.#seen = seen;
    this.job = { ...job };
  }

  event(type: JobEventType): void {
    this.#pending.push({ kind: 'event', type });
    this.job.events_total += 1;
  }

  log(body: LogBody, at?: number): void {
    this.#pending.push(at === undefined ? { kind: 'log', body } : { kind: 'log', body, at });
    this.job.log_entries_total += 1;
  }

  issue(kind: 'error' | 'warning', body: Issue): void {
    this.#pending.push({ kind, body });
    if (kind === 'error') {
      this.job.errors_total += 1;
      this.#errorTypes.push(body.error_type);
    } else {
      this.job.warnings_total += 1;
    }
    const entity = entityOf(kind, body);
    if (entity !== null) this.#count(entity);
  }

  ignore(fault: FieldError): void {
    this.ignored.push(fault);
  }

  /** Sets other metadata than there was: it may be the same object, changed in place. */
  metadata(merged: JsonObject): void {
    this.job.metadata = merged;
    this.#patched = true;
  }

  #count(entity: Entity): void {
    const [counted, capped] =
      entity.kind === 'error'
        ? (['failed_entities', 'failed_entities_capped'] as const)
        : (['warned_entities', 'warned_entities_capped'] as const);
    const id = entityId(entity);
    if (this.job[capped] || this.#counted.has(id) || this.#seen(entity)) return;
    if (this.job[counted] >= ENTITY_LIMIT) {
      this.job[capped] = true;
    } else {
      this.job[counted] += 1;
      this.#counted.add(id);
      this.#entities.push(entity);
    }
  }

  /** Ends the draft: revision +1 if a field of the body differs or an entry was added, otherwise the revision stands. */
  finish(now: number, byReport: boolean): Change {
    const { job } = this;
    if (this.#errorTypes.length > 0) {
      job.errors_by_type = countErrorTypes(job.errors_by_type, this.#errorTypes);
    }
    if (this.#pending.length > 0 || this.#patched || bodyDiffers(this.#before, job)) {
      job.revision += 1;
      if (byReport) job.last_report_at = now;
    } else if (isSame(this.#before, job)) {
      return { job: this.#before, entries: [], entities: [] };
    }
    return { job, entries: this.#entries(now), entities: this.#entities };
  }

  #entries(now: number): Entry[] {
    const { job } = this;
    const before = this.#before.revision === 0 ? null : this.#before.status;
    const totals = {
      error: this.#before.errors_total,
      warning: this.#before.warnings_total,
      log: this.#before.log_entries_total,
      event: this.#before.events_total,
    };
    return this.#pending.map((pending, k): Entry => {
      const place = { revision: job.revision, k, n: ++totals[pending.kind], at: now };
      switch (pending.kind) {
        case 'event':
          return { ...place, kind: 'event', body: eventBody(pending.type, job, before) };
        case 'log':
          return { ...place, at: pending.at ?? now, kind: 'log', body: pending.body };
        default:
          return { ...place, kind: pending.kind, body: pending.body };
      }
    });
  }
}

const SHOWN_AS_STORED = [
  'status',
  'health',
  'total_items',
  'processed_items',
  'failed_entities_capped',
  'warned_entities_capped',
  'rate',
  'stage',
  'last_message',
  'started_at',
  'completed_at',
  'error_message',
  'cancellation',
  'result',
] as const satisfies readonly (keyof Job)[];

/** Whether a reader of the body sees a difference; `revision` and `last_report_at` follow from it, entries are apart. */
function bodyDiffers(before: Job, after: Job): boolean {
  return (
    SHOWN_AS_STORED.some((field) => before[field] !== after[field]) ||
    shownFailed(before) !== shownFailed(after) ||
    shownWarned(before) !== shownWarned(after) ||
    progressPercentage(before) !== progressPercentage(after)
  );
}

/** Whether nothing at all differs, not even what no reader sees. */
function isSame(before: Job, after: Job): boolean {
  return (Object.keys(before) as (keyof Job)[]).every((field) => before[field] === after[field]);
}
