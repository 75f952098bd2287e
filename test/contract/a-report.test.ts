import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from './client.ts';
import { runCurl, withKey } from './curl.ts';
import { client, clientWith, stranger } from './live-service.ts';
import { fieldsOfA, fill, published, publishedJson } from './published.ts';
import { assertFields, assertLike } from './shape.ts';

const FIELDS = fieldsOfA('a/report.response.txt');

const ISSUE = { entity_type: 'product', entity_key: 'p-1', error_type: 'bad_price', message: 'No price' };

test('the printed report block runs', async () => {
  const jobId = await client.createJob({ total_items: 3, metadata: { feed: 'north' } });
  const block = fill(published('a/report.curl'), {
    'https://api.merchantops.ai': client.url,
    '{job_id}': jobId,
  });
  const { status, json } = runCurl(withKey(block, client.apiKey));
  assert.equal(status, 200);
  assertFields(json, FIELDS);
  assert.equal(json.job_id, jobId);
  assert.equal(json.status, 'failed');
  assert.equal(json.error_message, '<string>');
  assert.equal(json.processed_items, 1);
  assert.equal(json.total_items, 1);
  assert.deepEqual(json.metadata, { feed: 'north', stage: '<string>', last_message: '<string>' });
  const printed = publishedJson('a/report.response.json');
  assertLike(json.errors[0], printed.errors[0]);
  assertLike(json.warnings, printed.warnings);
  assert.equal(json.errors[0].entity_type, 'job');
  assert.equal(json.warnings.length, 1);
});

test('every field is optional and an empty report changes nothing', async () => {
  const jobId = await client.createJob();
  await client.report(jobId, { mark_started: true, processed_items: 2, stage: 'downloading' });
  const before = await client.job(jobId);
  await client.report(jobId, {});
  assert.deepEqual(await client.job(jobId), before);
});

test('the printed defaults, and null where it is allowed, change nothing', async () => {
  const jobId = await client.createJob();
  await client.report(jobId, { processed_items: 2, stage: 'downloading', message: 'Half way' });
  const before = await client.job(jobId);
  const neutral = fieldsOfA('a/report.body.txt').filter(
    ({ type, nullable }) => nullable || type === 'boolean',
  );
  const nothing = Object.fromEntries(neutral.map(({ name, nullable }) => [name, nullable ? null : false]));
  assert.equal(Object.keys(nothing).length, 7);
  await client.report(jobId, nothing);
  assert.deepEqual(await client.job(jobId), before);
});

test('a field of another type is refused and changes nothing', async () => {
  const jobId = await client.createJob();
  const before = await client.job(jobId);
  for (const { name, type } of fieldsOfA('a/report.body.txt')) {
    // Whatever it is, it says that the job has failed.
    if (name === 'mark_failed') continue;
    const answer = await client.post(`/api/jobs/${jobId}/progress`, {
      [name]: type === 'string' ? ['x'] : 'x',
    });
    assert.equal(answer.status, 422, name);
    assert.equal(answer.json.code, 'validation_failed', name);
    assert.deepEqual(paths(answer), [name]);
  }
  assert.deepEqual(await client.job(jobId), before);
});

/** The fields that a refusal names. */
function paths({ json }: Answer): string[] {
  return json.errors.map(({ path }: { path: string }) => path);
}

test('mark_started moves the job to in_progress', async () => {
  const jobId = await client.createJob();
  const job = await client.report(jobId, { mark_started: true });
  assert.equal(job.status, 'in_progress');
  assert.equal(new Date(job.started_at).toISOString(), job.started_at);
});

test('a provided field alone takes effect', async () => {
  const jobId = await client.createJob({ metadata: { feed: 'north' } });
  const { status, processed_items, total_items, metadata } = await client.report(jobId, {
    processed_items: 3,
  });
  assert.deepEqual(
    { status, processed_items, total_items, metadata },
    { status: 'in_progress', processed_items: 3, total_items: 10, metadata: { feed: 'north' } },
  );
});

test('stage is shown as metadata.stage', async () => {
  const jobId = await client.createJob();
  for (const stage of ['downloading', 'transforming', 'uploading', 'dispatched']) {
    assert.equal((await client.report(jobId, { stage })).metadata.stage, stage);
  }
  assert.equal((await client.job(jobId)).metadata.stage, 'dispatched');
});

test('message is shown as metadata.last_message', async () => {
  const jobId = await client.createJob();
  await client.report(jobId, { message: 'Opened the file' });
  const job = await client.report(jobId, { message: 'Read 200 rows' });
  assert.equal(job.metadata.last_message, 'Read 200 rows');
});

test('metadata_patch is merged under metadata', async () => {
  const jobId = await client.createJob({ metadata: { feed: 'north', page: 1, counts: { a: 1 } } });
  await client.report(jobId, {
    metadata_patch: { import_job_id: 'enrichment-42', page: 2, counts: { b: 2 } },
  });
  assert.deepEqual((await client.job(jobId)).metadata, {
    feed: 'north',
    page: 2,
    counts: { a: 1, b: 2 },
    import_job_id: 'enrichment-42',
  });
});

