import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCurl } from './curl.ts';
import { client } from './live-service.ts';
import { fill, published, publishedJson } from './published.ts';
import { assertLike } from './shape.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WHOLE_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const ISSUE = { entity_type: 'page', entity_key: 'p-1', error_type: 'timeout', message: 'No answer' };

function runPrinted(block: string, jobId: string) {
  const replacements = {
    'https://PLATFORM-URL-PLACEHOLDER': client.url,
    '{jobId}': jobId,
    YOUR_API_KEY: client.apiKey,
  };
  return runCurl(fill(published(block), replacements));
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
async function data(jobId: string): Promise<any> {
  const { status, json } = await client.get(`/v1/api/jobs/${jobId}`);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json).sort(), ['data', 'error']);
  assert.equal(json.error, null);
  return json.data;
}

test('the printed get block answers the printed example', async () => {
  const printed = publishedJson('b/get.response.json');
  const { type, result } = printed.data;
  const jobId = await client.createJob({ job_type: type, total_items: 50 });
  await client.report(jobId, { mark_started: true, processed_items: 50, result });
  await client.report(jobId, { mark_completed: true });
  const { status, json } = runPrinted('b/get.curl', jobId);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json).sort(), ['data', 'error']);
  assertLike(json, printed);
  const { createdAt, completedAt } = json.data;
  const expected = { ...printed.data, id: jobId, createdAt, completedAt };
  for (const [field, value] of Object.entries(expected)) assert.deepEqual(json.data[field], value, field);
});

test('id is the UUID the job was created with', async () => {
  const jobId = await client.createJob();
  assert.match(jobId, UUID);
  assert.equal((await data(jobId)).id, jobId);
});

test('each status is shown as its printed word', async () => {
  const shown: Record<string, string> = {};
  const show = async (name: string, ...reports: Record<string, unknown>[]) => {
    const jobId = await client.createJob();
    for (const report of reports) await client.report(jobId, report);
    shown[name] = (await data(jobId)).status;
  };
  await show('pending');
  await show('in_progress', { mark_started: true });
  await show('completed', { mark_completed: true });
  await show('completed_with_warnings', { warning: ISSUE, mark_completed: true });
  await show('partial_success', { error: ISSUE, mark_completed: true });
  await show('failed', { mark_failed: 'No answer' });
  const cancelled = await client.createJob();
  await client.post(`/api/jobs/${cancelled}/cancel`);
  shown.cancelled = (await data(cancelled)).status;
  assert.deepEqual(shown, {
    pending: 'pending',
    in_progress: 'running',
    completed: 'completed',
    completed_with_warnings: 'completed',
    partial_success: 'completed',
    failed: 'failed',
    cancelled: 'cancelled',
  });
  const printed = firstWords('b/statuses.txt');
  assert.deepEqual([...new Set(Object.values(shown))].sort(), printed.sort());
});

/** The first column of a printed table, without its heading. */
function firstWords(path: string): string[] {
  const lines = published(path).trim().split('\n').slice(1);
  return lines.map((line) => line.split(' ')[0] ?? '');
}

test('every printed job type is taken and shown as type', async () => {
  const types = firstWords('b/types.txt');
  assert.equal(types.length, 5);
  for (const job_type of types) {
    assert.equal((await data(await client.createJob({ job_type }))).type, job_type);
  }
});

test('progress is an integer percentage, rounded down', async () => {
  const jobId = await client.createJob({ total_items: 3 });
  assert.equal((await data(jobId)).progress, 0);
  await client.report(jobId, { mark_started: true, processed_items: 2 });
  assert.equal((await data(jobId)).progress, 66);
  await client.report(jobId, { mark_completed: true });
  assert.equal((await data(jobId)).progress, 100);
});

test('result is null until there is one, and what the worker gave', async () => {
  const jobId = await client.createJob();
  assert.equal((await data(jobId)).result, null);
  const result = { documentsProcessed: 50, errors: 0, files: ['a', null] };
  await client.report(jobId, { mark_started: true, result });
  assert.deepEqual((await data(jobId)).result, result);
  await client.report(jobId, { mark_completed: true });
  assert.deepEqual((await data(jobId)).result, result);
});

