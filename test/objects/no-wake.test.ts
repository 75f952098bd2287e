import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';
import { until } from '../support/receiver';

/** A job's alarm stands for what is due, never for what is done: a wake for nothing is a request, a cold start and rows. */

const DAY = 86_400_000;
let client: Client;
let now: number;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  now = Date.now();
  vi.setSystemTime(now);
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function alarmOf(jobId: string): Promise<number> {
  const stub = await jobStub(client.organization, jobId);
  const alarm = await runInDurableObject(stub, (_job, { storage }) => storage.getAlarm());
  return alarm ?? Number.POSITIVE_INFINITY;
}

it('a job that was created and published sleeps until it is abandoned', async () => {
  const jobId = await client.createJob();
  expect(await alarmOf(jobId)).toBe(now + 30 * DAY);
});

it('a life of ten reports in a minute wakes for its removal alone, by five more alarm rows at most', async () => {
  const jobId = await client.createJob({ total_items: 10 });
  const stub = await jobStub(client.organization, jobId);
  let set = 0;
  await runInDurableObject(stub, (_job, { storage }) => {
    const real = storage.setAlarm.bind(storage);
    vi.spyOn(storage, 'setAlarm').mockImplementation((...args) => {
      set += 1;
      return real(...args);
    });
  });
  const pass = (ms: number) => {
    now += ms;
    vi.setSystemTime(now);
  };
  await client.report(jobId, { mark_started: true });
  for (let done = 1; done <= 10; done++) {
    pass(6_000);
    await client.report(jobId, { processed_items: done });
    expect(await alarmOf(jobId)).toBeGreaterThan(now);
  }
  await client.report(jobId, { mark_completed: true });
  expect(await alarmOf(jobId)).toBe(now + 30 * DAY);
  expect(set).toBeLessThanOrEqual(5);
});

it('one that could not be published keeps its alarm', async () => {
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('the index is away'));
  const jobId = await client.createJob();
  expect(await alarmOf(jobId)).toBeLessThanOrEqual(now + 60_000);
});

it('a deleted job whose key is still taken sleeps until it is free', async () => {
  const { json } = await client.post(
    '/api/jobs/',
    { job_type: 'import', total_items: 1 },
    { 'Idempotency-Key': 'k' },
  );
  await client.report(json.job_id, { mark_completed: true });
  await client.send('DELETE', `/api/jobs/${json.job_id}`);
  expect(await alarmOf(json.job_id)).toBeGreaterThan(now + 40 * DAY);
});

it.each([
  ['in progress', { mark_started: true }, {}],
  ['started with them', {}, {}],
  // Its alarm stands within the minute, whatever is published: the row alone says so.
  ['that is soon due', { mark_started: true }, { heartbeat_timeout_seconds: 30 }],
])('a thousand stages that the index knows are no backlog after a wake-up: %s', async (_, first, fields) => {
  const jobId = await client.createJob(fields);
  await client.report(jobId, first);
  const stub = await jobStub(client.organization, jobId);
  const reports = Array.from({ length: 950 }, (_, stage) => ({ stage: `stage ${stage}` }));
  expect((await client.post(`/api/jobs/${jobId}/progress/batch`, { reports })).status).toBe(200);
  const last = async () => (await client.get('/api/jobs/')).json.jobs[0].stage === 'stage 949';
  await until(last);
  await runDurableObjectAlarm(stub);
  await evictDurableObject(stub);
  expect((await client.report(jobId, { stage: 'one more' })).status).toBe(200);
});
