import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { framesOf } from '../../src/dialects/native/feed/frames';
import { TRIES } from '../../src/domain/base/backoff';
import type { FeedAsk, FeedPage } from '../../src/domain/feed/feed';
import { FeedStore } from '../../src/objects/org-index/feed-store';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import type { Caller } from '../../src/services/access/caller';
import { feedCursor } from '../../src/services/feed/feed-cursor';
import { SharedPages } from '../../src/services/feed/shared-pages';
import { streamFeed } from '../../src/services/feed/stream-feed';
import { type Client, makeClient } from '../support/client';
import { indexStub } from '../support/objects';
import type { StreamReader } from '../support/stream';
import { openFeed, take } from './open-feed';

/** What is told to many is made once, and costs the index no more than one. */

let client: Client;
beforeEach(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Waiting {
  socket: WebSocket;
  answers: unknown[];
}

/** A reader's socket to the index, that asks `ask`. */
async function wait(ask: FeedAsk): Promise<Waiting> {
  const { webSocket } = await indexStub(client.organization).fetch('https://index/feed', {
    headers: { Upgrade: 'websocket' },
  });
  if (webSocket === null) throw new Error('no socket');
  const waiting: Waiting = { socket: webSocket, answers: [] };
  webSocket.addEventListener('message', ({ data }) => {
    waiting.answers.push(JSON.parse(String(data)));
  });
  webSocket.accept();
  webSocket.send(JSON.stringify(ask));
  return waiting;
}

const attached = () =>
  runInDurableObject(indexStub(client.organization), (_index, state) => {
    return state.getWebSockets().filter((socket) => socket.deserializeAttachment() !== null).length;
  });
const until = (count: number) => vi.waitFor(async () => expect(await attached()).toBe(count));
async function startedJob(): Promise<string> {
  const job = await client.createJob();
  await client.report(job, { mark_started: true });
  return job;
}
const stages = (job: string, from: number, count: number, pad = '') =>
  client.post(`/api/jobs/${job}/progress/batch`, {
    reports: Array.from({ length: count }, (_, n) => ({ stage: `${from + n}${pad}` })),
  });

it('an event that no waiting reader’s filter lets through reads no row for any of them, and theirs is told them all', async () => {
  const job = await client.createJob();
  await stages(job, 0, 20);
  const readers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => wait({ types: ['job.failed'], after: n % 7, limit: 100 })),
  );
  await until(50);
  const pages = vi.spyOn(FeedStore.prototype, 'page');
  for (let n = 0; n < 5; n++) await client.report(job, { stage: `more ${n}` });
  await client.report(job, { mark_failed: 'no' });
  await vi.waitFor(() => {
    for (const { answers } of readers) expect(answers).toHaveLength(1);
  });
  expect(pages).not.toHaveBeenCalled();
  const [page] = (readers[0]?.answers ?? []) as [FeedPage];
  expect(page.events.map(({ body }) => JSON.parse(body).type)).toEqual(['job.failed']);
  for (const { socket, answers } of readers) {
    expect(answers).toEqual([page]);
    socket.close();
  }
});

it('after a wake the store is read once a filter, however many wait', async () => {
  const readers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => {
      return wait({ types: [n % 2 === 0 ? 'job.failed' : 'job.created'], after: 0, limit: 100 });
    }),
  );
  await until(12);
  await evictDurableObject(indexStub(client.organization));
  const pages = vi.spyOn(FeedStore.prototype, 'page');
  await client.createJob();
  const told = readers.filter((_, n) => n % 2 === 1);
  await vi.waitFor(() => {
    for (const { answers } of told) expect(answers).toHaveLength(1);
  });
  expect(pages.mock.calls.length).toBeLessThanOrEqual(2);
  await until(6);
  for (const { socket } of readers) socket.close();
});

