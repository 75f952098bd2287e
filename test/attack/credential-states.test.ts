/**
 * Every route × credentials {key, sign-in, session, JWT, tokens for a job and for a filter} × what became of them {revoked, expired, rotated out,
 * suspended, deleted}: one 401, or the one 403 of a suspended organization, and nothing is changed. The table of routes is
 * walked, and what no credential of an organization opens is written down here: a new route without an entry fails.
 */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { COUNT, deliver, makeHook } from '../hooks/senders.ts';
import { type Answer, type Client, makeKey, newKey, send } from '../support/client.ts';
import { ROUTES } from '../support/routes.ts';
import { nameOrganization, Provider } from '../support/sessions.ts';
import { makeFilterToken, makeToken } from '../support/tokens.ts';
import { expectRefusal, fingerprint } from './refusal.ts';
import { address, goodAsk, makeTenant, type Route, type Tenant, title, titled } from './tenants.ts';

/** What no credential of an organization opens, the operator's routes aside: it is open to all, or to who has a hook's URL. */
const OUTSIDE: Record<string, 'world' | 'hook'> = {
  'GET /healthz': 'world',
  'GET /openapi.json': 'world',
  'GET /confirm.css': 'world',
  'GET /headway.py': 'world',
  'GET /headway.js': 'world',
  'GET /headway.mjs': 'world',
  'GET /headway-job.js': 'world',
  'GET /headway.tgz': 'world',
  'GET /': 'world',
  'GET /ui': 'world',
  'GET /ui/:page': 'world',
  'GET /ui/assets/:file': 'world',
  'GET /docs': 'world',
  'GET /docs/:guide': 'world',
  'GET /docs/assets/:file': 'world',
  'GET /docs/reference': 'world',
  'GET /llms.txt': 'world',
  'POST /api/session/code': 'world',
  'POST /hooks/:organization_id/:name/:token': 'hook',
  'GET /hooks/:organization_id/:name/:token': 'hook',
  'OPTIONS /hooks/:organization_id/:name/:token': 'hook',
};

/** What they answer where that is no 200: the way to a page, or that nothing has the name that was asked for. */
const ANSWERS: Record<string, number> = {
  'GET /': 404,
  'GET /ui/assets/:file': 404,
  'GET /docs/:guide': 404,
  'GET /docs/assets/:file': 404,
  'POST /api/session/code': 401,
};

const CLOSED = ROUTES.filter(({ tenant }) => tenant);
const BY_HEADER = CLOSED.filter(({ byPath }) => !byPath);
const BY_PATH = CLOSED.filter(({ byPath }) => byPath);
const provider = new Provider();
const FILTER = { job_type: 'import' };

/** Credentials that nobody has looked up yet, each with the headers that show it. */
type Shown = Record<string, Record<string, string>>;
let shut: Tenant;
let left: Tenant;
let suspended: Shown;
let dead: Shown;
let lines: Record<'suspended' | 'revoked', string>;

const bearer = (text: string) => ({ Authorization: `Bearer ${text}` });
const operator = async (method: string, path: string) => {
  const answer = await send(env.ADMIN_TOKEN, method, `/admin/orgs/${path}`);
  if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
};

function askOpen(open: string): Promise<Answer> {
  const [method = '', path = ''] = open.split(' ');
  return send(null, method, path, method === 'POST' ? { body: { code: 'none' } } : {});
}

async function signIn(client: Client): Promise<Record<string, string>> {
  const { headers } = await client.send('POST', '/api/session');
  return { Cookie: (headers.get('Set-Cookie') ?? '').split(';', 1)[0] ?? '' };
}

