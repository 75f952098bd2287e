import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { JobDO } from '../../src/objects/job/job-do';
import { JobStore } from '../../src/objects/job/job-store';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { holdDisk } from '../support/hold-disk';
import { jobStub } from '../support/objects';
import { SocketReporter } from '../support/reporter';

/** What becomes of reports over a socket when something between worker and disk goes away. */

let client: Client;
beforeAll(async () => {
  client = await makeClient();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
}, 60_000);
afterEach(() => {
  vi.restoreAllMocks();
});

async function counterOf(id: string): Promise<number> {
  return (await client.get(`/api/jobs/${id}`)).json.processed_items;
}

/** A worker with reports that were committed, and whose answers never came. */
async function loseAnswers(id: string, frames: Record<string, unknown>[]): Promise<void> {
  const worker = await SocketReporter.open(client, id);
  const disk = await holdDisk(await jobStub(client.organization, id));
  for (const frame of frames) worker.send(frame);
  await vi.waitFor(async () => expect(await counterOf(id)).toBe(1));
  worker.socket.close();
  disk.release();
  await worker.acks(1);
  expect(worker.answers).toEqual([]);
  await vi.waitFor(async () => expect(await counterOf(id)).toBe(frames.length));
}

describe('durability', () => {
  it('nothing is answered before it is on the disk', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const disk = await holdDisk(await jobStub(client.organization, id));
    worker.send({ report: { processed_delta: 1 } });
    await vi.waitFor(async () => expect(await counterOf(id)).toBe(1));
    worker.socket.send('{"type": "ping"}');
    await worker.next('pong');
    await client.get(`/api/jobs/${id}`);
    worker.socket.send('{"type": "ping"}');
    await worker.next('pong');
    expect(worker.types).not.toContain('acks');
    disk.release();
    expect(await worker.acks(1)).toMatchObject([{ applied: true }]);
    worker.socket.close();
  });

  it('what the disk lost is not answered: the worker is sent away and comes back', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const disk = await holdDisk(await jobStub(client.organization, id));
    worker.send({ report: { processed_delta: 1 } });
    await vi.waitFor(async () => expect(await counterOf(id)).toBe(1));
    disk.lose();
    expect(await worker.acks(1)).toEqual([]);
    expect(worker.socket.closed).toBe(1013);
  });

  it('a change of status is told to the index before it is answered', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const known: string[] = [];
    const real = OrgIndexDO.prototype.publish;
    vi.spyOn(OrgIndexDO.prototype, 'publish').mockImplementation(async function (
      this: OrgIndexDO,
      publication,
    ) {
      await scheduler.wait(50);
      known.push(publication.summary.status);
      return real.call(this, publication);
    });
    await worker.report({ mark_started: true });
    expect(known).toContain('in_progress');
    await worker.report({ mark_completed: true });
    expect(known).toContain('completed');
    worker.socket.close();
  });
});

describe('an answer that was lost', () => {
  const keyed = [1, 2, 3].map((n) => ({ key: `k${n}`, report: { processed_delta: 1, message: `${n}` } }));

  it('comes again to the same key, over a socket and over HTTP', async () => {
    const id = await client.createJob();
    await loseAnswers(id, keyed);
    const again = await SocketReporter.open(client, id);
    for (const frame of keyed) again.send(frame);
    const replay = { applied: true, replayed: true };
    expect(await again.acks(3)).toEqual(
      [1, 2, 3].map((n) => ({ id: n, ...replay, applied_revision: n + 1 })),
    );
    for (const { key, report } of keyed) {
      const answer = await client.report(id, report, { 'Idempotency-Key': key });
      expect([answer.status, answer.headers.get('Idempotency-Replayed')]).toEqual([200, 'true']);
    }
    const other = await again.report({ processed_delta: 2 }, 'k1');
    expect(other.error.code).toBe('idempotency_conflict');
    expect(await counterOf(id)).toBe(3);
    again.socket.close();
  });

  it('of a keyed batch comes again likewise, and a key used over HTTP is known over a socket', async () => {
    const id = await client.createJob();
    const reports = [{ processed_delta: 1 }, { processed_delta: 1 }];
    const over = { 'Idempotency-Key': 'http' };
    await client.post(`/api/jobs/${id}/progress/batch`, { reports }, over);
    await client.report(id, { processed_delta: 1 }, { 'Idempotency-Key': 'one' });
    const worker = await SocketReporter.open(client, id);
    worker.send({ key: 'http', reports });
    worker.socket.send('{"key" : "one", "id": 2, "report":{"processed_delta":1} }');
    worker.send({ key: 'http', report: reports[0] });
    expect(await worker.acks(3)).toMatchObject([
      { applied: true, verdicts: null, replayed: true, applied_revision: 3 },
      { applied: true, replayed: true, applied_revision: 4 },
      { error: { code: 'idempotency_conflict' } },
    ]);
    worker.send({ key: 'socket', reports });
    await worker.acks(1);
    const answer = await client.post(
      `/api/jobs/${id}/progress/batch`,
      { reports },
      { 'Idempotency-Key': 'socket' },
    );
    expect([answer.json.verdicts, answer.headers.get('Idempotency-Replayed')]).toEqual([null, 'true']);
    expect(await counterOf(id)).toBe(5);
    worker.socket.close();
  });

  it('to sequences is a duplicate: sent again from the first unanswered, each has one effect', async () => {
    const id = await client.createJob();
    const frames = [1, 2, 3].map((sequence) => ({ report: { processed_delta: 1, reporter: 'w', sequence } }));
    await loseAnswers(id, frames);
    const again = await SocketReporter.open(client, id);
    for (const frame of [...frames, { report: { processed_delta: 1, reporter: 'w', sequence: 4 } }])
      again.send(frame);
    const acks = await again.acks(4);
    expect(acks.map(({ applied, reason }) => reason ?? applied)).toEqual([
      'stale',
      'stale',
      'duplicate',
      true,
    ]);
    expect(await counterOf(id)).toBe(4);
    again.socket.close();
  });
});

