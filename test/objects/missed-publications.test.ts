/** What did not get through to the index is in the job's row and its alarm: whoever knows only these publishes it. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Receipt } from '../../src/domain/feed/publication';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';

let client: Client;
let jobId: string;
let now: number;

beforeEach(async () => {
  // Far enough ahead that no alarm goes off by itself.
  now = Date.now() + 864_000_000;
  vi.useFakeTimers({ toFake: ['Date'], now });
  client = await makeClient();
  jobId = await client.createJob();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** When the job has published last, for whoever knows only its row; and when its alarm goes off. */
async function kept() {
  return runInDurableObject(await jobStub(client.organization, jobId), async (_job, { storage }) => {
    const { pub_at } = storage.sql.exec<{ pub_at: number | null }>('SELECT pub_at FROM job').one();
    return { pub_at, alarm: (await storage.getAlarm()) ?? 0 };
  });
}

it('a publication that fails is written down, and tried again two seconds later', async () => {
  expect((await kept()).pub_at).toBe(now);
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('the index is away'));
  await client.report(jobId, { stage: 'reading' });
  await vi.waitFor(async () => expect((await kept()).pub_at).toBeNull());
  expect((await kept()).alarm).toBeLessThanOrEqual(now + 2_000);
});

it('news that is no event is none that the index has, until it has it', async () => {
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockReturnValue(new Promise<Receipt>(() => undefined));
  await client.report(jobId, { message: 'the first word of its worker' });
  expect((await kept()).pub_at).toBeNull();
  await client.report(jobId, { message: 'another, which is progress' });
  expect((await kept()).pub_at).toBeNull();
});

it('a late worker, which no event tells, is none that the index has, until it has it', async () => {
  jobId = await client.createJob({ heartbeat_timeout_seconds: 40 });
  await client.report(jobId, { mark_started: true });
  expect((await kept()).pub_at).toBe(now);
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockReturnValue(new Promise<Receipt>(() => undefined));
  vi.setSystemTime(now + 31_000);
  const job = await jobStub(client.organization, jobId);
  await runInDurableObject(job, async (object, { storage }) => {
    void object.alarm();
    const row = storage.sql.exec('SELECT health, pub_at FROM job').one();
    expect(row).toEqual({ health: 'late', pub_at: null });
  });
});

it('a creation that is answered again is listed by then, whoever answers it', async () => {
  const create = (key: string) => {
    return client.post('/api/jobs/', { job_type: 'import', total_items: 1 }, { 'Idempotency-Key': key });
  };
  const listed = async () => {
    const { jobs } = (await client.get('/api/jobs/')).json;
    return jobs.map(({ job_id }: { job_id: string }) => job_id);
  };
  for (const evicted of [false, true]) {
    const away = vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('the index is away'));
    const { status, json } = await create(`evicted ${evicted}`);
    expect(status).toBe(201);
    expect(await listed()).not.toContain(json.job_id);
    away.mockRestore();
    if (evicted) await evictDurableObject(await jobStub(client.organization, json.job_id));
    const again = await create(`evicted ${evicted}`);
    expect([again.status, again.json.job_id]).toEqual([200, json.job_id]);
    expect(await listed()).toContain(json.job_id);
  }
});

it.each([
  ['its key', { mark_completed: true }, { 'Idempotency-Key': 'the end' }],
  ['its sequence', { mark_completed: true, reporter: 'r', sequence: 1 }, {}],
  ['the end itself', { mark_completed: true }, {}],
])('an end that is answered again is listed by then: known by %s', async (_how, body, headers) => {
  const end = () => client.post(`/api/jobs/${jobId}/progress`, body, headers);
  const listed = async () => (await client.get('/api/jobs/')).json.jobs[0].status;
  const away = vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('the index is away'));
  expect((await end()).json.status).toBe('completed');
  expect(await listed()).toBe('pending');
  away.mockRestore();
  await evictDurableObject(await jobStub(client.organization, jobId));
  const { status, json } = await end();
  expect([status, json.status, json.revision]).toEqual([200, 'completed', 2]);
  expect(await listed()).toBe('completed');
});
