/** Callers without a good credential: one 401 for all of them, on every surface. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { type Answer, makeKey, makeOrganization, send } from '../support/client.ts';
import { bystander } from './bystander.ts';
import { expectRefusal, fingerprint, type Surface } from './refusal.ts';

const victim = bystander();

const TENANT: { surface: Surface; method: string; path: () => string; body?: unknown }[] = [
  { surface: 'native', method: 'GET', path: () => `/api/jobs/${victim.jobId}` },
  { surface: 'native', method: 'GET', path: () => '/api/jobs/' },
  {
    surface: 'native',
    method: 'POST',
    path: () => '/api/jobs/',
    body: { job_type: 'import', total_items: 1 },
  },
  {
    surface: 'native',
    method: 'POST',
    path: () => `/api/jobs/${victim.jobId}/progress`,
    body: { message: 'x' },
  },
  { surface: 'polling', method: 'GET', path: () => `/v1/api/jobs/${victim.jobId}` },
  { surface: 'monitoring', method: 'POST', path: () => `/api/v1/jobs/${victim.jobId}/cancel` },
];
const ADMIN: typeof TENANT = [
  { surface: 'admin', method: 'GET', path: () => '/admin/orgs' },
  {
    surface: 'admin',
    method: 'POST',
    path: () => '/admin/orgs',
    body: { organization_id: 'evil', name: 'Evil' },
  },
  { surface: 'admin', method: 'GET', path: () => `/admin/orgs/${victim.client.organization}/keys` },
  {
    surface: 'admin',
    method: 'POST',
    path: () => `/admin/orgs/${victim.client.organization}/keys`,
    body: { name: 'Evil', permissions: ['job:read'] },
  },
  {
    surface: 'admin',
    method: 'DELETE',
    path: () => `/admin/orgs/${victim.client.organization}/keys/${victim.client.keyId}`,
  },
];

async function refusedAs(route: (typeof TENANT)[number], headers: Record<string, string>): Promise<Answer> {
  const answer = await send(null, route.method, route.path(), { body: route.body, headers });
  expectRefusal(answer, 401, 'unauthenticated', route.surface);
  return answer;
}

/** `text` with the character at `index` made another one of its kind. */
function changed(text: string, index: number): string {
  const old = text[index] as string;
  const alphabet = /[0-9]/.test(old) ? '0123456789' : /[a-z]/.test(old) ? 'abcdef' : 'ABCDEF';
  const other = alphabet.includes(old)
    ? alphabet[(alphabet.indexOf(old) + 1) % alphabet.length]
    : alphabet[0];
  return text.slice(0, index) + other + text.slice(index + 1);
}

/** Every header that is no credential, made from a good one. */
const spoiled = (key: string): Record<string, string>[] => [
  {},
  { Authorization: '' },
  { Authorization: 'Bearer' },
  { Authorization: 'Bearer ' },
  { Authorization: key },
  { Authorization: `Bearer${key}` },
  { Authorization: `Basic ${btoa(`${key}:`)}` },
  { Authorization: `Basic ${key}` },
  { Authorization: `Token ${key}` },
  { Authorization: `Digest ${key}` },
  { Authorization: `Bearer ${key}, Bearer ${key}` },
  { Authorization: `Bearer ${key}, Basic x` },
  { Authorization: `Basic x, Bearer ${key}` },
  { Authorization: `Bearer ${key},` },
  { Authorization: `Bearer ${key} ${key}` },
  { Authorization: `Bearer "${key}"` },
  { Authorization: `Bearer ${key}%00` },
  { Authorization: `Bearer ${key}\u00ff` },
  { Authorization: `Bearer ${key}=` },
  { Authorization: `Bearer ${key}x` },
  { Authorization: `Bearer ${key.slice(0, -1)}` },
  { Authorization: `Bearer ${key.toUpperCase()}` },
  { Authorization: 'Bearer null' },
  { Authorization: 'Bearer __proto__' },
  { Authorization: 'Bearer hw_' },
  { Authorization: 'Bearer hw____' },
  { Authorization: `Bearer ${'a'.repeat(30_000)}` },
  { Cookie: `stytch_session=${key}` },
  { Cookie: 'stytch_session=' },
  { Cookie: `stytch_session=${key}; stytch_session=${key}` },
  { Cookie: `stytch_session=${key}`, Authorization: '' },
  { Cookie: `stytch_session=${key}`, Authorization: 'Basic x' },
  { 'Proxy-Authorization': `Bearer ${key}` },
  { 'X-Api-Key': key },
];

