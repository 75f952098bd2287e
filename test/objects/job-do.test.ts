import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JobDO } from '../../src/objects/job/job-do';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { indexStub, jobStub } from '../support/objects';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function alarmOf(stub: DurableObjectStub<JobDO>): Promise<number | null> {
  return runInDurableObject(stub, (_job, state) => state.storage.getAlarm());
}

describe('an object', () => {
  it('is the same after an eviction', async () => {
    const id = await client.createJob({
      metadata: { a: [1, { b: null }] },
      tags: ['x'],
      heartbeat_timeout_seconds: 60,
    });
    await client.report(id, {
      mark_started: true,
      processed_items: 3,
      result: { rows: 3 },
      message: 'hello',
    });
    const error = {
      entity_key: 'k',
      entity_type: 'row',
      error_type: 't',
      message: 'm',
      details: { line: 3 },
    };
    await client.report(id, { error, warning: { ...error, entity_key: 'w' }, reporter: 'one', sequence: 7 });
    const before = await client.get(`/api/jobs/${id}`);
    await evictDurableObject(await jobStub(client.organization, id));
    expect((await client.get(`/api/jobs/${id}`)).text).toBe(before.text);
    const again = await client.report(id, { processed_items: 9, reporter: 'one', sequence: 7 });
    expect(again.json).toMatchObject({ applied: false, reason: 'duplicate', last_sequence: 7 });
  });

  it('takes an alarm that runs twice, or for nothing', async () => {
    const id = await client.createJob();
    const stub = await jobStub(client.organization, id);
    const before = await client.get(`/api/jobs/${id}`);
    await runInDurableObject(stub, async (job) => {
      await job.alarm();
      await job.alarm();
    });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect((await client.get(`/api/jobs/${id}`)).text).toBe(before.text);
    expect(await alarmOf(stub)).not.toBeNull();
  });

  it('answers, and publishes by the alarm, while the index is away', async () => {
    vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('away'));
    const created = await client.post('/api/jobs/', { job_type: 'crawl', total_items: 5 });
    expect(created.status).toBe(201);
    const id = created.json.job_id;
    expect((await client.report(id, { mark_started: true })).status).toBe(200);
    const listed = async () =>
      (await client.get('/api/jobs/?job_type=crawl')).json.jobs.map((job: { job_id: string }) => job.job_id);
    expect(await listed()).not.toContain(id);
    const stub = await jobStub(client.organization, id);
    await runDurableObjectAlarm(stub);
    expect(await listed()).not.toContain(id);
    expect(await alarmOf(stub)).toBeLessThan(Date.now() + 61_000);
    vi.restoreAllMocks();
    await runDurableObjectAlarm(stub);
    expect(await listed()).toContain(id);
  });

  it('does not wait for an index that hangs', async () => {
    vi.spyOn(OrgIndexDO.prototype, 'publish').mockImplementation(() => new Promise(() => {}));
    expect((await client.post('/api/jobs/', { job_type: 'crawl', total_items: 5 })).status).toBe(201);
  });

  it('publishes each event once and in order, also after its memory is lost', async () => {
    const id = await client.createJob();
    const stub = await jobStub(client.organization, id);
    for (const stage of ['a', 'b', 'c']) {
      await client.report(id, { stage });
      await evictDurableObject(stub);
    }
    await client.report(id, { mark_completed: true });
    await runDurableObjectAlarm(stub);
    const feed = await runInDurableObject(indexStub(client.organization), (_index, state) => {
      const tables = [0, 1, 2, 3].map((table) => `SELECT * FROM feed_${table}`).join(' UNION ALL ');
      const rows = state.storage.sql
        .exec(`SELECT * FROM (${tables}) WHERE job_id = ? ORDER BY seq`, id)
        .toArray();
      return rows.map(({ revision, body }) => [revision, JSON.parse(String(body)).type]);
    });
    expect(feed).toEqual([
      [1, 'job.created'],
      [2, 'job.started'],
      [2, 'job.stage_changed'],
      [3, 'job.stage_changed'],
      [4, 'job.stage_changed'],
      [5, 'job.completed'],
    ]);
  });

  it('deletes a job of which a page was read that ended before its rows did', async () => {
    const client = await makeClient();
    const id = await client.createJob();
    const errors = Array.from({ length: 24 }, (_, n) => ({ error_type: `t${n}`, message: `row ${n}` }));
    await client.report(id, { errors, mark_failed: 'boom' });
    expect((await client.get(`/api/jobs/${id}/errors?limit=7`)).json.errors).toHaveLength(7);
    expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
  });

  it('leaves nothing of a deleted job: no row, no table, no alarm', async () => {
    const id = await client.createJob();
    await client.report(id, { mark_completed: true });
    expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
    const left = await runInDurableObject(await jobStub(client.organization, id), async (_job, state) => {
      const tables =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'";
      return { alarm: await state.storage.getAlarm(), tables: state.storage.sql.exec(tables).toArray() };
    });
    expect(left).toEqual({ alarm: null, tables: [] });
  });
});
