import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Summary } from '../../../src/domain/job/summary';
import { summarize } from '../../../src/domain/job/summary';
import { migrateByTable } from '../../../src/objects/kit/migrate';
import type { ListPart } from '../../../src/objects/org-index/contract';
import { ORG_INDEX_MIGRATIONS } from '../../../src/objects/org-index/org-index-schema';
import { freshJob } from '../../support/arbitraries';
import { type Answer, type Client, makeClient } from '../../support/client';
import { indexStub } from '../../support/objects';
import { insertOldSummary } from '../../support/old-summaries';

const PATH = '/api/jobs/';
const idsOf = ({ json }: Answer): string[] => json.jobs.map(({ job_id }: { job_id: string }) => job_id);

describe('a list of jobs', () => {
  let client: Client;
  /** A job that failed, its rerun, the rerun's, one that waits, and one under way. */
  let [failed, again, last, waiting, running] = ['', '', '', '', ''];

  beforeAll(async () => {
    client = await makeClient();
    const end = async (id: string) => {
      await client.report(id, { mark_started: true });
      await client.report(id, { mark_failed: 'no' });
    };
    const rerun = async (id: string) => (await client.post(`/api/jobs/${id}/rerun`)).json.job_id as string;
    failed = await client.createJob({ name: 'Nightly import', job_type: 'import' });
    await end(failed);
    again = await rerun(failed);
    await end(again);
    last = await rerun(again);
    waiting = await client.createJob({ name: 'NIGHTLY Ärger', job_type: 'import' });
    running = await client.createJob({ name: 'Other' });
    await client.report(running, { mark_started: true });
  });

  it.each([
    ['name=Nightly%20import', () => [last, again, failed]],
    ['name=nightly%20import', () => []],
    ['q=nightly', () => [waiting, last, again, failed]],
    ['q=NIGHTLY%20%C3%84', () => [waiting]],
    ['q=%25', () => []],
    ['q=', () => [running, waiting, last, again, failed]],
    ['rerun_of={failed}', () => [again]],
    ['rerun_of={again}', () => [last]],
    ['root_job_id={failed}', () => [last, again, failed]],
    ['root_job_id={waiting}', () => [waiting]],
    ['root_job_id=none', () => []],
    ['parent_job_id={failed}', () => []],
    ['health=ok&health=late', () => [running, waiting, last, again, failed]],
    ['health=stalled', () => []],
    ['q=nightly&status=failed', () => [again, failed]],
    ['q={waiting}', () => [waiting]],
    ['order=completed_at', () => [again, failed]],
    ['order=updated_at', () => [running, waiting, last, again, failed]],
    ['order=updated_at&status=failed&q=nightly', () => [again, failed]],
  ])('%s', async (query, right) => {
    const ids: Record<string, string> = { failed, again, waiting };
    const named = query.replaceAll(/\{(\w+)\}/g, (_, name: string) => (ids[name] ?? '').toUpperCase());
    const answer = await client.get(`${PATH}?${named}`);
    expect([answer.status, idsOf(answer)]).toEqual([200, right()]);
  });

  it('says when status, stage or health last changed, which progress does not move', async () => {
    const changed = async () => {
      const { json } = await client.get(`${PATH}?q=Other`);
      return json.jobs[0].updated_at as string;
    };
    const before = await changed();
    await client.report(running, { processed_items: 1 });
    expect(await changed()).toBe(before);
    await client.report(running, { stage: 'writing' });
    await vi.waitFor(async () => expect(Date.parse(await changed())).toBeGreaterThan(Date.parse(before)));
    const ended = (await client.get(`${PATH}?status=failed&limit=1`)).json.jobs[0];
    expect(ended.updated_at).toBe(ended.completed_at);
  });

  it('by change: one that moves between two pages hides none and is not shown twice', async () => {
    const first = await client.get(`${PATH}?order=updated_at&limit=2`);
    const rest = idsOf(await client.get(`${PATH}?order=updated_at`)).slice(2);
    // It stands on a later page, and moves to the front.
    await client.report(last, { mark_started: true });
    await vi.waitFor(async () => {
      expect(idsOf(await client.get(`${PATH}?order=updated_at&limit=1`))).toEqual([last]);
    });
    const second = await client.get(`${PATH}?order=updated_at&limit=9&cursor=${first.json.next_cursor}`);
    expect(idsOf(second)).toEqual(rest.filter((id) => id !== last));
  });

  it('a cursor is good for its filter and its order, and where its job is gone', async () => {
    const page = `${PATH}?status=failed&status=pending&q=nightly`;
    const { json } = await client.get(`${page}&limit=1`);
    const at = `&cursor=${json.next_cursor}`;
    for (const other of [PATH, `${PATH}?q=nightly`, `${page}&order=updated_at`, `${page}&name=x`]) {
      const refused = await client.get(`${other}${other.includes('?') ? '' : '?'}${at}`);
      expect([refused.status, refused.json.code]).toEqual([400, 'invalid_cursor']);
    }
    expect((await client.post(`/api/jobs/${json.jobs[0].job_id}/cancel`)).status).toBe(200);
    const rest = await client.get(`${PATH}?q=nightly&status=pending&status=failed${at}`);
    expect(idsOf(rest)).toEqual([again, failed]);
    expect(rest.json.next_cursor).toBeNull();
  });
});

