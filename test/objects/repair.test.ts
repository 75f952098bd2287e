/** The index is a projection: whatever became of it, its jobs say what is true, and it says so again. */

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobDO } from '../../src/objects/job/job-do';
import { type Client, makeClient, send } from '../support/client';
import { countRows } from '../support/count-rows';
import { later } from '../support/later';
import { indexStub, jobStub } from '../support/objects';
import { rowsTo } from '../support/rows-read';

const DAY = 86_400_000;
const NONE = { missing: 0, stale: 0, ghost: 0 };

let client: Client;
beforeEach(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const index = () => indexStub(client.organization);
function sql(...statements: [string, ...SqlStorageValue[]][]): Promise<void> {
  return runInDurableObject(index(), (_object, { storage }) => {
    for (const [statement, ...values] of statements) storage.sql.exec(statement, ...values).toArray();
  });
}

/** Jobs in every state that an entry can show. */
async function makeJobs(count: number): Promise<string[]> {
  const ids: string[] = [];
  const ends = [
    { mark_completed: true },
    { mark_failed: 'it broke' },
    { stage: 'writing' },
    { processed_items: 3 },
  ];
  for (let n = 0; n < count; n++) {
    const fields = {
      name: `Job ${n}`,
      tags: [`t${n % 3}`],
      job_type: n % 2 ? 'import' : 'export',
      triggered_by: 'me',
    };
    const id = await client.createJob(fields);
    const end = ends[n % 5];
    if (end !== undefined) expect((await client.report(id, end)).status).toBe(200);
    ids.push(id);
  }
  return ids;
}

/** Everything that is read of the index: the list by several ways, the feed, the use. */
async function read() {
  const list = async (query: string) => {
    const { json } = await client.get(`/api/jobs/?limit=100${query}`);
    return json.jobs.map(({ updated_at: _, ...job }: Record<string, unknown>) => job);
  };
  const ways = [
    '',
    '&status=completed',
    '&status=in_progress',
    '&tag=t1',
    '&job_type=import',
    '&triggered_by=me',
    '&q=Job',
  ];
  const lists = await Promise.all(ways.map(list));
  const events = (await client.get('/api/events?limit=100')).json.events;
  return { lists, events, use: (await client.get('/api/usage')).json.limits.jobs.use };
}

/** Verifies the whole index, `limit` jobs a request, and answers what was found in all. */
async function verify(limit = 7) {
  const sum = { checked: 0, late: 0, mended: { ...NONE } };
  for (let cursor = ''; ; ) {
    const path = `/admin/orgs/${client.organization}/index/verify?limit=${limit}${cursor && `&cursor=${cursor}`}`;
    const { status, text, json } = await send(env.ADMIN_TOKEN, 'POST', path);
    if (status !== 200) throw new Error(text);
    expect(json.checked).toBeLessThanOrEqual(limit);
    sum.checked += json.checked;
    sum.late += json.late;
    for (const kind of ['missing', 'stale', 'ghost'] as const) sum.mended[kind] += json.mended[kind];
    if (json.next_cursor === null) return sum;
    cursor = json.next_cursor;
  }
}

describe('verifying', () => {
  it('restores entries that were corrupted, deleted or invented, and tells the feed nothing twice', async () => {
    const ids = await makeJobs(40);
    const truth = await read();
    const at = (n: number) => ids[n] as string;
    expect(await verify()).toEqual({ checked: 40, late: 0, mended: NONE });
    // One of this shard, as the others are, of which there is no job.
    const nobody = `00${crypto.randomUUID().slice(2)}`;
    const ghost = (id: string, from: string): [string, ...SqlStorageValue[]] => [
      `INSERT INTO summary (job_id, created_at, revision, through, status, category, job_type, name, tags, completed_at, body)
        SELECT ?, created_at + 1, 9, 9, status, category, job_type, 'A ghost', '["t1","x"]', completed_at, body FROM summary WHERE job_id = ?`,
      ...[id, from],
    ];
    await sql(
      ["UPDATE summary SET status = 'completed' WHERE job_id = ?", at(2)],
      ["UPDATE summary SET status = 'pending', completed_at = NULL, revision = 99 WHERE job_id = ?", at(5)],
      [
        "UPDATE summary SET job_type = 'other', triggered_by = 'you', tags = '[\"t9\"]', through = 77 WHERE job_id = ?",
        at(8),
      ],
      ['UPDATE summary SET body = ?, told = ? WHERE job_id = ?', '[1,2', 'null', at(11)],
      ['UPDATE summary SET created_at = created_at - 5000, name = ? WHERE job_id = ?', '', at(14)],
      ['UPDATE summary SET revision = 1, status = ? WHERE job_id = ?', 'failed', at(17)],
      ...[3, 13, 23, 33].map((n): [string, string] => ['DELETE FROM summary WHERE job_id = ?', at(n)]),
      ghost(nobody, at(0)),
      ghost('no id', at(1)),
      ghost(at(9), at(9)),
    );
    const { checked, late, mended } = await verify();
    expect([late, mended]).toEqual([0, { missing: 4, stale: 7, ghost: 2 }]);
    expect(checked).toBeGreaterThanOrEqual(43);
    expect(await read()).toEqual(truth);
    expect((await verify()).mended).toEqual(NONE);
    // What was found by a wrong value is found by it no more, and nothing dangles.
    for (const query of ['tag=t9', 'tag=x', 'job_type=other', 'triggered_by=you'])
      expect((await client.get(`/api/jobs/?${query}`)).json.jobs).toEqual([]);
    await runInDurableObject(index(), (_object, { storage }) => {
      const dangling = 'SELECT count(*) AS n FROM summary_term WHERE n NOT IN (SELECT n FROM summary)';
      expect(storage.sql.exec<{ n: number }>(dangling).one().n).toBe(0);
    });
    // The jobs go on as if nothing had been.
    expect((await client.report(at(3), { mark_completed: true })).json.status).toBe('completed');
    expect((await client.get('/api/events?limit=100&types=job.completed')).json.events.at(-1).job_id).toBe(
      at(3),
    );
  });

  it('rebuilds a shard from the jobs that its feed names; one that was deleted does not come back', async () => {
    const ids = await makeJobs(12);
    expect((await client.send('DELETE', `/api/jobs/${ids[0]}`)).status).toBe(204);
    const truth = await read();
    await sql(['DELETE FROM summary']);
    expect((await client.get('/api/jobs/')).json.jobs).toEqual([]);
    expect((await verify(5)).mended).toEqual({ missing: 11, stale: 0, ghost: 0 });
    expect(await read()).toEqual(truth);
    await sql(['DELETE FROM summary'], ...[0, 1, 2].map((n): [string] => [`DELETE FROM tombstone_${n}`]));
    expect((await verify(5)).mended).toEqual({ missing: 11, stale: 0, ghost: 0 });
    expect(await read()).toEqual(truth);
  });

  it('takes what a job has still to publish for no drift, and a job that speaks meanwhile at its word', async () => {
    const id = await client.createJob();
    await client.report(id, { processed_items: 1 });
    await client.report(id, { processed_items: 2 });
    expect(await verify()).toEqual({ checked: 1, late: 1, mended: NONE });
    expect((await client.get('/api/jobs/')).json.jobs[0].processed_items).toBe(2);
    const { restate } = JobDO.prototype;
    vi.spyOn(JobDO.prototype, 'restate').mockImplementation(async function (this: JobDO, ...ask) {
      const answer = await restate.apply(this, ask);
      await client.report(id, { mark_completed: true });
      return answer;
    });
    await sql(["UPDATE summary SET name = 'x'"]);
    expect((await verify()).mended).toEqual(NONE);
    vi.restoreAllMocks();
    expect((await verify()).mended).toEqual({ missing: 0, stale: 1, ghost: 0 });
    expect((await client.get('/api/jobs/')).json.jobs[0]).toMatchObject({
      status: 'completed',
      name: 'Import',
    });
  });

  it('looks through a bounded part of a long feed at a time, and goes on from there', async () => {
    const id = await client.createJob();
    await runInDurableObject(index(), (_object, { storage }) => {
      for (const table of ['feed_0', 'feed_1', 'feed_2', 'feed_3']) {
        storage.sql.exec(`INSERT INTO ${table} SELECT seq + value, at, 'an endpoint', 1, body, bytes
          FROM ${table}, (${rowsTo(50_000, 'n AS value')}) WHERE seq = (SELECT max(seq) FROM ${table})`);
      }
    });
    await sql(['DELETE FROM summary']);
    const path = `/admin/orgs/${client.organization}/index/verify`;
    const first = (await send(env.ADMIN_TOKEN, 'POST', path)).json;
    expect(first).toMatchObject({ checked: 0, next_cursor: expect.any(String) });
    const second = (await send(env.ADMIN_TOKEN, 'POST', `${path}?cursor=${first.next_cursor}`)).json;
    expect(second).toMatchObject({ checked: 1, mended: { missing: 1 }, next_cursor: null });
    expect((await client.get('/api/jobs/')).json.jobs[0].job_id).toBe(id);
  });

  it('writes nothing where nothing is wrong, and makes nothing where nothing is', async () => {
    await makeJobs(5);
    expect(await countRows(index(), () => verify())).toBe(0);
    client = await makeClient();
    expect(await verify()).toEqual({ checked: 0, late: 0, mended: NONE });
    await runInDurableObject(index(), (_object, { storage }) => {
      expect(storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name NOT GLOB '_cf_*'").toArray()).toEqual(
        [],
      );
    });
    const nobody = await send(env.ADMIN_TOKEN, 'POST', '/admin/orgs/no-such/index/verify');
    expect(nobody.status).toBe(404);
  });
});

describe('the sweep', () => {
  /** Runs the shard's alarm for as long as it is set to go off soon, and answers how many jobs were asked. */
  async function sweep(): Promise<number> {
    const asked = vi.spyOn(JobDO.prototype, 'restate');
    for (;;) {
      const due = await runInDurableObject(index(), (_object, { storage }) => storage.getAlarm());
      if (due === null || due > Date.now() + 60_000) break;
      if (due > Date.now()) later(due - Date.now());
      await runDurableObjectAlarm(index());
    }
    const { length } = asked.mock.calls;
    asked.mockRestore();
    return length;
  }
  /** How many jobs each turn asks. */
  async function turns(): Promise<number[]> {
    const asked = vi.spyOn(JobDO.prototype, 'restate');
    const counts: number[] = [];
    for (let due = await alarm(); due !== null && due <= Date.now() + 60_000; due = await alarm()) {
      if (due > Date.now()) later(due - Date.now());
      await runDurableObjectAlarm(index());
      counts.push(asked.mock.calls.length);
      asked.mockClear();
    }
    return counts;
  }
  const alarm = () => runInDurableObject(index(), (_object, { storage }) => storage.getAlarm());

  const counts = async () => {
    const { json } = await client.get('/api/jobs/stats');
    return [json.complete, json.by_status];
  };

  it('asks once a day the jobs that look unfinished, and mends what is wrong, in the counts too', async () => {
    const ids = await makeJobs(10);
    const truth = await read();
    const [, counted] = await counts();
    expect(await sweep()).toBe(0);
    expect(await alarm()).toBeGreaterThan(Date.now() + DAY - 60_000);
    await sql(
      ["UPDATE summary SET status = 'in_progress', completed_at = NULL WHERE job_id = ?", ids[0] as string],
      ["UPDATE summary SET job_type = 'other' WHERE job_id = ?", ids[2] as string],
      [
        `INSERT INTO summary (job_id, created_at, revision, through, status, category, job_type, tags, body)
          SELECT ?, created_at, 9, 9, 'pending', category, job_type, '[]', body FROM summary WHERE job_id = ?`,
        ...[`00${crypto.randomUUID().slice(2)}`, ids[3] as string],
      ],
      ['UPDATE job_count SET pending = pending + 3'],
    );
    later(DAY + 1_000);
    // Six have not ended, one looks as if it had not, one is none.
    expect(await sweep()).toBe(8);
    expect(await read()).toEqual(truth);
    expect(await counts()).toEqual([true, counted]);
    expect(await alarm()).toBeGreaterThan(Date.now() + DAY - 120_000);
  });

  it('where all have ended nothing wakes the shard any more, until there is another', async () => {
    for (const id of await makeJobs(2)) await client.report(id, { mark_completed: true });
    later(DAY + 1_000);
    expect(await sweep()).toBe(0);
    expect(await alarm()).toBeNull();
    const id = await client.createJob();
    expect(await alarm()).not.toBeNull();
    const stub = await jobStub(client.organization, id);
    expect(await countRows(index(), () => client.report(id, { stage: 'next' }))).toBeGreaterThan(0);
    expect(stub).toBeDefined();
  });

  it('asks a bounded number at a turn', async () => {
    await client.createJob();
    await sql([
      `INSERT INTO summary (job_id, created_at, revision, through, status, category, job_type, tags, body)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
        SELECT printf('00000000-0000-8000-8000-%012d', i), created_at, 1, 1, 'pending', category, job_type, '[]', body FROM summary, n`,
    ]);
    later(DAY + 1_000);
    expect(await turns()).toEqual([100, 100, 51]);
    expect((await client.get('/api/jobs/')).json.jobs).toHaveLength(1);
  });

  it('asks as many as fit beside the objects in use, and waits where none does', async () => {
    for (let n = 0; n < 5; n++) await client.createJob();
    later(DAY + 1_000);
    await runInDurableObject(index(), (object) => {
      // A hundred are the process's own, the shard has three, and two jobs fill the half of the rest.
      Object.assign((object as unknown as { env: object }).env, { OPEN_FILES: '118' });
    });
    expect(await turns()).toEqual([2, 0, 0, 0, 2, 0, 0, 0, 1]);
  });
});
