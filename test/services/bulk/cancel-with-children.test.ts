/** A job is cancelled with its children: all of them, whatever is cut off, or none. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { BulkStore } from '../../../src/objects/bulk/bulk-store';
import { JobDO } from '../../../src/objects/job/job-do';
import { OrgIndexDO } from '../../../src/objects/org-index/org-index-do';
import { recordsOf } from '../../support/audit';
import { type Client, makeClient, newKey, send } from '../../support/client';

/** A report that ends a job. */
const ENDS = { verb: 'report' as const, report: { mark_completed: true }, digest: 'x' };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const family = async () => {
  const parent = await client.createJob();
  const children = await Promise.all(
    Array.from({ length: 60 }, () => client.createJob({ parent_job_id: parent })),
  );
  await client.report(children[0] ?? '', { mark_completed: true });
  return { parent, children };
};
const cancel = (
  id: string,
  body: unknown = { children: true, reason: 'Obsolete' },
  headers = {},
  by = client,
) => by.post(`/api/jobs/${id}/cancel`, body, headers);
const job = async (id: string) => (await client.get(`/api/jobs/${id}`)).json;
const ended = async (id: string) => {
  const over = async () => expect((await job(id)).completed_at).not.toBeNull();
  await vi.waitFor(over, { timeout: 25_000, interval: 50 });
  return job(id);
};

it('all that have not ended are, once, by an operation that its answer names', async () => {
  const { parent, children } = await family();
  const stranger = await client.createJob();
  const key = { 'Idempotency-Key': `with ${parent}` };
  const { status, json, text, headers } = await cancel(parent, undefined, key);
  expect(headers.get('Idempotency-Replayed')).toBeNull();
  expect([status, json.status, json.cancellation?.reason], text).toEqual([200, 'cancelled', 'Obsolete']);
  const bulk = await ended(json.bulk_job_id);
  // The job itself and those 59.
  expect(bulk).toMatchObject({
    status: 'completed',
    job_type: 'bulk_cancel',
    processed_items: 60,
    total_items: 60,
  });
  const { rollup } = (await client.get(`/api/jobs/${parent}/children?limit=1`)).json;
  expect(rollup).toMatchObject({ status: 'cancelled', by_status: { cancelled: 59, completed: 1 } });
  expect((await job(children[7] ?? '')).cancellation).toMatchObject({
    reason: 'Obsolete',
    requested_by: client.keyId,
  });
  expect((await job(stranger)).status).toBe('pending');
  const again = await cancel(parent, undefined, key);
  expect([again.status, again.json.bulk_job_id]).toEqual([200, json.bulk_job_id]);
  // Each of them is one act of whoever asked, and the whole is one.
  const acts = async (action: string) => {
    const records = await recordsOf(client, `&action=${action}`);
    return records.map(({ target, actor, outcome }) => [target.id, actor.id, outcome]).sort();
  };
  const done = (ids: string[]) => ids.map((id) => [id, client.keyId, 'done']).sort();
  expect(await acts('job.cancel')).toEqual(done([parent, ...children.slice(1)]));
  expect(await acts('job.bulk_cancel')).toEqual(done([json.bulk_job_id]));
  // A cancelled job's children may be cancelled later, those of the same millisecond too.
  vi.useFakeTimers({ toFake: ['Date'] });
  const late = await client.createJob({ parent_job_id: parent });
  const { bulk_job_id } = (await cancel(parent)).json;
  vi.useRealTimers();
  await ended(bulk_job_id);
  expect((await job(late)).status).toBe('cancelled');
});