it('a reader that came while others waited is told what follows its own place, and nothing twice', async () => {
  const first = await wait({ after: 0, limit: 100 });
  await until(1);
  await client.createJob();
  await vi.waitFor(() => expect(first.answers).toHaveLength(1));
  const [{ through }] = first.answers as [FeedPage];
  const [again, filtered] = [
    await wait({ after: through, limit: 100 }),
    await wait({ after: 0, limit: 100, types: ['job.failed'] }),
  ];
  await until(2);
  const job = await client.createJob();
  await vi.waitFor(() => expect(again.answers).toHaveLength(1));
  expect((again.answers as [FeedPage])[0].events.map(({ job_id }) => job_id)).toEqual([job]);
  expect(filtered.answers).toEqual([]);
  for (const { socket } of [first, again, filtered]) socket.close();
});

it('more rows than are kept for a delivery are read from the store', async () => {
  const reader = await wait({ after: 0, limit: 100, types: ['job.completed'] });
  await until(1);
  const jobs = await Promise.all([0, 1].map(() => client.createJob()));
  await Promise.all(jobs.map((job) => stages(job, 0, 700)));
  for (const job of jobs) await client.report(job, { mark_completed: true });
  const ends = () => (reader.answers as FeedPage[]).flatMap(({ events }) => events);
  await vi.waitFor(async () => {
    if (ends().length < 2 && (await attached()) === 0) {
      const { through } = reader.answers.at(-1) as FeedPage;
      reader.socket.send(JSON.stringify({ after: through, limit: 100, types: ['job.completed'] }));
    }
    expect(ends()).toHaveLength(2);
  }, 10_000);
  reader.socket.close();
});

it('where word will do, a long page is sent to whoever asks for it alone', async () => {
  const job = await client.createJob();
  const { head } = await indexStub(client.organization).readFeed({ after: 0, limit: 1 });
  const ask = { after: head, limit: 100, types: ['job.stage_changed'] as const };
  const readers = await Promise.all([wait({ ...ask, word: true }), wait({ ...ask, word: true }), wait(ask)]);
  await until(3);
  const pages = vi.spyOn(FeedStore.prototype, 'page');
  await stages(job, 0, 30, 's'.repeat(190));
  await vi.waitFor(() => {
    for (const { answers } of readers) expect(answers).toHaveLength(1);
  });
  expect(readers[0]?.answers).toEqual([{ from: head }]);
  expect(readers[1]?.answers).toEqual([{ from: head }]);
  readers[0]?.socket.send(JSON.stringify(ask));
  await vi.waitFor(() => expect(readers[0]?.answers).toHaveLength(2));
  expect(readers[0]?.answers[1]).toEqual(readers[2]?.answers[0]);
  expect(pages).not.toHaveBeenCalled();
  for (const { socket } of readers) socket.close();
});

it('many streams are told a long delivery whole, each event once and in order', async () => {
  const job = await startedJob();
  const after = (await client.get('/api/events')).json.next_cursor;
  const streams = await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      openFeed(client, `?after=${after}${n % 3 === 0 ? '&types=job.stage_changed' : ''}`),
    ),
  );
  await until(6);
  await stages(job, 0, 250, 's'.repeat(190));
  let listed: string[] = [];
  await vi.waitFor(async () => {
    listed = (await readAll(after)).map(({ id }) => id);
    expect(listed).toHaveLength(250);
  }, 20_000);
  for (const stream of streams) {
    const told = await take(stream, 250);
    expect(told.map(({ data }) => data.id)).toEqual(listed);
    await stream.close();
  }
});

it('each event’s id leads on from right behind it, however many came in one delivery', async () => {
  const job = await startedJob();
  const after = (await client.get('/api/events')).json.next_cursor;
  const stream = await openFeed(client, `?after=${after}`);
  await stages(job, 0, 12);
  const told = await take(stream, 12);
  expect(told.some(({ id }) => id.includes('~'))).toBe(true);
  for (const [index, { id }] of told.entries()) {
    const rest = await readAll(id);
    expect(rest.map((event) => event.id)).toEqual(told.slice(index + 1).map(({ data }) => data.id));
    const resumed: StreamReader = await openFeed(client, '', id);
    if (index < 11) expect((await resumed.next())?.data).toEqual(told[index + 1]?.data);
    await resumed.close();
  }
  await stream.close();
});

