import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { waitParam, waitParams } from '../../src/http/params';
import { JobDO } from '../../src/objects/job/job-do';
import { type Client, makeClient, makeKey, send } from '../support/client';
import { jobStub } from '../support/objects';

const SURFACES = [
  ['A', '/api/jobs', (body: { processed_items: number }) => body.processed_items],
  ['B', '/v1/api/jobs', (body: { data: { progress: number } }) => body.data.progress / 10],
  ['C', '/api/v1/jobs', (body: { progress: { completed: number } }) => body.progress.completed],
] as const;

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What `poll` answers, and that it had not answered before `change` was made. */
async function answeredBy(id: string, path: string, change: () => Promise<unknown>) {
  let answered = false;
  const poll = client.get(path).finally(() => {
    answered = true;
  });
  const stub = await jobStub(client.organization, id);
  await vi.waitFor(async () => expect(await isWatched(stub)).toBe(true), { timeout: 5_000, interval: 10 });
  expect(answered).toBe(false);
  await change();
  return poll;
}

async function isWatched(stub: DurableObjectStub): Promise<boolean> {
  return runInDurableObject(stub, (_job, state) => state.getWebSockets().length > 0);
}

describe.each(SURFACES)('a long poll on surface %s', (_, path, processed) => {
  it('answers the next change with the body of GET', async () => {
    const id = await client.createJob();
    const change = () => client.report(id, { processed_items: 7 });
    const answer = await answeredBy(id, `${path}/${id}?wait=20&after=1`, change);
    expect(answer.status).toBe(200);
    expect(processed(answer.json)).toBe(7);
    expect(answer.json).toEqual((await client.get(`${path}/${id}`)).json);
  });

  it('answers at once where the job is past what is known', async () => {
    const id = await client.createJob();
    await client.report(id, { processed_items: 3 });
    expect(processed((await client.get(`${path}/${id}?wait=60&after=1`)).json)).toBe(3);
  });

  it('answers at once where the job has ended', async () => {
    const id = await client.createJob();
    await client.report(id, { mark_completed: true });
    for (const query of [
      'wait=60',
      'wait=60&after=2',
      'wait=60&after=99',
      'wait=60&until=terminal&after=2',
    ]) {
      expect((await client.get(`${path}/${id}?${query}`)).status).toBe(200);
    }
  });

  it('waits for the acknowledgement of a cancelled job', async () => {
    const id = await client.createJob();
    const cancelled = await client.post(`/api/jobs/${id}/cancel`, {});
    const { revision } = cancelled.json;
    const acknowledge = () => client.report(id, { mark_completed: true });
    const answer = await answeredBy(id, `${path}/${id}?wait=20&after=${revision}`, acknowledge);
    expect(answer.headers.get('Job-Revision')).toBe(String(revision + 1));
  });

  it('answers as things are when the time is up', async () => {
    const id = await client.createJob();
    const began = Date.now();
    expect((await client.get(`${path}/${id}?wait=1&after=1`)).json).toEqual(
      (await client.get(`${path}/${id}`)).json,
    );
    expect(Date.now() - began).toBeGreaterThanOrEqual(890);
  });

  it('is a 304 to a reader that holds the job, where nothing has changed in the wait', async () => {
    const id = await client.createJob();
    const whole = await client.get(`${path}/${id}`);
    const tag = whole.headers.get('ETag') ?? '';
    const none = await client.get(`${path}/${id}?wait=1`, { headers: { 'If-None-Match': tag } });
    expect([none.status, none.text, none.headers.get('ETag')]).toEqual([304, '', tag]);
    const without = await client.get(`${path}/${id}?wait=1`, { headers: { 'If-None-Match': '"other-1"' } });
    expect([without.status, without.text]).toEqual([200, whole.text]);
  });

  it('is the job to a reader that holds an older one, at once', async () => {
    const id = await client.createJob();
    const tag = (await client.get(`${path}/${id}`)).headers.get('ETag') ?? '';
    await client.report(id, { processed_items: 3 });
    const news = await client.get(`${path}/${id}?wait=60`, { headers: { 'If-None-Match': tag } });
    expect([news.status, processed(news.json)]).toEqual([200, 3]);
  });

  it('waits for the end alone where it is told to', async () => {
    const id = await client.createJob();
    const answer = await answeredBy(id, `${path}/${id}?wait=20&until=terminal`, async () => {
      await client.report(id, { processed_items: 3 });
      await client.report(id, { processed_items: 5 });
      await client.report(id, { processed_items: 8, mark_completed: true });
    });
    expect(answer.json).toEqual((await client.get(`${path}/${id}`)).json);
    expect(JSON.stringify(answer.json)).toContain('"completed"');
  });
});

it('begins at the revision on arrival, sleeps, and survives the loss of its socket', async () => {
  for (const webSockets of ['hibernate', 'close'] as const) {
    const id = await client.createJob();
    await client.report(id, { processed_items: 1 });
    const answer = await answeredBy(id, `/api/jobs/${id}?wait=20`, async () => {
      await evictDurableObject(await jobStub(client.organization, id), { webSockets });
      await client.report(id, { processed_items: 2 });
    });
    expect(answer.json).toMatchObject({ revision: 3, processed_items: 2 });
  }
});

it('is over in time where its job stays away', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.spyOn(Math, 'random').mockReturnValue(0.99);
  const id = await client.createJob();
  const began = Date.now();
  await answeredBy(id, `/api/jobs/${id}?wait=4`, async () => {
    vi.spyOn(JobDO.prototype, 'fetch').mockImplementation(async () => new Response(null, { status: 500 }));
    await evictDurableObject(await jobStub(client.organization, id), { webSockets: 'close' });
  });
  expect(Date.now() - began).toBeLessThan(4_500);
}, 20_000);

it('a key revoked meanwhile is a 401', async () => {
  const id = await client.createJob();
  const reader = await makeKey(client.organization, ['job:read']);
  const poll = reader.get(`/api/jobs/${id}?wait=2`);
  await send(env.ADMIN_TOKEN, 'DELETE', `/admin/orgs/${client.organization}/keys/${reader.keyId}`);
  await scheduler.wait(1_100);
  await client.report(id, { processed_items: 1 });
  expect((await poll).status).toBe(401);
});

it('a wait is over at nine tenths of what was asked, at 54 s at most, and nonsense is a 422', async () => {
  const waits = ['0', '1', '30', '60', '61', '100000', '9'.repeat(400)];
  expect(waits.map((text) => waitParams.wait.parse(text))).toEqual([0, 0.9, 27, 54, 54, 54, 54]);
  expect(waits.map((text) => waitParam.parse(text))).toEqual([0, 0.9, 27, 54, 54, 54, 54]);
  const id = await client.createJob();
  for (const query of [
    'wait=-1',
    'wait=1.5',
    'wait=x',
    'wait=1&after=x',
    'wait=1&until=soon',
    'wait=1&wait=2',
  ]) {
    expect((await client.get(`/api/jobs/${id}?${query}`)).status, query).toBe(422);
  }
  expect((await client.get(`/api/jobs/${id}?wait=0&after=1`)).status).toBe(200);
});
