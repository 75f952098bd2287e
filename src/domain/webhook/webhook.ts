import type { Maker } from '../access/api-key';
import { DAY } from '../base/time';
import {
  FEED_TYPES,
  type FeedBody,
  type FeedFilter,
  type FeedRow,
  type FeedType,
  organizationEvent,
} from '../feed/feed';
import type { EventType } from '../job/event';
import type { Status } from '../job/job';
import type { Format } from './formats/format';
import { mayHaveStatus } from './status-filter';

/** What an endpoint can be sent. */
export const WEBHOOK_TYPES = FEED_TYPES;
/** Deliveries of an endpoint in flight at most, where its organization has few endpoints. */
export const WEBHOOK_SLOTS = 4;
/** How long a secret goes on signing after it was replaced (ms), and how many sign at most. */
export const SECRET_OVERLAP = DAY;
export const SIGNING_LIMIT = 5;
/** An endpoint that failed and did nothing else for this long is disabled (ms). */
export const FAILING_LIMIT = 5 * DAY;

/**
 * How long an endpoint's object that has begun waits for its organization to keep it (ms) before it gives itself up. The
 * organization keeps none that was begun half as long ago.
 */
export const MAKING_LIFE = 60_000;

/**
 * In how long an endpoint's object looks for a change of its settings that it was told to expect (ms), should it not hear
 * that it was made. The organization makes none that was begun half as long ago.
 */
export const CHANGE_LIFE = 30_000;

/**
 * Why the service itself disabled an endpoint: it answered 410, nothing but failures for five days, or no `endpoint.test` of
 * a whole schedule by a 2xx.
 */
export const DISABLE_REASONS = ['gone', 'failing', 'unanswered'] as const;
export type DisableReason = (typeof DISABLE_REASONS)[number];

/** An endpoint as its organization keeps it. Times in ms since 1970. */
export interface Webhook {
  webhook_id: string;
  url: string;
  /** What it is sent; null for everything. */
  event_types: FeedType[] | null;
  job_types: string[] | null;
  /** Of jobs in these statuses alone; null, or absent in an older one, for all. */
  statuses?: Status[] | null;
  /** Absent in an older one: `standard`. */
  format?: Format;
  /** The names of its own headers; absent where it never had any. */
  header_names?: string[];
  description: string | null;
  enabled: boolean;
  created_at: number;
  /** Absent in one of before it was kept. */
  created_by?: Maker | null;
  /** Set while the service itself has disabled it. */
  disabled: { reason: DisableReason; at: number } | null;
  /** When its owner disabled it (ms); null where it was enabled since. Absent in one of before it was kept. */
  paused_at?: number | null;
  /**
   * When its host first answered `endpoint.test` by a 2xx (ms). While it is null the events wait in the feed. Absent in one
   * of before this was asked for, which is asked nothing.
   */
  answered_at?: number | null;
}

/** What is kept of an endpoint beside what is shown. */
export interface StoredWebhook extends Webhook {
  /** Sealed, the newest first; `until` (ms) is when a replaced one stops signing. */
  secrets: { sealed: string; until: number | null }[];
  /** Its own headers as JSON, sealed like the secrets; null where it has none. */
  sealed_headers?: string | null;
  /** The host, with its port, under which the service was called when the URL was given: one of its own. */
  served_at: string;
  /** How often the service has disabled it. */
  disablings: number;
  /** When it was last enabled again (ms); absent where it never was. */
  enabled_at?: number;
  /** Since when an answer is waited for (ms), which also tells one asking from the next. */
  asked_at?: number;
  /** Not kept, but told to its object: its share of the deliveries that may be in flight. An older organization's object tells none. */
  slots?: number;
  /** Told likewise: how many shards the feed has. */
  shards?: number;
}

