import type { StreamEvent } from './event-frames.ts';
import { fold } from './fold.ts';
import { follow } from './follow.ts';
import type { Schemas } from './schemas.ts';
import type { Query, Service } from './service.ts';
import type { Transport } from './transport.ts';
import type { Ask, FeedEvent, Job } from './types.ts';

/** An event of the feed, and the cursor right behind it: what reading goes on from. */
export type FollowedEvent = FeedEvent & { cursor: string };

export interface Watch extends Ask {
  /** Hears whether the stream stands: once it does, and again when it is broken. */
  told?: ((connected: boolean) => void) | undefined;
}

export interface EventFilter extends Watch {
  types?: FeedEvent['type'][] | undefined;
  job_type?: string | undefined;
  /** A cursor, or `now`; without one reading begins with the oldest event that is kept. */
  after?: string | undefined;
}

export interface AuditFilter extends Ask {
  actor?: string | undefined;
  action?: Schemas['AuditRecord']['action'][] | undefined;
  target?: string | undefined;
  /** Times, as RFC 3339 writes them. */
  from?: string | undefined;
  to?: string | undefined;
  limit?: number | undefined;
}

/** The path of a job. */
export function jobPath(id: string, rest = ''): string {
  return `/api/jobs/${encodeURIComponent(id)}${rest}`;
}

/** All that a list holds, page after page, asked for as it is gone over. */
export async function* pages<Item>(
  transport: Transport,
  path: string,
  name: string,
  { signal, ...query }: Ask & object,
): AsyncGenerator<Item, void, void> {
  let cursor: string | null | undefined;
  do {
    const page: Record<string, unknown> = await transport.ask({
      method: 'GET',
      path,
      query: { ...(query as Query), cursor: cursor ?? undefined },
      signal,
    });
    yield* page[name] as Item[];
    cursor = page.next_cursor as string | null;
  } while (cursor);
}

/** The job each time it has changed, from how it stands to its end; states between may be skipped. */
export async function* watch(service: Service, id: string, ask: Watch): AsyncGenerator<Job, void, void> {
  let job: Job | null = null;
  for await (const { event, data } of follow({ service, path: jobPath(id, '/stream'), ...ask })) {
    const before: Job | null = job;
    job = fold(before, event, data);
    if (job !== null && job !== before) yield job;
    if (event === 'end') return;
  }
}

/** The events of the organization as they come, for as long as they are read. */
export async function* events(
  service: Service,
  { signal, told, ...query }: EventFilter,
): AsyncGenerator<FollowedEvent, void, void> {
  const stream = follow({ service, path: '/api/events/stream', query: { ...query }, signal, told });
  for await (const { data, id } of stream as AsyncIterable<StreamEvent>) {
    if (data !== '') yield { ...(JSON.parse(data) as FeedEvent), cursor: id };
  }
}
