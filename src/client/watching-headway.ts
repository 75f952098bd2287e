import { Jobs } from './jobs.ts';
import { type EventFilter, events, type FollowedEvent } from './reading.ts';
import { sessions, tokens } from './resources.ts';
import type { Schemas } from './schemas.ts';
import type { Request } from './service.ts';
import type { Transport } from './transport.ts';
import type { Ask } from './types.ts';

/** One organization’s jobs at one service, for whoever works on none of them. */
export class WatchingHeadway extends Jobs {
  readonly tokens: ReturnType<typeof tokens>;
  readonly sessions: ReturnType<typeof sessions>;

  constructor(transport: Transport) {
    super(transport);
    this.tokens = tokens(transport);
    this.sessions = sessions(transport);
  }

  /** What happens to the organization’s jobs, from a cursor on and for as long as it is read. */
  events(filter: EventFilter = {}): AsyncGenerator<FollowedEvent, void, void> {
    return events(this.transport, filter);
  }

  /** One page of what happened: `next_cursor` leads on, after an empty page too. `wait` is in seconds. */
  readEvents(filter: Omit<EventFilter, 'told'> & { limit?: number; wait?: number } = {}) {
    return this.read<Schemas['FeedPage']>('/api/events', filter);
  }

  /** Who the service takes this caller for, and what it may do. */
  me(ask: Ask = {}): Promise<Schemas['Me']> {
    return this.read('/api/me', ask);
  }

  /** Any other route: sends JSON and answers JSON, null for a 204. */
  ask<Answer>(
    method: Request['method'],
    path: string,
    body?: unknown,
    { signal }: Ask = {},
  ): Promise<Answer> {
    return this.transport.ask({ method, path, body, signal });
  }
}
