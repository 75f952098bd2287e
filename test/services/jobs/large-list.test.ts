import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../../src/domain/job/summary';
import { type Client, makeClient } from '../../support/client';
import { fillSummaries } from '../../support/fill-summaries';
import { indexStub } from '../../support/objects';
import { insertOldSummary } from '../../support/old-summaries';

/** Lists over an index that is old and large. */

const JOBS = 12_000;
const LONG = '—'.repeat(4_000);
let client: Client;
let made: string;

/** As old jobs as there are ms since 1970: long ones as an older build wrote them, and one now and then of a rare type. */
beforeAll(async () => {
  client = await makeClient();
  made = await client.createJob();
  const index = indexStub(client.organization);
  const [like] = (await index.list({}, null, 1)) as Summary[];
  if (like === undefined) throw new Error('the job is not listed');
  await runInDurableObject(index, (_index, { storage: { sql } }) => {
    const [created_at, job_id] = ['n', "printf('00000000-0000-8000-8000-%012d', n)"];
    fillSummaries(sql, like, JOBS, { created_at, job_id }, 201);
    for (let at = 1; at <= 200; at++) {
      const id = `00000000-0000-8000-8000-${String(at).padStart(12, '0')}`;
      const long = { job_id: id, created_at: at, last_message: LONG, error_message: LONG };
      insertOldSummary(sql, { ...like, ...long, job_type: at === 3 ? 'rare' : 'long' });
    }
    for (const at of [5_000, 11_000]) {
      sql.exec('DELETE FROM summary WHERE created_at = ?', at);
      fillSummaries(sql, { ...like, job_type: 'rare' }, at, { created_at, job_id }, at);
    }
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
