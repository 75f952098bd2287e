/**
 * Every route × credentials {none, good and bad bearer, good and bad cookie, both} × organization header {absent, matching,
 * other, unknown, repeated, malformed}; and what a page of another origin may have a browser do (behaviour §4).
 */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { FROM_ELSEWHERE, FROM_HERE, sendCookie } from '../support/browser.ts';
import { type Answer, type Ask, Client, send } from '../support/client.ts';
import { ROUTES } from '../support/routes.ts';
import { nameOrganization, Provider } from '../support/sessions.ts';
import { makeToken } from '../support/tokens.ts';
import { snapshot } from './bystander.ts';
import { codeOf, expectRefusal } from './refusal.ts';
import {
  address,
  credential,
  goodAsk,
  makeTenant,
  NOBODY,
  type Route,
  type Tenant,
  titled,
} from './tenants.ts';

const provider = new Provider();
const CLOSED = ROUTES.filter((route) => route.surface !== 'open' && !route.byPath);
const TENANT = CLOSED.filter((route) => route.surface !== 'admin');
const BY_PATH = ROUTES.filter((route) => route.byPath);
const HELD = ['/api/jobs/:job_id/stream', '/api/events/stream', '/api/jobs/:job_id/socket'];
/** A cookie opens it, but only from a page of ours. */
const GUARDED = TENANT.filter(({ method, path }) => method !== 'GET' || HELD.includes(path));
const WITH_BODY = TENANT.filter(({ body }) => body !== undefined);

let mine: Tenant;
let theirs: Tenant;
let cookies: { token: string; jwt: string; bad: string };

beforeAll(async () => {
  [mine, theirs] = [await makeTenant(), await makeTenant()];
  await nameOrganization(mine.client.organization, 'organization-test-matrix');
  const signedIn = await provider.signIn('organization-test-matrix', { roles: ['stytch_admin'] });
  cookies = {
    token: `stytch_session=${signedIn.session_token}`,
    jwt: `stytch_session_jwt=${signedIn.session_jwt}`,
    bad: 'stytch_session=nobody-has-it',
  };
});

/** An ask that changes nothing, though whoever makes it may. */
function harmless(route: Route): [string, Ask] {
  const ask = goodAsk(route);
  const { organization, key } = mine.client;
  return [
    address(route, NOBODY, { ...mine, client: new Client(organization, key, NOBODY) }),
    route.body === undefined ? ask : { ...ask, body: { nope: { nope: 1 } } },
  ];
}

/** What came of it: `401 unauthenticated`, or `let in`, whatever was said then. */
function outcome(answer: Answer, route: Route): string {
  const code = codeOf(answer, route.surface);
  const shut = ['unauthenticated', 'organization_mismatch', 'origin_not_allowed', 'unsupported_media_type'];
  return shut.includes(code) ? `${answer.status} ${code}` : 'let in';
}

describe.each(titled(CLOSED))('%s', (_, route) => {
  it('each credential with each organization header', async () => {
    const [path, ask] = harmless(route);
    const isAdmin = route.surface === 'admin';
    const good = `Bearer ${credential(route, mine)}`;
    const bad = 'Bearer hw_nonsense';
    const credentials: [string, Record<string, string>, boolean][] = [
      ['none', {}, false],
      ['a good bearer', { Authorization: good }, true],
      ['a bad bearer', { Authorization: bad }, false],
      ['a good cookie', { Cookie: cookies.token }, !isAdmin],
      ['a good JWT', { Cookie: cookies.jwt }, !isAdmin],
      ['a bad cookie', { Cookie: cookies.bad }, false],
      ['a bad cookie before a good JWT', { Cookie: `${cookies.bad}; ${cookies.jwt}` }, false],
      ['a good bearer and a bad cookie', { Authorization: good, Cookie: cookies.bad }, true],
      ['a bad bearer and a good cookie', { Authorization: bad, Cookie: cookies.token }, false],
      ['another scheme and a good cookie', { Authorization: 'Basic x', Cookie: cookies.token }, false],
    ];
    const own = mine.client.organization;
    const organizations: [string, string | null, boolean][] = [
      ['absent', null, true],
      ['matching', own, true],
      ['other', theirs.client.organization, false],
      ['unknown', 'nobody-made-it', false],
      ['the provider’s', 'organization-test-matrix', false],
      ['repeated', `${own}, ${own}`, false],
      ['malformed', '', false],
    ];
    for (const [who, headers, isGood] of credentials) {
      for (const [which, organization, matches] of organizations) {
        const selected = organization === null ? {} : { 'X-Organization-ID': organization };
        const asked = { ...ask, headers: { ...(ask.headers as object), ...headers, ...selected } };
        const answer = await send(null, route.method, path, asked);
        const told = matches || isAdmin ? 'let in' : '403 organization_mismatch';
        expect(outcome(answer, route), `${who}, ${which}: ${answer.text}`).toBe(
          isGood ? told : '401 unauthenticated',
        );
      }
    }
  });
});

