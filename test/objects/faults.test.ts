import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EntryStore } from '../../src/objects/job/entry-store';
import { JobStore } from '../../src/objects/job/job-store';
import { OrgDO } from '../../src/objects/org/org-do';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { type Client, makeClient } from '../support/client';
import { indexStub, jobStub } from '../support/objects';

let client: Client;
beforeEach(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function stages(prefix: string, count: number): { stage: string }[] {
  return Array.from({ length: count }, (_, index) => ({ stage: `${prefix}${index}` }));
}

/** How many events the job has, and how many its index knows. */
async function published(id: string): Promise<{ events: unknown; through: unknown }> {
  const stub = await jobStub(client.organization, id);
  for (let run = 0; run < 3; run++) await runDurableObjectAlarm(stub);
  const [job] = await runInDurableObject(stub, (_job, state) =>
    state.storage.sql.exec('SELECT events_total FROM job').toArray(),
  );
  const [summary] = await runInDurableObject(indexStub(client.organization), (_index, state) =>
    state.storage.sql.exec('SELECT through FROM summary WHERE job_id = ?', id).toArray(),
  );
  return { events: job?.events_total, through: summary?.through };
}

describe('an index that is away', () => {
  it('takes no event with it, however many come, before an end or after a cancellation', async () => {
    for (const end of [{ mark_completed: true }, null]) {
      const id = await client.createJob();
      await client.report(id, { mark_started: true });
      vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('away'));
      if (end === null) await client.post(`/api/jobs/${id}/cancel`);
      const statuses = [];
      for (const prefix of ['a', 'b', 'c']) {
        const reports = [...stages(prefix, 890), ...(prefix === 'c' && end !== null ? [end] : [])];
        statuses.push((await client.post(`/api/jobs/${id}/progress/batch`, { reports })).status);
      }
      expect(statuses).toContain(503);
      vi.restoreAllMocks();
      const { events, through } = await published(id);
      expect(through).toBe(events);
      expect((await client.get(`/api/jobs/${id}/events?limit=1`)).json.events).toHaveLength(1);
    }
  });

  it('a change of status is taken all the same', async () => {
    const id = await client.createJob();
    vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('away'));
    await client.post(`/api/jobs/${id}/progress/batch`, { reports: stages('a', 950) });
    expect((await client.report(id, { stage: 'one more' })).json.code).toBe('overloaded');
    const ended = await client.report(id, { stage: 'done', mark_completed: true });
    expect([ended.status, ended.json.status]).toEqual([200, 'completed']);
  });
});

describe('a fault', () => {
  it('after the changes were computed leaves none of them applied twice', async () => {
    const id = await client.createJob();
    const real = EntryStore.prototype.newest;
    let calls = 0;
    vi.spyOn(EntryStore.prototype, 'newest').mockImplementation(function (this: EntryStore, ...args) {
      calls += 1;
      if (calls === 3) throw new Error('a fault');
      return real.apply(this, args);
    });
    const answers = await Promise.all([1, 2, 3].map(() => client.report(id, { processed_delta: 1 })));
    vi.restoreAllMocks();
    const stored = answers.filter(({ status }) => status === 200).length;
    expect((await client.get(`/api/jobs/${id}`)).json.processed_items).toBe(stored);
  });

  it('of one member is its own: the others are stored, and so is what comes later', async () => {
    const id = await client.createJob();
    const real = JobStore.prototype.save;
    vi.spyOn(JobStore.prototype, 'save').mockImplementation(function (this: JobStore, before, change, books) {
      const bound = real.call(this, before, change, books);
      if (change.job.stage === 'bad') throw new Error('a fault');
      return bound;
    });
    const error = { entity_type: 'row', entity_key: 'k', error_type: 't', message: 'm' };
    const answers = await Promise.all([
      client.report(id, { processed_items: 1 }),
      client.report(id, { error }),
      client.report(id, { stage: 'bad' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 500]);
    vi.restoreAllMocks();
    expect((await client.report(id, { error: { ...error, entity_key: 'z' } })).json.failed_items).toBe(2);
  });

  it('in a creation that is rolled back leaves the way free for the next', async () => {
    const real = JobStore.prototype.create;
    vi.spyOn(JobStore.prototype, 'create').mockImplementationOnce(function (this: JobStore, ...args) {
      real.apply(this, args);
      throw new Error('a fault');
    });
    const make = () =>
      client.post('/api/jobs/', { job_type: 'x', total_items: 1 }, { 'Idempotency-Key': 'k' });
    expect([(await make()).status, (await make()).status, (await make()).status]).toEqual([500, 201, 200]);
  });

  it('in the index’s first commit leaves it able to take the next', async () => {
    vi.spyOn(OrgIndexStore.prototype, 'insert').mockImplementationOnce(() => {
      throw new Error('a fault');
    });
    const id = await client.createJob();
    const other = await client.createJob();
    await runDurableObjectAlarm(await jobStub(client.organization, id));
    const listed = (await client.get('/api/jobs/')).json.jobs.map((job: { job_id: string }) => job.job_id);
    expect(listed.sort()).toEqual([id, other].sort());
  });
});

it('the feed keeps its newest ten days when a late event is the first of them', async () => {
  const span = 10 * 86_400_000;
  vi.useFakeTimers({ toFake: ['Date'] });
  const boundary = Math.ceil(Date.now() / span) * span;
  vi.setSystemTime(boundary - 1_000);
  client = await makeClient();
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValueOnce(new Error('away'));
  const late = await client.createJob();
  vi.setSystemTime(boundary + 1_000);
  await runDurableObjectAlarm(await jobStub(client.organization, late));
  await client.createJob();
  await evictDurableObject(indexStub(client.organization));
  vi.setSystemTime(boundary + 86_400_000);
  await client.createJob();
  const rows = await runInDurableObject(indexStub(client.organization), (_index, state) =>
    [0, 1, 2, 3].map((table) => state.storage.sql.exec(`SELECT 1 FROM feed_${table}`).toArray().length),
  );
  expect(rows.reduce((sum, count) => sum + count)).toBe(3);
});

it('an organization’s object that is overloaded is a 503, not a 401', async () => {
  vi.spyOn(OrgDO.prototype, 'authenticate').mockImplementation(async () => {
    throw Object.assign(new Error('Durable Object is overloaded'), { overloaded: true });
  });
  const answer = await client.get('/api/jobs/');
  expect([answer.status, answer.json.code]).toEqual([503, 'overloaded']);
});

it('a keyed rerun is replayed even where its original would refuse it now', async () => {
  const id = await client.createJob();
  await client.report(id, { mark_failed: 'no' });
  const rerun = (body: unknown) => client.post(`/api/jobs/${id}/rerun`, body, { 'Idempotency-Key': 'again' });
  const first = await rerun({});
  expect(first.status).toBe(201);
  expect((await rerun({})).json.job_id).toBe(first.json.job_id);
  expect((await rerun({ items: 'failed' })).json.code).toBe('idempotency_conflict');
});
