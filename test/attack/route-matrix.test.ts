/** Every route of the table: HEAD beside GET, a slash or none, the methods it lacks, lists of one's own. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, send } from '../support/client.ts';
import { ROUTES } from '../support/routes.ts';
import { expectRefusal, fingerprint } from './refusal.ts';
import {
  address,
  credential,
  makeTenant,
  NOBODY,
  type Route,
  type Tenant,
  title,
  titled,
  withSlash,
} from './tenants.ts';

const READS = ROUTES.filter((route) => route.method === 'GET' && !route.byPath);
let tenants: [Tenant, Tenant];

beforeAll(async () => {
  tenants = [await makeTenant(), await makeTenant()];
});

it('the table names the routes of the guide', () => {
  const named = ROUTES.map(title).map((one) => one.replace(/\/$/, '').replace(/:id\b/, ':job_id'));
  expect(named).toEqual(
    expect.arrayContaining([
      'POST /api/jobs',
      'GET /api/jobs',
      'GET /api/jobs/:job_id',
      'GET /api/events',
      'GET /api/events/stream',
      'POST /api/jobs/:job_id/progress',
      'POST /api/jobs/:job_id/cancel',
      'POST /api/jobs/:job_id/rerun',
      'DELETE /api/jobs/:job_id',
      'GET /v1/api/jobs/:job_id',
      'POST /v1/api/jobs/:job_id/rerun',
      'GET /api/v1/jobs',
      'GET /api/v1/jobs/:job_id',
      'POST /api/v1/jobs/:job_id/cancel',
      'POST /admin/orgs',
      'GET /admin/orgs',
      'POST /admin/orgs/:organization_id/keys',
      'GET /admin/orgs/:organization_id/keys',
      'DELETE /admin/orgs/:organization_id/keys/:key_id',
      'POST /api/hooks',
      'GET /api/hooks',
      'PATCH /api/hooks/:hook_id',
      'DELETE /api/hooks/:hook_id',
      'POST /api/hooks/:hook_id/test',
      'POST /hooks/:organization_id/:name/:token',
      'GET /healthz',
    ]),
  );
});

describe.each(titled(READS))('%s', (_, route) => {
  it('HEAD is GET without a body, with a slash and without', async () => {
    const [mine] = tenants;
    for (const id of [mine.running, mine.ended, NOBODY]) {
      for (const key of [credential(route, mine), 'nonsense']) {
        const path = address(route, id, mine);
        const get = await send(key, 'GET', path);
        const slashed = await send(key, 'GET', withSlash(path));
        expect(fingerprint(uncounted(slashed))).toBe(fingerprint(uncounted(get)));
        const head = await send(key, 'HEAD', path);
        expect(head.text).toBe('');
        expect([head.status, comparable(head)]).toEqual([get.status, comparable(get)]);
      }
    }
  });
});

const LISTS = READS.filter((route) => route.permission === 'job:read' && route.path.endsWith('/jobs'));

describe.each(titled(LISTS))('%s', (_, route) => {
  it.each(['', '?limit=100', '?status=completed', '?status=', '?category=sync'])(
    '%j lists the jobs of its own alone',
    async (query) => {
      for (const [mine, theirs] of [tenants, tenants.toReversed()] as [Tenant, Tenant][]) {
        const answer = await mine.client.get(route.path + query);
        expect(answer.status, answer.text).toBe(200);
        for (const other of [theirs.running, theirs.ended, theirs.client.organization, mine.deleted]) {
          expect(answer.text).not.toContain(other);
        }
        expect(answer.text).toContain(query.includes('completed') ? mine.ended : mine.running);
      }
    },
  );
});

it('the feed tells of the jobs of its own alone', async () => {
  for (const [mine, theirs] of [tenants, tenants.toReversed()] as [Tenant, Tenant][]) {
    const answer = await mine.client.get('/api/events?limit=100');
    expect(answer.status, answer.text).toBe(200);
    for (const own of [mine.running, mine.ended, mine.deleted]) expect(answer.text).toContain(own);
    for (const other of [theirs.running, theirs.ended, theirs.deleted, theirs.client.organization]) {
      expect(answer.text).not.toContain(other);
    }
  }
});

/** Metrics count the very requests that ask for them: without the numbers they are the same. */
function uncounted(answer: Answer): Answer {
  if (!answer.text.startsWith('# HELP')) return answer;
  return { ...answer, text: answer.text.replaceAll(/ [\d.e-]+$/gm, ' n') };
}

/** The headers that HEAD must repeat; the length of a body that is not sent may be left out. */
function comparable(answer: Answer): [string, string][] {
  const own = new Set(['x-request-id', 'date', 'content-length']);
  return [...answer.headers].filter(([name]) => !own.has(name));
}

describe('any other method is a 405 that lists the methods', () => {
  const paths = new Set(
    ROUTES.filter(({ hidden }) => !hidden).map((route) => route.path.replace(/(.)\/$/, '$1')),
  );
  it.each([...paths])('%s', async (path) => {
    const routes = ROUTES.filter((route) => route.path.replace(/(.)\/$/, '$1') === path);
    const methods = new Set(
      routes.flatMap(({ method, byPath }) => (method === 'GET' && !byPath ? ['GET', 'HEAD'] : [method])),
    );
    const [route] = routes as [Route];
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      if (methods.has(method)) continue;
      for (const key of [null, credential(route, tenants[0])]) {
        const answer = await send(key, method, address(route, tenants[0].running, tenants[0]));
        if (method === 'HEAD') expect(answer.status).toBe(405);
        else expectRefusal(answer, 405, 'method_not_allowed', route.surface);
        const allow = (answer.headers.get('Allow') ?? '').split(', ').filter((one) => one !== 'OPTIONS');
        const listed = [...methods].filter((one) => one !== 'OPTIONS');
        expect(allow.sort(), `${method} ${path}`).toEqual(listed.sort());
      }
    }
  });
});