test('processed_items is set directly, an integer, at least 0', async () => {
  const jobId = await client.createJob();
  for (const processed_items of [4, 7, 0]) {
    assert.equal((await client.report(jobId, { processed_items })).processed_items, processed_items);
  }
  for (const bad of [-1, 1.5, '1']) {
    const answer = await client.post(`/api/jobs/${jobId}/progress`, { processed_items: bad });
    assert.equal(answer.status, 422, `processed_items ${bad}`);
  }
});

test('total_items is updated, an integer, at least 0', async () => {
  const jobId = await client.createJob({ total_items: 0 });
  for (const total_items of [150_000, 12, 0]) {
    assert.equal((await client.report(jobId, { total_items })).total_items, total_items);
  }
  for (const bad of [-1, 1.5, '1']) {
    const answer = await client.post(`/api/jobs/${jobId}/progress`, { total_items: bad });
    assert.equal(answer.status, 422, `total_items ${bad}`);
  }
});

test('error is appended to errors with its seven fields', async () => {
  const jobId = await client.createJob();
  await client.report(jobId, { error: { ...ISSUE, details: { row: 7 }, step: 'parse' } });
  const { errors, warnings, status } = await client.report(jobId, { error: { ...ISSUE, entity_key: 'p-2' } });
  assert.equal(status, 'in_progress');
  assert.deepEqual(warnings, []);
  assertTwo(errors);
});

test('warning is appended to warnings with its seven fields', async () => {
  const jobId = await client.createJob();
  await client.report(jobId, { warning: { ...ISSUE, details: { row: 7 }, step: 'parse' } });
  const { errors, warnings, status } = await client.report(jobId, {
    warning: { ...ISSUE, entity_key: 'p-2' },
  });
  assert.equal(status, 'in_progress');
  assert.deepEqual(errors, []);
  assertTwo(warnings);
});

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
function assertTwo([first, second, ...more]: any[]): void {
  assert.deepEqual(more, []);
  const printed = publishedJson('a/report.response.json').errors[0];
  assertLike(first, printed);
  const { timestamp, ...rest } = first;
  assert.equal(new Date(timestamp).toISOString(), timestamp);
  assert.deepEqual(rest, { ...ISSUE, details: { row: 7 }, step: 'parse' });
  assert.deepEqual(Object.keys(second).sort(), Object.keys(printed).sort());
  assert.equal(second.entity_key, 'p-2');
  assert.deepEqual({ details: second.details, step: second.step }, { details: null, step: null });
}

test('the entity_type of an error and of a warning is job by default', async () => {
  const jobId = await client.createJob();
  const { entity_type: _, ...issue } = ISSUE;
  const job = await client.report(jobId, { error: issue, warning: issue });
  assert.equal(job.errors[0].entity_type, 'job');
  assert.equal(job.warnings[0].entity_type, 'job');
});

test('entity_key, error_type and message of an error and of a warning are required', async () => {
  const jobId = await client.createJob();
  for (const field of ['error', 'warning']) {
    for (const missing of ['entity_key', 'error_type', 'message']) {
      const issue = { ...ISSUE, [missing]: undefined };
      const answer = await client.post(`/api/jobs/${jobId}/progress`, { [field]: issue });
      assert.equal(answer.status, 422, `${field} without ${missing}`);
      assert.deepEqual(paths(answer), [`${field}.${missing}`]);
    }
  }
});

test('the body of a report is application/json', async () => {
  const jobId = await client.createJob();
  const headers = { 'Content-Type': 'application/json; charset=klingon' };
  const answer = await client.post(`/api/jobs/${jobId}/progress`, { processed_items: 1 }, headers);
  assert.equal(answer.status, 415);
  assert.equal(answer.json.code, 'unsupported_media_type');
});

test('a report needs authorization', async () => {
  const jobId = await client.createJob();
  const printed = { 'https://api.merchantops.ai': client.url, '{job_id}': jobId };
  const keyless = runCurl(fill(published('a/report.curl'), printed));
  assert.equal(keyless.status, 401);
  assert.equal(keyless.json.code, 'unauthenticated');
  assert.equal((await client.job(jobId)).status, 'pending');
});

test('a report needs the permission job:create and any key that has it may report', async () => {
  const jobId = await client.createJob();
  const reader = await clientWith(['job:read', 'job:cancel']);
  const refused = await reader.post(`/api/jobs/${jobId}/progress`, { processed_items: 1 });
  assert.equal(refused.status, 403);
  assert.equal(refused.json.code, 'permission_denied');
  assert.match(JSON.stringify(refused.json), /job:create/);
  assert.equal((await client.job(jobId)).processed_items, 0);
  const creator = await clientWith(['job:create']);
  assert.equal((await creator.report(jobId, { processed_items: 1 })).processed_items, 1);
});

test('a job of another organization is a 404', async () => {
  const jobId = await client.createJob();
  const other = await stranger();
  const refused = await other.post(`/api/jobs/${jobId}/progress`, { mark_started: true });
  assert.equal(refused.status, 404);
  assert.equal(refused.json.code, 'job_not_found');
  const unknown = await client.post('/api/jobs/00000000-0000-4000-8000-000000000000/progress', {});
  assert.equal(unknown.status, 404);
  assert.equal((await client.job(jobId)).status, 'pending');
});