describe('an index whose summaries stand in another form', () => {
  const JOBS = 2_500;

  it('shows the same before, while and after they move, which a look sets off', async () => {
    const index = indexStub('moving');
    await runInDurableObject(index, (_index, { storage }) =>
      storage.transactionSync(() => {
        migrateByTable(storage.sql, ORG_INDEX_MIGRATIONS, 7);
        for (let n = 1; n <= JOBS; n++) {
          const like: Summary = {
            ...summarize(freshJob()),
            job_id: `j${n}`,
            created_at: n,
            root_job_id: `j${n}`,
          };
          insertOldSummary(storage.sql, { ...like, tags: n % 500 === 0 ? ['rare'] : [] });
        }
      }),
    );
    const shown = async (filter = {}) => {
      const { jobs } = (await index.list(filter, null, 101, 1_000_000)) as ListPart;
      return jobs.map((job) => JSON.stringify(job));
    };
    const before = [await shown(), await shown({ created_before: 700, tag: ['rare'] })];
    expect(before.map((jobs) => jobs.length)).toEqual([101, 1]);
    const early = await index.list({}, null, 9, 1_000, { order: 'updated_at' });
    expect(early).toEqual({ jobs: [], through: null, order: 'created_at' });
    // A job is heard of before its turn.
    const summary = { ...(JSON.parse(before[1]?.[0] ?? '') as Summary), revision: 9, last_message: 'on' };
    await index.publish({ summary, events: [], through: 1, deleted: false });
    expect(JSON.parse((await shown({ created_before: 700, tag: ['rare'] }))[0] ?? '').last_message).toBe(
      'on',
    );
    expect(await shown()).toEqual(before[0]);
    const isMoving = () =>
      runInDurableObject(index, (_index, { storage: { sql } }) => {
        const query = "SELECT 1 FROM sqlite_master WHERE name = 'summary_before'";
        return sql.exec(query).toArray().length > 0;
      });
    // Once all have moved an alarm is left that sweeps.
    while (await isMoving()) expect(await runDurableObjectAlarm(index)).toBe(true);
    expect(await shown()).toEqual(before[0]);
    const { jobs } = (await index.list({}, null, 9, 1_000_000, { order: 'updated_at' })) as ListPart;
    expect(jobs[0]?.job_id).toBe('j2500');
    await runInDurableObject(index, (_index, { storage: { sql } }) => {
      expect(sql.exec('SELECT count(*) AS n FROM summary').one().n).toBe(JOBS);
      expect(
        sql.exec("SELECT name FROM sqlite_master WHERE name IN ('summary_before', 'summary_tag')").toArray(),
      ).toEqual([]);
    });
  });
});