describe.each(titled(GUARDED))('%s', (_, route) => {
  it('a page of another origin can’t have a browser do it, and changes nothing', async () => {
    const before = await snapshot(mine.client, mine.running);
    for (const cookie of [cookies.token, cookies.jwt]) {
      for (const site of FROM_ELSEWHERE) {
        const ask = goodAsk(route);
        const headers = { ...(ask.headers as object), ...site };
        const answer = await sendCookie(cookie, route.method, address(route, mine.running, mine), {
          ...ask,
          headers,
        });
        expectRefusal(answer, 403, 'origin_not_allowed', route.surface);
      }
    }
    expect(await snapshot(mine.client, mine.running)).toEqual(before);
  });

  it('a page of ours can, and so can whoever is no browser', async () => {
    const [path, ask] = harmless(route);
    for (const site of FROM_HERE) {
      const headers = { ...(ask.headers as object), ...site };
      const answer = await sendCookie(cookies.token, route.method, path, { ...ask, headers });
      expect(outcome(answer, route), answer.text).toBe('let in');
    }
  });

  it('a key is asked for no origin', async () => {
    const [path, ask] = harmless(route);
    for (const site of FROM_ELSEWHERE) {
      const headers = { ...(ask.headers as object), ...site, Cookie: cookies.bad };
      const answer = await mine.client.send(route.method, path, { ...ask, headers });
      expect(outcome(answer, route), answer.text).toBe('let in');
    }
  });
});

describe.each(titled(TENANT.filter((route) => !GUARDED.includes(route))))('%s', (_, route) => {
  it('answers a page of another origin what it can’t read', async () => {
    for (const site of FROM_ELSEWHERE) {
      const path = address(route, mine.running, mine);
      const answer = await sendCookie(cookies.token, route.method, path, { headers: site });
      expect(outcome(answer, route), answer.text).toBe('let in');
      expect(answer.headers.has('Access-Control-Allow-Origin')).toBe(false);
      expect(answer.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
    }
  });
});

describe.each(titled(WITH_BODY))('%s', (_, route) => {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/problem+json',
    'text/json',
    'text/plain; application/json',
    'application/json, text/plain',
    'application/jsonp',
  ];

  it('with a cookie a body is application/json', async () => {
    const [path, ask] = harmless(route);
    const raw = JSON.stringify(ask.body);
    for (const type of types) {
      const headers = { 'Content-Type': type };
      const answer = await sendCookie(cookies.token, route.method, path, { raw, headers });
      expectRefusal(answer, 415, 'unsupported_media_type', route.surface);
      const byKey = await mine.client.send(route.method, path, { raw, headers });
      expect(outcome(byKey, route), type).toBe('let in');
    }
    for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/json ;a=b']) {
      const headers = { 'Content-Type': type };
      const answer = await sendCookie(cookies.token, route.method, path, { raw, headers });
      expect(outcome(answer, route), type).toBe('let in');
    }
    const bytes = new TextEncoder().encode(raw);
    const untyped = await sendCookie(cookies.token, route.method, path, { raw: bytes });
    expectRefusal(untyped, 415, 'unsupported_media_type', route.surface);
  });
});

describe.each(titled(BY_PATH))('%s', (_, route) => {
  it('a cookie is nothing to it', async () => {
    const path = address(route, mine.running, mine);
    expectRefusal(await sendCookie(cookies.token, route.method, path), 401, 'unauthenticated', route.surface);
  });
});

it('an empty body needs no type', async () => {
  const job = await mine.client.createJob();
  expect((await sendCookie(cookies.token, 'POST', `/api/jobs/${job}/cancel`)).status).toBe(200);
});

it('a member makes no token, which would outlive the session', async () => {
  const answer = await sendCookie(cookies.token, 'POST', `/api/jobs/${mine.running}/tokens`, {
    body: { scope: 'read' },
  });
  expectRefusal(answer, 403, 'permission_denied');
});

it('what a member did is told to be theirs', async () => {
  const job = await mine.client.createJob();
  const body = { reason: 'enough' };
  const answer = await sendCookie(cookies.token, 'POST', `/api/jobs/${job}/cancel`, { body });
  expect(answer.json.cancellation).toMatchObject({ reason: 'enough', requested_by: 'member-test-1' });
});

it('a token in the address is the only credential, whatever cookie comes with it', async () => {
  const token = await makeToken(mine.client, mine.running, 'read');
  const at = (shown: string) => `/api/jobs/${mine.running}/badge.svg?token=${shown}`;
  expect((await sendCookie(cookies.bad, 'GET', at(token))).text).toMatch(/^<svg/);
  const other = `/api/jobs/${mine.running}/stream?token=${token}x`;
  expectRefusal(await sendCookie(cookies.token, 'GET', other), 401, 'unauthenticated');
});

it('a picture that a cookie opened stands in no page of another origin', async () => {
  const answer = await sendCookie(cookies.token, 'GET', `/api/jobs/${mine.running}/badge.svg`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
});

it('the admin token in a cookie is none', async () => {
  expectRefusal(
    await sendCookie(`stytch_session=${env.ADMIN_TOKEN}`, 'GET', '/admin/orgs'),
    401,
    'unauthenticated',
  );
});
