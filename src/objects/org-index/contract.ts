import type { AuditAsk, AuditPart } from '../../domain/audit/audit-page';
import type { EndpointBody, FeedAsk, FeedPage } from '../../domain/feed/feed';
import type { CreationTerms, Publication, Receipt } from '../../domain/feed/publication';
import type { Category, Status } from '../../domain/job/job';
import type { Summary } from '../../domain/job/summary';

/** What a shard of an organization's index is asked and answers, over RPC. */

/** Which jobs a list shows. Absent fields don't filter; statuses are alternatives, tags must all be there. */
export interface ListFilter {
  status?: Status[];
  job_type?: string;
  /** Alternatives, beside `job_type`. An object of an older build passes over them. */
  job_types?: readonly string[];
  category?: Category;
  tag?: string[];
  triggered_by?: string;
  /** ms; jobs created at that time are in. */
  created_after?: number;
  /** ms; jobs created at that time are out. */
  created_before?: number;
}

/** A place in the list, newest first: what follows is older. */
export interface ListPosition {
  created_at: number;
  job_id: string;
}

/** Some of a list, in its order. */
export interface ListPart {
  jobs: Summary[];
  /** Everything up to here was looked at; null where nothing is left. */
  through: ListPosition | null;
}

/** An endpoint's ask for a page. `after` null asks at the head; `intent` is what it does next. */
export interface PullAsk extends Omit<FeedAsk, 'after'> {
  webhook_id: string;
  after: number | null;
  intent: 'more' | 'sleep' | 'leave';
}

/** A job that a shard knows of: `created_at` (ms) is null for one that is deleted. */
export interface HeldJob {
  job_id: string;
  created_at: number | null;
}

/** What a shard's share of the organization's limits is used of. */
export interface ShardUse {
  /** Jobs that have not ended. */
  alive: number;
  /** How many more jobs may be made at once. */
  left: number;
  /** Bytes of the feed's events. */
  feed_bytes: number;
}

/** One shard of an organization's index: its jobs for listing, its events in order. */
export interface OrgIndexObject {
  /** Stores a job's publication. The same again changes nothing. */
  publish(publication: Publication): Promise<Receipt>;
  /**
   * Summaries, newest first, from behind `before`: at most `limit`, fewer once they pass `bytes` as JSON. All that there
   * are up to `limit` where `bytes` is not given, and from an object of an older build.
   */
  list(
    filter: ListFilter,
    before: ListPosition | null,
    limit: number,
    bytes?: number,
  ): Promise<Summary[] | ListPart>;
  /** A page of the feed, in the order in which its events arrived. */
  readFeed(ask: FeedAsk): Promise<FeedPage>;
  /** A page for an endpoint, which is woken from here on whenever it sleeps. */
  pull(ask: PullAsk): Promise<FeedPage>;
  /** What is used of the terms. An object of an older build lacks this. */
  use(terms: CreationTerms): Promise<ShardUse>;
  /** Appends the `n`th event of an endpoint, counted from 1. The same again changes nothing. */
  tellEndpoint(endpointId: string, n: number, at: number, body: EndpointBody): Promise<void>;
  /** Jobs that it knows of, at most `limit`, for the deletion of their organization. */
  heldJobs(limit: number): Promise<HeldJob[]>;
  /** Forgets jobs that are deleted with it. */
  forgetJobs(jobs: HeldJob[]): Promise<void>;
  /** Deletes all that is here. */
  erase(): Promise<void>;
  /** Audit records that jobs have carried here, newest first. An object of an older build lacks this. */
  auditPage(ask: AuditAsk): Promise<AuditPart>;
}
