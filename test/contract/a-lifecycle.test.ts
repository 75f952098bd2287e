import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from './live-service.ts';
import { fieldsOfA } from './published.ts';
import { assertFields } from './shape.ts';

const FIELDS = fieldsOfA('a/report.response.txt');

const ISSUE = { entity_type: 'product', entity_key: 'p-1', error_type: 'bad_price', message: 'No price' };

test('a worker without a database reports every phase', async () => {
  const jobId = await client.createJob({ total_items: 0 });
  await client.report(jobId, { mark_started: true, stage: 'downloading' });
  await client.report(jobId, { stage: 'transforming', total_items: 200, message: 'Counted 200 rows' });
  await client.report(jobId, { stage: 'uploading', processed_items: 50 });
  const dispatched = await client.report(jobId, {
    stage: 'dispatched',
    metadata_patch: { import_job_id: 'enrichment-42' },
    processed_items: 150,
  });
  assert.equal(dispatched.status, 'in_progress');
  assert.equal(dispatched.progress_percentage, 75);
  assert.equal(dispatched.completed_at, null);
  assert.equal(dispatched.duration_seconds, null);
  await client.report(jobId, { processed_items: 200, mark_completed: true });
  const job = await client.job(jobId);
  assertFields(job, FIELDS);
  assert.equal(job.status, 'completed');
  assert.equal(job.progress_percentage, 100);
  assert.equal(job.success_rate, 100);
  assert.equal(job.error_message, null);
  assert.deepEqual(job.metadata, {
    stage: 'dispatched',
    last_message: 'Counted 200 rows',
    import_job_id: 'enrichment-42',
  });
  const started = Date.parse(job.started_at);
  const completed = Date.parse(job.completed_at);
  assert.ok(Date.parse(job.created_at) <= started && started <= completed);
  assert.equal(job.duration_seconds, (completed - started) / 1000);
});

test('mark_completed of a clean job is completed', async () => {
  assert.equal(await endOf({ mark_completed: true }), 'completed');
});

test('mark_completed of a job with a warning is completed_with_warnings', async () => {
  assert.equal(await endOf({ warning: ISSUE }, { mark_completed: true }), 'completed_with_warnings');
  assert.equal(await endOf({ warning: ISSUE, mark_completed: true }), 'completed_with_warnings');
});

test('mark_completed of a job with an error is partial_success', async () => {
  assert.equal(await endOf({ error: ISSUE }, { mark_completed: true }), 'partial_success');
  assert.equal(await endOf({ warning: ISSUE, error: ISSUE, mark_completed: true }), 'partial_success');
});

async function endOf(...reports: Record<string, unknown>[]): Promise<string> {
  const jobId = await client.createJob();
  await client.report(jobId, { mark_started: true });
  for (const report of reports) await client.report(jobId, report);
  const { status, completed_at } = await client.job(jobId);
  assert.notEqual(completed_at, null);
  return status;
}

test('mark_failed is failed with error_message and an error', async () => {
  const jobId = await client.createJob();
  await client.report(jobId, { mark_started: true });
  await client.report(jobId, { mark_failed: 'The feed broke off' });
  const job = await client.job(jobId);
  assert.equal(job.status, 'failed');
  assert.equal(job.error_message, 'The feed broke off');
  assert.notEqual(job.completed_at, null);
  assert.equal(typeof job.duration_seconds, 'number');
  assert.deepEqual(
    job.errors.map(({ timestamp: _, details: __, step: ___, ...error }: Record<string, unknown>) => error),
    [{ entity_type: 'job', entity_key: jobId, error_type: 'job_failed', message: 'The feed broke off' }],
  );
});

test('failed_items and warned_items count the entities', async () => {
  const jobId = await client.createJob({ total_items: 4 });
  await client.report(jobId, { mark_started: true, processed_items: 2 });
  await client.report(jobId, { error: ISSUE, warning: { ...ISSUE, entity_key: 'p-2' } });
  await client.report(jobId, { error: { ...ISSUE, error_type: 'bad_name' } });
  const job = await client.job(jobId);
  const { processed_items, failed_items, warned_items } = job;
  assert.deepEqual([processed_items, failed_items, warned_items], [2, 1, 1]);
});

test('progress_percentage and success_rate are numbers from 0 to 100', async () => {
  const jobId = await client.createJob({ total_items: 3 });
  const job = await client.report(jobId, { processed_items: 1, error: ISSUE });
  assert.equal(job.progress_percentage, 66.66);
  assert.equal(job.success_rate, 50);
  const over = await client.report(jobId, { processed_items: 1000 });
  assert.equal(over.progress_percentage, 100);
  assert.ok(over.success_rate > 99 && over.success_rate <= 100);
});