describe('without a good credential', () => {
  it.each(TENANT)('$surface $method is one 401', async (route) => {
    const answers = new Set<string>();
    for (const headers of spoiled(victim.client.key))
      answers.add(fingerprint(await refusedAs(route, headers)));
    expect(answers.size).toBe(1);
  });

  it.each(ADMIN)('$surface $method is one 401', async (route) => {
    const answers = new Set<string>();
    for (const headers of spoiled(env.ADMIN_TOKEN)) answers.add(fingerprint(await refusedAs(route, headers)));
    answers.add(fingerprint(await refusedAs(route, { Authorization: `Bearer ${victim.client.key}` })));
    expect(answers.size).toBe(1);
  });

  it('two Authorization headers are refused, even where they agree', async () => {
    const twice = new Headers();
    twice.append('Authorization', `Bearer ${victim.client.key}`);
    twice.append('Authorization', `Bearer ${victim.client.key}`);
    const answer = await send(null, 'GET', `/api/jobs/${victim.jobId}`, { headers: [...twice] });
    expectRefusal(answer, 401, 'unauthenticated');
  });

  it('a credential in the address is none', async () => {
    for (const name of ['api_key', 'access_token', 'token', 'authorization']) {
      const answer = await send(null, 'GET', `/v1/api/jobs/${victim.jobId}?${name}=${victim.client.key}`);
      expectRefusal(answer, 401, 'unauthenticated', 'polling');
    }
  });

  it('the admin token opens no tenant route, with an organization named or not', async () => {
    for (const route of TENANT) {
      const admin = { Authorization: `Bearer ${env.ADMIN_TOKEN}` };
      await refusedAs(route, admin);
      await refusedAs(route, { ...admin, 'X-Organization-ID': victim.client.organization });
    }
  });
});

it('no character of a key or of the admin token can be changed', async () => {
  const { key } = victim.client;
  for (let index = 0; index < key.length; index++) {
    await refusedAs(TENANT[0] as (typeof TENANT)[number], { Authorization: `Bearer ${changed(key, index)}` });
  }
  for (let index = 0; index < env.ADMIN_TOKEN.length; index++) {
    const headers = { Authorization: `Bearer ${changed(env.ADMIN_TOKEN, index)}` };
    await refusedAs(ADMIN[0] as (typeof TENANT)[number], headers);
  }
});

it('the name of the scheme is written in any case (RFC 9110 §11.1)', async () => {
  for (const scheme of ['bearer', 'BEARER']) {
    const headers = { Authorization: `${scheme} ${victim.client.key}` };
    expect((await send(null, 'GET', `/api/jobs/${victim.jobId}`, { headers })).status).toBe(200);
  }
});

describe('a key and its organization', () => {
  it('a revoked key is no key, and only its own organization revokes it', async () => {
    const organization = await makeOrganization();
    const key = await makeKey(organization);
    const other = `/admin/orgs/${victim.client.organization}/keys/${key.keyId}`;
    const unknown = `/admin/orgs/${victim.client.organization}/keys/${crypto.randomUUID()}`;
    const refusals = [
      await send(env.ADMIN_TOKEN, 'DELETE', other),
      await send(env.ADMIN_TOKEN, 'DELETE', unknown),
    ];
    for (const refusal of refusals) expectRefusal(refusal, 404, 'not_found', 'admin');
    const unused = await makeKey(organization);
    const own = await send(env.ADMIN_TOKEN, 'DELETE', `/admin/orgs/${organization}/keys/${unused.keyId}`);
    expect(own.status, own.text).toBeLessThan(300);
    expectRefusal(await unused.get('/api/jobs/'), 401, 'unauthenticated');
    expect((await key.get('/api/jobs/')).status).toBe(200);
  });

  it('an organization may bear the name of what every object inherits', async () => {
    const made = await send(env.ADMIN_TOKEN, 'POST', '/admin/orgs', {
      body: { organization_id: 'constructor', name: 'constructor' },
    });
    expect(made.status, made.text).toBe(201);
    const client = await makeKey('constructor');
    const jobId = await client.createJob();
    expectRefusal(await victim.client.get(`/api/jobs/${jobId}`), 404, 'job_not_found');
    expect((await client.get(`/api/jobs/${jobId}`)).status).toBe(200);
  });

  it('an organization nobody made has no keys, and is made only once', async () => {
    const nobody = '/admin/orgs/nobody-made-me/keys';
    expectRefusal(await send(env.ADMIN_TOKEN, 'GET', nobody), 404, 'not_found', 'admin');
    const body = { name: 'A', permissions: ['job:read'] };
    expectRefusal(await send(env.ADMIN_TOKEN, 'POST', nobody, { body }), 404, 'not_found', 'admin');
    const again = { organization_id: victim.client.organization, name: 'Mine now' };
    const answer = await send(env.ADMIN_TOKEN, 'POST', '/admin/orgs', { body: again });
    expectRefusal(answer, 409, 'organization_exists', 'admin');
  });
});
