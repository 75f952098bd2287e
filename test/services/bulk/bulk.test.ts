/** A bulk operation does to each job what it was asked, once, whatever becomes of its object; and says what it could not do. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../../src/config';
import { callerOf } from '../../../src/http/caller-of';
import { BulkStore } from '../../../src/objects/bulk/bulk-store';
import type { BulkPlace, BulkSpec } from '../../../src/objects/bulk/contract';
import { bulkPage } from '../../../src/services/bulk/bulk-page';
import { recordsOf } from '../../support/audit';
import { begin, ended, job, jobs, listed, statuses, stubOf, under } from '../../support/bulk';
import { type Client, makeClient } from '../../support/client';

describe('cancel', () => {
  it('500 jobs of a filter, its object evicted again and again: each once, and no other', async () => {
    const client = await makeClient();
    const others = await jobs(client, 3, { job_type: 'crawl' });
    const ids = await jobs(client, 500);
    const filter = { job_type: 'import' };
    const counted = await client.post('/api/jobs/bulk/cancel', { filter, dry_run: true });
    expect([counted.status, counted.json]).toEqual([200, { count: 500, at_least: false }]);
    const id = await begin(client, 'cancel', { filter, reason: 'Obsolete' });
    const late = await jobs(client, 2);
    for (const count of [50, 200, 350]) {
      await under(client, id, count);
      await evictDurableObject(stubOf(client, id));
    }
    const bulk = await ended(client, id);
    expect(bulk).toMatchObject({
      ...{ job_type: 'bulk_cancel', status: 'completed', total_items: 500, processed_items: 500 },
      ...{ failed_items: 0, errors_total: 0, progress_percentage: 100, category: 'sync' },
      metadata: { bulk: { operation: 'cancel', filter } },
    });
    await vi.waitFor(async () => {
      const found = await listed(client, 'status=cancelled');
      expect(found.map(({ job_id }) => job_id).toSorted()).toEqual(ids.toSorted());
    });
    expect(await statuses(client, [...others, ...late])).toEqual({ pending: 5 });
    expect((await job(client, ids[0] ?? '')).cancellation).toMatchObject({
      reason: 'Obsolete',
      requested_by: client.keyId,
    });
    expect(await recordsOf(client, '&action=job.bulk_cancel')).toMatchObject([
      { target: { type: 'job', id }, actor: { type: 'key', id: client.keyId }, outcome: 'done' },
    ]);
    expect((await recordsOf(client, '&action=job.cancel')).length).toBe(100);
    await vi.waitFor(() =>
      runInDurableObject(stubOf(client, id), async (_bulk, { storage }) => {
        expect([
          storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'bulk'").toArray(),
          await storage.getAlarm(),
        ]).toEqual([[], null]);
      }),
    );
  }, 180_000);

  it('stops where it is cancelled itself, and says that it has noticed', async () => {
    const client = await makeClient();
    const ids = await jobs(client, 160);
    const id = await begin(client, 'cancel', { filter: { status: ['pending'] } });
    await under(client, id, 50);
    expect((await client.post(`/api/jobs/${id}/cancel`, {})).status).toBe(200);
    await vi.waitFor(
      async () => expect((await job(client, id)).cancellation.acknowledged_at).not.toBeNull(),
      { timeout: 20_000 },
    );
    const bulk = await job(client, id);
    const { cancelled = 0, pending = 0 } = await statuses(client, ids);
    expect([bulk.status, bulk.processed_items, cancelled + pending]).toEqual(['cancelled', cancelled, 160]);
    expect(pending).toBeGreaterThan(0);
    expect(bulk.total_items).toBe(cancelled);
    // It has stopped for good.
    await runInDurableObject(stubOf(client, id), (object) => object.alarm());
    expect(await statuses(client, ids)).toEqual({ cancelled, pending });
  }, 60_000);
});

describe('by ids', () => {
  it('what can’t be done is listed: foreign, unknown, forged, ended and bulk jobs', async () => {
    const [client, other] = [await makeClient(), await makeClient()];
    const [mine, foreign] = [await client.createJob(), await other.createJob()];
    const over = await client.createJob();
    await client.report(over, { mark_completed: true });
    const first = await begin(client, 'cancel', { job_ids: [mine] });
    await ended(client, first);
    const still = await client.createJob();
    const bad = [foreign, crypto.randomUUID(), 'nothing', over, first];
    const named = [still, still.toUpperCase(), ...bad];
    const counted = await client.post('/api/jobs/bulk/cancel', { job_ids: named, dry_run: true });
    expect(counted.json).toEqual({ count: 1, at_least: false });
    const id = await begin(client, 'cancel', { job_ids: named });
    const bulk = await ended(client, id);
    expect(bulk).toMatchObject({
      status: 'partial_success',
      total_items: 6,
      processed_items: 1,
      failed_items: 5,
      metadata: { bulk: { job_ids: 6 } },
    });
    const { errors } = (await client.get(`/api/jobs/${id}/errors`)).json;
    const told = errors.map(({ entity_type, entity_key, error_type }: Record<string, string>) => [
      entity_type,
      entity_key,
      error_type,
    ]);
    expect(Object.fromEntries(told.map(([, key, code]: string[]) => [key, code]))).toEqual({
      ...Object.fromEntries(bad.slice(0, 3).map((one) => [one, 'job_not_found'])),
      [over]: 'job_terminal',
      [first]: 'validation_failed',
    });
    expect(new Set(told.map(([type]: string[]) => type))).toEqual(new Set(['job']));
    expect((await job(other, foreign)).status).toBe('pending');
  });

  it('what is empty in a filter is none, beside what names something', async () => {
    const client = await makeClient();
    const [nightly] = [await client.createJob({ tags: ['nightly'] }), await client.createJob()];
    const empty = { q: '', job_type: '', category: '', created_before: '', status: [''], health: [] };
    const id = await begin(client, 'cancel', { filter: { tag: ['nightly', ''], ...empty } });
    expect(await ended(client, id)).toMatchObject({ total_items: 1, processed_items: 1 });
    expect((await job(client, nightly ?? '')).status).toBe('cancelled');
    expect(await listed(client, 'status=pending')).toHaveLength(1);
  });

  it('shows a filter that no job can match as it was sent', async () => {
    const client = await makeClient();
    const filter = { tag: Array.from({ length: 11 }, (_, n) => `tag ${n}`) };
    const bulk = await ended(client, await begin(client, 'cancel', { filter }));
    expect(bulk).toMatchObject({ total_items: 0, metadata: { bulk: { operation: 'cancel', filter } } });
  });

  it('takes a filter that names something or ids, and never both', async () => {
    const client = await makeClient();
    const job_ids = [await client.createJob()];
    const bad = [
      {},
      { filter: {} },
      { filter: { tag: [] } },
      { filter: { tag: [''] } },
      { filter: { q: '' } },
      { filter: { job_type: '', parent_job_id: '', status: [] } },
      { job_ids: [] },
      { filter: { job_type: 'import' }, job_ids },
    ];
    for (const body of [
      ...bad,
      { filter: { nope: 1 } },
      { job_ids: Array(1_001).fill('x') },
      { filter: { job_type: 'x'.repeat(20_000) } },
    ]) {
      const answer = await client.post('/api/jobs/bulk/cancel', body);
      expect([answer.status, answer.json.code], JSON.stringify(body).slice(0, 99)).toEqual([
        422,
        'validation_failed',
      ]);
    }
    expect((await job(client, job_ids[0] ?? '')).status).toBe('pending');
  });
});

describe('rerun and delete', () => {
  let client: Client;
  let over: string[];
  beforeAll(async () => {
    client = await makeClient();
    over = await jobs(client, 70);
    await Promise.all(over.map((id) => client.report(id, { mark_failed: 'broken' })));
  });

  it('every ended job is run again once, though its pages are repeated; what was made is not run again', async () => {
    const id = await begin(client, 'rerun', { filter: { job_type: 'import' } });
    // Whatever was done of the page under way is done again.
    for (const count of [1, 51]) {
      await under(client, id, count);
      await evictDurableObject(stubOf(client, id));
    }
    expect(await ended(client, id)).toMatchObject({
      status: 'completed',
      processed_items: 70,
      failed_items: 0,
    });
    const made = (await listed(client, 'job_type=import&status=pending')).map(({ rerun_of }) => rerun_of);
    expect(made.toSorted()).toEqual(over.toSorted());
    expect((await client.post(`/api/jobs/${id}/rerun`, {})).json.code).toBe('validation_failed');
    const again = await client.post('/api/jobs/bulk/rerun', {
      filter: { job_type: 'bulk_rerun' },
      dry_run: true,
    });
    expect(again.json).toEqual({ count: 0, at_least: false });
  }, 60_000);

  it('what it made by a page that was repeated was made once, and is none of those that it is for, though it has ended and a clock was set back', async () => {
    const own = await makeClient();
    const first = await jobs(own, 2);
    for (const one of first) await own.report(one, { mark_failed: 'broken' });
    // Its page is cut off once all is done, and repeated.
    const { keep } = BulkStore.prototype;
    let kept = 0;
    const store = vi.spyOn(BulkStore.prototype, 'keep').mockImplementation(function (this: BulkStore, place) {
      kept += 1;
      if (kept === 2) throw new Error('the process is gone');
      keep.call(this, place);
    });
    const job_id = await begin(own, 'rerun', { job_ids: first });
    expect(await ended(own, job_id)).toMatchObject({ processed_items: 2 });
    store.mockRestore();
    const made = await listed(own, 'job_type=import&status=pending');
    for (const one of made) await own.report(one.job_id, { mark_failed: 'broken' });
    const needs = { needed: ['job:read' as const], acts: false, keepAlive: () => undefined };
    const by = { by: 'bearer' as const, text: own.key };
    const caller = await callerOf(env, configOf(env), by, needs, Date.now());
    if (!caller.ok || caller.value === null) throw new Error('not let in');
    const filter = { job_type: 'import', status: ['failed' as const] };
    const spec = { job_id, filter, ids: null } as unknown as BulkSpec;
    const page = await bulkPage(caller.value, spec, { next: null } as BulkPlace, 50);
    expect(made).toHaveLength(2);
    expect(page.ok && page.value.page.toSorted()).toEqual(first.toSorted());
  });

  it('a page that was interrupted is repeated and counted once', async () => {
    const page = over.slice(0, 3);
    // The page is kept, then what became of it: that is lost the first time.
    const { keep } = BulkStore.prototype;
    let kept = 0;
    const store = vi.spyOn(BulkStore.prototype, 'keep').mockImplementation(function (this: BulkStore, place) {
      kept += 1;
      if (kept === 2) throw new Error('the process is gone');
      keep.call(this, place);
    });
    const id = await begin(client, 'delete', { job_ids: page });
    expect(await ended(client, id)).toMatchObject({ status: 'completed', processed_items: 3 });
    expect(kept).toBe(3);
    store.mockRestore();
    expect(await statuses(client, page)).toEqual({ '404': 3 });
    const next = await client.post('/api/jobs/bulk/delete', { job_ids: page });
    expect(await ended(client, next.json.job_id)).toMatchObject({
      failed_items: 3,
      errors_by_type: { job_not_found: 3 },
    });
  });

  it('deletes what has ended alone, its own job and running ones not', async () => {
    const running = await listed(client, 'status=pending');
    const id = await begin(client, 'delete', { filter: { created_after: '2020-01-01' } });
    expect(await ended(client, id)).toMatchObject({ status: 'completed', processed_items: 67 });
    await vi.waitFor(async () => {
      const left = await listed(client, '');
      expect(left.filter(({ job_type }) => job_type === 'import').length).toBe(running.length);
      expect(left.filter(({ job_type }) => job_type.startsWith('bulk_')).length).toBe(4);
    });
  });
});