it.each([
  '~',
  '~0',
  '~0.',
  '~0.0',
  '~00.9',
  '~9.5',
  '~64.5',
  '~0.-1',
  '~0.1e3',
  '~0.9~0.10',
  '~0.9999999999999999',
  '~__proto__.1',
])('a place %s behind a cursor is none, nor is any behind the cursor of another list', async (place) => {
  await client.createJob();
  await client.createJob();
  const { next_cursor } = (await client.get('/api/events')).json;
  expect((await client.get(`/api/events?after=${next_cursor}${place}`)).json.code).toBe('invalid_cursor');
  const jobs = (await client.get('/api/jobs?limit=1')).json.next_cursor;
  expect((await client.get(`/api/jobs?cursor=${jobs}~0.9`)).json.code).toBe('invalid_cursor');
  expect((await client.get(`/api/events?after=${jobs}~0.9`)).json.code).toBe('invalid_cursor');
});

it('a place behind a cursor never lies before it', async () => {
  await client.createJob();
  const { next_cursor } = (await client.get('/api/events')).json;
  expect((await client.get(`/api/events?after=${next_cursor}~0.1`)).json.code).toBe('invalid_cursor');
  expect((await client.get(`/api/events?after=${next_cursor}~0.2`)).status).toBe(200);
});

async function readAll(after: string): Promise<{ id: string }[]> {
  const events: { id: string }[] = [];
  for (let cursor = after; ; ) {
    const { json } = await client.get(`/api/events?limit=100&after=${cursor}`);
    if (json.events.length === 0) return events;
    events.push(...json.events);
    cursor = json.next_cursor;
  }
}

function callerOf(organization: string): Caller {
  const principal = {
    organization,
    actor: { kind: 'key', id: 'k' },
    permissions: ['job:read'],
    salt: '',
    since: Date.now(),
  } as const;
  return { env, config: configOf(env), principal, renew: async () => true };
}

it('those who stand at one place share one cursor and one text', async () => {
  const caller = callerOf(client.organization);
  const signed = vi.spyOn(crypto.subtle, 'sign');
  const position = { 0: Math.floor(Math.random() * 1e9) };
  const cursors = new Set<string>();
  for (let n = 0; n < 20; n++) cursors.add(await feedCursor(caller, position));
  expect([cursors.size, signed.mock.calls.length]).toEqual([1, 1]);
  const row = { seq: 1, at: 0, job_id: 'j', revision: 1, body: '{"type":"job.created"}' };
  const page: FeedPage = { events: [row], through: 1, head: 1, dropped_through: 0 };
  const news = { shard: 0, page, position };
  expect(framesOf(news, 'a', 'b')).toBe(framesOf({ ...news }, 'a', 'b'));
  expect(framesOf(news, 'a', 'c')).not.toBe(framesOf(news, 'a', 'b'));
});

it('one of many readers asks for a page; where it has gone, the next asks for itself', async () => {
  const shared = new SharedPages();
  const text = JSON.stringify({ events: [], through: 1, head: 1, dropped_through: 0 });
  const ask = vi.fn(async () => text);
  const pages = await Promise.all(Array.from({ length: 30 }, () => shared.get('page', ask)));
  expect(ask).toHaveBeenCalledTimes(1);
  expect(new Set(pages).size).toBe(1);
  void shared.get('other', () => new Promise(() => {}));
  expect(await shared.get('other', ask)).toEqual(JSON.parse(text));
  expect(ask).toHaveBeenCalledTimes(2);
});

it('a shard that sends its readers away is asked again ever later, and given up', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const asked = vi.spyOn(OrgIndexDO.prototype, 'fetch').mockImplementation(async () => {
    return new Response(null, { status: 503 });
  });
  const pauses: number[] = [];
  const { wait: realWait } = scheduler;
  vi.spyOn(scheduler, 'wait').mockImplementation((ms, options) => {
    if (options !== undefined) return realWait.call(scheduler, ms, options);
    pauses.push(ms);
    return Promise.resolve();
  });
  const parts = streamFeed(callerOf(client.organization), {}, {}, new AbortController().signal);
  expect((await parts.next()).done).toBe(true);
  expect(asked).toHaveBeenCalledTimes(TRIES);
  expect(pauses).toHaveLength(TRIES - 1);
  expect(pauses.at(-1)).toBeGreaterThan(10 * (pauses[0] ?? 0));
});
