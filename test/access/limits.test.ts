import { createExecutionContext, env } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app';
import type { Env } from '../../src/config';
import { LIMIT_NAMES, STANDARD_LIMITS } from '../../src/domain/access/limits';
import { FEED_BYTES } from '../../src/domain/feed/retention';
import { type Client, makeClient, ORIGIN, send } from '../support/client';
import { Receiver } from '../support/receiver';
import { makeWebhook } from '../support/webhooks';

/** What an organization may do and have, as its own keys meet it. */

const TWO = JSON.stringify({ creates_per_minute: 6, creates_burst: 2, streams: 1, waits: 1 });

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** The service as its operator might have set it. */
function serviceWith(settings: Record<string, string>) {
  const app = createApp();
  const set = { ...env, ...settings } as Env;
  return async (method: string, path: string, key: string, body?: unknown, more: RequestInit = {}) => {
    const request = new Request(ORIGIN + path, {
      method,
      ...more,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', ...more.headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return app.fetch(request, set, createExecutionContext());
  };
}

describe('a creation over the rate', () => {
  it('is a 429 that says how it stands; one with a key is made when it comes again, and a replay is none', async () => {
    const ask = serviceWith({ LIMITS: TWO });
    const { key } = await makeClient();
    const create = (name: string) =>
      ask(
        'POST',
        '/api/jobs/',
        key,
        { job_type: 'import', total_items: 1 },
        {
          headers: { 'Idempotency-Key': name },
        },
      );
    const first = await create('one');
    expect(first.status).toBe(201);
    expect((await create('two')).status).toBe(201);
    const refused = await create('three');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', status: 429 });
    const again = refused.headers.get('Retry-After');
    expect(again).toMatch(/^(?:[1-9]|10)$/);
    expect(refused.headers.get('RateLimit-Policy')).toBe('"creates";q=6;w=60');
    expect(refused.headers.get('RateLimit')).toBe(`"creates";r=0;t=${again}`);

    // While the shard is known to be closed nothing new is tried, and what was made is told of.
    const replayed = await create('one');
    expect(replayed.status).toBe(200);
    expect(((await replayed.json()) as { job_id: string }).job_id).toBe(
      ((await first.json()) as { job_id: string }).job_id,
    );
    expect((await create('three')).status).toBe(429);
    expect((await ask('POST', '/api/jobs/', key, { job_type: 'import', total_items: 1 })).status).toBe(429);
    const rerun = await ask('GET', '/api/jobs/?limit=10', key);
    expect(((await rerun.json()) as { jobs: unknown[] }).jobs).toHaveLength(2);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
    expect((await create('three')).status).toBe(201);
    expect((await create('four')).status).toBe(429);
    vi.useRealTimers();
  });

  it('is taken within 30 s once the operator has raised the rate, however long was to be waited before', async () => {
    const own = await makeClient();
    const set = (creates_per_minute: number) =>
      send(env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${own.organization}`, {
        body: { limits: { creates_per_minute, creates_burst: 1 } },
      });
    await set(1);
    await own.createJob();
    const create = () => own.post('/api/jobs/', { job_type: 'import', total_items: 1 });
    expect(Number((await create()).headers.get('Retry-After'))).toBeGreaterThan(50);
    await set(60_000);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    expect((await create()).status).toBe(201);
    vi.useRealTimers();
  });

  it('is told to every surface in its own words', async () => {
    const ask = serviceWith({ LIMITS: JSON.stringify({ jobs: 1 }) });
    const { key } = await makeClient();
    const made = await ask('POST', '/api/jobs/', key, { job_type: 'import', total_items: 1 });
    const { job_id } = (await made.json()) as { job_id: string };
    const full = await ask('POST', '/api/jobs/', key, { job_type: 'import', total_items: 1 });
    expect([full.status, ((await full.json()) as { code: string }).code]).toEqual([409, 'quota_exceeded']);
    await ask('POST', `/api/jobs/${job_id}/cancel`, key, {});
    expect((await ask('POST', `/v1/api/jobs/${job_id}/rerun`, key, {})).status).toBe(201);
    const again = await ask('POST', `/v1/api/jobs/${job_id}/rerun`, key, {});
    expect([again.status, await again.json()]).toMatchObject([
      409,
      { data: null, error: { code: 'quota_exceeded' } },
    ]);
  });
});

describe('what a credential holds open', () => {
  /** Streams and waits of the client. */
  async function usageBy(ask: ReturnType<typeof serviceWith>) {
    const { limits } = (await (await ask('GET', '/api/usage', client.key)).json()) as {
      limits: Record<string, { limit: number; use: number }>;
    };
    return [limits.streams?.use, limits.waits?.use];
  }

  it('is counted, refused beyond its limit, and let go of', async () => {
    const ask = serviceWith({ LIMITS: TWO });
    const job = await client.createJob();
    const usage = () => usageBy(ask);
    const stream = await ask('GET', `/api/jobs/${job}/stream`, client.key);
    expect(stream.status).toBe(200);
    expect(await usage()).toEqual([1, 0]);
    for (const path of [`/api/jobs/${job}/stream`, '/api/events/stream']) {
      const second = await ask('GET', path, client.key);
      expect([second.status, ((await second.json()) as { code: string }).code]).toEqual([
        409,
        'quota_exceeded',
      ]);
    }
    const socket = await ask('GET', `/api/jobs/${job}/socket`, client.key, undefined, {
      headers: { Upgrade: 'websocket' },
    });
    expect(socket.status).toBe(409);
    await stream.body?.cancel();
    await vi.waitUntil(async () => (await usage())[0] === 0);
    expect((await ask('HEAD', `/api/jobs/${job}/stream`, client.key)).status).toBe(200);
    await vi.waitUntil(async () => (await usage())[0] === 0);

    const waiting = ask('GET', `/api/jobs/${job}?wait=20`, client.key);
    await vi.waitUntil(async () => (await usage())[1] === 1);
    const refused = await ask('GET', `/api/jobs/${job}?wait=20`, client.key);
    expect(refused.status).toBe(409);
    expect(((await refused.json()) as { detail: string }).detail).toMatch(/\b1 waiting.*may be 1\b/);
    expect((await ask('GET', '/api/events?wait=20&after=x', client.key)).status).toBe(400);
    await client.report(job, { processed_items: 1 });
    expect((await waiting).status).toBe(200);
    expect(await usage()).toEqual([0, 0]);
  });

  it('is a wait no longer once its caller has gone, or after a minute', async () => {
    const ask = serviceWith({ LIMITS: TWO });
    const job = await client.createJob();
    const uses = (use: number) => vi.waitUntil(async () => (await usageBy(ask))[1] === use);
    const waits = async () => {
      await uses(1);
      await scheduler.wait(200);
    };
    for (const path of [`/api/jobs/${job}?wait=20`, '/api/events?wait=20&types=job.failed']) {
      const gone = new AbortController();
      const waiting = ask('GET', path, client.key, undefined, { signal: gone.signal });
      await waits();
      gone.abort();
      await uses(0);
      await waiting;
    }
    const waiting = ask('GET', `/api/jobs/${job}?wait=20`, client.key);
    await waits();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    await uses(0);
    vi.useRealTimers();
    await client.report(job, { processed_items: 2 });
    expect((await waiting).status).toBe(200);
    await uses(0);
  });

  it('by a token for many jobs is no part of what its key holds open', async () => {
    const ask = serviceWith({ LIMITS: TWO });
    const own = await makeClient();
    const [wall, other] = await Promise.all(
      ['wall', 'other'].map(async (tag) => {
        const made = await own.post('/api/tokens', { scope: 'read', filter: { tag } });
        return made.json.token as string;
      }),
    );
    const open = (credential = '') => ask('GET', '/api/events/stream', credential);
    const streams = await Promise.all([open(wall), open(other), open(own.key)]);
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await open(wall)).status).toBe(409);
    await Promise.all(streams.map(({ body }) => body?.cancel()));
  });
});

describe('GET /api/usage', () => {
  it('shows use beside each limit', async () => {
    const own = await makeClient();
    const ended = await own.createJob();
    await own.createJob();
    await own.report(ended, { mark_completed: true });
    await makeWebhook(own, { url: new Receiver().url, willing: false });
    const { status, json } = await own.get('/api/usage');
    expect(status).toBe(200);
    expect(json.organization_id).toBe(own.organization);
    expect(Object.keys(json.limits)).toEqual([...LIMIT_NAMES]);
    const limits = Object.fromEntries(LIMIT_NAMES.map((name) => [name, json.limits[name].limit]));
    const own_limits = { reports_per_second: 100_000, reports_burst: 1_000_000 };
    // What one shard may hold.
    expect(limits).toEqual({ ...STANDARD_LIMITS, ...own_limits, feed_bytes: FEED_BYTES });
    const used = Object.fromEntries(LIMIT_NAMES.map((name) => [name, json.limits[name].use]));
    expect(used).toMatchObject({
      ...{ jobs: 1, keys: 1, filter_tokens: 0, webhooks: 1, hooks: 0, sessions: 0, streams: 0, waits: 0 },
      ...{ creates_per_minute: null, reports_per_second: null, reports_burst: null, job_bytes: null },
    });
    expect(used.creates_burst).toBeLessThanOrEqual(2);
    expect(json.limits.feed_bytes.use).toBeGreaterThan(500);
  });

  it('of an organization that has nothing but a key shows nothing, and makes nothing', async () => {
    const { json } = await (await makeClient()).get('/api/usage');
    expect(json.limits).toMatchObject({ jobs: { use: 0 }, keys: { use: 1 }, feed_bytes: { use: 0 } });
  });
});

it('a URL has four endpoints at most, by making and by changing one', async () => {
  const own = await makeClient();
  const url = 'https://receiver.example/one';
  const made = await Promise.all(Array.from({ length: 4 }, () => own.post('/api/webhooks', { url })));
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  const fifth = await own.post('/api/webhooks', { url });
  expect(fifth.json).toMatchObject({ status: 409, code: 'quota_exceeded' });
  expect(fifth.json.detail).toMatch(/\b4 endpoints.*may be 4\b/);
  const { json: other } = await own.post('/api/webhooks', { url: `${url}/other` });
  const patch = (id: string, body: object) => own.send('PATCH', `/api/webhooks/${id}`, { body });
  expect((await patch(other.webhook_id, { url })).json).toMatchObject({ code: 'quota_exceeded' });
  expect((await patch(made[0]?.json.webhook_id, { url, description: 'the same' })).status).toBe(200);
  expect((await patch(made[0]?.json.webhook_id, { url: `${url}/two` })).status).toBe(200);
  expect((await patch(other.webhook_id, { url })).status).toBe(200);
});

it('what the operator sets for one organization holds for it, on its jobs too, and for no other', async () => {
  const own = await makeClient();
  const limits = {
    reports_per_second: 1,
    reports_burst: 2,
    creates_burst: 3,
    keys: 1,
    feed_bytes: 2_000_000,
  };
  const path = `/admin/orgs/${own.organization}`;
  const set = await send(env.ADMIN_TOKEN, 'PATCH', path, { body: { limits } });
  expect(set.json).toMatchObject({ limits: { ...limits, jobs: STANDARD_LIMITS.jobs, reports_burst: 2 } });
  const job = await own.createJob();
  const answers = [];
  for (let n = 1; n <= 4; n++) answers.push(await own.report(job, { processed_items: n }));
  expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([200, 200]);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.json).toMatchObject({ code: 'rate_limited', job_status: 'in_progress' });
  expect(refused?.headers.get('Retry-After')).toBe('1');
  expect(refused?.headers.get('RateLimit-Policy')).toBe('"reports";q=1;w=1');
  expect(refused?.headers.get('RateLimit')).toBe('"reports";r=0;t=1');
  expect(refused?.headers.get('Job-Status')).toBe('in_progress');
  expect((await own.report(job, { mark_completed: true })).status).toBe(200);
  const { json } = await own.get('/api/usage');
  expect(json.limits).toMatchObject({ creates_burst: { limit: 3 }, keys: { limit: 1, use: 1 } });
  expect(json.limits.feed_bytes.limit).toBe(2_000_000);
  expect((await own.post('/api/keys', { name: 'a', permissions: ['job:read'] })).json).toMatchObject({
    code: 'quota_exceeded',
  });
  const other = await makeClient();
  const theirs = await other.createJob();
  for (let n = 1; n <= 5; n++) expect((await other.report(theirs, { processed_items: n })).status).toBe(200);
});
