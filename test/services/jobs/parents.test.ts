/** A job may be the child of another, which is none itself; the parent's body says nothing of it. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { feedResponse } from '../../../src/dialects/native/feed/schemas';
import { SHARDS_SETTLE } from '../../../src/domain/access/shards';
import { CHILD_LIMIT } from '../../../src/domain/job/children';
import { coreOf, shardOf } from '../../../src/objects/address';
import { JobDO } from '../../../src/objects/job/job-do';
import { CHILDREN_SLOT } from '../../../src/objects/job/job-schema';
import { type Client, makeClient, newKey, send } from '../../support/client';
import { countRows } from '../../support/count-rows';
import { indexStub, jobStub } from '../../support/objects';

const CHILD = { job_type: 'import', total_items: 1 };

let client: Client;
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
beforeAll(async () => {
  client = await makeClient();
});

const create = (fields: Record<string, unknown>, headers = {}, by = client) =>
  by.post('/api/jobs/', { ...CHILD, ...fields }, headers);

/** How many children a job has counted. */
async function counted(id: string, { organization } = client): Promise<number> {
  return runInDurableObject(await jobStub(organization, id), (_job, { storage: { sql } }) => {
    const [row] = sql.exec<{ n: number }>('SELECT n FROM entry WHERE slot = ?', CHILDREN_SLOT).toArray();
    return row?.n ?? 0;
  });
}

