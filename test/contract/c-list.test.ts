import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from './live-service.ts';
import { fieldsOfC, fill, published } from './published.ts';
import { assertFields, isA } from './shape.ts';

const STATUSES = printedWords('c/list.query.txt', 'status');
const CATEGORIES = printedWords('c/list.query.txt', 'category');

/** The quoted words that a printed table gives for one field. */
function printedWords(path: string, field: string): string[] {
  const lines = published(path).split('\n');
  const description = lines[lines.indexOf(`${field}string`) + 1] ?? '';
  return [...description.matchAll(/"(\w+)"/g)].map(([, word]) => word ?? '');
}

/** The printed request with its two placeholders filled in. */
function printedPath(status: string, category: string): string {
  const request = published('c/list.request.txt').trim();
  return fill(request, { 'GET ': '', '{status}': status, '{category}': category });
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
async function list(path: string): Promise<any[]> {
  const { status, json } = await client.get(path);
  assert.equal(status, 200, path);
  assert.ok(Array.isArray(json), 'a list is a plain array');
  return json;
}

/** A new job of `category` brought to `status`, as contract c names both. */
async function jobIn(status: string, category: string): Promise<string> {
  const jobId = await client.createJob({ category });
  if (status === 'running') await client.report(jobId, { mark_started: true });
  if (status === 'completed') await client.report(jobId, { mark_completed: true });
  if (status === 'failed') await client.report(jobId, { mark_failed: 'No answer' });
  if (status === 'cancelled') await client.post(`/api/v1/jobs/${jobId}/cancel`);
  return jobId;
}

test('the printed list request answers a plain array of the printed fields', async () => {
  const jobId = await jobIn('pending', 'seo');
  const jobs = await list(printedPath('pending', 'seo'));
  assert.ok(jobs.length <= 20);
  const fields = fieldsOfC('c/list.response.txt');
  assert.equal(fields.length, 8);
  for (const job of jobs) assertFields(job, fields);
  assert.ok(jobs.some(({ id }) => id === jobId));
});

test('the printed list request with nothing filled in lists every job', async () => {
  const jobId = await jobIn('running', 'ai');
  const ids = (await list(printedPath('', ''))).map(({ id }) => id);
  assert.ok(ids.includes(jobId));
});

test('status filters by each printed word', async () => {
  assert.equal(STATUSES.length, 5);
  for (const status of STATUSES) {
    const jobId = await jobIn(status, 'sync');
    const jobs = await list(`/api/v1/jobs?status=${status}`);
    for (const job of jobs) assert.equal(job.status, status);
    assert.ok(
      jobs.some(({ id }) => id === jobId),
      status,
    );
  }
});

test('status completed finds every way to complete', async () => {
  const issue = { entity_type: 'page', entity_key: 'p-1', error_type: 'timeout', message: 'No answer' };
  const warned = await client.createJob();
  await client.report(warned, { warning: issue, mark_completed: true });
  const partial = await client.createJob();
  await client.report(partial, { error: issue, mark_completed: true });
  const ids = (await list('/api/v1/jobs?status=completed')).map(({ id }) => id);
  assert.ok(ids.includes(warned) && ids.includes(partial));
});

test('category filters by each printed word', async () => {
  assert.equal(CATEGORIES.length, 4);
  for (const category of CATEGORIES) {
    const jobId = await jobIn('pending', category);
    const jobs = await list(`/api/v1/jobs?category=${category}`);
    for (const job of jobs) assert.equal(job.category, category);
    assert.ok(
      jobs.some(({ id }) => id === jobId),
      category,
    );
  }
});

test('status and category filter together', async () => {
  const wanted = await jobIn('failed', 'export');
  const others = [await jobIn('failed', 'seo'), await jobIn('running', 'export')];
  const jobs = await list(printedPath('failed', 'export'));
  for (const { status, category } of jobs) assert.deepEqual([status, category], ['failed', 'export']);
  const ids = jobs.map(({ id }) => id);
  assert.ok(ids.includes(wanted));
  for (const other of others) assert.ok(!ids.includes(other));
});

test('limit is the largest number of jobs in a list', async () => {
  for (const _ of [1, 2, 3]) await client.createJob();
  for (const limit of [1, 2, 3]) {
    const times = (await list(`/api/v1/jobs?limit=${limit}`)).map(({ createdAt }) => createdAt);
    assert.equal(times.length, limit);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
  }
  for (const bad of ['0', '-1', '1.5', 'x']) {
    assert.equal((await client.get(`/api/v1/jobs?limit=${bad}`)).status, 422, bad);
  }
});

test('an unknown status or category is refused', async () => {
  for (const query of ['status=done', 'category=music']) {
    const { status, json } = await client.get(`/api/v1/jobs?${query}`);
    assert.equal(status, 422, query);
    assert.equal(json.code, 'validation_failed', query);
  }
});

test('an item of a list shows the job it stands for', async () => {
  const jobId = await client.createJob({ job_type: 'batch_embedding', total_items: 4 });
  await client.report(jobId, { mark_started: true });
  const before = Date.now();
  await client.report(jobId, {
    processed_items: 2,
    error: { entity_type: 'page', entity_key: 'p-1', error_type: 'timeout', message: 'No answer' },
    mark_completed: true,
  });
  const item = (await list('/api/v1/jobs')).find(({ id }) => id === jobId);
  const { name, type, category, status, progress } = item;
  assert.deepEqual(
    { name, type, category, status, progress },
    {
      name: 'Batch embedding',
      type: 'batch_embedding',
      category: 'ai',
      status: 'completed',
      progress: { total: 4, completed: 2, failed: 1 },
    },
  );
  const native = await client.job(jobId);
  assert.equal(item.createdAt, Date.parse(native.created_at));
  assert.equal(item.completedAt, Date.parse(native.completed_at));
  assert.ok(isA('integer', item.completedAt) && Math.abs(item.completedAt - before) < 60_000);
});

test('completedAt of a list is null until the job has ended', async () => {
  const jobIds = [await jobIn('pending', 'ai'), await jobIn('running', 'ai')];
  const jobs = await list('/api/v1/jobs');
  for (const jobId of jobIds) assert.equal(jobs.find(({ id }) => id === jobId).completedAt, null);
});
