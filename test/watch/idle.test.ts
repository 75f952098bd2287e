import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { READER_BYTES } from '../../src/services/watching/backlog';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';
import { openStream } from '../support/stream';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** `count` sockets as a Worker opens them, and the texts that come over all of them. */
async function open(client: Client, jobId: string, query: string, count: number) {
  const stub = await jobStub(client.organization, jobId);
  const texts: string[] = [];
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const url = `https://job/watch?organization=${client.organization}&${query}`;
      const { webSocket } = await stub.fetch(url, { headers: { Upgrade: 'websocket' } });
      if (webSocket === null) throw new Error('no socket');
      webSocket.addEventListener('message', ({ data }) => texts.push(String(data)));
      webSocket.accept();
      return webSocket;
    }),
  );
  return { stub, sockets, texts };
}

/** Counts what the object reads of its sockets while `work` runs, and the texts it writes as JSON. */
async function readsOf(stub: DurableObjectStub, work: () => Promise<unknown>) {
  const counts = { asked: 0, attachments: 0 };
  const spies = await runInDurableObject(stub, (_job, state) => {
    const context = Object.getPrototypeOf(state) as DurableObjectState;
    return [
      vi.spyOn(context, 'getWebSockets').mockImplementation(function (this: DurableObjectState) {
        counts.asked += 1;
        return [];
      }),
      vi.spyOn(WebSocket.prototype, 'deserializeAttachment').mockImplementation(() => {
        counts.attachments += 1;
        return null;
      }),
    ];
  });
  await work();
  for (const spy of spies) spy.mockRestore();
  return counts;
}

describe('watchers that are sent nothing', () => {
  it('cost a commit nothing: neither sockets nor attachments are read', async () => {
    const client = await makeClient();
    const id = await client.createJob({ total_items: 100 });
    await client.report(id, { mark_started: true });
    const { stub, sockets, texts } = await open(client, id, 'wants=end&after=2', 200);
    const counts = await readsOf(stub, async () => {
      for (let n = 1; n <= 5; n++) expect((await client.report(id, { processed_items: n })).status).toBe(200);
    });
    expect([counts, texts]).toEqual([{ asked: 0, attachments: 0 }, []]);
    await client.report(id, { mark_completed: true });
    await vi.waitFor(() => expect(texts).toHaveLength(200));
    for (const socket of sockets) socket.close();
  });

  it('are told of the end by an instance that knows them from their attachments alone', async () => {
    const client = await makeClient();
    const id = await client.createJob();
    await client.report(id, { mark_started: true });
    const { stub, texts } = await open(client, id, 'wants=end&after=2', 20);
    await evictDurableObject(stub);
    await client.report(id, { processed_items: 1 });
    expect(texts).toEqual([]);
    await client.report(id, { mark_completed: true });
    await vi.waitFor(() => expect(texts).toEqual(Array(20).fill('{"type":"moved","revision":4}')));
  });
});

it('what is told to many is made once', async () => {
  const client = await makeClient();
  const id = await client.createJob();
  const { stub, texts, sockets } = await open(client, id, 'wants=all&after=1', 50);
  const made = await runInDurableObject(stub, () => vi.spyOn(JSON, 'stringify'));
  await client.report(id, { message: 'told to all of them' });
  await vi.waitFor(() => expect(texts).toHaveLength(50));
  const updates = made.mock.results.filter(({ value }) => String(value).startsWith('{"type":"update"'));
  expect([updates.length, new Set(texts).size]).toEqual([1, 1]);
  for (const socket of sockets) socket.close();
});

it('what many lack who come back at once is not made for each, and no part of it is longer than what waits for a slow one', async () => {
  const client = await makeClient();
  const id = await client.createJob();
  const logs = Array.from({ length: 60 }, () => ({ level: 'info', message: 'm'.repeat(4_000) }));
  for (let n = 0; n < 6; n++) await client.report(id, { logs });
  const stub = await jobStub(client.organization, id);
  const made = await runInDurableObject(stub, () => vi.spyOn(JSON, 'stringify'));
  const { texts, sockets } = await open(client, id, 'wants=all&after=1', 20);
  const whole = () => texts.filter((text) => JSON.parse(text).revision === 7);
  await vi.waitFor(() => expect(whole()).toHaveLength(20), { timeout: 10_000 });
  const updates = made.mock.results.filter(({ value }) => String(value).startsWith('{"type":"update"'));
  expect([texts.length, new Set(texts).size]).toEqual([60, 3]);
  expect(updates.length).toBeLessThan(30);
  expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(READER_BYTES);
  for (const socket of sockets) socket.close();
});

/** Checks that `updates` are told in parts that follow each other from `since` on, the last of them with the job. */
function checkParts(updates: { prev: number; revision: number; job: object | null }[], since: number): void {
  expect(updates.length).toBeGreaterThan(4);
  for (const [index, { prev }] of updates.entries()) expect(prev).toBe(updates[index - 1]?.revision ?? since);
  expect(updates.map(({ job }) => job !== null)).toEqual(updates.map((_, n) => n === updates.length - 1));
}

it('a long catch-up comes in parts, and nothing is lost between them, metadata neither', async () => {
  const client = await makeClient();
  const id = await client.createJob();
  await client.report(id, { metadata_patch: { told: 'with the last part' } });
  const logs = Array.from({ length: 60 }, (_, n) => ({
    level: 'info',
    message: `${n} `.padEnd(4_000, 'm'),
  }));
  for (let times = 0; times < 12; times++) {
    const answer = await client.post(
      `/api/jobs/${id}/progress/batch`,
      { reports: [{ logs }, { logs }, { logs }] },
      { Prefer: 'return=minimal' },
    );
    expect(answer.status).toBe(200);
  }
  const { stub, texts, sockets } = await open(client, id, 'wants=all&after=1', 1);
  const reached = async (revision: number) => {
    const last = () => JSON.parse(texts.at(-1) ?? '{}');
    await vi.waitFor(() => expect(last()).toMatchObject({ revision }), { timeout: 10_000 });
    return texts.splice(0).map((text) => JSON.parse(text));
  };
  const updates = await reached(38);
  checkParts(updates, 1);
  expect(updates.flatMap(({ entries }) => entries)).toHaveLength(2_160);

  // A watcher that had the content whole at revision 1, and whose object has slept since.
  await runInDurableObject(stub, (_job, state) => {
    const [socket] = state.getWebSockets('watch');
    socket?.serializeAttachment({ revision: 1, wants: 'all', whole: true, byToken: false });
  });
  await evictDurableObject(stub);
  await client.report(id, { processed_items: 1 });
  const again = await reached(39);
  checkParts(
    again.filter(({ revision }) => revision < 39 || again.at(-1)?.prev !== 38),
    1,
  );
  expect(again.findLast(({ job }) => job?.metadata)?.job.metadata).toBe('{"told":"with the last part"}');
  for (const socket of sockets) socket.close();
}, 60_000);

it('watchers go on being told when the clock has gone back an hour', async () => {
  const client = await makeClient();
  const id = await client.createJob({ total_items: 100 });
  await client.report(id, { mark_started: true });
  const stream = await openStream(client, id);
  await stream.next();
  await client.report(id, { processed_items: 1 });
  expect(await stream.next()).toMatchObject({ event: 'update', id: '3' });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
  await client.report(id, { processed_items: 2 });
  expect(await stream.next()).toMatchObject({ event: 'update', id: '4' });
  await client.report(id, { processed_items: 3 });
  expect(await stream.next()).toMatchObject({ event: 'update', id: '5' });
  await stream.close();
});
