import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from './live-service.ts';
import { fieldsOfC, fill, published } from './published.ts';
import { assertFields } from './shape.ts';

const FIELDS = fieldsOfC('c/get.response.txt');
const LOG_FIELDS = FIELDS.filter(({ name }) => name.startsWith('logs[].')).map((field) => ({
  ...field,
  name: field.name.replace('logs[].', ''),
}));
const ISSUE = { entity_type: 'page', entity_key: 'p-1', error_type: 'timeout', message: 'No answer' };

/** A printed request line with the method taken off and the id filled in. */
function printedPath(path: string, method: string, jobId: string): string {
  return fill(published(path).trim(), { [`${method} `]: '', ':id': jobId });
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
async function get(jobId: string): Promise<any> {
  const { status, json } = await client.get(printedPath('c/get.request.txt', 'GET', jobId));
  assert.equal(status, 200);
  assertFields(
    json,
    FIELDS.filter(({ name }) => !name.startsWith('logs[].')),
  );
  for (const entry of json.logs) assertFields(entry, LOG_FIELDS);
  return json;
}

function cancel(jobId: string) {
  return client.post(printedPath('c/cancel.request.txt', 'POST', jobId));
}

test('get answers every printed field', async () => {
  assert.equal(FIELDS.length, 12);
  assert.equal(LOG_FIELDS.length, 3);
  const jobId = await client.createJob({ job_type: 'web_crawling', total_items: 4 });
  const { id, name, type, category, status, progress, createdAt, completedAt } = await get(jobId);
  assert.deepEqual(
    { id, name, type, category, status, progress, completedAt },
    {
      id: jobId,
      name: 'Web crawling',
      type: 'web_crawling',
      category: 'seo',
      status: 'pending',
      progress: { total: 4, completed: 0, failed: 0 },
      completedAt: null,
    },
  );
  assert.equal(createdAt, Date.parse((await client.job(jobId)).created_at));
});

test('the id that create answered is the id to track', async () => {
  const jobId = await client.createJob();
  assert.equal((await get(jobId)).id, jobId);
  const { json } = await client.get('/api/v1/jobs');
  assert.ok(json.some(({ id }: { id: string }) => id === jobId));
});

test('get follows the progress and the end of a job', async () => {
  const jobId = await client.createJob({ total_items: 4, name: 'Nightly crawl', category: 'export' });
  await client.report(jobId, { mark_started: true, processed_items: 2, error: ISSUE });
  const running = await get(jobId);
  assert.deepEqual([running.name, running.category], ['Nightly crawl', 'export']);
  assert.equal(running.status, 'running');
  assert.deepEqual(running.progress, { total: 4, completed: 2, failed: 1 });
  assert.equal(running.completedAt, null);
  await client.report(jobId, { mark_failed: 'The crawl broke off' });
  const failed = await get(jobId);
  assert.equal(failed.status, 'failed');
  assert.equal(failed.completedAt, Date.parse((await client.job(jobId)).completed_at));
  const done = await client.createJob();
  await client.report(done, { warning: ISSUE, mark_completed: true });
  assert.equal((await get(done)).status, 'completed');
});

test('logs hold the messages, warnings and errors in order with their levels', async () => {
  const jobId = await client.createJob();
  const before = Date.now();
  await client.report(jobId, { message: 'Opened the file' });
  await client.report(jobId, { warning: { ...ISSUE, message: 'A slow answer' } });
  await client.report(jobId, { error: ISSUE });
  const { logs } = await get(jobId);
  const told: string[] = [];
  let latest = 0;
  for (const { timestamp, level, message } of logs) {
    assert.ok(['info', 'warn', 'error'].includes(level), level);
    assert.ok(Number.isInteger(timestamp) && timestamp >= latest, 'in order, in whole milliseconds');
    assert.ok(Math.abs(timestamp - before) < 60_000, 'counted from 1970');
    latest = timestamp;
    const own = /Opened the file|A slow answer|No answer/.exec(message);
    if (own) told.push(`${level}: ${own[0]}`);
  }
  assert.deepEqual(told, ['info: Opened the file', 'warn: A slow answer', 'error: No answer']);
});

test('cancel ends a pending job', async () => {
  const jobId = await client.createJob();
  const { status, json } = await cancel(jobId);
  assert.equal(status, 200);
  assertFields(json, fieldsOfC('c/cancel.response.txt'));
  assert.deepEqual(json, { id: jobId, status: 'cancelled' });
  const job = await get(jobId);
  assert.equal(job.status, 'cancelled');
  assert.equal(typeof job.completedAt, 'number');
});

test('cancel ends a running job and rolls nothing back', async () => {
  const jobId = await client.createJob({ total_items: 4 });
  await client.report(jobId, { mark_started: true, processed_items: 2, error: ISSUE, message: 'Half way' });
  const before = await get(jobId);
  const { status, json } = await cancel(jobId);
  assert.equal(status, 200);
  assert.deepEqual(json, { id: jobId, status: 'cancelled' });
  const after = await get(jobId);
  assert.equal(after.status, 'cancelled');
  assert.deepEqual(after.progress, { total: 4, completed: 2, failed: 1 });
  assert.deepEqual(after.logs.slice(0, before.logs.length), before.logs);
  const native = await client.job(jobId);
  assert.deepEqual([native.processed_items, native.failed_items, native.errors.length], [2, 1, 1]);
});

test('a step that was executing when the job was cancelled is still counted', async () => {
  const jobId = await client.createJob({ total_items: 4 });
  await client.report(jobId, { mark_started: true, processed_items: 2 });
  await cancel(jobId);
  const late = await client.post(`/api/jobs/${jobId}/progress`, { processed_items: 3 });
  assert.equal(late.status, 200);
  assert.equal(late.json.status, 'cancelled');
  assert.equal(late.headers.get('Job-Status'), 'cancelled');
  assert.notEqual(late.json.control.cancel, null);
  const job = await get(jobId);
  assert.equal(job.status, 'cancelled');
  assert.deepEqual(job.progress, { total: 4, completed: 3, failed: 0 });
});

test('cancelling a cancelled job again answers the same', async () => {
  const jobId = await client.createJob();
  const first = await cancel(jobId);
  const job = await get(jobId);
  const second = await cancel(jobId);
  assert.equal(second.status, 200);
  assert.deepEqual(second.json, first.json);
  assert.deepEqual(await get(jobId), job);
});

test('a completed or failed job is not cancelled', async () => {
  for (const [end, status] of [
    [{ mark_completed: true }, 'completed'],
    [{ mark_failed: 'No answer' }, 'failed'],
  ] as const) {
    const jobId = await client.createJob();
    await client.report(jobId, end);
    const refused = await cancel(jobId);
    assert.equal(refused.status, 409);
    assert.equal(refused.json.code, 'job_terminal');
    assert.equal((await get(jobId)).status, status);
  }
});