/** `exhausted` is the end of the schedule; `pending` was not tried yet. */
export const DELIVERY_STATUSES = ['pending', 'retrying', 'delivered', 'exhausted'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** Why an attempt got no answer to judge; for `destination` and `secret` nothing was sent. */
export const ATTEMPT_ERRORS = ['timeout', 'connection', 'destination', 'secret'] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

/** One try at a delivery. */
export interface Attempt {
  /** When it began (ms). */
  at: number;
  /** The answer's HTTP status; null where there was none in time. */
  status: number | null;
  duration_ms: number;
  error: AttemptError | null;
  /** The first KiB of the answer. */
  answer: string;
  /** Of the newest attempt alone. Absent where nothing was sent, and in one of before it was kept. */
  sent?: SentRequest;
}

/** What an attempt sent, its body aside. */
export interface SentRequest {
  /** Without its query, which may hold a token. */
  url: string;
  format: Format;
  /** What its owner gave, and the signature, are hidden. */
  headers: Record<string, string>;
  /** The length of the body. */
  bytes: number;
}

export interface Delivery {
  /** Counts the endpoint's deliveries from 1. */
  n: number;
  queued_at: number;
  event_id: string;
  event_type: string;
  job_id: string | null;
  revision: number | null;
  status: DeliveryStatus;
  next_attempt_at: number | null;
  attempts: Attempt[];
  /** What the newest attempt sent, and how its body begins: absent as in the attempt. */
  sent?: SentRequest & { body: string };
}

/** A message ready to be sent: the text that is signed and sent at every attempt. */
export interface Message {
  event_id: string;
  type: string;
  job_id: string | null;
  revision: number | null;
  body: string;
}

export function filterOf({ event_types, job_types }: Pick<Webhook, 'event_types' | 'job_types'>): FeedFilter {
  return {
    ...(event_types === null ? {} : { types: event_types }),
    ...(job_types === null ? {} : { job_types }),
  };
}

/**
 * A row of the feed as a message to an endpoint that reads `filter` and `statuses` and began behind `origin`. It carries
 * the revision of the job's last event that was this endpoint's too, so that a receiver sees a hole and can fill it from
 * the feed: by type, of which the feed tells the last event alone.
 */
export function messageOf(
  row: FeedRow,
  filter: FeedFilter,
  origin: number,
  statuses: readonly Status[] | null = null,
): Message {
  const { id, type, at, job_id, revision, data } = organizationEvent(row);
  const previous_revision = lastTold(row, filter, origin, statuses);
  const body = { id, type, at: new Date(at).toISOString(), job_id, revision, previous_revision, data };
  return { event_id: id, type, job_id, revision, body: JSON.stringify(body) };
}

/** A message that shows whether an endpoint is reached. */
export function testMessage(webhookId: string, n: number, now: number): Message {
  const [type, at] = ['endpoint.test', new Date(now).toISOString()];
  const id = `${webhookId}.${n}.${type}`;
  const data = { message: 'A test of this endpoint', webhook_id: webhookId };
  const body = { id, type, at, job_id: null, revision: null, previous_revision: null, data };
  return { event_id: id, type, job_id: null, revision: null, body: JSON.stringify(body) };
}

function lastTold(
  { revision, body }: FeedRow,
  { types }: FeedFilter,
  origin: number,
  statuses: readonly Status[] | null,
): number | null {
  const { told = {}, status, previous_status } = JSON.parse(body) as Partial<FeedBody>;
  // Older builds kept no status: it is this revision's, or one of those up to the revision before.
  const statusAt = (at: number) => (at === revision ? status : previous_status) ?? undefined;
  const revisions = Object.entries(told)
    .filter(([type, [, seq]]) => seq > origin && (types === undefined || types.includes(type as FeedType)))
    .filter(([type, [at, , known = statusAt(at)]]) => mayHaveStatus(type as EventType, known, statuses))
    .map(([, [revision]]) => revision);
  return revisions.length === 0 ? null : Math.max(...revisions);
}