describe('an object', () => {
  it('that hibernates is woken by a report', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const stub = await jobStub(client.organization, id);
    for (let sequence = 1; sequence <= 3; sequence++) {
      expect(await worker.report({ processed_delta: 1, reporter: 'w', sequence })).toMatchObject({
        applied: true,
      });
      await evictDurableObject(stub, { webSockets: 'hibernate' });
    }
    const sockets = await runInDurableObject(stub, (_job, state) =>
      ['watch', 'report', undefined].map((kind) => state.getWebSockets(kind).length),
    );
    expect(sockets).toEqual([1, 1, 2]);
    expect(await counterOf(id)).toBe(3);
    worker.socket.close();
  });

  it('that restarts between reports is reached again behind the open socket', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    for (let n = 0; n < 3; n++) {
      expect(await worker.report({ processed_delta: 1 })).toMatchObject({ applied: true });
      await evictDurableObject(await jobStub(client.organization, id), { webSockets: 'close' });
    }
    expect([await counterOf(id), worker.socket.closed]).toEqual([3, null]);
    worker.socket.close();
  });

  it('that is lost with reports unanswered sends the worker away', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    await holdDisk(await jobStub(client.organization, id));
    worker.send({ key: 'k', report: { processed_delta: 1 } });
    await vi.waitFor(async () => expect(await counterOf(id)).toBe(1));
    await runInDurableObject(await jobStub(client.organization, id), (_job, state) => {
      for (const socket of state.getWebSockets('report')) socket.close(1012, 'restart');
    });
    expect(await worker.acks(1)).toEqual([]);
    expect(worker.socket.closed).toBe(1013);
  });

  it('of an older release takes no reports over a socket: the routes do, and a watcher watches on', async () => {
    const id = await client.createJob();
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const real = JobDO.prototype.fetch;
    vi.spyOn(JobDO.prototype, 'fetch').mockImplementation(async function (this: JobDO, request) {
      return request.url.includes('/report') ? new Response(null, { status: 400 }) : real.call(this, request);
    });
    const worker = await SocketReporter.open(client, id);
    expect((await worker.report({ processed_delta: 1 })).error.code).toBe('unavailable');
    await client.report(id, { processed_delta: 1 });
    expect(await worker.next('update')).toMatchObject({ revision: 2 });
    for (const sequence of [1, 2]) worker.send({ report: { processed_delta: 1, reporter: 'w', sequence } });
    const [first] = await worker.acks(2);
    expect([first.error.code, worker.socket.closed]).toEqual(['unavailable', 1013]);
    expect(await counterOf(id)).toBe(1);
  });

  it('that meets a bug in one report answers it with an error, and the others as if it were not there', async () => {
    const id = await client.createJob();
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const real = JobStore.prototype.save;
    vi.spyOn(JobStore.prototype, 'save').mockImplementation(function (this: JobStore, before, change, books) {
      const bound = real.call(this, before, change, books);
      if (change.entries.some(({ body }) => 'message' in body && body.message === 'bad'))
        throw new Error('a fault');
      return bound;
    });
    const worker = await SocketReporter.open(client, id);
    for (const message of ['a', 'b', 'bad', 'c']) worker.send({ report: { processed_delta: 1, message } });
    const acks = await worker.acks(4);
    expect(acks.map(({ applied, error }) => applied ?? error.code)).toEqual([true, true, 'internal', true]);
    expect(await counterOf(id)).toBe(3);
    worker.send({ report: { message: 'bad', reporter: 'w', sequence: 1 } });
    worker.send({ report: { processed_delta: 1, reporter: 'w', sequence: 2 } });
    const codes = (await worker.acks(2)).map(({ error }) => error.code);
    expect(codes).toEqual(['internal', 'overloaded'].slice(0, codes.length));
    await worker.socket.rest();
    expect([worker.socket.closed, await counterOf(id)]).toEqual([1013, 3]);
  });
});
