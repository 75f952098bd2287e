import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { TRIES } from '../../src/domain/base/backoff';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import type { Caller } from '../../src/services/access/caller';
import { awaitFeed } from '../../src/services/feed/await-feed';
import { streamFeed } from '../../src/services/feed/stream-feed';
import { type Client, makeClient, makeKey, ORIGIN, send } from '../support/client';
import { indexStub } from '../support/objects';
import { openFeed, take } from './open-feed';

/** Those who wait for the feed: long polls and streams. */

let client: Client;
beforeEach(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const cursor = async () => (await client.get('/api/events')).json.next_cursor as string;
const sockets = () =>
  runInDurableObject(indexStub(client.organization), (_index, state) => state.getWebSockets().length);
const waiting = () => vi.waitFor(async () => expect(await sockets()).toBe(1));

describe('a long poll', () => {
  it('answers as soon as there is something, and asks the index twice at most', async () => {
    const after = await cursor();
    const asked = vi.spyOn(OrgIndexDO.prototype, 'readFeed');
    const poll = client.get(`/api/events?wait=30&after=${after}`);
    await waiting();
    const id = await client.createJob();
    const { json } = await poll;
    expect(json.events.map(({ id }: { id: string }) => id)).toEqual([`${id}.1.job.created`]);
    expect(asked).toHaveBeenCalledTimes(1);
    expect((await client.get(`/api/events?after=${json.next_cursor}`)).json.events).toEqual([]);
    await vi.waitFor(async () => expect(await sockets()).toBe(0));
  });

  it('answers at once where there is something already', async () => {
    await client.createJob();
    expect((await client.get('/api/events?wait=60')).json.events).toHaveLength(1);
    expect(await sockets()).toBe(0);
  });

  it('answers an empty page when the time is up, past what the filter let not through', async () => {
    const after = await cursor();
    const poll = client.get(`/api/events?wait=1&types=job.failed&after=${after}`);
    await waiting();
    await client.createJob();
    const { json } = await poll;
    expect(json.events).toEqual([]);
    expect((await client.get(`/api/events?after=${json.next_cursor}`)).json.events).toEqual([]);
    expect((await client.get(`/api/events?after=${after}`)).json.events).toHaveLength(1);
  });

  it('waits on through what its filter lets not through', async () => {
    const poll = client.get('/api/events?wait=30&types=job.completed&job_type=crawl');
    await waiting();
    const other = await client.createJob();
    await client.report(other, { mark_completed: true });
    const id = await client.createJob({ job_type: 'crawl' });
    await client.report(id, { mark_completed: true });
    expect((await poll).json.events.map(({ id }: { id: string }) => id)).toEqual([`${id}.2.job.completed`]);
  });

  it('outlives the object it waits for', async () => {
    const poll = client.get('/api/events?wait=30');
    await waiting();
    await evictDurableObject(indexStub(client.organization));
    await client.createJob();
    expect((await poll).json.events).toHaveLength(1);
  });

  it('outlives its socket', async () => {
    const poll = client.get('/api/events?wait=30');
    await waiting();
    await runInDurableObject(indexStub(client.organization), (_index, state) => {
      for (const socket of state.getWebSockets()) socket.close(1011, 'lost');
    });
    await client.createJob();
    expect((await poll).json.events).toHaveLength(1);
  });

  it.each(['-1', '1.5', 'x'])('wait=%s is a 422', async (wait) => {
    expect((await client.get(`/api/events?wait=${wait}`)).json.code).toBe('validation_failed');
  });
});

describe('a stream', () => {
  it('tells every event once, with the cursor behind it, what was there and what comes', async () => {
    const first = await client.createJob();
    const stream = await openFeed(client);
    expect(stream.response.headers.get('Content-Type')).toBe('text/event-stream');
    expect((await stream.next())?.data).toMatchObject({ id: `${first}.1.job.created`, job_id: first });
    await client.report(first, { mark_started: true });
    const second = await client.createJob();
    const told = await take(stream, 2);
    expect(told.map(({ data }) => data.id)).toEqual([`${first}.2.job.started`, `${second}.1.job.created`]);
    const listed = (await client.get('/api/events')).json.events;
    expect(told.map(({ data }) => data)).toEqual(listed.slice(1));
    for (const [index, { id: lastEventId }] of told.entries()) {
      const { json } = await client.get(`/api/events?after=${lastEventId}`);
      expect(json.events).toEqual(listed.slice(index + 2));
    }
    await stream.close();
    await vi.waitFor(async () => expect(await sockets()).toBe(0));
  });

  it('goes on behind the last id, wherever the reader left it', async () => {
    const stages = Array.from({ length: 12 }, (_, index) => `stage ${index}`);
    const id = await client.createJob();
    const seen: string[] = [];
    let last: string | undefined;
    for (const [index, stage] of stages.entries()) {
      await client.report(id, { stage });
      if (index % 3 < 2) continue;
      const stream = await openFeed(client, '?types=job.stage_changed', last);
      for (const { data, id: lastEventId } of await take(stream, index === 11 ? 6 : 2)) {
        seen.push(data.data.stage);
        last = lastEventId;
      }
      await stream.close();
    }
    expect(seen).toEqual(stages);
  });

  it('outlives any number of its sockets, where each has stood for a while', async () => {
    const { wait: realWait } = scheduler;
    vi.spyOn(scheduler, 'wait').mockImplementation((ms, options) =>
      options === undefined ? Promise.resolve() : realWait.call(scheduler, ms, options),
    );
    const times = { quiet: 3_600_000, renewal: 3_600_000 };
    const parts = streamFeed(await caller(client), {}, {}, new AbortController().signal, times);
    const opened = vi.spyOn(OrgIndexDO.prototype, 'fetch');
    const told = parts.next();
    for (let n = 0; n < TRIES + 2; n++) {
      await vi.waitFor(() => expect(opened).toHaveBeenCalledTimes(n + 1));
      await waiting();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
      await runInDurableObject(indexStub(client.organization), (_index, state) => {
        for (const socket of state.getWebSockets()) socket.close(1011, 'lost');
      });
    }
    await client.createJob();
    expect((await told).value?.news?.page.events).toHaveLength(1);
    await parts.return(undefined);
  });

  it('a HEAD holds nothing open', async () => {
    const request = new Request(`${ORIGIN}/api/events/stream`, {
      method: 'HEAD',
      headers: { Authorization: `Bearer ${client.key}` },
    });
    expect((await exports.default.fetch(request)).headers.get('Content-Type')).toBe('text/event-stream');
    expect(await sockets()).toBe(0);
  });

  async function caller(key: Client): Promise<Caller> {
    const principal = {
      organization: key.organization,
      actor: { kind: 'key' as const, id: key.keyId },
      permissions: ['job:read'] as const,
      salt: '',
      since: Date.now(),
    };
    const renew = async () => (await send(key.key, 'GET', '/api/jobs/')).status === 200;
    return { env, config: configOf(env), principal, renew };
  }

  it('gives a sign of life when it is quiet, with the place that the filter has got to', async () => {
    const stop = new AbortController();
    const times = { quiet: 20, renewal: 60_000 };
    const filter = { types: ['job.failed'] as const };
    const parts = streamFeed(await caller(client), {}, filter, stop.signal, times);
    expect((await parts.next()).value).toEqual({ news: null, position: {} });
    await waiting();
    await client.createJob();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 15_000 });
    await client.createJob();
    await vi.waitFor(async () => {
      expect((await parts.next()).value).toEqual({ news: null, position: { 0: 2 } });
    });
    const last = parts.next();
    stop.abort();
    expect((await last).done).toBe(true);
  });

  it('a long poll tells nothing to a key that was revoked while it waited', async () => {
    const held = { ...(await caller(client)), renew: async () => false };
    const request = { position: null, filter: {}, limit: 10 };
    const poll = awaitFeed(held, request, 30_000, new AbortController().signal);
    await waiting();
    await client.createJob();
    expect(await poll).toMatchObject({ ok: false, rejection: { code: 'unauthenticated' } });
    await vi.waitFor(async () => expect(await sockets()).toBe(0));
  });

  it('ends when its key is gone', async () => {
    const reader = await makeKey(client.organization, ['job:read']);
    const held = await caller(reader);
    const renew = vi.fn(held.renew);
    const parts = streamFeed({ ...held, renew }, {}, {}, new AbortController().signal, {
      quiet: 20,
      renewal: 40,
    });
    await vi.waitFor(async () => {
      expect((await parts.next()).done).toBe(false);
      expect(renew).toHaveBeenCalled();
    });
    renew.mockResolvedValue(false);
    await vi.waitFor(async () => expect((await parts.next()).done).toBe(true));
    await vi.waitFor(async () => expect(await sockets()).toBe(0));
  });
});
