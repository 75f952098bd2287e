import { EVENT_TYPES, type EventBody, type EventType } from '../job/event';
import type { Status } from '../job/job';
import type { Summary } from '../job/summary';

/** Everything that a feed may tell: the jobs' events, and those of the organization's webhook endpoints. */
export const FEED_TYPES = [...EVENT_TYPES, 'endpoint.disabled'] as const;
export type FeedType = (typeof FEED_TYPES)[number];

/** Days for which the feed keeps an event at least, where nothing else is set. */
export const FEED_DAYS = 30;

/** A row of the feed. `body` is JSON text, a `FeedBody`. */
export interface FeedRow {
  /** Its place in its shard: 1, 2, 3 … without holes. */
  seq: number;
  /** ms since 1970. */
  at: number;
  /** Whom it is about: a job, or an endpoint where the type says so. */
  job_id: string;
  /** The job's revision; the ordinal of an endpoint's event. */
  revision: number;
  body: string;
}

/** Which rows a reader wants. Absent fields don't filter; the members of one are alternatives. */
export interface FeedFilter {
  types?: readonly FeedType[];
  job_types?: readonly string[];
  /** Must be among the job's tags: a row without any matches none. An object of an older build passes over it. */
  tag?: string;
}

/** Where a reader stands in one shard, and how many rows it takes. */
export interface FeedAsk extends FeedFilter {
  /** The last row it has seen; 0 before the first. */
  after: number;
  limit: number;
  /** Over a socket: instead of a long page word of it will do, a `FeedWord`. */
  word?: boolean;
}

/** Word of a page that is there for whoever asks for it from `from` on; up to there nothing was the reader's. */
export interface FeedWord {
  from: number;
}

/** A row that was just appended, with what filters look at. */
export interface FreshRow {
  row: FeedRow;
  type: FeedType;
  job_type: string | undefined;
  tags: readonly string[] | undefined;
}

/** What a shard answers a reader. */
export interface FeedPage {
  events: FeedRow[];
  /** Everything up to here was looked at: the next page begins behind it. */
  through: number;
  /** The newest row. */
  head: number;
  /** The newest row that retention has dropped; 0 where none was. A reader that stands below it has missed rows. */
  dropped_through: number;
}

/** Who a job is: what a reader needs to file an event without asking for the job. */
export type Identity = Pick<Summary, (typeof IDENTITY)[number]>;
const IDENTITY = [
  'organization_id',
  'job_type',
  'name',
  'category',
  'tags',
  'triggered_by',
  'details_url',
  'parent_job_id',
] as const;

/**
 * What the feed has told of a job: revision and place of its last event of each type, and the status at it, which older
 * builds left out. It stands in each row as it was before, so that a reader of some types knows which event of the job was
 * the last that it was told.
 */
export type LastTold = Partial<Record<EventType, readonly [revision: number, seq: number, status?: Status]>>;

/**
 * A job's event as a row has it. Rows of before the feed could be read lack all of the identity but `job_type`. `missed`
 * counts the job's events before this one that no feed will ever have: it stands in the first one after them.
 */
export type FeedBody = EventBody & Partial<Identity> & { missed?: number; told?: LastTold };

/** What the feed tells of a webhook endpoint. */
export interface EndpointBody {
  type: 'endpoint.disabled';
  /** The event for a person: why it was disabled. */
  message: string;
  webhook_id: string;
  url: string;
}

/** An event as readers of the feed and receivers of webhooks are told of it. */
export interface OrganizationEvent {
  /** `<job id>.<revision>.<type>`, or `<endpoint id>.<n>.<type>`: the same for ever, wherever it is told. */
  id: string;
  type: FeedType;
  /** ms since 1970. */
  at: number;
  /** Null for an event of the organization itself. */
  job_id: string | null;
  revision: number | null;
  data: Record<string, unknown>;
}

/** Whether a filter lets an event through. */
export function letsThrough(
  { types, job_types, tag }: FeedFilter,
  { type, job_type, tags }: Omit<FreshRow, 'row'>,
): boolean {
  if (types !== undefined && !types.includes(type)) return false;
  if (tag !== undefined && !tags?.includes(tag)) return false;
  return job_types === undefined || (job_type !== undefined && job_types.includes(job_type));
}

/** The tags of the job that a row is about; none where it says nothing of them. */
export function tagsOf({ body }: Pick<FeedRow, 'body'>): readonly string[] {
  return (JSON.parse(body) as Partial<Identity>).tags ?? [];
}

/** Whether a filter lets progress through, of whichever jobs. */
export function tellsOfProgress({ types }: FeedFilter): boolean {
  return types === undefined || types.includes('job.progressed');
}

/** A job's event with the identity that its summary knows. */
export function feedBody(body: EventBody, summary: Summary): FeedBody {
  return { ...body, ...Object.fromEntries(IDENTITY.map((name) => [name, summary[name]])) };
}

export function organizationEvent({ at, job_id, revision, body }: FeedRow): OrganizationEvent {
  const { type, told: _told, ...rest } = JSON.parse(body) as { type: FeedType; told?: LastTold };
  const id = `${job_id}.${revision}.${type}`;
  if (!type.startsWith('job.')) return { id, type, at, job_id: null, revision: null, data: rest };
  return { id, type, at, job_id, revision, data: { job_id, revision, ...rest } };
}
