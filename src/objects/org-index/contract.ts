import type { AuditAsk, AuditPart } from '../../domain/audit/audit-page';
import type { DriftCount } from '../../domain/feed/drift';
import type { EndpointBody, FeedAsk, FeedPage } from '../../domain/feed/feed';
import type { CreationTerms, Publication, Receipt } from '../../domain/feed/publication';
import type { Category } from '../../domain/job/job';
import type { ListFilter, ListOrder } from '../../domain/job/list-filter';
import type { RollupPart } from '../../domain/job/rollup';
import type { StatsPart } from '../../domain/job/stats';
import type { Summary } from '../../domain/job/summary';

/** What a shard of an organization's index is asked and answers, over RPC. */

export type { ListFilter, ListOrder };

/** A place in the list, newest first: what follows is older. */
export interface ListPosition {
  /** The time (ms) that the list is in the order of, whichever that is: objects of an older build know this one alone. */
  created_at: number;
  job_id: string;
}

/**
 * A job as the index lists it: `updated_at` (ms) is when its status, stage or health last changed. What follows from the
 * jobs of its type before it, a shard of an older build does not say: whether it takes much longer, and when it would end
 * if it took as long as half of them did (ms), null where nobody knows.
 */
export type ListedJob = Summary & { updated_at: number; slow?: boolean; expected_at?: number | null };

/** Which jobs are counted; `without_ends` for whoever asks for the numbers alone, which are much shorter. */
export interface StatsFilter {
  job_types?: readonly string[];
  category?: Category;
  without_ends?: boolean;
}

/** Some of a list, in its order. */
export interface ListPart {
  jobs: ListedJob[];
  /** Everything up to here was looked at; null where nothing is left. */
  through: ListPosition | null;
  /**
   * What it is in the order of: where that is not what was asked for, it is empty, and a later ask may be answered. An
   * object of an older build knows one order alone, and says none.
   */
  order?: ListOrder;
}

/** How a list is read. An object of an older build passes over this. */
export interface ListAsk {
  /** `created_at` where it is not given. */
  order?: ListOrder;
  /** Rows that are read for the part at most, about. */
  rows?: number;
  /** Nobody looks at it: its jobs’ progress is worth no more than before. */
  unseen?: boolean;
}

/** A line of an export: a job, or the place that the list was looked at through; null where nothing is left. */
export type ExportLine = Summary | Pick<ListPart, 'through'>;

/** How many jobs were counted; not `whole` where there may be more. */
export interface Counted {
  count: number;
  whole: boolean;
}

/** Which children are counted: those of one of these types, with this tag. */
export interface RollupReach {
  job_types?: readonly string[];
  tag?: string;
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

/** Where a verification goes on: behind the `at`th row of the entries, or before the `at`th of the feed. */
export interface VerifyPlace {
  walk: 'entries' | 'feed';
  at: number;
}

/** What a part of a verification has found and mended. */
export interface VerifyPart extends DriftCount {
  /** Null once all was looked at. */
  next: VerifyPlace | null;
}

/** What a shard has taken: `events` in all its life, the others since its instance was opened. */
export interface ShardPulse {
  /** Events of its feed, the ones that are no longer kept included. */
  events: number;
  publications: number;
  /** Publications that brought events, and how long the oldest of each had waited (ms), all together. */
  told: number;
  lag_ms: number;
  /** Of the last minute or two. */
  longest_lag_ms: number;
}

/** One shard of an organization's index: its jobs for listing, its events in order. */
export interface OrgIndexObject {
  /** Stores a job's publication. The same again changes nothing. */
  publish(publication: Publication): Promise<Receipt>;
  /**
   * Summaries, newest first, from behind `before`: at most `limit`, fewer once they pass `bytes` as JSON, or once so many
   * rows were read. All that there are up to `limit` where `bytes` is not given, and from an object of an older build.
   */
  list(
    filter: ListFilter,
    before: ListPosition | null,
    limit: number,
    bytes?: number,
    ask?: ListAsk,
  ): Promise<Summary[] | ListPart>;
  /**
   * The same as lines of `ExportLine` as JSON, `limit` jobs at most, read no faster than they are taken. An object of an
   * older build lacks this.
   */
  export(filter: ListFilter, before: ListPosition | null, limit: number): Promise<ReadableStream<Uint8Array>>;
  /** How many jobs a filter lets through but for those of some types: about `most` at most. An object of an older build lacks this. */
  count(filter: ListFilter, without: readonly string[], most: number): Promise<Counted>;
  /** What the children of a job come to, all of them or those that are reached. An object of an older build lacks this. */
  rollup(parent: string, reach: RollupReach | null): Promise<RollupPart>;
  /** What it says of its jobs as a whole. An object of an older build lacks this. */
  stats(filter: StatsFilter): Promise<StatsPart>;
  /** A page of the feed, in the order in which its events arrived. */
  readFeed(ask: FeedAsk): Promise<FeedPage>;
  /** A page for an endpoint, which is woken from here on whenever it sleeps. */
  pull(ask: PullAsk): Promise<FeedPage>;
  /**
   * Asks at most `limit` jobs what they are, those that it lists and those that its feed names, and mends what it says of
   * them. An object of an older build lacks this.
   */
  verify(place: VerifyPlace | null, limit: number): Promise<VerifyPart>;
  /** What it has taken. An object of an older build lacks this. */
  pulse(): Promise<ShardPulse>;
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
