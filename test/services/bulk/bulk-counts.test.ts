/** How many jobs a bulk operation would take in: all that there are up to some thousands, in however many shards. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { summarize } from '../../../src/domain/job/summary';
import { JobDO } from '../../../src/objects/job/job-do';
import { OrgIndexStore } from '../../../src/objects/org-index/org-index-store';
import { freshJob } from '../../support/arbitraries';
import { begin, ended, job } from '../../support/bulk';
import { type Client, makeClient, send } from '../../support/client';
import { fillSummaries } from '../../support/fill-summaries';
import { indexStub } from '../../support/objects';

afterEach(() => vi.restoreAllMocks());

const dryRun = (client: Client, body: object, operation = 'cancel') =>
  client.post(`/api/jobs/bulk/${operation}`, { ...body, dry_run: true });

describe('a filter, of an organization with eight shards,', () => {
  /** One whose shards list so many jobs each. */
  async function organizationWith(counts: Record<number, number>): Promise<Client> {
    const client = await makeClient();
    await send(env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${client.organization}`, { body: { shards: 8 } });
    for (const [shard, count] of Object.entries(counts)) {
      await runInDurableObject(indexStub(client.organization, Number(shard)), (_index, { storage }) =>
        storage.transactionSync(() => {
          new OrgIndexStore(storage.sql).prepare();
          fillSummaries(storage.sql, summarize(freshJob()), count, {
            created_at: 'n',
            job_id: `printf('0000000${shard}-0000-8000-8000-%012d', n)`,
          });
        }),
      );
    }
    return client;
  }

  it.each<[Record<number, number>, number]>([
    [{ 0: 9_000 }, 9_000],
    [{ 0: 5_000, 3: 1_300, 7: 3_000 }, 9_300],
  ])('of jobs in %j is counted to the end', async (counts, count) => {
    const client = await organizationWith(counts);
    const { json, text } = await dryRun(client, { filter: { category: 'sync' } });
    expect(json, text).toEqual({ count, at_least: false });
  });

  it('is counted no further than ten thousand jobs or so', async () => {
    const client = await organizationWith({ 0: 12_000, 1: 600 });
    const { json } = await dryRun(client, { filter: { category: 'sync' } });
    expect(json.at_least).toBe(true);
    expect(json.count).toBeGreaterThanOrEqual(10_000);
    expect(json.count).toBeLessThan(11_500);
  });
});

it('jobs that are named are not counted where one of them can’t be asked', async () => {
  const client = await makeClient();
  const job_ids = [await client.createJob(), await client.createJob(), crypto.randomUUID()];
  expect((await dryRun(client, { job_ids })).json).toEqual({ count: 2, at_least: false });
  vi.spyOn(JobDO.prototype, 'get').mockImplementation(async () => {
    throw Object.assign(new Error('overloaded'), { overloaded: true });
  });
  const refused = await dryRun(client, { job_ids });
  expect([refused.status, refused.json.code]).toEqual([503, 'overloaded']);
});

it('a bulk operation does nothing to another though that can’t be looked at now', async () => {
  const client = await makeClient();
  const first = await begin(client, 'cancel', { job_ids: [await client.createJob()] });
  await ended(client, first);
  const { get } = JobDO.prototype;
  let away = 1;
  vi.spyOn(JobDO.prototype, 'get').mockImplementation(async function (this: JobDO, ...asked) {
    const view = await get.apply(this, asked);
    if (view?.summary.job_id === first && away-- > 0)
      throw Object.assign(new Error('overloaded'), { overloaded: true });
    return view;
  });
  const id = await begin(client, 'delete', { job_ids: [first] });
  expect(await ended(client, id)).toMatchObject({ errors_by_type: { validation_failed: 1 } });
  expect((await job(client, first)).status).toBe('completed');
});

it('times are read as programs write them, numbers among them', async () => {
  const client = await makeClient();
  await client.createJob();
  const seconds = Math.floor(Date.now() / 1_000);
  const counts = async (filter: object) => (await dryRun(client, { filter })).json.count;
  expect(await counts({ created_before: seconds + 60 })).toBe(1);
  expect(await counts({ created_after: 1_000 * (seconds - 60) })).toBe(1);
  expect(await counts({ created_before: `${seconds - 60}` })).toBe(0);
  expect(await counts({ created_before: seconds - 60 })).toBe(0);
  const bad = await dryRun(client, { filter: { created_before: 1e15 } });
  expect([bad.status, bad.json.errors[0].path]).toEqual([422, 'filter.created_before']);
});
