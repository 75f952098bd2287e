import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { STATUSES } from '../../../src/domain/job/job';
import { type Client, makeClient, newKey, send } from '../../support/client';
import { indexStub, jobStub } from '../../support/objects';
import { makeFilterToken } from '../../support/tokens';

const PATH = '/api/jobs/stats';
type ByStatus = { status: string; count: number }[];
const countsOf = (list: ByStatus) =>
  Object.fromEntries(list.filter(({ count }) => count > 0).map(({ status, count }) => [status, count]));

describe('the counts of an organization', () => {
  let client: Client;
  beforeAll(async () => {
    client = await makeClient();
    const ends = [{ mark_completed: true }, { mark_failed: 'no' }, { mark_completed: true, warned_items: 1 }];
    for (let n = 0; n < 12; n++) {
      const id = await client.createJob({ job_type: 'import' });
      await client.report(id, { mark_started: true });
      await client.report(id, ends[n % 3] ?? {});
      if (n === 11) expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
    }
    await client.createJob({ job_type: 'export', category: 'seo' });
    const running = await client.createJob({ job_type: 'export', tags: ['t'] });
    await client.report(running, { mark_started: true });
  });

  it('are those of its list, with what has ended whether it is still there or not', async () => {
    const { status, json } = await client.get(PATH);
    expect(status).toBe(200);
    expect(json).toMatchObject({ complete: true, jobs: 13, slow: 0, slow_complete: true });
    expect(json.by_status.map(({ status: of }: { status: string }) => of)).toEqual([...STATUSES]);
    const ended = { completed: 4, failed: 4, completed_with_warnings: 3 };
    expect(countsOf(json.by_status)).toEqual({ ...ended, pending: 1, in_progress: 1 });
    const [first, second] = json.by_type;
    expect([first.job_type, first.jobs, countsOf(first.by_status)]).toEqual(['import', 11, ended]);
    expect([second.job_type, second.jobs, second.ended.jobs, second.typical_seconds]).toEqual([
      'export',
      2,
      0,
      null,
    ]);
    expect(second.ended.duration_seconds).toEqual({ p50: null, p95: null, p99: null });
    expect(first.ended.jobs).toBe(12);
    expect(first.ended.outcomes.find(({ status: of }: { status: string }) => of === 'failed')).toEqual({
      ...{ status: 'failed', count: 4, share: 1 / 3 },
    });
    const seo = json.by_category.find(({ category }: { category: string }) => category === 'seo');
    expect([seo.jobs, countsOf(seo.by_status)]).toEqual([1, { pending: 1 }]);
    expect(json.by_hour).toHaveLength(336);
    const lately = json.by_hour
      .slice(-2)
      .reduce((sum: number, hour: { ended: number }) => sum + hour.ended, 0);
    expect(lately).toBe(12);
    expect(json.other_types.jobs).toBe(0);
  });

  it.each([
    ['?job_type=import', 11],
    ['?job_type=none', 0],
    ['?category=seo', 1],
    ['?category=seo&job_type=export', 1],
    ['?category=seo&job_type=import', 0],
  ])('of %s are of those alone', async (query, jobs) => {
    expect((await client.get(PATH + query)).json).toMatchObject({ complete: true, jobs });
  });

  it('are those of its types for a key or a token that is for some, and refused to a token of a tag', async () => {
    const key = await newKey(client, { permissions: ['job:read'], job_types: ['export'] });
    const { token } = await makeFilterToken(client, { job_type: 'export' });
    for (const credential of [key.key, token]) {
      const { json } = await send(credential, 'GET', PATH);
      expect(json.by_type.map(({ job_type }: { job_type: string }) => job_type)).toEqual(['export']);
      expect(json).toMatchObject({ complete: true, jobs: 2 });
      expect((await send(credential, 'GET', `${PATH}?job_type=import`)).json).toMatchObject({
        jobs: 0,
        by_type: [],
      });
    }
    const { token: tagged } = await makeFilterToken(client, { job_type: 'export', tag: 't' });
    const refused = await send(tagged, 'GET', PATH);
    expect([refused.status, refused.json.code]).toEqual([403, 'permission_denied']);
  });

  it('tell a job that is made how long its type takes, in its first revision and from then on', async () => {
    const { json } = await client.get(`${PATH}?job_type=import`);
    const typical = json.by_type[0].typical_seconds;
    expect(typical).toBeGreaterThanOrEqual(0);
    const made = await client.post(
      '/api/jobs/',
      { job_type: 'import', total_items: 1 },
      { 'Idempotency-Key': 'k' },
    );
    expect(made.json).toMatchObject({ revision: 1, typical_seconds: typical });
    const id = made.json.job_id;
    const read = async () =>
      (await client.get(`/api/jobs/${id}`, { headers: { 'Cache-Control': 'no-cache' } })).json;
    const first = await read();
    expect(first.typical_seconds).toBe(typical);
    const { json: list } = await client.get('/api/jobs?limit=1');
    expect(list.jobs[0]).toMatchObject({
      job_id: id,
      typical_seconds: typical,
      slow: false,
      expected_at: null,
    });
    await evictDurableObject(await jobStub(client.organization, id));
    expect(await read()).toEqual(first);
    const again = await client.post(
      '/api/jobs/',
      { job_type: 'import', total_items: 1 },
      { 'Idempotency-Key': 'k' },
    );
    expect(again.json).toMatchObject({ revision: 1, typical_seconds: typical });
    await client.report(id, { mark_started: true });
    const { json: running } = await client.get('/api/jobs?limit=1');
    const { started_at, expected_at } = running.jobs[0];
    expect(Date.parse(expected_at) - Date.parse(started_at)).toBe(Math.round(typical * 1_000));
    const { json: other } = await client.post('/api/jobs/', { job_type: 'export', total_items: 1 });
    expect(other.typical_seconds).toBeNull();
  });

  it('are of the same jobs after the index was evicted, and after a verification counted them anew', async () => {
    const read = async () => {
      const { by_hour: _byHour, ...counts } = (await client.get(PATH)).json;
      // A job that goes on becomes slow meanwhile.
      return JSON.parse(JSON.stringify(counts, (key, value) => (key === 'slow' ? undefined : value)));
    };
    const before = await read();
    await evictDurableObject(indexStub(client.organization));
    expect(await read()).toEqual(before);
    await runInDurableObject(indexStub(client.organization), async (object, { storage }) => {
      storage.sql.exec('UPDATE job_count SET completed = completed + 1');
      await object.verify(null, 0);
      await object.alarm();
    });
    expect(await read()).toEqual(before);
  });
});
