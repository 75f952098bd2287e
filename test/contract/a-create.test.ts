import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCurl, withKey } from './curl.ts';
import { client, clientWith, stranger } from './live-service.ts';
import { fieldsOfA, fill, published, publishedJson } from './published.ts';
import { assertFields, assertLike } from './shape.ts';

const FIELDS = fieldsOfA('a/create.response.txt');

function create(fields: Record<string, unknown>, headers: Record<string, string> = {}) {
  return client.post('/api/jobs/', { job_type: 'enrichment', total_items: 4, ...fields }, headers);
}

test('the printed create block makes a job', () => {
  const block = fill(published('a/create.curl'), { 'https://api.merchantops.ai': client.url });
  const { status, json } = runCurl(withKey(block, client.apiKey));
  assert.equal(status, 201);
  assertFields(json, FIELDS);
  const { job_type, total_items, metadata, triggered_by } = json;
  assert.deepEqual(
    { job_type, total_items, metadata, triggered_by },
    { job_type: '<string>', total_items: 1, metadata: {}, triggered_by: '<string>' },
  );
  assert.equal(json.status, 'pending');
});

test('a new job shows every printed field, null where nothing is known yet', async () => {
  const { json } = await create({});
  assertFields(json, FIELDS);
  for (const field of Object.keys(publishedJson('a/create.response.json'))) assert.ok(field in json, field);
  const unset = FIELDS.filter(({ nullable, name }) => nullable && name !== 'created_at');
  for (const { name } of unset) assert.equal(json[name], null, name);
  assert.match(json.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const { failed_items, processed_items, progress_percentage, success_rate, warned_items } = json;
  for (const zero of [failed_items, processed_items, progress_percentage, success_rate, warned_items]) {
    assert.equal(zero, 0);
  }
  const { errors, warnings, metadata } = json;
  assert.deepEqual({ errors, warnings, metadata }, { errors: [], warnings: [], metadata: {} });
});

test('a job that ran and failed fills the printed example', async () => {
  const jobId = await client.createJob({ triggered_by: 'user-7', metadata: { feed: 'north' } });
  const issue = { entity_type: 'product', entity_key: 'p-1', error_type: 'bad_price', message: 'No price' };
  await client.report(jobId, { mark_started: true });
  const job = await client.report(jobId, {
    processed_items: 3,
    error: { ...issue, details: { price: null }, step: 'import' },
    warning: { ...issue, details: { gap: true }, step: 'import' },
  });
  assert.equal(job.status, 'in_progress');
  await client.report(jobId, { mark_failed: 'The feed broke off' });
  const ended = await client.job(jobId);
  // The error that mark_failed appends has no details and no step.
  ended.errors = ended.errors.filter(({ error_type }: { error_type: string }) => error_type !== 'job_failed');
  assert.equal(ended.errors.length, 1);
  assert.equal(ended.warnings.length, 1);
  assertLike(ended, publishedJson('a/create.response.json'));
});

test('job_id is unique and a UUID', async () => {
  const [one, two] = await Promise.all([client.createJob(), client.createJob()]);
  assert.match(one, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.notEqual(one, two);
});

test('job_type is required, a string, and shown as given', async () => {
  for (const bad of [undefined, null, ['crawl'], ''])
    assert.equal((await create({ job_type: bad })).status, 422);
  for (const job_type of ['enrichment', 'crawl']) {
    assert.equal((await create({ job_type })).json.job_type, job_type);
  }
});

test('total_items is required, an integer, at least 0', async () => {
  for (const bad of [undefined, null, -1, 0.5, '1', true]) {
    assert.equal((await create({ total_items: bad })).status, 422, `total_items ${bad}`);
  }
  for (const total_items of [0, 1, 150_000]) {
    assert.equal((await create({ total_items })).json.total_items, total_items);
  }
});

test('metadata is an object and shown as given', async () => {
  for (const bad of ['x', 7, ['x']]) assert.equal((await create({ metadata: bad })).status, 422);
  const metadata = { source: 'oracle', nested: { pages: [1, 2, null], done: false } };
  assert.deepEqual((await create({ metadata })).json.metadata, metadata);
});

test('triggered_by is a string or null', async () => {
  assert.equal((await create({ triggered_by: ['user-7'] })).status, 422);
  assert.equal((await create({ triggered_by: null })).json.triggered_by, null);
  assert.equal((await create({ triggered_by: 'user-7' })).json.triggered_by, 'user-7');
});

test('the body of a create is application/json', async () => {
  assert.equal((await create({}, { 'Content-Type': 'text/plain' })).status, 201);
  const answer = await create({}, { 'Content-Type': 'application/json; charset=klingon' });
  assert.equal(answer.status, 415);
  assert.equal(answer.json.code, 'unsupported_media_type');
});

test('authorization carries the key', async () => {
  assert.equal((await create({})).status, 201);
  const block = fill(published('a/create.curl'), { 'https://api.merchantops.ai': client.url });
  const keyless = runCurl(block);
  assert.equal(keyless.status, 401);
  assert.equal(keyless.json.code, 'unauthenticated');
  assert.equal((await create({}, { Authorization: 'Bearer nothing-like-a-key' })).status, 401);
});

test('X-Organization-ID may name the organization of the key and no other', async () => {
  const own = await create({}, { 'X-Organization-ID': client.organization });
  assert.equal(own.status, 201);
  const report = { stage: 'downloading' };
  const path = `/api/jobs/${own.json.job_id}/progress`;
  assert.equal((await client.post(path, report, { 'X-Organization-ID': client.organization })).status, 200);
  const existing = (await stranger()).organization;
  for (const organization of [existing, 'no-such-organization']) {
    const headers = { 'X-Organization-ID': organization };
    for (const answer of [await create({}, headers), await client.post(path, report, headers)]) {
      assert.equal(answer.status, 403);
      assert.equal(answer.json.code, 'organization_mismatch');
    }
  }
});

test('a stytch_session cookie is no key, and beside a key it changes nothing', async () => {
  const Cookie = 'stytch_session=a-session-token';
  const jobId = await client.createJob();
  const body = JSON.stringify({ job_type: 'crawl', total_items: 1 });
  const headers = { Cookie, 'Content-Type': 'application/json' };
  for (const path of ['/api/jobs/', `/api/jobs/${jobId}/progress`]) {
    const alone = await fetch(client.url + path, { method: 'POST', headers, body });
    assert.equal(alone.status, 401, path);
    await alone.body?.cancel();
  }
  assert.equal((await create({}, { Cookie })).status, 201);
  assert.equal((await client.post(`/api/jobs/${jobId}/progress`, {}, { Cookie })).status, 200);
});

test('create needs the permission job:create', async () => {
  const reader = await clientWith(['job:read', 'job:cancel']);
  const refused = await reader.post('/api/jobs/', { job_type: 'crawl', total_items: 1 });
  assert.equal(refused.status, 403);
  assert.equal(refused.json.code, 'permission_denied');
});
