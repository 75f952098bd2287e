/** Tokens of each scope × every route of the table: what each opens is written down here, all else is closed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { send } from '../support/client.ts';
import { ROUTES } from '../support/routes.ts';
import { makeToken, OPENED, SCOPES, type Scope } from '../support/tokens.ts';
import { makeCompletedJob, makeRunningJob } from './bystander.ts';
import { expectRefusal, fingerprint } from './refusal.ts';
import { address, goodAsk, makeTenant, NOBODY, type Route, type Tenant, title, titled } from './tenants.ts';

/** Each scope opens what the ones before it open. */
const opens = (scope: Scope, route: Route) =>
  SCOPES.slice(0, SCOPES.indexOf(scope) + 1).some((one) => OPENED[one].includes(title(route)));

/** The status of a good request. */
const welcome = (route: Route) => (route.path.endsWith('/socket') ? 101 : 200);

const CLOSED = ROUTES.filter((route) => route.surface !== 'open' && !route.byPath);
let mine: Tenant;
let theirs: Tenant;
let tokens: Record<Scope, string>;

beforeAll(async () => {
  [mine, theirs] = [await makeTenant(), await makeTenant()];
  const made = SCOPES.map(async (scope) => [scope, await makeToken(mine.client, mine.running, scope)]);
  tokens = Object.fromEntries(await Promise.all(made));
});

it('what is written down is there', () => {
  const all = ROUTES.map(title);
  for (const named of Object.values(OPENED).flat()) expect(all).toContain(named);
});

describe.each(titled(CLOSED))('%s', (_, route) => {
  it.each(SCOPES)('a token of scope %s', async (scope) => {
    const ask = goodAsk(route);
    const own = await send(tokens[scope], route.method, address(route, mine.running, mine), ask);
    if (opens(scope, route)) {
      expect(own.status, own.text).toBe(welcome(route));
      expect(own.headers.get('Access-Control-Allow-Origin')).toBe('*');
      return;
    }
    const [status, code] =
      route.surface === 'admin' ? ([401, 'unauthenticated'] as const) : ([403, 'permission_denied'] as const);
    expectRefusal(own, status, code, route.surface);
    const answers = new Set([fingerprint(own)]);
    for (const id of [mine.ended, mine.deleted, theirs.running, NOBODY, 'x']) {
      answers.add(fingerprint(await send(tokens[scope], route.method, address(route, id, mine), ask)));
    }
    expect(answers.size, [...answers].join('\n')).toBe(1);
  });
});

describe.each(titled(CLOSED.filter((route) => opens('report', route))))('%s', (_, route) => {
  it('another job is one 404, be it of the same organization, foreign, unknown or deleted', async () => {
    const answers = new Set<string>();
    const others = [mine.ended, await mine.client.createJob(), mine.deleted, theirs.running, theirs.deleted];
    for (const id of [...others, NOBODY, crypto.randomUUID(), 'x', '%00']) {
      const path = address(route, id, mine);
      const answer = await send(tokens.report, route.method, path, goodAsk(route));
      expectRefusal(answer, 404, 'job_not_found', route.surface);
      answers.add(fingerprint(answer));
    }
    expect(answers.size, [...answers].join('\n')).toBe(1);
  });

  it('a job in capitals is the same job; one that has ended is read and refused as by its key', async () => {
    const shouted = address(route, mine.running.toUpperCase(), mine);
    const answer = await send(tokens.report, route.method, shouted, goodAsk(route));
    expect(answer.status, answer.text).toBe(welcome(route));
    const ended = await makeCompletedJob(mine.client);
    const token = await makeToken(mine.client, ended, 'report');
    const path = address(route, ended, mine);
    const [byKey, byToken] = [mine.client.key, token].map((one) =>
      send(one, route.method, path, goodAsk(route)),
    );
    expect((await byToken)?.status).toBe((await byKey)?.status);
  });

  it('its own job, once it is deleted, is the 404 that its key is answered', async () => {
    const job = await makeCompletedJob(mine.client);
    const token = await makeToken(mine.client, job, 'report');
    expect((await mine.client.send('DELETE', `/api/jobs/${job}`)).status).toBe(204);
    const path = address(route, job, mine);
    const byToken = await send(token, route.method, path, goodAsk(route));
    expectRefusal(byToken, 404, 'job_not_found', route.surface);
    const byKey = await send(mine.client.key, route.method, path, goodAsk(route));
    expect([byToken.status, byToken.json.code]).toEqual([byKey.status, byKey.json.code]);
  });

  it('a revoked token, an expired look-alike and one that was never made are one 401', async () => {
    const job = await makeRunningJob(mine.client);
    const revoked = await makeToken(mine.client, job, 'report');
    expect((await mine.client.send('DELETE', `/api/jobs/${job}/tokens`)).status).toBe(204);
    const answers = new Set<string>();
    for (const token of [revoked, `${revoked}A`, 'hwt_', `hwt_${'A'.repeat(66)}`]) {
      const answer = await send(token, route.method, address(route, job, mine), goodAsk(route));
      expectRefusal(answer, 401, 'unauthenticated', route.surface);
      answers.add(fingerprint(answer));
    }
    expect(answers.size, [...answers].join('\n')).toBe(1);
  });
});
