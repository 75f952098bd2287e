import type { Rejection } from '../base/rejection';
import type { EventBody } from '../job/event';
import type { Job } from '../job/job';
import type { Summary } from '../job/summary';

/** How far a job has got, or how far its index knows it: its revision and the ordinal of its newest event. */
export interface Position {
  revision: number;
  events: number;
}

export function positionOf({ revision, events_total }: Pick<Job, 'revision' | 'events_total'>): Position {
  return { revision, events: events_total };
}

/** An event on its way to the feed. `n` counts the job's events from 1. */
export interface FeedEvent {
  n: number;
  revision: number;
  at: number;
  body: EventBody;
}

/** What a job tells its index: itself as it is now, and the events the index has not confirmed, oldest first. */
export interface Publication {
  summary: Summary;
  events: FeedEvent[];
  /** Ordinal of the job's newest event, sent or not. */
  through: number;
  /**
   * Ordinal of the oldest event that the job still has: those before it will never be sent. Absent where the job's object
   * is of an older build.
   */
  oldest?: number;
  /** The job is gone: its summary is to go too. */
  deleted: boolean;
  /** Audit records that the index has not confirmed, as JSON, oldest first; absent where there are none. */
  audit?: string[];
  /** Of a job that was made this moment and that nobody was told of: its index may still refuse it. */
  creation?: CreationTerms;
}

/** What an index holds a creation to: its share of what the organization may. */
export interface CreationTerms {
  per_minute: number;
  /** At once. */
  burst: number;
  /** That have not ended. */
  jobs: number;
  /** The same of the organization, for the words of a refusal. Absent in what a Worker of an older build says. */
  jobs_in_all?: number;
  /** What the shard's feed may hold from here on, whoever writes it. Absent in what a Worker of an older build says. */
  feed_bytes?: number;
  /** Of a job that shows a bulk operation: how many of these may be under way. An index of an older build passes over it. */
  bulk?: number;
}

/** What the index knows of the job after a publication, and how often it wants its progress (ms). */
export interface Receipt {
  revision: number;
  through: number;
  interval: number;
  /** How many audit records it has of those that were sent; absent where none were, and from an older index. */
  audited?: number;
  /** Of a creation: how long jobs of its type take, in seconds, where that is known. The index takes the job to have it. */
  typical_seconds?: number;
  /** The index has not taken the job, under the terms that came with it. Nothing of it is stored. */
  refused?: Rejection;
}

/** Events sent in one publication. */
export const EVENTS_PER_PUBLICATION = 200;
/** Audit records sent in one publication. */
export const RECORDS_PER_PUBLICATION = 50;
/** Unconfirmed events at which a job takes no further ones until its index is back. */
export const BACKLOG_LIMIT = 900;
/** Progress is published at most this often while somebody looks (ms). */
export const PUBLISH_INTERVAL = 2_000;
/**
 * Publications of progress that an index takes in one such interval before it asks its jobs for longer ones: 250 a second, a
 * quarter of the requests that an object takes at most.
 */
export const PROGRESS_PER_INTERVAL = 500;
/** The longest interval an index asks for, in such intervals. */
const LONGEST = 8;

/**
 * The brake of a busy index: the interval (ms) at which jobs that sent `taken` publications of progress in `elapsed` ms,
 * each once an `interval`, would send no more than it takes. A list is later by that, and the index's load bounded.
 */
export function brakedInterval(base: number, interval: number, taken: number, elapsed: number): number {
  const jobs = (taken * interval) / elapsed;
  return Math.round(Math.min(Math.max((jobs * base) / PROGRESS_PER_INTERVAL, base), LONGEST * base));
}

export function isDirty(job: Position, acknowledged: Position): boolean {
  return job.revision > acknowledged.revision || job.events > acknowledged.events;
}

/** However a publication of an event fails, the alarm sees to it after this long at the latest (ms). */
export const PUBLICATION_GUARANTEE = 60_000;

/** What the index knows of a job. */
export interface KnownOfJob {
  revision: number;
  through: number;
}

/**
 * The index's rule: events beyond `through` are new, the summary is if its revision is greater. A publication that
 * would leave a hole in a job's events changes nothing: the job sends again from `through + 1`. What the job itself has
 * no more is no hole: the index goes on behind it, and `missed` says how many events there were.
 */
export function admit(kept: KnownOfJob, publication: Publication) {
  const fresh = publication.events.filter(({ n }) => n > kept.through);
  const next = Math.max(kept.through + 1, publication.oldest ?? 0);
  const hole = fresh[0] !== undefined && fresh[0].n > next;
  const revision = publication.summary.revision;
  return {
    events: hole ? [] : fresh,
    missed: hole || fresh.length === 0 ? 0 : next - kept.through - 1,
    summary: !hole && (revision > kept.revision || publication.deleted),
    revision: hole ? kept.revision : Math.max(kept.revision, revision),
    through: hole ? kept.through : (fresh.at(-1)?.n ?? kept.through),
  };
}

/**
 * Whether a publication is news of a known job by its summary alone: `job.progressed`. One that leaves events unsent is
 * not, however new its summary: what it would say comes after those.
 */
export function isProgress(kept: KnownOfJob, publication: Publication): boolean {
  const { summary, events, through, deleted } = publication;
  const fresh = events.some(({ n }) => n > kept.through);
  return !deleted && !fresh && through <= kept.through && summary.revision > kept.revision;
}