beforeAll(async () => {
  [shut, left] = [await makeTenant(), await makeTenant()];
  const { organization } = shut.client;
  await nameOrganization(organization, 'organization-test-shut');
  const member = await provider.signIn('organization-test-shut', { roles: ['stytch_admin'] });
  const [signer, maker] = [await makeKey(organization), await makeKey(organization)];
  suspended = {
    key: bearer((await newKey(shut.client, { preset: 'admin' })).key),
    'sign-in': await signIn(signer),
    session: { Cookie: `stytch_session=${member.session_token}` },
    JWT: { Cookie: `stytch_session_jwt=${member.session_jwt}` },
    token: bearer(await makeToken(maker, shut.running, 'report')),
    'filter token': bearer((await makeFilterToken(maker, FILTER)).token),
  };
  const owner = left.client;
  const [revoked, gone, leaver] = [
    ...[await makeKey(owner.organization), await makeKey(owner.organization)],
    await makeKey(owner.organization),
  ] as [Client, Client, Client];
  const soon = new Date(Date.now() + 1_000).toISOString();
  const expired = await newKey(owner, { preset: 'admin', expires_at: soon });
  const ended = await signIn(leaver);
  const [withdrawn, shortLived] = [
    await makeFilterToken(owner, FILTER),
    await makeFilterToken(owner, FILTER, 'read', 1),
  ];
  expect((await owner.send('DELETE', `/api/tokens/${withdrawn.token_id}`)).status).toBe(204);
  await nameOrganization(owner.organization, 'organization-test-left');
  const admin = { roles: ['stytch_admin'] };
  const brief = await provider.signIn('organization-test-left', { ...admin, expires_in: 1 });
  const signedOut = await provider.signIn('organization-test-left', admin);
  await provider.tell('revoke', { session_token: signedOut.session_token });
  dead = {
    'a revoked key': bearer((await newKey(owner, { preset: 'admin' })).key),
    'an expired key': bearer(expired.key),
    'a secret that was rotated out': bearer((await newKey(owner, { preset: 'admin' })).key),
    'a sign-in of a revoked key': await signIn(gone),
    'a sign-in that was ended': ended,
    'a session that has expired': { Cookie: `stytch_session=${brief.session_token}` },
    'a session that was revoked': { Cookie: `stytch_session=${signedOut.session_token}` },
    'a token of a revoked key': bearer(await makeToken(revoked, left.running, 'report')),
    'a filter token of a revoked key': bearer((await makeFilterToken(revoked, FILTER)).token),
    'a filter token that was revoked': bearer(withdrawn.token),
    'a filter token that has expired': bearer(shortLived.token),
  };
  lines = {
    suspended: await makeToken(maker, shut.running, 'report', { allow_get: true }),
    revoked: await makeToken(revoked, left.running, 'report', { allow_get: true }),
  };
  const idOf = (name: string) => /_([0-3][0-9a-f]{32})_/.exec(dead[name]?.Authorization ?? '')?.[1] ?? '';
  const keys = `${owner.organization}/keys`;
  for (const id of [idOf('a revoked key'), revoked.keyId, gone.keyId])
    await operator('DELETE', `${keys}/${id}`);
  const rotatedOut = idOf('a secret that was rotated out');
  const rotation = { body: { grace_period: 0 } };
  await send(env.ADMIN_TOKEN, 'POST', `/admin/orgs/${keys}/${rotatedOut}/rotate`, rotation);
  expect((await send(null, 'DELETE', '/api/session', { headers: ended })).status).toBe(204);
  await operator('POST', `${organization}/suspend`);
  const last = Math.max(Date.parse(soon), Date.parse(shortLived.expires_at));
  while (Date.now() <= last) await scheduler.wait(50);
}, 60_000);

it('a route that no credential of an organization opens is written down', () => {
  const others = ROUTES.filter(({ tenant, surface }) => !tenant && surface !== 'admin').map(title);
  expect(others.sort()).toEqual(Object.keys(OUTSIDE).sort());
});

async function ask(route: Route, tenant: Tenant, headers: Record<string, string>): Promise<Answer> {
  const good = goodAsk(route);
  const all = { ...(good.headers as Record<string, string> | undefined), ...headers };
  return send(null, route.method, address(route, tenant.running, tenant), { ...good, headers: all });
}

describe.each(titled(BY_HEADER))('%s', (_, route) => {
  it('is shut to whatever a suspended organization comes by', async () => {
    for (const [what, headers] of Object.entries(suspended)) {
      const answer = await ask(route, shut, headers);
      expectRefusal(answer, 403, 'organization_suspended', route.surface);
      expect(answer.text, what).toContain('is suspended');
    }
  });

  it('is one 401 to what is revoked, expired, rotated out or ended', async () => {
    const answers = new Set<string>();
    for (const headers of Object.values(dead)) {
      const answer = await ask(route, left, headers);
      expectRefusal(answer, 401, 'unauthenticated', route.surface);
      answers.add(
        `${answer.status} ${answer.text.replaceAll(answer.headers.get('X-Request-Id') ?? '-', '')}`,
      );
    }
    expect(answers.size, [...answers].join('\n')).toBe(1);
  });
});

describe.each(titled(BY_PATH))('%s', (_, route) => {
  const at = (token: string) => route.path.replace(':token', token).replaceAll(/:\w+/g, '0');

  it('is shut to a token of a suspended organization, and a 401 to one whose key is revoked', async () => {
    const answer = await send(null, route.method, at(lines.suspended), goodAsk(route));
    expectRefusal(answer, 403, 'organization_suspended', route.surface);
    const revoked = await send(null, route.method, at(lines.revoked), goodAsk(route));
    expectRefusal(revoked, 401, 'unauthenticated', route.surface);
  });
});

it('nothing of it was changed', async () => {
  await operator('POST', `${shut.client.organization}/resume`);
  for (const { client, running } of [shut, left]) {
    const job = await client.get(`/api/jobs/${running}`);
    expect([job.status, job.json.status, job.json.processed_items]).toEqual([200, 'in_progress', 3]);
    for (const list of ['/api/webhooks', '/api/hooks']) {
      const [name] = list.split('/').slice(-1);
      expect((await client.get(list)).json[`${name}`]).toEqual([]);
    }
  }
});

it('what the world or the operator may, they may; a hook of it is shut', async () => {
  const hook = await makeHook(shut.client, { scheme: 'token' }, COUNT);
  await operator('POST', `${shut.client.organization}/suspend`);
  expectRefusal(await deliver(hook.path, '{"id":"a","n":1}'), 403, 'organization_suspended');
  const nothing = fingerprint(await send(null, 'GET', hook.path));
  await operator('POST', `${shut.client.organization}/resume`);
  expect(fingerprint(await send(null, 'GET', hook.path))).toBe(nothing);
  expect((await deliver(hook.path, '{"id":"a","n":1}')).status).toBe(202);
  for (const open of Object.keys(OUTSIDE).filter((one) => OUTSIDE[one] === 'world'))
    expect([open, (await askOpen(open)).status]).toEqual([open, ANSWERS[open] ?? 200]);
});