describe('a child', () => {
  it('says whose it is and is listed by that, and so is its rerun; nothing of the parent changes', async () => {
    const parent = await client.createJob();
    const before = await client.get(`/api/jobs/${parent}`);
    const { status, json, text } = await create({ parent_job_id: parent.toUpperCase() });
    expect([status, json.parent_job_id], text).toEqual([201, parent]);
    expect(before.json.parent_job_id).toBeNull();
    await client.report(json.job_id, { mark_failed: 'no' });
    const again = (await client.post(`/api/jobs/${json.job_id}/rerun`)).json;
    expect([again.parent_job_id, again.rerun_of]).toEqual([parent, json.job_id]);
    const listed = (await client.get(`/api/jobs/?parent_job_id=${parent}`)).json.jobs;
    const shown = (job: Record<string, unknown>) => [job.job_id, job.parent_job_id];
    expect(listed.map(shown)).toEqual([again, json].map(shown));
    const after = await client.get(`/api/jobs/${parent}`);
    expect([after.text, after.headers.get('ETag')]).toEqual([before.text, before.headers.get('ETag')]);
    // A rerun does what its original did: the parent has no child more.
    expect(await counted(parent)).toBe(1);
  });

  it('is told of in the feed as whose it is, and so is its rerun', async () => {
    const own = await makeClient();
    const parent = await own.createJob();
    const child = await own.createJob({ parent_job_id: parent });
    await own.report(child, { mark_started: true, mark_completed: true });
    const again = (await own.post(`/api/jobs/${child}/rerun`)).json.job_id;
    const { json } = await own.get('/api/events');
    expect(feedResponse.parse(json)).toEqual(json);
    const told = json.events.map((event: { job_id: string; data: { parent_job_id: string | null } }) => [
      event.job_id,
      event.data.parent_job_id,
    ]);
    const ofChild = [child, parent];
    expect(told).toEqual([[parent, null], ofChild, ofChild, ofChild, [again, parent]]);
  });

  it('whose parent is unknown, ill-formed, foreign, deleted, a child or none for its key is refused, all alike', async () => {
    const [other, gone, parent] = [await makeClient(), await client.createJob(), await client.createJob()];
    await client.post(`/api/jobs/${gone}/cancel`);
    expect((await client.send('DELETE', `/api/jobs/${gone}`)).status).toBe(204);
    const child = (await create({ parent_job_id: parent })).json.job_id;
    const refused = async (parent_job_id: string, by = client) => {
      const { status, json } = await create({ parent_job_id }, {}, by);
      return [status, json.code, json.detail, json.errors];
    };
    const right = await refused(crypto.randomUUID());
    expect(right.slice(0, 2)).toEqual([422, 'validation_failed']);
    expect(right[3]).toEqual([{ path: 'parent_job_id', message: expect.any(String) }]);
    for (const id of ['none', await other.createJob(), gone, child])
      expect(await refused(id), id).toEqual(right);
    const imports = await newKey(client, { permissions: ['job:create'], job_types: ['import'] });
    const crawl = await client.createJob({ job_type: 'crawl' });
    expect(await refused(crawl, imports)).toEqual(right);
    expect((await create({ parent_job_id: parent }, {}, imports)).status).toBe(201);
    expect(await counted(parent)).toBe(2);
    expect(await counted(child)).toBe(0);
  });

  it('is counted by one row, once for its key, until there are 10,000', async () => {
    const parent = await client.createJob();
    const stub = await jobStub(client.organization, parent);
    const key = { 'Idempotency-Key': 'one' };
    const rows = await countRows(stub, async () => {
      for (const status of [201, 200]) {
        expect((await create({ parent_job_id: parent }, key)).status).toBe(status);
      }
    });
    expect([rows, await counted(parent)]).toEqual([1, 1]);
    // What was cut off between its parent and itself comes again.
    const core = '0123456789abcdef0';
    for (const _ of [1, 2]) expect(await stub.adopt(client.organization, core)).toBe('adopted');
    expect(await counted(parent)).toBe(2);
    const set = (count: number) =>
      runInDurableObject(stub, (_job, { storage: { sql } }) => {
        const body = JSON.stringify({ count, newest: [] });
        sql.exec('UPDATE entry SET n = ?, body = ? WHERE slot = ?', count, body, CHILDREN_SLOT);
      });
    await set(CHILD_LIMIT - 1);
    expect((await create({ parent_job_id: parent })).status).toBe(201);
    const { status, json } = await create({ parent_job_id: parent });
    expect([status, json.errors?.[0]?.path]).toEqual([422, 'parent_job_id']);
    expect(json.detail).toContain('10,000');
    // What was made before is answered for all that.
    expect((await create({ parent_job_id: parent }, key)).status).toBe(200);
  });

  it('that there is no room for is none: its parent counts it once it is made', async () => {
    const small = await makeClient();
    const path = `/admin/orgs/${small.organization}`;
    await send(env.ADMIN_TOKEN, 'PATCH', path, { body: { limits: { jobs: 2 } } });
    const parent = (await create({}, {}, small)).json.job_id;
    const first = (await create({ parent_job_id: parent }, {}, small)).json.job_id;
    const second = () => create({ parent_job_id: parent }, { 'Idempotency-Key': 'second' }, small);
    for (const _time of [1, 2]) expect((await second()).json.code).toBe('quota_exceeded');
    expect(await counted(parent, small)).toBe(1);
    await small.post(`/api/jobs/${first}/cancel`);
    expect((await second()).status).toBe(201);
    expect(await counted(parent, small)).toBe(2);
  });

  it('that was refused, and made by the same request again meanwhile, is counted and known', async () => {
    const small = await makeClient();
    const path = `/admin/orgs/${small.organization}`;
    await send(env.ADMIN_TOKEN, 'PATCH', path, { body: { limits: { jobs: 2 } } });
    const parent = (await create({}, {}, small)).json.job_id;
    const other = (await create({}, {}, small)).json.job_id;
    const { disown } = JobDO.prototype;
    const [called, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    vi.spyOn(JobDO.prototype, 'disown').mockImplementationOnce(async function (this: JobDO, ...asked) {
      called.resolve();
      await released.promise;
      return disown.apply(this, asked);
    });
    const ask = () => create({ parent_job_id: parent }, { 'Idempotency-Key': 'third' }, small);
    const first = ask();
    await called.promise;
    await small.post(`/api/jobs/${other}/cancel`);
    const second = await ask();
    released.resolve();
    expect([(await first).json.code, second.status]).toEqual(['quota_exceeded', 201]);
    expect(await counted(parent, small)).toBe(1);
    const known = await (await jobStub(small.organization, parent)).newestChildren(small.organization);
    expect(known).toEqual([coreOf(second.json.job_id)]);
  });

  it('outlives its parent, and is run again for it', async () => {
    const parent = await client.createJob();
    const child = (await create({ parent_job_id: parent })).json.job_id;
    for (const id of [parent, child]) await client.post(`/api/jobs/${id}/cancel`);
    await client.send('DELETE', `/api/jobs/${parent}`);
    const again = await client.post(`/api/jobs/${child}/rerun`);
    expect([again.status, again.json.parent_job_id]).toEqual([201, parent]);
  });
});

it('a job that an older build has made is no child', async () => {
  const id = await client.createJob();
  const stub = await jobStub(client.organization, id);
  await runInDurableObject(stub, (_job, { storage: { sql } }) => {
    sql.exec('ALTER TABLE job DROP COLUMN typical_seconds');
    sql.exec('ALTER TABLE job DROP COLUMN parent_job_id');
    sql.exec('UPDATE job SET schema = 3');
  });
  await evictDurableObject(stub);
  expect((await create({ parent_job_id: id })).status).toBe(201);
  expect((await client.get(`/api/jobs/${id}`)).json.parent_job_id).toBeNull();
});

describe('what the children come to', () => {
  const roll = async (parent: string, by = client) =>
    (await by.get(`/api/jobs/${parent}/children`)).json.rollup;
  const counts = (some: Record<string, number>) => ({
    ...{ pending: 0, in_progress: 0, completed: 0, completed_with_warnings: 0, partial_success: 0 },
    ...{ failed: 0, cancelled: 0, ...some },
  });

  it('by weight, ended ones whole, the worst outcome, of each chain the newest; and exact whatever is retried and deleted', async () => {
    const parent = await client.createJob();
    const none = {
      children: 0,
      progress_percentage: 0,
      status: 'pending',
      outcome: null,
      by_status: counts({}),
    };
    const { status, json } = await client.get(`/api/jobs/${parent}/children`);
    expect([status, json]).toEqual([200, { jobs: [], rollup: none, next_cursor: null }]);
    const make = async (total_items: number, by = client) =>
      (await create({ parent_job_id: parent, total_items }, {}, by)).json.job_id as string;
    const [large, small, empty] = [await make(300), await make(99), await make(0)];
    expect(await roll(parent)).toMatchObject({ children: 3, status: 'pending', progress_percentage: 0 });
    await client.report(large, { processed_items: 100 });
    await client.report(small, { processed_items: 1, mark_failed: 'no' });
    const now = await roll(parent);
    // (300 × 33.33 % + 99 + 1 × 0 %) ÷ 400: the start of the first was told at once.
    expect(now).toEqual({
      ...{ children: 3, progress_percentage: 49.74, status: 'in_progress', outcome: 'failed' },
      by_status: counts({ in_progress: 1, failed: 1, pending: 1 }),
    });
    const again = (await client.post(`/api/jobs/${small}/rerun`)).json.job_id;
    expect(await roll(parent)).toMatchObject({ children: 3, progress_percentage: 24.99, outcome: null });
    await client.report(again, { mark_completed: true });
    await client.report(empty, { mark_completed: true });
    await client.report(large, { warned_items: 1, mark_completed: true });
    const ended = {
      ...{ children: 3, progress_percentage: 100, status: 'completed_with_warnings' },
      ...{
        outcome: 'completed_with_warnings',
        by_status: counts({ completed: 2, completed_with_warnings: 1 }),
      },
    };
    expect(await roll(parent)).toEqual(ended);
    // The original counts again once its rerun is gone.
    await client.send('DELETE', `/api/jobs/${again}`);
    expect(await roll(parent)).toMatchObject({ children: 3, progress_percentage: 100, outcome: 'failed' });
    for (const id of [large, empty, small]) await client.send('DELETE', `/api/jobs/${id}`);
    expect(await roll(parent)).toEqual(none);
  });

  it('is there for whoever sees the parent, of children that they see; pages have a cursor of their own', async () => {
    const parent = await client.createJob();
    const ids = [await create({ parent_job_id: parent }), await create({ parent_job_id: parent })];
    await create({ parent_job_id: parent, job_type: 'crawl', total_items: 9 });
    const imports = await newKey(client, { permissions: ['job:read'], job_types: ['import'] });
    const { json } = await imports.get(`/api/jobs/${parent.toUpperCase()}/children?limit=1`);
    expect([json.rollup.children, json.jobs[0].job_id]).toEqual([2, ids[1]?.json.job_id]);
    const rest = await imports.get(`/api/jobs/${parent}/children?limit=1&cursor=${json.next_cursor}`);
    expect([rest.json.jobs[0].job_id, rest.json.next_cursor]).toEqual([ids[0]?.json.job_id, null]);
    expect((await roll(parent)).children).toBe(3);
    const crawls = await newKey(client, { permissions: ['job:read'], job_types: ['crawl'] });
    for (const by of [crawls, await makeClient()]) {
      expect((await by.get(`/api/jobs/${parent}/children`)).status).toBe(404);
    }
    expect(
      (await client.get(`/api/jobs/${ids[0]?.json.job_id}/children?cursor=${json.next_cursor}`)).status,
    ).toBe(400);
  });

  it('is over all shards, a chain of reruns in one; what verification mends is right in it', async () => {
    const sharded = await makeClient();
    const set = await send(env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${sharded.organization}`, {
      body: { shards: 4 },
    });
    expect(set.status, set.text).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + SHARDS_SETTLE + 31_000 });
    const parent = await sharded.createJob();
    const ids = await Promise.all(
      Array.from({ length: 12 }, () => sharded.createJob({ parent_job_id: parent })),
    );
    for (const id of ids.slice(0, 6)) {
      await sharded.report(id, { mark_failed: 'no' });
      vi.setSystemTime(Date.now() + 1);
      const again = (await sharded.post(`/api/jobs/${id}/rerun`)).json.job_id;
      expect(shardOf(again)).toBe(shardOf(id));
    }
    expect(new Set(ids.map(shardOf)).size).toBeGreaterThan(1);
    const right = await roll(parent, sharded);
    expect(right).toMatchObject({ children: 12, status: 'pending', by_status: counts({ pending: 12 }) });
    for (const shard of [0, 1, 2, 3]) {
      await runInDurableObject(indexStub(sharded.organization, shard), (_index, { storage: { sql } }) => {
        if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'summary'").toArray().length === 0) return;
        sql.exec("UPDATE summary SET status = 'failed' WHERE n % 3 = 0");
        sql.exec('UPDATE summary SET parent_job_id = ? WHERE n % 3 = 1', 'another');
        sql.exec('DELETE FROM summary WHERE n % 3 = 2');
        sql.exec('UPDATE rollup SET failed = failed + 7, done_high = 3');
        sql.exec('DELETE FROM child WHERE n % 2 = 0');
      });
    }
    expect(await roll(parent, sharded)).not.toEqual(right);
    for (let cursor = ''; ; ) {
      const path = `/admin/orgs/${sharded.organization}/index/verify?limit=50${cursor && `&cursor=${cursor}`}`;
      const { json } = await send(env.ADMIN_TOKEN, 'POST', path);
      if (json.next_cursor === null) break;
      cursor = json.next_cursor;
    }
    expect(await roll(parent, sharded)).toEqual(right);
    const listed = (await sharded.get(`/api/jobs/${parent}/children?limit=100`)).json.jobs;
    expect(listed).toHaveLength(18);
  });
});