test('result of a failed job holds the error details', async () => {
  const jobId = await client.createJob({ total_items: 4 });
  await client.report(jobId, { mark_started: true, processed_items: 2, error: ISSUE, warning: ISSUE });
  await client.report(jobId, { mark_failed: 'The crawl broke off' });
  assert.deepEqual((await data(jobId)).result, {
    itemsProcessed: 2,
    itemsFailed: 1,
    itemsWarned: 1,
    errors: 2,
    errorMessage: 'The crawl broke off',
  });
});

test('createdAt and completedAt are UTC in whole seconds, completedAt null before the end', async () => {
  const jobId = await client.createJob();
  const pending = await data(jobId);
  assert.match(pending.createdAt, WHOLE_SECONDS);
  assert.equal(pending.completedAt, null);
  await client.report(jobId, { mark_started: true });
  assert.equal((await data(jobId)).completedAt, null);
  await client.report(jobId, { mark_completed: true });
  const ended = await data(jobId);
  assert.match(ended.completedAt, WHOLE_SECONDS);
  const native = await client.job(jobId);
  assert.equal(ended.createdAt, native.created_at.replace(/\.\d{3}Z$/, 'Z'));
  assert.equal(ended.completedAt, native.completed_at.replace(/\.\d{3}Z$/, 'Z'));
});

test('an error comes in the envelope', async () => {
  const unknown = '00000000-0000-4000-8000-000000000000';
  for (const { status, json } of [
    await client.get(`/v1/api/jobs/${unknown}`),
    await client.post(`/v1/api/jobs/${unknown}/rerun`),
    await client.get(`/v1/api/jobs/${unknown}`, { Authorization: 'Bearer nothing-like-a-key' }),
  ]) {
    assert.deepEqual(Object.keys(json).sort(), ['data', 'error']);
    assert.equal(json.data, null);
    assert.equal(json.error.code, status === 401 ? 'unauthenticated' : 'job_not_found');
    assert.equal(typeof json.error.message, 'string');
  }
});

test('the printed rerun block restarts a completed job', async () => {
  const printed = publishedJson('b/rerun.response.json');
  const jobId = await client.createJob({ job_type: printed.data.type, total_items: 50 });
  await client.report(jobId, { processed_items: 50, mark_completed: true });
  await assertRerun(jobId);
});

test('the printed rerun block restarts a failed job', async () => {
  const jobId = await client.createJob({ job_type: 'document_processing' });
  await client.report(jobId, { processed_items: 3, mark_failed: 'A transient failure' });
  await assertRerun(jobId);
});

async function assertRerun(jobId: string): Promise<void> {
  const before = await data(jobId);
  const printed = publishedJson('b/rerun.response.json');
  const { status, json } = runPrinted('b/rerun.curl', jobId);
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(json).sort(), ['data', 'error']);
  assertLike(json, printed);
  const { id, createdAt } = json.data;
  assert.match(id, UUID);
  assert.notEqual(id, jobId);
  assert.match(createdAt, WHOLE_SECONDS);
  const expected = { ...printed.data, id, createdAt, originalJobId: jobId };
  for (const [field, value] of Object.entries(expected)) assert.equal(json.data[field], value, field);
  const rerun = await data(id);
  assert.deepEqual([rerun.status, rerun.progress, rerun.result], ['pending', 0, null]);
  assert.deepEqual(await data(jobId), before);
}

test('a job that has not ended is not rerun', async () => {
  const jobId = await client.createJob();
  for (const report of [{}, { mark_started: true }]) {
    await client.report(jobId, report);
    const { status, json } = await client.post(`/v1/api/jobs/${jobId}/rerun`);
    assert.equal(status, 409);
    assert.equal(json.data, null);
    assert.equal(json.error.code, 'job_not_terminal');
  }
});