it('all are where the organization has as many jobs as it may, and more are refused', async () => {
  // A key is believed for half a minute, with the limits that there were.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 60_000 });
  const own = await makeClient();
  const parent = await own.createJob();
  const child = await own.createJob({ parent_job_id: parent });
  vi.useRealTimers();
  const limits = { jobs: 2 };
  await send(env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${own.organization}`, { body: { limits } });
  const create = () => own.post('/api/jobs/', { job_type: 'import', total_items: 1 });
  const full = await create();
  expect([full.status, full.json.code]).toEqual([409, 'quota_exceeded']);
  const { status, json, text } = await cancel(parent, { children: true }, {}, own);
  expect([status, json.status], text).toEqual([200, 'cancelled']);
  const bulk = async () => (await own.get(`/api/jobs/${json.bulk_job_id}`)).json;
  const over = async () => expect(await bulk()).toMatchObject({ status: 'completed', processed_items: 2 });
  await vi.waitFor(over, { timeout: 25_000, interval: 50 });
  expect((await own.get(`/api/jobs/${child}`)).json.status).toBe('cancelled');
  expect((await create()).status).toBe(201);
});

it('its children have their turn fifty at a time', async () => {
  const { parent, children } = await family();
  const { keep } = BulkStore.prototype;
  const pages: number[] = [];
  vi.spyOn(BulkStore.prototype, 'keep').mockImplementation(function (this: BulkStore, place) {
    pages.push(place.page.length);
    keep.call(this, place);
  });
  const { bulk_job_id } = (await cancel(parent)).json;
  expect(await ended(bulk_job_id)).toMatchObject({ processed_items: 60, failed_items: 0 });
  expect(Math.max(...pages)).toBeLessThanOrEqual(50);
  for (const id of children.slice(1)) expect((await job(id)).status).toBe('cancelled');
});

it('under a key of another request nothing is done', async () => {
  const { parent, children } = await family();
  const key = { 'Idempotency-Key': `another ${parent}` };
  const bulks = async () => (await client.get('/api/jobs/?job_type=bulk_cancel')).json.jobs.length;
  const before = await bulks();
  const refused = async (body: object) => {
    const { status, json } = await cancel(parent, body, key);
    expect([status, json.code, json.job_status]).toEqual([422, 'idempotency_conflict', expect.any(String)]);
    expect((await job(children[1] ?? '')).status).toBe('pending');
    expect(await bulks()).toBe(before);
  };
  await client.post(`/api/jobs/${parent}/progress`, { message: 'x' }, key);
  await refused({ children: true });
  expect((await job(parent)).status).toBe('pending');
  const own = { 'Idempotency-Key': `own ${parent}` };
  expect((await cancel(parent, { reason: 'a' }, own)).status).toBe(200);
  Object.assign(key, own);
  await refused({ reason: 'a', children: true });
});

it('where its key is taken by another request meanwhile, nothing is done but that its operation says so', async () => {
  const { parent, children } = await family();
  const key = { 'Idempotency-Key': `raced ${parent}` };
  vi.spyOn(JobDO.prototype, 'get').mockImplementationOnce(async function (this: JobDO, ...asked) {
    const view = await JobDO.prototype.get.call(this, ...asked);
    await client.post(`/api/jobs/${parent}/progress`, { message: 'x' }, key);
    return view;
  });
  const late = await cancel(parent, { children: true }, key);
  expect([late.status, late.json.code]).toEqual([422, 'idempotency_conflict']);
  const { jobs } = (await client.get('/api/jobs/?job_type=bulk_cancel&limit=1')).json;
  expect(await ended(jobs[0].job_id)).toMatchObject({ processed_items: 0, failed_items: 1 });
  for (const id of [parent, children[1] ?? '']) expect((await job(id)).status).toBe('pending');
});

it('where the request is cut off behind its first step, all are all the same', async () => {
  const { parent, children } = await family();
  const { apply } = JobDO.prototype;
  vi.spyOn(JobDO.prototype, 'apply').mockImplementation(async function (this: JobDO, ...asked) {
    // What the operation does to a job has a key.
    const [, { unit, key }] = asked;
    if (unit.commands[0]?.verb === 'cancel' && key === null) throw new Error('cut off');
    return apply.apply(this, asked);
  });
  const cut = await cancel(parent);
  expect(cut.status).toBe(500);
  for (const id of [parent, ...children.slice(1)]) expect((await ended(id)).status).toBe('cancelled');
});

/** Holds back what a bulk operation tells its job, and so all that it does. */
function holdBulks(): () => void {
  const { apply } = JobDO.prototype;
  const held = Promise.withResolvers<void>();
  vi.spyOn(JobDO.prototype, 'apply').mockImplementation(async function (this: JobDO, ...asked) {
    const [command] = asked[1].unit.commands;
    if (command?.verb === 'report' && command.report.reporter === 'headway-bulk') await held.promise;
    return apply.apply(this, asked);
  });
  return held.resolve;
}

it('all are, though the job itself is deleted before its operation comes to it', async () => {
  const { parent, children } = await family();
  const goOn = holdBulks();
  const { bulk_job_id } = (await cancel(parent)).json;
  expect((await client.send('DELETE', `/api/jobs/${parent}`)).status).toBe(204);
  goOn();
  expect(await ended(bulk_job_id)).toMatchObject({ processed_items: 59, failed_items: 1 });
  for (const id of children.slice(1)) expect((await job(id)).status).toBe('cancelled');
});

it('those that the job knows itself are, though they were made by a clock that was ahead', async () => {
  const parent = await client.createJob();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  const child = await client.createJob({ parent_job_id: parent });
  vi.useRealTimers();
  const { bulk_job_id } = (await cancel(parent)).json;
  expect(await ended(bulk_job_id)).toMatchObject({ processed_items: 2, failed_items: 0 });
  expect((await job(child)).status).toBe('cancelled');
});

it('one that has ended otherwise is refused, and so is its race; its children go on', async () => {
  const { parent, children } = await family();
  await client.report(parent, { mark_completed: true });
  const refused = await cancel(parent);
  expect([refused.status, refused.json.code]).toEqual([409, 'job_terminal']);
  const racing = await family();
  // It ends between the look at it and its turn.
  vi.spyOn(JobDO.prototype, 'get').mockImplementationOnce(async function (this: JobDO, ...asked) {
    const view = await JobDO.prototype.get.call(this, ...asked);
    await this.apply(asked[0], { unit: { commands: [ENDS], batch: false }, key: null }, {});
    return view;
  });
  const late = await cancel(racing.parent);
  expect([late.status, late.json.code]).toEqual([409, 'job_terminal']);
  const { jobs } = (await client.get('/api/jobs/?job_type=bulk_cancel&limit=1')).json;
  expect(await ended(jobs[0].job_id)).toMatchObject({ processed_items: 0, failed_items: 1 });
  for (const id of [children[1], racing.children[1]]) expect((await job(id ?? '')).status).toBe('pending');
});

it('a key for jobs of some types needs that of the operation', async () => {
  const { parent } = await family();
  const permissions = ['job:read', 'job:cancel'];
  const imports = await newKey(client, { permissions, job_types: ['import'] });
  expect((await cancel(parent, { children: true }, {}, imports)).json.code).toBe('permission_denied');
  expect((await job(parent)).status).toBe('pending');
  const both = await newKey(client, { permissions, job_types: ['import', 'bulk_cancel'] });
  const { status, json } = await cancel(parent, { children: true }, {}, both);
  expect(status).toBe(200);
  expect((await ended(json.bulk_job_id)).status).toBe('completed');
});

it('children that the index has not been told of are, once', async () => {
  const { publish } = OrgIndexDO.prototype;
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockImplementation(async function (this: OrgIndexDO, told) {
    const { name, status } = told.summary;
    if (name === 'untold' || (name === 'told late' && status === 'cancelled')) throw new Error('away');
    return publish.call(this, told);
  });
  const parent_job_id = await client.createJob();
  const children = [
    await client.createJob({ parent_job_id, name: 'untold' }),
    await client.createJob({ parent_job_id, name: 'told late' }),
  ];
  const { jobs } = (await client.get(`/api/jobs/${parent_job_id}/children`)).json;
  expect(jobs.map(({ job_id }: { job_id: string }) => job_id)).toEqual(children.slice(1));
  const { bulk_job_id } = (await cancel(parent_job_id)).json;
  expect(await ended(bulk_job_id)).toMatchObject({ processed_items: 3, failed_items: 0, total_items: 3 });
  for (const id of children) expect((await job(id)).status).toBe('cancelled');
});

it('a rerun of a child that the index has not been told of is', async () => {
  const { publish } = OrgIndexDO.prototype;
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockImplementation(async function (this: OrgIndexDO, told) {
    if (told.summary.rerun_of !== null) throw new Error('away');
    return publish.call(this, told);
  });
  const parent_job_id = await client.createJob();
  const child = await client.createJob({ parent_job_id });
  await client.report(child, { mark_failed: 'broken' });
  const key = { 'Idempotency-Key': `rerun ${child}` };
  const again = () => client.post(`/api/jobs/${child}/rerun`, {}, key);
  const rerun = (await again()).json.job_id;
  expect((await again()).json.job_id).toBe(rerun);
  const { bulk_job_id } = (await cancel(parent_job_id)).json;
  expect(await ended(bulk_job_id)).toMatchObject({ processed_items: 2, failed_items: 0 });
  expect((await job(rerun)).status).toBe('cancelled');
});
