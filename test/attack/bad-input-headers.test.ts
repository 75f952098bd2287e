/** `X-Organization-ID`, and other headers that a stranger fills in. */
import { describe, expect, it } from 'vitest';
import { makeClient, makeKey, send } from '../support/client.ts';
import { bystander } from './bystander.ts';
import { expectEnvelope, expectRefusal, fingerprint, type Surface } from './refusal.ts';

const victim = bystander();

const ROUTES: { surface: Surface; method: string; path: (id: string) => string; body?: unknown }[] = [
  { surface: 'native', method: 'GET', path: (id) => `/api/jobs/${id}` },
  { surface: 'native', method: 'GET', path: () => '/api/jobs/' },
  {
    surface: 'native',
    method: 'POST',
    path: () => '/api/jobs/',
    body: { job_type: 'import', total_items: 1 },
  },
  { surface: 'native', method: 'POST', path: (id) => `/api/jobs/${id}/progress`, body: { message: 'x' } },
  { surface: 'native', method: 'POST', path: (id) => `/api/jobs/${id}/cancel` },
  { surface: 'native', method: 'DELETE', path: (id) => `/api/jobs/${id}` },
  { surface: 'polling', method: 'GET', path: (id) => `/v1/api/jobs/${id}` },
  { surface: 'monitoring', method: 'GET', path: (id) => `/api/v1/jobs/${id}` },
  { surface: 'monitoring', method: 'GET', path: () => '/api/v1/jobs' },
];

describe('X-Organization-ID', () => {
  it.each(ROUTES)(
    'of another is one 403, whether it exists or not: $surface $method $path',
    async (route) => {
      const other = await makeClient();
      const { organization } = victim.client;
      const elsewhere = [
        other.organization,
        'never-made',
        organization.toUpperCase(),
        `${organization}x`,
        '__proto__',
      ];
      const joined = [
        `${organization}, ${other.organization}`,
        `${organization}, ${organization}`,
        '*',
        '\u00ff',
      ];
      const answers = new Set<string>();
      for (const named of [...elsewhere, ...joined, 'a'.repeat(5_000)]) {
        for (const id of [victim.jobId, crypto.randomUUID()]) {
          const headers = { 'X-Organization-ID': named };
          const answer = await victim.client.send(route.method, route.path(id), {
            body: route.body,
            headers,
          });
          expectRefusal(answer, 403, 'organization_mismatch', route.surface);
          answers.add(fingerprint(answer));
        }
      }
      expect(answers.size).toBe(1);
    },
  );

  it('of the own organization changes nothing', async () => {
    const headers = { 'X-Organization-ID': victim.client.organization };
    const plain = await victim.client.get(`/api/jobs/${victim.jobId}`);
    expect(fingerprint(await victim.client.get(`/api/jobs/${victim.jobId}`, { headers }))).toBe(
      fingerprint(plain),
    );
  });

  it('does not help a caller without a credential', async () => {
    const headers = { 'X-Organization-ID': victim.client.organization };
    expectRefusal(await send(null, 'GET', `/api/jobs/${victim.jobId}`, { headers }), 401, 'unauthenticated');
  });
});

it('a key without a permission is told which one, whatever the job', async () => {
  const missing = async (permissions: string[], named: string, routes: typeof ROUTES) => {
    const key = await makeKey(victim.client.organization, permissions);
    for (const route of routes) {
      for (const id of [victim.jobId, crypto.randomUUID()]) {
        const answer = await key.send(route.method, route.path(id), { body: route.body });
        expectRefusal(answer, 403, 'permission_denied', route.surface);
        expect(answer.text).toContain(named);
      }
    }
  };
  const writes = [ROUTES[2], ROUTES[3]] as typeof ROUTES;
  await missing(
    ['job:create', 'job:cancel'],
    'job:read',
    ROUTES.filter((one) => one.method === 'GET'),
  );
  await missing(['job:read', 'job:cancel'], 'job:create', writes);
  await missing(['job:create', 'job:read'], 'job:cancel', [ROUTES[4], ROUTES[5]] as typeof ROUTES);
});

describe('Idempotency-Key', () => {
  const routes = [
    ...ROUTES.filter((route) => route.method === 'POST'),
    { surface: 'native', method: 'POST', path: (id: string) => `/api/jobs/${id}/rerun` },
    { surface: 'polling', method: 'POST', path: (id: string) => `/v1/api/jobs/${id}/rerun` },
    { surface: 'monitoring', method: 'POST', path: (id: string) => `/api/v1/jobs/${id}/cancel` },
  ] as typeof ROUTES;

  it.each(routes)('of other than 1–255 printable characters is a 400: $surface $path', async (route) => {
    for (const key of ['', 'a'.repeat(256), 'ä', '\u00ff', 'a\u0001b', '😀']) {
      for (const id of [victim.jobId, crypto.randomUUID()]) {
        const headers = { 'Idempotency-Key': key };
        const answer = await victim.client.send(route.method, route.path(id), { body: route.body, headers });
        expectRefusal(answer, 400, 'invalid_request', route.surface);
      }
    }
  });
});

describe('any other header', () => {
  const values = [
    '',
    '\u00ff',
    '*',
    '"',
    ',',
    'a'.repeat(8_000),
    '__proto__',
    '-1',
    '9'.repeat(400),
    '0x10',
    ';=,"',
  ];
  const names = [
    'Accept',
    'Accept-Encoding',
    'Cookie',
    'If-None-Match',
    'If-Match',
    'If-Modified-Since',
    'Prefer',
    'Origin',
    'Sec-Fetch-Site',
    'Range',
    'Last-Event-ID',
    'X-Request-Id',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-HTTP-Method-Override',
    'traceparent',
  ];

  it.each(names)('%s never makes a 5xx', async (name) => {
    const paths = [`/api/jobs/${victim.jobId}`, `/v1/api/jobs/${victim.jobId}`, '/api/v1/jobs'];
    for (const [i, value] of values.entries()) {
      const path = paths[i % paths.length] as string;
      const answer = await victim.client.get(path, { headers: { [name]: value } });
      expect(answer.status, `${name}: ${value} at ${path}`).toBeLessThan(500);
      expect(answer.headers.get('X-Request-Id')?.length, name).toBeLessThan(300);
    }
  });

  it('no method but the one of the request line counts', async () => {
    const headers = { 'X-HTTP-Method-Override': 'DELETE', 'X-Method-Override': 'DELETE' };
    expect(
      (await victim.client.get(`/api/jobs/${victim.jobId}?_method=DELETE`, { headers })).status,
    ).toBeLessThan(500);
    const reported = await victim.client.send('POST', `/api/jobs/${victim.jobId}`, { headers });
    expectRefusal(reported, 405, 'method_not_allowed');
  });

  it('every answer has a request id of its own, good or bad', async () => {
    const ids = new Set<string | null>();
    for (let i = 0; i < 5; i++) {
      const good = await victim.client.get(`/api/jobs/${victim.jobId}`);
      const bad = await victim.client.get('/nowhere');
      expectEnvelope(bad);
      ids.add(good.headers.get('X-Request-Id')).add(bad.headers.get('X-Request-Id'));
    }
    expect(ids.size).toBe(10);
  });
});
