import * as z from 'zod';
import type { Json } from '../../../domain/base/json';
import { reject } from '../../../domain/base/rejection';
import { ok, type Result } from '../../../domain/base/result';
import { FEED_TYPES } from '../../../domain/feed/feed';
import { comeAgain } from '../../../http/come-again';
import { type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { EVENT_STREAM_HEADERS, eventStream, type FrameGroup, STREAMED } from '../../../http/event-stream';
import { limitParam, waitParam } from '../../../http/params';
import type { Refused } from '../../../http/problem';
import type { Caller } from '../../../services/access/caller';
import { hold } from '../../../services/access/held';
import { awaitFeed } from '../../../services/feed/await-feed';
import {
  beginFeed,
  type FeedExpired,
  type FeedFilter,
  type FeedPosition,
  headOfFeed,
} from '../../../services/feed/feed';
import { FEED, feedCursor, positionWithin } from '../../../services/feed/feed-cursor';
import { type StreamPart, streamFeed } from '../../../services/feed/stream-feed';
import { toTimeOrNull } from '../../times';
import { framesOf, toFeedEvent } from './frames';
import { feedResponse } from './schemas';

const LIMIT = 50;
/** Stands for a cursor: reading begins with what comes next. */
const NOW = 'now';

const filterQuery = {
  types: z.array(z.enum(FEED_TYPES)).optional().meta({ description: 'Repeated, it is or.' }),
  job_type: z.string().optional(),
  after: z.string().optional().meta({
    description: 'A next_cursor, the id of a frame of the stream, or `now` for what comes next.',
  }),
};

const read = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/events',
  id: 'listFeed',
  summary: 'Read the organization’s events',
  description: `Every event of every job once, those of one job in the order of their revisions; without \`after\` from
the oldest that is kept, 30 days back at least. \`next_cursor\` leads on past everything that was looked at, what the
filters passed over included, and is good for any filter. With \`wait\` a page without events is answered when the time
is up, or with the first that come.`,
  query: z.strictObject({ ...filterQuery, limit: limitParam.optional(), wait: waitParam }),
  cursorOf: () => FEED,
  cursorIn: 'after',
  cursorWords: [NOW],
  cursorWithin: positionWithin,
  token: { scope: 'read', lists: true },
  replies: { 200: { description: 'The events that come next.', schema: feedResponse } },
  refusals: ['cursor_expired', 'quota_exceeded', 'unavailable'],
  async handle({ query, position, signal }, caller) {
    const { limit = LIMIT, wait = 0 } = query;
    const begun = await placeOf(caller, position, query.after);
    if (!begun.ok) return { rejection: begun.rejection };
    const request = { position: begun.value, filter: filterOf(query), limit };
    const part = await awaitFeed(caller, request, wait * 1_000, signal);
    if (!part.ok) return { rejection: part.rejection };
    if ('expired' in part.value) return refuseExpired(caller, part.value);
    const { events, position: reached } = part.value;
    return jsonReply(200, {
      events: events.map(toFeedEvent),
      next_cursor: await feedCursor(caller, reached),
    });
  },
});

const stream = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/events/stream',
  id: 'streamFeed',
  summary: 'Follow the organization’s events as server-sent events',
  description: `Each message is an event as the feed lists it, its id the cursor behind it: with it as
\`Last-Event-ID\`, or as \`after\` here or in the feed, reading goes on. A frame without data moves the cursor alone; the first is
one. A
comment comes every 15 s where there is nothing to tell.`,
  query: z.looseObject(filterQuery),
  cursorOf: () => FEED,
  cursorIn: 'after',
  cursorWords: [NOW],
  cursorWithin: positionWithin,
  resumable: true,
  standIn: comeAgain,
  token: { scope: 'read', from: 'query', lists: true },
  replies: { 200: STREAMED },
  refusals: ['cursor_expired', 'quota_exceeded', 'unavailable'],
  async handle({ query, position, lastEventId, signal }, caller) {
    const filter = filterOf(query);
    const begun = await placeOf(caller, position, lastEventId === null ? query.after : undefined);
    if (!begun.ok) return { rejection: begun.rejection };
    const place = begun.value;
    // A cursor that is too old is refused while there is a status to say it with.
    const start = await beginFeed(caller, place);
    if (!start.ok) return { rejection: start.rejection };
    if ('expired' in start.value) return refuseExpired(caller, start.value);
    const held = hold(caller, 'streams');
    if (!held.ok) return { rejection: held.rejection };
    const gone = new AbortController();
    const signals = AbortSignal.any([gone.signal, signal]);
    const parts = streamFeed(caller, start.value.position, filter, signals);
    const frames = deliveriesOf(caller, start.value.position, parts);
    const body = eventStream(frames, () => {
      held.value();
      gone.abort();
    });
    return { status: 200, body, headers: EVENT_STREAM_HEADERS };
  },
});

export const EVENT_ROUTES: readonly Endpoint[] = [read, stream];

async function* deliveriesOf(
  caller: Caller,
  start: FeedPosition,
  parts: AsyncIterable<StreamPart>,
): AsyncGenerator<FrameGroup | null, void> {
  let told = await feedCursor(caller, start);
  yield [{ id: told }];
  for await (const { news, position } of parts) {
    const before = told;
    told = await feedCursor(caller, position);
    if (news !== null) yield framesOf(news, before, told);
    else yield told === before ? null : [{ id: told }];
  }
}

/** Where reading begins; null for the oldest event that is kept. */
async function placeOf(
  caller: Caller,
  position: Json | null,
  after: string | undefined,
): Promise<Result<FeedPosition | null>> {
  return after === NOW ? headOfFeed(caller) : ok(position as FeedPosition | null);
}

function filterOf({
  types,
  job_type,
}: {
  types?: FeedFilter['types'] | undefined;
  job_type?: string | undefined;
}): FeedFilter {
  return {
    ...(types === undefined ? {} : { types }),
    ...(job_type === undefined ? {} : { job_types: [job_type] }),
  };
}

async function refuseExpired(caller: Caller, { expired }: FeedExpired): Promise<Refused> {
  const oldest_at = toTimeOrNull(expired.oldest_at);
  const since = oldest_at === null ? '' : ` The feed begins at ${oldest_at}.`;
  return {
    rejection: reject(
      'cursor_expired',
      `Events after this cursor are no longer kept.${since} Go on from oldest_cursor.`,
    ),
    extra: { oldest_cursor: await feedCursor(caller, expired.position), oldest_at },
  };
}
