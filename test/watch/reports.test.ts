import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { JobStore } from '../../src/objects/job/job-store';
import { Watchers } from '../../src/objects/job/watchers';
import { type Client, makeClient, makeKey } from '../support/client';
import { SocketReporter } from '../support/reporter';
import { openSocketByToken } from '../support/socket';
import { makeToken } from '../support/tokens';

/** Reports over a job's WebSocket. */

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const UNWATCHED = { cancel: null, next_report_in_seconds: 15 };
const issue = { entity_key: 'k', error_type: 't', message: 'm' };

describe('a report over a socket', () => {
  it('is answered with what became of it, and with the control', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    worker.socket.send('{"id": "a", "report": {"mark_started": true, "processed_items": 3}}');
    expect(await worker.next('acks')).toEqual({
      type: 'acks',
      acks: [{ id: 'a', applied: true, applied_revision: 2 }],
      control: UNWATCHED,
    });
    worker.socket.send(
      '{"id": 7, "reports": [{"processed_items": 4}, {"processed_items": 4}, {"message": "x"}]}',
    );
    const verdicts = [3, 3, 4].map((revision) => ({ applied: true, revision }));
    expect(await worker.next('acks')).toEqual({
      type: 'acks',
      acks: [{ id: 7, applied: true, applied_revision: 4, verdicts }],
      control: UNWATCHED,
    });
    expect((await client.get(`/api/jobs/${id}`)).json).toMatchObject({ processed_items: 4, revision: 4 });
    worker.socket.close();
  });

  it('of many that are under way at once is answered in order, and they share few commits', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const saves = vi.spyOn(JobStore.prototype, 'save');
    const sent = Array.from({ length: 64 }, (_, n) =>
      worker.send({ report: { processed_delta: 1, reporter: 'w', sequence: n } }),
    );
    const acks = await worker.acks(64);
    expect(acks.map((ack) => ack.id)).toEqual(sent);
    expect(acks.map(({ applied_revision }) => applied_revision)).toEqual(sent.map((n) => n + 1));
    expect(saves.mock.calls.length).toBeLessThan(8);
    expect(worker.answers.length).toBe(saves.mock.calls.length);
    expect((await client.get(`/api/jobs/${id}`)).json).toMatchObject({ processed_items: 64, revision: 65 });
    worker.socket.close();
  });

  it('shares its commit with those that came over HTTP and over other sockets', async () => {
    const id = await client.createJob();
    const workers = [await SocketReporter.open(client, id), await SocketReporter.open(client, id)];
    const reports = Array.from({ length: 20 }, (_, n) => {
      workers[n % 2]?.send({ report: { processed_delta: 1 } });
      return client.report(id, { processed_delta: 1 });
    });
    for (const worker of workers) {
      const acks = await worker.acks(10);
      expect(acks.map((ack) => [ack.id, ack.applied])).toEqual(acks.map((_, n) => [n + 1, true]));
    }
    expect((await Promise.all(reports)).map(({ status }) => status)).toEqual(reports.map(() => 200));
    expect((await client.get(`/api/jobs/${id}`)).json.processed_items).toBe(40);
    for (const worker of workers) worker.socket.close();
  });

  it('with a sequence that was applied is a duplicate, or stale', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    for (const sequence of [5, 5, 4]) worker.send({ report: { message: 'x', reporter: 'w', sequence } });
    expect(await worker.acks(3)).toEqual([
      { id: 1, applied: true, applied_revision: 2, last_sequence: 5 },
      { id: 2, applied: false, reason: 'duplicate', applied_revision: 2, last_sequence: 5 },
      { id: 3, applied: false, reason: 'stale', applied_revision: 2, last_sequence: 5, stale: 1 },
    ]);
    worker.socket.close();
  });

  it('that ends the job is not refused for a field of its frame', async () => {
    const [one, two] = [await client.createJob(), await client.createJob()];
    const worker = await SocketReporter.open(client, one);
    worker.send({ report: { message: 'm' }, nope: 1 });
    worker.send({ report: { mark_completed: true, odd: 1 }, nope: 1 });
    const [refused, ended] = await worker.acks(2);
    expect(refused.error.code).toBe('validation_failed');
    expect(ended).toMatchObject({ applied: true, ignored: [{ path: 'nope' }, { path: 'odd' }] });
    worker.socket.close();
    const other = await SocketReporter.open(client, two);
    other.send({ reports: [{ processed_delta: 1 }, { mark_failed: 'boom' }], nope: 1 });
    expect((await other.acks(1))[0]).toMatchObject({ applied: true, ignored: [{ path: 'nope' }] });
    other.socket.close();
  });

  it('watched by nobody but its own worker is paced so, and watched by another otherwise', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    const pace = async () => {
      await worker.report({ processed_delta: 1 });
      return worker.answers.at(-1).control.next_report_in_seconds;
    };
    expect(await pace()).toBe(15);
    const watcher = await SocketReporter.open(client, id);
    expect(await pace()).toBe(2);
    watcher.socket.close();
    await vi.waitFor(async () => expect(await pace()).toBe(15), { timeout: 5_000 });
    worker.socket.close();
  });
});

