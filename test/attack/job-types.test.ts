/** A key for jobs of some types × every route of the table: a job of another type is none, byte for byte (behaviour §4). */
import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { Client, makeClient, ORIGIN, send } from '../support/client.ts';
import { ROUTES } from '../support/routes.ts';
import { StreamReader } from '../support/stream.ts';
import { makeToken } from '../support/tokens.ts';
import { makeCompletedJob, makeRunningJob, snapshot } from './bystander.ts';
import { expectRefusal, fingerprint } from './refusal.ts';
import { address, goodAsk, NOBODY, type Tenant, titled } from './tenants.ts';

const TYPES = ['export', 'report'];
const MAY = ['job:create', 'job:read', 'job:cancel'];

let whole: Client;
let limited: Client;
let tenant: Tenant;
let own: string;

beforeAll(async () => {
  whole = await makeClient();
  limited = await limitedKey(whole, MAY);
  const running = await makeRunningJob(whole);
  tenant = {
    client: limited,
    running,
    ended: await makeCompletedJob(whole),
    deleted: NOBODY,
    badge: 'export.svg',
  };
  own = await whole.createJob({ job_type: 'export' });
});

async function limitedKey({ organization }: Client, permissions: string[]): Promise<Client> {
  const { status, text, json } = await send(env.ADMIN_TOKEN, 'POST', `/admin/orgs/${organization}/keys`, {
    body: { name: 'limited', permissions, job_types: TYPES },
  });
  if (status !== 201) throw new Error(text);
  return new Client(organization, json.api_key, json.key_id);
}

const JOB_ROUTES = ROUTES.filter((route) => route.hasJobId && !route.byPath);
const OTHERS = ROUTES.filter((route) => !route.hasJobId && route.permission !== null && !route.byPath);

describe.each(titled(JOB_ROUTES))('%s', (_, route) => {
  it('knows no job of another type, and one of its own', async () => {
    const before = await snapshot(whole, tenant.running);
    const answers = new Set<string>();
    for (const id of [tenant.running, tenant.ended, tenant.running.toUpperCase(), NOBODY]) {
      const answer = await limited.send(route.method, address(route, id, tenant), goodAsk(route));
      expectRefusal(answer, 404, 'job_not_found', route.surface);
      answers.add(fingerprint(answer));
    }
    expect(answers.size, [...answers].join('\n')).toBe(1);
    expect(await snapshot(whole, tenant.running)).toEqual(before);
    const job = await limited.createJob({ job_type: 'export' });
    const answer = await limited.send(route.method, address(route, job, tenant), goodAsk(route));
    if (answer.status > 299) expect([101, 409], answer.text).toContain(answer.status);
  });

  it('neither where somebody else has just read the job, nor with the tag that they were shown', async () => {
    const path = address(route, tenant.running, tenant);
    if (route.method !== 'GET') return;
    const shown = await whole.send('GET', path, goodAsk(route));
    const headers = { ...route.headers, 'If-None-Match': shown.headers.get('ETag') ?? '*' };
    expectRefusal(await limited.send('GET', path, { headers }), 404, 'job_not_found', route.surface);
  });
});

describe.each(titled(OTHERS))('%s', (_, route) => {
  it('tells of no job of another type', async () => {
    const answer = await limited.send(route.method, address(route, 'x', tenant), goodAsk(route));
    for (const hidden of [tenant.running, tenant.ended]) expect(answer.text).not.toContain(hidden);
    if (!MAY.includes(route.permission ?? '')) expectRefusal(answer, 403, 'permission_denied', route.surface);
    else if (route.method === 'GET') expect(answer.status, answer.text).toBe(200);
    else expectRefusal(answer, 403, 'permission_denied', route.surface);
  });
});

it('makes jobs of its types alone, and reruns them', async () => {
  const other = await limited.post('/api/jobs', { job_type: 'import', total_items: 1 });
  expectRefusal(other, 403, 'permission_denied');
  expect(other.json.detail).toContain('export, report');
  const job = await limited.createJob({ job_type: 'report' });
  await limited.report(job, { mark_completed: true });
  expect((await limited.post(`/api/jobs/${job}/rerun`, {})).status).toBe(201);
});

it('lists its types alone, whatever it filters by, on every page', async () => {
  for (const query of ['', '?limit=1', '?job_type=import', '?job_type=export', '?status=running']) {
    let cursor: string | null = '';
    const found: string[] = [];
    while (cursor !== null) {
      const more: string = cursor === '' ? '' : `${query ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
      const page = await limited.get(`/api/jobs${query}${more}`);
      expect(page.status, page.text).toBe(200);
      found.push(...page.json.jobs.map(({ job_type }: { job_type: string }) => job_type));
      cursor = page.json.next_cursor;
    }
    expect(new Set(found).has('import')).toBe(false);
    if (query === '?job_type=export' || query === '') expect(found).toContain('export');
  }
});

it('reads, waits for and follows the events of its types alone', async () => {
  const page = await limited.get('/api/events?limit=100');
  expect(page.text).toContain(own);
  expect(page.text).not.toContain(tenant.running);
  expect((await limited.get('/api/events?job_type=import')).json.events).toEqual([]);
  const after = encodeURIComponent(page.json.next_cursor);
  const waiting = limited.get(`/api/events?after=${after}&wait=20`);
  const headers = { Authorization: `Bearer ${limited.key}` };
  const request = new Request(`${ORIGIN}/api/events/stream?after=${after}`, { headers });
  const stream = new StreamReader(await exports.default.fetch(request));
  const hidden = await whole.createJob({ job_type: 'import' });
  await whole.report(hidden, { mark_completed: true });
  const shown = await whole.createJob({ job_type: 'report' });
  const waited = await waiting;
  expect(waited.json.events.map(({ job_id }: { job_id: string }) => job_id)).toContain(shown);
  expect(waited.text).not.toContain(hidden);
  const frames = await stream.until(({ data }) => data?.job_id === shown);
  await stream.close();
  expect(JSON.stringify(frames)).not.toContain(hidden);
}, 40_000);

it('a token that a key made before it was limited reaches no more than the key', async () => {
  const maker = await makeClient();
  const job = await makeRunningJob(maker);
  const token = await makeToken(maker, job, 'report');
  const path = `/admin/orgs/${maker.organization}/keys/${maker.keyId}`;
  const change = { permissions: MAY, job_types: TYPES };
  expect((await send(env.ADMIN_TOKEN, 'PATCH', path, { body: change })).status).toBe(200);
  let opened = 0;
  for (const route of JOB_ROUTES) {
    const answer = await send(token, route.method, address(route, job, tenant), goodAsk(route));
    expect([403, 404], answer.text).toContain(answer.status);
    if (answer.status === 404) opened += 1;
  }
  // What a token opens at all, the scopes' own matrix says.
  expect(opened).toBeGreaterThan(10);
});

it('carries nothing that reaches beyond its types', async () => {
  const path = `/admin/orgs/${whole.organization}/keys`;
  for (const beyond of ['webhook:manage', 'key:manage', 'audit:read']) {
    const body = { name: 'x', permissions: ['job:read', beyond], job_types: ['a'] };
    expectRefusal(await send(env.ADMIN_TOKEN, 'POST', path, { body }), 422, 'validation_failed', 'admin');
    const change = { permissions: ['job:read', beyond] };
    const changed = await send(env.ADMIN_TOKEN, 'PATCH', `${path}/${limited.keyId}`, { body: change });
    expectRefusal(changed, 422, 'validation_failed', 'admin');
  }
});
