import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { JobDO } from '../../src/objects/job/job-do';
import { type Client, makeClient } from '../support/client';
import { Follower } from '../support/follower';
import { jobStub } from '../support/objects';
import { openStream } from '../support/stream';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const logs = (count: number, text = 'x') =>
  Array.from({ length: count }, () => ({ level: 'info', message: text }));

describe('a reader that comes back', () => {
  it('is told all since then, and no snapshot, by Last-Event-ID or by ?after=', async () => {
    const id = await client.createJob({ metadata: { a: 1 } });
    await client.report(id, { message: 'one' });
    await client.report(id, { message: 'two', result: { rows: 2 } });
    for (const from of [{ lastEventId: '2' }, { after: 2 }, { lastEventId: '2', after: 1 }]) {
      const stream = await openStream(client, id, from);
      const frame = await stream.next();
      expect(frame).toMatchObject({ event: 'update', id: '3', data: { revision: 3 } });
      expect(frame?.data.entries).toMatchObject([{ revision: 3, k: 0, data: { message: 'two' } }]);
      expect(frame?.data.job).toMatchObject({ metadata: { a: 1, last_message: 'two' }, result: { rows: 2 } });
      await stream.close();
    }
  });

  it('has metadata and result whole in the first job, then only where they are news', async () => {
    const id = await client.createJob({ metadata: { a: 1 } });
    const stream = await openStream(client, id, { after: 1 });
    await client.report(id, { processed_items: 1 });
    expect((await stream.next())?.data.job).toMatchObject({ metadata: { a: 1 }, result: null });
    await client.report(id, { processed_items: 2 });
    expect(Object.keys((await stream.next())?.data.job)).not.toContain('metadata');
    await client.report(id, { metadata_patch: { b: 2 } });
    const news = (await stream.next())?.data.job;
    expect(news.metadata).toEqual({ a: 1, b: 2 });
    expect(Object.keys(news)).not.toContain('result');
    await stream.close();
  });

  it('is told of a job that has ended, then sent away for good', async () => {
    const id = await client.createJob();
    await client.report(id, { mark_completed: true });
    const stream = await openStream(client, id, { after: 1 });
    const frames = await stream.until(() => false);
    expect(frames.map(({ event, id }) => [event, id])).toEqual([
      ['update', '2'],
      ['end', '2'],
    ]);
    const again = await openStream(client, id, { lastEventId: '2' });
    expect(again.response.status).toBe(204);
    expect(await again.next()).toBeNull();
    const anew = await (await openStream(client, id)).until(() => false);
    expect(anew.map(({ event }) => event)).toEqual(['snapshot', 'end']);
  });

  it.each(['99', 'abc', '-1', '1.5', '9'.repeat(30)])(
    'with an id that was never made, %s, begins anew',
    async (from) => {
      const id = await client.createJob();
      for (const place of [{ lastEventId: from }, { after: from }]) {
        const stream = await openStream(client, id, place);
        expect(await stream.next()).toMatchObject({ event: 'resync', data: { revision: 1 } });
        const job = (await client.get(`/api/jobs/${id}`)).json;
        expect(await stream.next()).toEqual({ event: 'snapshot', id: '1', data: { revision: 1, job } });
        await stream.close();
      }
    },
  );

  it('begins anew where a ring has wrapped since', async () => {
    const id = await client.createJob();
    const warning = { entity_key: 'k', error_type: 't', message: 'm' };
    const warnings = Array.from({ length: 100 }, () => warning);
    const reports = Array.from({ length: 6 }, () => ({ warnings }));
    for (let batches = 0; batches < 2; batches++) {
      expect((await client.post(`/api/jobs/${id}/progress/batch`, { reports })).status).toBe(200);
    }
    const wrapped = await openStream(client, id, { after: 2 });
    expect(await wrapped.next()).toMatchObject({ event: 'resync' });
    expect(await wrapped.next()).toMatchObject({ event: 'snapshot', id: '13' });
    await wrapped.close();
    const kept = await openStream(client, id, { after: 4 });
    const frame = await kept.next();
    expect(frame).toMatchObject({ event: 'update', id: '13' });
    expect(frame?.data.entries).toHaveLength(900);
    await kept.close();
  });

  it('is told a long catch-up in several frames, cut between revisions, the job in the last', async () => {
    const id = await client.createJob();
    const reports = Array.from({ length: 3 }, () => ({ logs: logs(50, 'y'.repeat(3_900)) }));
    for (const report of reports) await client.report(id, report);
    const stream = await openStream(client, id, { after: 1 });
    const frames = await stream.until(({ id: at }) => at === '4');
    expect(frames.map(({ id: at, data }) => [at, 'job' in data, data.entries.length])).toEqual([
      ['3', false, 100],
      ['4', true, 50],
    ]);
    await stream.close();
    const between = await openStream(client, id, { lastEventId: '3' });
    expect((await between.next())?.data.entries).toHaveLength(50);
    await between.close();
  });
});

