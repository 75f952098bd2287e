/** What every answer bears, whatever it is an answer to. */
import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Env } from '../../src/config';
import worker from '../../src/worker';
import { address, credential, goodAsk, makeTenant, type Tenant, titled } from '../attack/tenants';
import { type Answer, type Client, makeClient, send } from '../support/client';
import { ROUTES } from '../support/routes';
import { makeToken } from '../support/tokens';

let mine: Tenant;
beforeAll(async () => {
  mine = await makeTenant();
});

const corp = (answer: { headers: Headers }) => answer.headers.get('Cross-Origin-Resource-Policy');

function expectDressed({ headers }: Answer): void {
  expect(Math.abs(Date.parse(headers.get('Date') ?? '') - Date.now())).toBeLessThan(60_000);
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(headers.get('Referrer-Policy')).toBe('no-referrer');
  expect(headers.get('Strict-Transport-Security')).toMatch(/^max-age=\d{8}$/);
  expect(headers.get('Cross-Origin-Resource-Policy')).toMatch(/^(?:same|cross)-origin$/);
}

describe.each(titled(ROUTES))('%s', (_, route) => {
  it('good or bad, its answers are dressed, and say where a cookie can open it', async () => {
    const path = address(route, mine.running, mine);
    for (const key of [credential(route, mine), 'nonsense', null]) {
      for (const method of [route.method, 'PATCH']) {
        const answer = await send(key, method, path, goodAsk(route));
        expectDressed(answer);
        const byCookie = route.tenant && !route.byPath && answer.status !== 405;
        expect(/\bCookie\b/.test(answer.headers.get('Vary') ?? ''), answer.text).toBe(byCookie);
      }
    }
  });
});

it('what is nowhere is dressed too', async () => {
  for (const path of ['/', '/nope', '/api/nope', '/v1/api/nope'])
    expectDressed(await send(null, 'GET', path));
});

it('pictures and what answers a token may stand in any page, nothing else', async () => {
  const client = await makeClient();
  const job = await client.createJob();
  const token = await makeToken(client, job, 'read');
  expect(corp(await send(token, 'GET', `/api/jobs/${job}`))).toBe('cross-origin');
  for (const key of [token, client.key, null])
    expect(corp(await send(key, 'GET', `/api/jobs/${job}/badge.svg`))).toBe('cross-origin');
  for (const key of [client.key, 'nonsense', null])
    expect(corp(await send(key, 'GET', `/api/jobs/${job}`))).toBe('same-origin');
  expect(corp(await send(null, 'GET', '/healthz'))).toBe('same-origin');
});

it('a settled job is kept for the credential that opened it, be it a cookie', async () => {
  const client = await makeClient();
  const job = await client.createJob();
  await client.report(job, { mark_completed: true });
  const vary = (await client.get(`/api/jobs/${job}`)).headers.get('Vary');
  expect(vary?.split(', ').sort()).toEqual(['Authorization', 'Cookie', 'X-Organization-ID']);
});

async function ask(url: string, headers: Record<string, string>, set: Partial<Env> = {}, method = 'GET') {
  const context = createExecutionContext();
  const request = new Request(url, { method, headers });
  const answer = await worker.fetch(request, { ...env, ...set } as Env, context);
  await waitOnExecutionContext(context);
  return answer;
}

it('https is insisted on where the request came by it, and nowhere else', async () => {
  const name = 'Strict-Transport-Security';
  const has = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).headers.has(name);
  const plain = 'http://headway.test/healthz';
  expect(await has('https://headway.test/healthz', {})).toBe(true);
  expect(await has(plain, {})).toBe(false);
  expect(await has(plain, { 'X-Forwarded-Proto': 'https' })).toBe(false);
  expect(await has(plain, { 'X-Forwarded-Proto': 'https' }, { TRUST_PROXY: '1' })).toBe(true);
});

describe('pages of other origins, with what a browser sends by itself', () => {
  const APP = 'https://app.example';
  const LISTED = { SESSION_ORIGINS: APP };
  const allowed = ({ headers }: Response) =>
    ['Origin', 'Credentials'].map((one) => headers.get(`Access-Control-Allow-${one}`));
  let client: Client;
  beforeAll(async () => {
    client = await makeClient();
  });

  it('read nothing by default, and are told at most that a token would do', async () => {
    for (const path of ['/api/jobs', '/api/v1/jobs', '/api/events', '/api/keys', '/api/tokens']) {
      const url = `https://headway.test${path}`;
      const headers = { Origin: APP, Cookie: 'stytch_session=t' };
      expect(allowed(await ask(url, headers)), path).toEqual([null, null]);
      const asks = await ask(url, { ...headers, 'Access-Control-Request-Method': 'POST' }, {}, 'OPTIONS');
      const byToken = path !== '/api/keys' && path !== '/api/tokens';
      expect([asks.status, ...allowed(asks)], path).toEqual(byToken ? [204, '*', null] : [405, null, null]);
      expect(asks.headers.get('Access-Control-Allow-Methods')).toBe(byToken ? 'GET' : null);
    }
  });

  it('read what the list has them read, by their own name, never by a wildcard', async () => {
    const url = 'https://headway.test/api/jobs';
    const authorized = { Authorization: `Bearer ${client.key}` };
    const good = await ask(url, { Origin: APP, ...authorized }, LISTED);
    expect([good.status, ...allowed(good)]).toEqual([200, APP, 'true']);
    expect(good.headers.get('Vary')).toBe('Cookie, Origin');
    expect(allowed(await ask(url, { Origin: APP }, LISTED))).toEqual([APP, 'true']);
    for (const Origin of ['https://other.example', 'http://app.example', 'null', `${APP}, ${APP}`]) {
      const other = await ask(url, { Origin }, LISTED);
      expect([...allowed(other), other.headers.get('Vary')]).toEqual([null, null, 'Cookie, Origin']);
    }
  });

  it('are told beforehand what they may send, the listed ones alone', async () => {
    const url = 'https://headway.test/api/keys';
    const headers = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-trace' };
    const listed = await ask(url, { ...headers, Origin: APP }, LISTED, 'OPTIONS');
    expect([listed.status, ...allowed(listed)]).toEqual([204, APP, 'true']);
    expect(listed.headers.get('Access-Control-Allow-Methods')?.split(', ').sort()).toEqual(['GET', 'POST']);
    expect(listed.headers.get('Access-Control-Allow-Headers')).toMatch(/\bcontent-type\b.*\bx-trace\b/);
    expect(listed.headers.get('Vary')).toBe('Access-Control-Request-Headers, Origin');
    const other = await ask(url, { ...headers, Origin: 'https://other.example' }, LISTED, 'OPTIONS');
    expect([other.status, ...allowed(other)]).toEqual([405, null, null]);
    const admin = await ask(
      'https://headway.test/admin/orgs',
      { ...headers, Origin: APP },
      LISTED,
      'OPTIONS',
    );
    expect([admin.status, ...allowed(admin)]).toEqual([405, null, null]);
  });
});
