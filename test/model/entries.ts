/** What a job appends: logs, errors, warnings and events, all in one order. */
import type { Entry, Issue, Job } from './job.ts';
import { cut, cutDetails, type JsonObject } from './json.ts';

type Unnumbered<E> = E extends Entry ? Omit<E, 'revision' | 'at'> : never;

/** Appends what the change being made to `job` leaves behind. */
export function add(job: Job, at: number, entry: Unnumbered<Entry>): void {
  job.entries.push({ ...entry, revision: job.revision + 1, at } as Entry);
}

/** The entries of one kind, oldest first, as many as are kept. */
export function kept<K extends Entry['kind']>(job: Job, kind: K): Extract<Entry, { kind: K }>[] {
  const all = job.entries.filter((entry) => entry.kind === kind) as Extract<Entry, { kind: K }>[];
  return all.slice(-(kind === 'log' ? 10_000 : 1_000));
}

/** The end by failure, of a worker's making or the service's. */
export function fail(job: Job, type: string, message: string, now: number): void {
  job.status = 'failed';
  job.completedAt = now;
  job.errorMessage = message;
  addJobError(job, type, message, now);
  add(job, now, { kind: 'event', type: 'job.failed' });
}

/** An error of the job as a whole. */
export function addJobError(job: Job, type: string, message: string, now: number): void {
  addIssue(job, 'error', { entity_type: 'job', entity_key: job.id, error_type: type, message }, now);
}

/** Appends an error or a warning, and counts the entity it names. */
export function addIssue(job: Job, kind: 'error' | 'warning', given: Issue, now: number): void {
  const entity_type = given.entity_type ?? 'job';
  const details = given.details ? (cutDetails(given.details) as JsonObject) : null;
  const issue = { ...given, entity_type, message: cut(given.message), details, step: given.step ?? null };
  add(job, now, { kind, issue });
  const entities = job.entities[kind];
  const entity = JSON.stringify([entity_type, given.entity_key]);
  if (entity_type === 'job' || entities.has(entity)) return;
  if (entities.size < 10_000) entities.set(entity, [entity_type, given.entity_key]);
  else job.capped[kind] = true;
}