describe('behind an open stream', () => {
  it('a lost socket is opened again where the reader stands', async () => {
    const id = await client.createJob();
    const follower = new Follower(client, id);
    await follower.open();
    const stub = await jobStub(client.organization, id);
    for (let round = 1; round <= 3; round++) {
      await client.report(id, { message: `${round}` });
      await evictDurableObject(stub, { webSockets: 'close' });
    }
    await client.report(id, { mark_completed: true });
    await follower.ended();
    const job = (await client.get(`/api/jobs/${id}`)).json;
    expect(follower.fold.job).toEqual(job);
    const log = [2, 3, 4, 5].map((revision) => ({ revision, k: 0 }));
    follower.fold.judge(job, log, () => true);
  });

  it('a deleted job is told of and ended', async () => {
    const id = await client.createJob();
    await client.post(`/api/jobs/${id}/cancel`);
    const stream = await openStream(client, id);
    expect(await stream.next()).toMatchObject({ event: 'snapshot', id: '2' });
    expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
    const frames = await stream.until(() => false);
    expect(frames.map(({ event }) => event)).toEqual(['update', 'end']);
    expect(frames[0]?.data.entries).toMatchObject([{ data: { type: 'job.deleted' } }]);
    expect((await openStream(client, id, { lastEventId: '3' })).response.status).toBe(404);
  });

  it('a cancelled job ends when its worker acknowledges', async () => {
    const id = await client.createJob();
    const stream = await openStream(client, id);
    await client.post(`/api/jobs/${id}/cancel`);
    await client.report(id, { message: 'last words' });
    await client.report(id, { mark_failed: 'stopped' });
    const frames = await stream.until(() => false);
    expect(frames.at(-1)).toMatchObject({ event: 'end', data: { revision: 4 } });
  });

  it('a cancelled job ends five minutes later where its worker is silent', async () => {
    const id = await client.createJob();
    const stream = await openStream(client, id);
    await client.post(`/api/jobs/${id}/cancel`);
    expect((await stream.until(({ id: at }) => at === '2')).at(-1)?.data.job.status).toBe('cancelled');
    const stub = await jobStub(client.organization, id);
    const alarm = await runInDurableObject(stub, (_job, state) => state.storage.getAlarm());
    expect(alarm).toBeLessThanOrEqual(Date.now() + 300_000);
    vi.useFakeTimers({ now: Date.now() + 300_001, toFake: ['Date'] });
    await runDurableObjectAlarm(stub);
    expect(await stream.until(() => false)).toMatchObject([{ event: 'end', data: { revision: 2 } }]);
    expect((await openStream(client, id, { lastEventId: '2' })).response.status).toBe(204);
    // A polyfill names its place in the query, and takes an answer without a body for one that failed.
    const sent = await client.get(`/api/jobs/${id}/stream?lastEventId=2`);
    expect([sent.status, sent.headers.get('Content-Type')]).toEqual([200, 'text/plain; charset=utf-8']);
  });
});

describe('a stream is refused', () => {
  it('with a 503 by an object of an older release', async () => {
    const id = await client.createJob();
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const handler = Object.getOwnPropertyDescriptor(JobDO.prototype, 'fetch') as PropertyDescriptor;
    Reflect.deleteProperty(JobDO.prototype, 'fetch');
    const answer = await client.get(`/api/jobs/${id}/stream`);
    Object.defineProperty(JobDO.prototype, 'fetch', handler);
    expect([answer.status, answer.json.code, answer.headers.get('Retry-After')]).toEqual([
      503,
      'unavailable',
      '5',
    ]);
    expect((await client.get(`/api/jobs/${id}/stream`)).status).toBe(200);
  });

  it('with a 503 by a job that has as many watchers as it takes', async () => {
    const id = await client.createJob();
    const stub = await jobStub(client.organization, id);
    const restore = await runInDurableObject(stub, (_job, state) => {
      const prototype = Object.getPrototypeOf(state) as DurableObjectState;
      const original = prototype.getWebSockets;
      const place = { revision: 1, wants: 'end', whole: false, byToken: false };
      const socket = () => {
        return { readyState: WebSocket.OPEN, deserializeAttachment: () => place } as unknown as WebSocket;
      };
      prototype.getWebSockets = (kind) => (kind === 'watch' ? Array.from({ length: 5_000 }, socket) : []);
      return () => {
        prototype.getWebSockets = original;
      };
    });
    await evictDurableObject(stub);
    const full = await client.get(`/api/jobs/${id}/stream`);
    await runInDurableObject(stub, restore);
    await evictDurableObject(stub);
    expect([full.status, full.json.code, full.headers.get('Retry-After')]).toEqual([503, 'overloaded', '1']);
    expect((await client.get(`/api/jobs/${id}/stream`)).status).toBe(200);
  });

  it('HEAD opens none', async () => {
    const id = await client.createJob();
    const head = await client.send('HEAD', `/api/jobs/${id}/stream`);
    expect([head.status, head.headers.get('Content-Type')]).toEqual([200, 'text/event-stream']);
    const sockets = async () =>
      runInDurableObject(await jobStub(client.organization, id), (_job, state) => {
        return state.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN).length;
      });
    await vi.waitFor(async () => expect(await sockets()).toBe(0));
  });
});
