import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient } from '../../support/client';
import { indexStub } from '../../support/objects';
import { rowsTo } from '../../support/rows-read';

/** Lists over an index that is old and large. */

const JOBS = 12_000;
const ID = "printf('00000000-0000-8000-8000-%012d', n)";
const BODY = `json_set(?, '$.created_at', n, '$.job_id', ${ID})`;
const COLUMNS = `n, ${ID}, 1, 1, 'pending', 'import', 'sync', NULL, '[]', ${BODY}`;
let client: Client;
let made: string;

beforeAll(async () => {
  client = await makeClient();
  made = await client.createJob();
  await runInDurableObject(indexStub(client.organization), (_index, { storage: { sql } }) => {
    const { body } = sql.exec('SELECT body FROM summary').one();
    const long = { last_message: '—'.repeat(4_000), error_message: '—'.repeat(4_000), job_type: 'long' };
    sql.exec(
      `INSERT INTO summary (created_at, job_id, revision, through, status, job_type, category, triggered_by, tags, body)
        ${rowsTo(JOBS, COLUMNS)}`,
      String(body),
    );
    sql.exec('UPDATE summary SET body = json_patch(body, ?) WHERE created_at <= 200', JSON.stringify(long));
    sql.exec("UPDATE summary SET job_type = 'rare' WHERE created_at IN (3, 5000, 11000)");
  });
});

describe('a list', () => {
  it('finds what is rare, in pages that end', async () => {
    const found: string[] = [];
    for (let path = '/api/jobs/?job_type=rare&limit=2'; ; ) {
      const { status, json } = await client.get(path);
      expect(status).toBe(200);
      found.push(...json.jobs.map((job: { created_at: string }) => Date.parse(job.created_at)));
      if (json.next_cursor === null) break;
      path = `/api/jobs/?job_type=rare&limit=2&cursor=${json.next_cursor}`;
    }
    expect(found).toEqual([11_000, 5_000, 3]);
  });

  it('shows long texts of old rows cut, in pages of a bounded size', async () => {
    const before = new Date(151).toISOString();
    const { text, json } = await client.get(`/api/jobs/?created_before=${before}&limit=100`);
    expect(new TextEncoder().encode(text).byteLength).toBeLessThan(300_000);
    expect(json.jobs[0].last_message).toHaveLength(500);
    const cursor = encodeURIComponent(json.next_cursor);
    const next = await client.get(`/api/jobs/?created_before=${before}&limit=100&cursor=${cursor}`);
    const times = [...json.jobs, ...next.json.jobs].map(({ created_at }) => Date.parse(created_at));
    expect(json.jobs.length).toBeGreaterThan(50);
    expect(times.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, index) => 150 - index));
  });

  it('begins with the newest', async () => {
    expect((await client.get('/api/jobs/?limit=1')).json.jobs[0].job_id).toBe(made);
  });
});
