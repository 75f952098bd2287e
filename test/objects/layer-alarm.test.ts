import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { JobStore } from '../../src/objects/job/job-store';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';

/** The job's alarm, looked at beneath everything that would make up for a missing one. */

const DAY = 86_400_000;
let client: Client;
let now: number;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  now = Date.now() + 10 * DAY;
  vi.setSystemTime(now);
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function pass(ms: number): void {
  now += ms;
  vi.setSystemTime(now);
}

async function alarmOf(jobId: string): Promise<number | null> {
  const stub = await jobStub(client.organization, jobId);
  return runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
}

it('an overdue publication stays due when a sign of life wakes the object first', async () => {
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('the index is away'));
  const jobId = await client.createJob();
  await evictDurableObject(await jobStub(client.organization, jobId));
  pass(5 * 60_000);
  expect((await client.send('POST', `/api/jobs/${jobId}/heartbeat`)).status).toBe(200);
  expect((await alarmOf(jobId)) ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(now + 60_000);
});

it('a job made with a key that a deleted one has given back outlives the old tombstone', async () => {
  const make = () =>
    client.post('/api/jobs/', { job_type: 'import', total_items: 1 }, { 'Idempotency-Key': 'again' });
  const first = await make();
  await client.report(first.json.job_id, { mark_completed: true });
  expect((await client.send('DELETE', `/api/jobs/${first.json.job_id}`)).status).toBe(204);
  expect((await make()).status).toBe(422);
  pass(41 * DAY + 1);
  const second = await make();
  expect(second.status).toBe(201);
  await runDurableObjectAlarm(await jobStub(client.organization, second.json.job_id));
  expect((await client.get(`/api/jobs/${second.json.job_id}`)).status).toBe(200);
});

it('a run that breaks does not throw, and is armed again', async () => {
  const jobId = await client.createJob();
  const stub = await jobStub(client.organization, jobId);
  vi.spyOn(JobStore.prototype, 'load').mockImplementationOnce(() => {
    throw new Error('the disk is away');
  });
  const alarm = await runInDurableObject(stub, async (job, state) => {
    await job.alarm();
    return state.storage.getAlarm();
  });
  expect(alarm).toBeGreaterThan(now);
  expect(alarm).toBeLessThanOrEqual(now + 60_000);
});

it('a transaction that is rolled back takes the alarm it had set with it', async () => {
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('the index is away'));
  const jobId = await client.createJob({ heartbeat_timeout_seconds: 86_400 });
  // A start is published at once, and what then fails is armed anew: a report on its way is not.
  await client.report(jobId, { mark_started: true });
  const stub = await jobStub(client.organization, jobId);
  await runInDurableObject(stub, async (_job, state) => {
    await state.storage.setAlarm(now + DAY);
  });
  await evictDurableObject(stub);
  await runInDurableObject(stub, (_job, { storage }) => {
    const transact = storage.transactionSync.bind(storage);
    vi.spyOn(storage, 'transactionSync').mockImplementationOnce((work: () => unknown) =>
      transact(() => {
        work();
        throw new Error('the commit failed');
      }),
    );
  });
  expect((await client.report(jobId, { stage: 'writing' })).status).toBe(500);
  expect((await client.report(jobId, { processed_items: 2 })).status).toBe(200);
  expect((await alarmOf(jobId)) ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(now + 60_000);
});
