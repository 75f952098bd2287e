/** Whose a bulk operation is: who may begin it, what it reaches, and when it is the same again. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { SHARDS_SETTLE } from '../../../src/domain/access/shards';
import { bulkObject } from '../../../src/objects/address';
import { OrgIndexDO } from '../../../src/objects/org-index/org-index-do';
import { begin, ended, job, jobs, statuses, stubOf } from '../../support/bulk';
import { makeClient, makeKey, newKey, send } from '../../support/client';

describe('whose it is', () => {
  it('the same key again is the same operation, another body a conflict, after its end and where its job is deleted too', async () => {
    const client = await makeClient();
    const [one, two] = [await client.createJob(), await client.createJob()];
    const headers = { 'Idempotency-Key': 'nightly' };
    const ids = await Promise.all([1, 2, 3].map(() => begin(client, 'cancel', { job_ids: [one] }, headers)));
    await ended(client, ids[0] ?? '');
    ids.push(await begin(client, 'cancel', { job_ids: [one] }, headers));
    expect(new Set(ids).size).toBe(1);
    const other = () => client.post('/api/jobs/bulk/cancel', { job_ids: [two] }, headers);
    expect((await other()).json.code).toBe('idempotency_conflict');
    expect((await client.send('DELETE', `/api/jobs/${ids[0]}`)).status).toBe(204);
    expect((await other()).json.code).toBe('idempotency_conflict');
    expect((await job(client, two)).status).toBe('pending');
  });

  it('needs what the same act on one job does, and to read', async () => {
    const { organization } = await makeClient();
    const may: Record<string, string[]> = {
      cancel: ['job:cancel'],
      rerun: ['job:create'],
      delete: ['job:cancel'],
    };
    for (const [operation, permissions] of Object.entries(may)) {
      const body = { filter: { job_type: 'none' }, dry_run: true };
      for (const [extra, status] of [
        [['job:read'], 200],
        [[], 403],
      ] as const) {
        const key = await makeKey(organization, [...permissions, ...extra]);
        expect((await key.post(`/api/jobs/bulk/${operation}`, body)).status).toBe(status);
      }
      const reader = await makeKey(organization, ['job:read']);
      expect((await reader.post(`/api/jobs/bulk/${operation}`, body)).status).toBe(403);
    }
  });

  it('a key for jobs of some types reaches those alone, and may begin one where that is among its types', async () => {
    const client = await makeClient();
    const [mine, hidden] = [await client.createJob({ job_type: 'export' }), await client.createJob()];
    const permissions = ['job:create', 'job:read', 'job:cancel'];
    const without = await newKey(client, { permissions, job_types: ['export'] });
    const all = { filter: { status: ['pending'] } };
    for (const dry_run of [true, false]) {
      const { json } = await without.post('/api/jobs/bulk/cancel', { ...all, dry_run });
      expect(json).toMatchObject({
        code: 'permission_denied',
        detail: expect.stringContaining('bulk_cancel among its job_types'),
      });
    }
    const limited = await newKey(client, { permissions, job_types: ['export', 'bulk_cancel'] });
    expect((await limited.post('/api/jobs/bulk/cancel', { ...all, dry_run: true })).json.count).toBe(1);
    const id = await begin(limited, 'cancel', { job_ids: [mine, hidden] });
    expect(await ended(limited, id)).toMatchObject({
      processed_items: 1,
      errors_by_type: { job_not_found: 1 },
    });
    expect([(await job(client, mine)).status, (await job(client, hidden)).status]).toEqual([
      'cancelled',
      'pending',
    ]);
  });

  it('ten at once are enough', async () => {
    const client = await makeClient();
    for (let n = 0; n < 10; n++) await client.createJob({ job_type: 'bulk_cancel' });
    const answer = await client.post('/api/jobs/bulk/delete', { filter: { job_type: 'none' } });
    expect([answer.status, answer.json.code]).toEqual([409, 'quota_exceeded']);
  });

  it('of twenty that are asked for at once ten are, whatever shards there are; one that ends makes room', async () => {
    // None finds its jobs: all of them stay under way.
    const list = vi.spyOn(OrgIndexDO.prototype, 'list').mockRejectedValue(new Error('away'));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 2 * SHARDS_SETTLE });
    const client = await makeClient();
    await send(env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${client.organization}`, { body: { shards: 4 } });
    vi.useRealTimers();
    const several = (count: number) => {
      const body = { filter: { job_type: 'none' } };
      return Promise.all(Array.from({ length: count }, () => client.post('/api/jobs/bulk/cancel', body)));
    };
    const answers = await several(20);
    const [begun, refused] = [202, 409].map((status) => answers.filter((one) => one.status === status));
    expect([begun?.length, refused?.length]).toEqual([10, 10]);
    expect(refused?.[0]?.json.detail).toMatch(/\b10 bulk operations.*may be 10\b/);
    await client.post(`/api/jobs/${begun?.[0]?.json.job_id}/cancel`, {});
    const more = await several(3);
    expect(more.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    list.mockRestore();
  });

  it('is over where its job is gone, and does nothing more', async () => {
    const client = await makeClient();
    const ids = await jobs(client, 60);
    const id = await begin(client, 'cancel', { filter: { job_type: 'import' } });
    await client.post(`/api/jobs/${id}/cancel`, {});
    await client.send('DELETE', `/api/jobs/${id}`);
    await vi.waitFor(() =>
      runInDurableObject(stubOf(client, id), (_bulk, { storage }) => {
        expect(storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'bulk'").toArray()).toEqual([]);
      }),
    );
    expect((await statuses(client, ids)).pending ?? 0).toBeGreaterThan(0);
    expect(() => bulkObject(env, client.organization, 'no core')).toThrow();
  });
});
