/** What makes two deliveries one and the same, and how a report finds its job. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { type Answer, type Client, makeClient } from '../support/client';
import { COUNT, deliver, github, jobs, makeHook, SECRETS, standard } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const STANDARD = { scheme: 'standard_webhooks', secret: SECRETS.standard };
const REPORT = {
  action: 'report',
  from: { job_key: '/id', processed_items: '/done', mark_completed: '/finished' },
};

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

function push(path: string, payload: unknown): Promise<Answer> {
  const raw = JSON.stringify(payload);
  return deliver(path, raw, github(raw));
}

describe('a mapped idempotency_key', () => {
  it('is one job, whatever else the payload says', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB);
    const first = await push(hook.path, { id: 'a', n: 1, attempt: 1 });
    const second = await push(hook.path, { attempt: 2, n: 1, id: 'a' });
    expect(second.json).toEqual({ ...first.json, replayed: true });
    expect(await jobs(own)).toHaveLength(1);
  });

  it('with another mapped body is a conflict', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB);
    expect((await push(hook.path, { id: 'a', n: 1 })).status).toBe(202);
    expectRefusal(await push(hook.path, { id: 'a', n: 2 }), 422, 'idempotency_conflict');
    expect(await jobs(own)).toHaveLength(1);
  });

  it('wins over the signed id, and is a key as over HTTP', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, STANDARD);
    const raw = '{"id":"shared","n":1}';
    const first = await deliver(hook.path, raw, standard(raw, 'msg_1'));
    const second = await deliver(hook.path, raw, standard(raw, 'msg_2'));
    expect([first.json.replayed, second.json.replayed]).toEqual([false, true]);
    // The same body over HTTP is the same request.
    const same = await own.send('POST', '/api/jobs/', {
      raw: '{ "total_items": 1, "job_type": "import" }',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'shared' },
    });
    expect([same.status, same.json.job_id]).toEqual([200, first.json.job_id]);
  });

  it('is the organization’s: two hooks share it, two organizations do not', async () => {
    const [own, other] = [await makeClient(), await makeClient()];
    const hooks = [await makeHook(own, GITHUB), await makeHook(own, GITHUB), await makeHook(other, GITHUB)];
    const ids = [];
    for (const { path } of hooks) ids.push((await push(path, { id: 'a', n: 1 })).json.job_id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('of a deleted job is a conflict, not a second job', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB);
    const { job_id } = (await push(hook.path, { id: 'a', n: 1 })).json;
    await own.report(job_id, { mark_completed: true });
    expect((await own.send('DELETE', `/api/jobs/${job_id}`)).status).toBe(204);
    expectRefusal(await push(hook.path, { id: 'a', n: 1 }), 422, 'idempotency_conflict');
  });
});

describe('without a mapped key', () => {
  const mapping = { ...COUNT, from: { total_items: '/n' } };

  it('the signed id is the hook’s own: no other hook and no key over HTTP meets it', async () => {
    const own = await makeClient();
    const [one, two] = [await makeHook(own, STANDARD, mapping), await makeHook(own, STANDARD, mapping)];
    const raw = '{"n":1}';
    for (const { path } of [one, two, one]) {
      expect((await deliver(path, raw, standard(raw, 'msg_1'))).status).toBe(202);
    }
    const body = { job_type: 'import', total_items: 1 };
    expect((await own.post('/api/jobs/', body, { 'Idempotency-Key': 'msg_1' })).status).toBe(201);
    expect(await jobs(own)).toHaveLength(3);
  });

  it('a signed id with another mapped body is a conflict', async () => {
    const hook = await makeHook(client, STANDARD, mapping);
    const send = (raw: string) => deliver(hook.path, raw, standard(raw, 'msg_1'));
    expect((await send('{"n":1}')).status).toBe(202);
    expect((await send('{"n":1,"x":2}')).json.replayed).toBe(true);
    expectRefusal(await send('{"n":2}'), 422, 'idempotency_conflict');
  });

  it('an id that is not signed counts for nothing: the digest of what was signed does', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, mapping);
    const raw = '{"n":1}';
    for (const id of ['1', '2']) await deliver(hook.path, raw, { ...github(raw), 'webhook-id': id });
    expect(await jobs(own)).toHaveLength(1);
    await deliver(hook.path, '{"n": 1}', github('{"n": 1}'));
    expect(await jobs(own)).toHaveLength(2);
  });
});

describe('a report', () => {
  it('finds its job by the key it was created with over HTTP', async () => {
    const created = await client.post(
      '/api/jobs/',
      { job_type: 'import', total_items: 10 },
      { 'Idempotency-Key': 'over-http' },
    );
    const hook = await makeHook(client, GITHUB, REPORT);
    const answer = await push(hook.path, { id: 'over-http', done: 4 });
    expect([answer.status, answer.json]).toEqual([
      202,
      { action: 'report', job_id: created.json.job_id, applied: true, applied_revision: 2, replayed: false },
    ]);
    expect((await client.get(`/api/jobs/${created.json.job_id}`)).json.processed_items).toBe(4);
  });

  it('finds its job by the key a hook created it with, and once more is a replay', async () => {
    const maker = await makeHook(client, GITHUB);
    const hook = await makeHook(client, GITHUB, REPORT);
    const { job_id } = (await push(maker.path, { id: 'by-hook', n: 10 })).json;
    const report = { id: 'by-hook', done: 10, finished: true };
    const first = await push(hook.path, report);
    expect(first.json).toMatchObject({ job_id, applied: true, replayed: false });
    const second = await push(hook.path, report);
    expect([second.status, second.json]).toEqual([202, { ...first.json, replayed: true }]);
    const job = (await client.get(`/api/jobs/${job_id}`)).json;
    expect([job.status, job.processed_items, job.revision]).toEqual(['completed', 10, 2]);
  });

  it('finds its job by its id, and adds once however often it comes', async () => {
    const job_id = await client.createJob({ total_items: 100 });
    const hook = await makeHook(client, STANDARD, {
      action: 'report',
      from: { job_id: '/job', processed_delta: '/more' },
      set: { mark_started: true },
    });
    const raw = JSON.stringify({ job: job_id, more: 5 });
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(
        ['msg_1', 'msg_2', 'msg_3'].map((id) => deliver(hook.path, raw, standard(raw, id))),
      );
      for (const { status } of answers) expect(status).toBe(202);
    }
    const job = (await client.get(`/api/jobs/${job_id}`)).json;
    expect([job.processed_items, job.status]).toEqual([15, 'in_progress']);
  });

  it('with the same mapped key and another body is a conflict', async () => {
    const job_id = await client.createJob();
    const from = { job_id: '/job', idempotency_key: '/id', processed_items: '/done' };
    const hook = await makeHook(client, GITHUB, { action: 'report', from });
    expect((await push(hook.path, { job: job_id, id: 7, done: 1 })).status).toBe(202);
    expect((await push(hook.path, { job: job_id, id: 7, done: 1, at: 'later' })).json.replayed).toBe(true);
    expectRefusal(await push(hook.path, { job: job_id, id: 7, done: 2 }), 422, 'idempotency_conflict');
  });

  it('of no job, of a foreign one or of a forged id is a 404 of its own', async () => {
    const foreign = await (await makeClient()).createJob();
    const byId = await makeHook(client, GITHUB, { action: 'report', from: { job_id: '/id' } });
    const byKey = await makeHook(client, GITHUB, REPORT);
    for (const id of [foreign, crypto.randomUUID(), 'x', '']) {
      expectRefusal(await push(byId.path, { id }), 404, 'job_not_found');
    }
    expectRefusal(await push(byKey.path, { id: 'never-created' }), 404, 'job_not_found');
  });

  it('to a job that has ended is a 409', async () => {
    const job_id = await client.createJob();
    await client.report(job_id, { mark_completed: true });
    const from = { job_id: '/job', processed_items: '/done' };
    const hook = await makeHook(client, GITHUB, { action: 'report', from });
    expectRefusal(await push(hook.path, { job: job_id, done: 1 }), 409, 'job_terminal');
  });

  it('with a sequence below the last is a 409', async () => {
    const job_id = await client.createJob();
    const from = { job_id: '/job', sequence: '/n', processed_items: '/done' };
    const hook = await makeHook(client, GITHUB, { action: 'report', from, set: { reporter: 'partner' } });
    expect((await push(hook.path, { job: job_id, n: 2, done: 2 })).json.applied).toBe(true);
    const late = await push(hook.path, { job: job_id, n: 1, done: 1 });
    expectRefusal(late, 409, 'stale_sequence');
    expect(late.json.last_sequence).toBe(2);
    const again = await push(hook.path, { job: job_id, n: 2, done: 3 });
    expect([again.status, again.json.applied, again.json.reason]).toEqual([202, false, 'duplicate']);
  });
});