describe('who may report', () => {
  const DENIED = {
    error: { code: 'permission_denied', detail: expect.stringMatching(/job:create|scope read/) },
  };

  it('not who may only watch, by key or by token: the socket lives', async () => {
    const id = await client.createJob();
    const reader = await makeKey(client.organization, ['job:read']);
    const token = await makeToken(client, id, 'read');
    for (const watcher of [
      await SocketReporter.open(reader, id),
      await SocketReporter.open({ key: token } as Client, id),
    ]) {
      expect(await watcher.report({ processed_items: 1 })).toMatchObject(DENIED);
      await client.report(id, { processed_delta: 1 });
      expect(await watcher.next('update')).not.toBeNull();
      watcher.socket.close();
    }
    expect((await client.get(`/api/jobs/${id}`)).json.revision).toBe(3);
  });

  it('the holder of a report token, in the query too, until it is revoked', async () => {
    const id = await client.createJob();
    const token = await makeToken(client, id, 'report');
    const page = new SocketReporter(await openSocketByToken(token, id));
    expect(await page.report({ processed_items: 1 })).toMatchObject({ applied: true });
    const bearer = await SocketReporter.open({ key: token } as Client, id);
    expect(await bearer.report({ processed_items: 1 })).toMatchObject({ applied: true });
    // Those who watch by a token are sent away at once; what comes before that is refused by the token itself.
    vi.spyOn(Watchers.prototype, 'dismissTokens').mockReturnValue();
    await client.send('DELETE', `/api/jobs/${id}/tokens`);
    bearer.send({ report: { processed_items: 2 } });
    expect(await bearer.acks(1)).toEqual([]);
    expect(bearer.socket.closed).toBe(4401);
    page.socket.close();
    expect((await client.get(`/api/jobs/${id}`)).json.processed_items).toBe(1);
  });
});

describe('the end', () => {
  it('is acknowledged before the socket closes', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    expect(await worker.report({ mark_completed: true })).toMatchObject({
      applied: true,
      applied_revision: 2,
    });
    worker.send({ report: { processed_items: 1 } });
    expect(await worker.acks(1)).toMatchObject([{ error: { code: 'job_terminal' } }]);
    expect(worker.answers.at(-1).control).toMatchObject({ cancel: null });
    expect(await worker.acks(1)).toEqual([]);
    expect([worker.types.includes('end'), worker.socket.closed]).toEqual([true, 1000]);
  });

  it('whose answer was lost is told again over another socket', async () => {
    const id = await client.createJob();
    await client.report(id, { mark_completed: true }, { 'Idempotency-Key': 'the end' });
    for (const query of ['', '?after=2']) {
      const worker = await SocketReporter.open(client, id, query);
      expect(await worker.report({ mark_completed: true }, 'the end')).toEqual({
        ...{ id: 1, applied: true, applied_revision: 2, replayed: true },
      });
      expect(await worker.acks(1)).toEqual([]);
      expect(worker.socket.closed).toBe(1000);
    }
  });

  it('that a caller asked for comes with the answers, and is acknowledged', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    await worker.report({ mark_started: true });
    await client.post(`/api/jobs/${id}/cancel`, { reason: 'enough' });
    expect(await worker.report({ processed_items: 1 })).toMatchObject({ applied: true });
    const { cancel } = worker.answers.at(-1).control;
    expect(cancel).toEqual({
      reason: 'enough',
      requested_at: expect.stringMatching(/^\d{4}-.*Z$/),
      requested_by: client.keyId,
    });
    expect(await worker.report({ mark_failed: 'stopped' })).toMatchObject({ applied: true });
    const acks = await worker.report({ processed_items: 2 });
    expect(acks.error.code).toBe('job_terminal');
    expect(worker.answers.at(-1).control.cancel).toEqual(cancel);
    const { json } = await client.get(`/api/jobs/${id}`);
    expect(json.cancellation.acknowledged_at).not.toBeNull();
  });

  it.each(['a key', 'a token'])('of a job that was deleted is a 404’s, by %s', async (by) => {
    const id = await client.createJob();
    const credential = by === 'a key' ? client : ({ key: await makeToken(client, id, 'report') } as Client);
    const worker = await SocketReporter.open(credential, id);
    await worker.report({ error: issue });
    await worker.report({ mark_completed: true });
    await client.send('DELETE', `/api/jobs/${id}`);
    const ack = await worker.report({ processed_items: 1 });
    expect(ack.error.code).toBe('job_not_found');
  });
});
