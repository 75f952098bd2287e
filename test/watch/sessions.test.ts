/** What a session opened, and how it ends with it. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { configOf, type Env } from '../../src/config';
import { progress } from '../../src/dialects/native/reports/routes';
import { callerOf } from '../../src/http/caller-of';
import { closedTo } from '../../src/http/checks/permission';
import { CREDENTIAL_LIFE } from '../../src/services/access/authenticate';
import { follow, type WatchEnding } from '../../src/services/watching/follow';
import { openWatch } from '../../src/services/watching/watch';
import worker from '../../src/worker';
import { sendCookie } from '../support/browser';
import { type Client, ORIGIN } from '../support/client';
import { makeMembers, nameOrganization, Provider } from '../support/sessions';
import { SocketClient } from '../support/socket';
import { StreamReader } from '../support/stream';

const provider = new Provider();
let client: Client;
let external: string;
let job: string;
beforeAll(async () => {
  ({ client, external } = await makeMembers());
  job = await client.createJob();
});

afterEach(() => {
  vi.useRealTimers();
});

const SECONDS = 4;

/** The cookie of a JWT that ends soon, and when (ms since 1970). */
async function briefly(): Promise<{ Cookie: string; ends: number }> {
  const who = { roles: ['stytch_admin'], jwt_expires_in: SECONDS };
  const { session_jwt } = await provider.signIn(external, who);
  const { exp } = JSON.parse(
    atob(session_jwt.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''),
  );
  return { Cookie: `stytch_session=${session_jwt}`, ends: exp * 1_000 };
}

function open(path: string, headers: Record<string, string>): Promise<Response> {
  return exports.default.fetch(new Request(ORIGIN + path, { headers }));
}

it.each(['job', 'feed'])('a stream of a %s ends with the JWT that opened it', async (what) => {
  const { Cookie, ends } = await briefly();
  const response = await open(what === 'feed' ? '/api/events/stream' : `/api/jobs/${job}/stream`, { Cookie });
  expect(response.status).toBe(200);
  await new StreamReader(response).until(() => false);
  expect(Date.now()).toBeGreaterThanOrEqual(ends);
  expect(Date.now() - ends).toBeLessThan(5_000);
});

it('so does a socket, which says that its credential is gone', async () => {
  const { Cookie, ends } = await briefly();
  const socket = new SocketClient(await open(`/api/jobs/${job}/socket`, { Cookie, Upgrade: 'websocket' }));
  expect(socket.response.status).toBe(101);
  socket.send(JSON.stringify({ id: 1, report: { message: 'by a member' } }));
  const messages = await socket.rest();
  expect(messages).toContainEqual(expect.objectContaining({ type: 'acks' }));
  expect(socket.closed).toBe(4401);
  expect(Date.now()).toBeGreaterThanOrEqual(ends);
});

it.each(['/api/events?wait=30', 'job'])('so does a wait: %s', async (path) => {
  const { Cookie, ends } = await briefly();
  const newest = (await client.get('/api/events?limit=100')).json.next_cursor;
  const asked = path === 'job' ? `/api/jobs/${job}?wait=30` : `${path}&after=${encodeURIComponent(newest)}`;
  const answer = await sendCookie(Cookie, 'GET', asked);
  expect([answer.status, answer.json.code]).toEqual([401, 'unauthenticated']);
  expect(Date.now()).toBeGreaterThanOrEqual(ends);
  expect(Date.now() - ends).toBeLessThan(5_000);
});

async function holder(set: Env, text: string, now: number) {
  const asked = { needed: ['job:read'], acts: false, keepAlive: () => undefined };
  const caller = await callerOf(set, configOf(set), { by: 'session', text }, asked, now);
  if (!caller.ok || caller.value === null) throw new Error('not signed in');
  return caller.value;
}

it('a session stands at its renewal if its provider says so then: revoked or out of its roles it stands no longer, demoted it may less, and while that one is away it is refused for now', async () => {
  const moody = new Provider('renewal.sessions.test');
  const now = Date.now();
  const setUp = async (who = {}) => {
    const { session_token } = await moody.signIn(external, who);
    return { session_token, caller: await holder({ ...env, SESSION_API: moody.url }, session_token, now) };
  };
  const kept = await setUp();
  expect(await kept.caller.renew(now + 30_000)).toBe(true);
  const revoked = await setUp();
  await moody.tell('revoke', revoked);
  expect(await revoked.caller.renew(now + 2_000)).toBe(false);
  const demoted = await setUp({ roles: ['stytch_admin'] });
  expect(closedTo(demoted.caller, progress)).toBeNull();
  await moody.tell('roles', { ...demoted, roles: ['stytch_member'] });
  expect(await demoted.caller.renew(now + 2_000)).toBe(true);
  expect(closedTo(demoted.caller, progress)?.code).toBe('permission_denied');
  await moody.tell('roles', { ...demoted, roles: [] });
  expect(await demoted.caller.renew(now + 4_000)).toBe(false);
  const brief = await setUp({ expires_in: 60 });
  expect(await brief.caller.renew(now + 50_000)).toBe(true);
  expect(await brief.caller.renew(brief.caller.principal.until ?? 0)).toBe(false);
  const lost = await setUp();
  await moody.tell('mood', { mood: 'away' });
  expect(await lost.caller.renew(now + 30_000)).toMatchObject({ code: 'unavailable' });
});

it('a watch that its provider’s absence ends is lost, not revoked: it comes again', async () => {
  const moody = new Provider('follow.sessions.test');
  const { session_token } = await moody.signIn(external);
  const caller = await holder({ ...env, SESSION_API: moody.url }, session_token, Date.now());
  const watch = await openWatch(caller, job, 'all', null);
  if (!watch.ok || watch.value === null) throw new Error('nothing to watch');
  await moody.tell('mood', { mood: 'away' });
  const told = follow(caller, watch.value, { quiet: 500, renewal: 1_500 });
  let last: IteratorResult<unknown, WatchEnding>;
  do last = await told.next();
  while (!last.done);
  expect(last.value).toBe('lost');
});

it('a session opens in another organization what it opened before in none: it stands no longer where its organization is another’s by now', async () => {
  const [before, after] = [await makeMembers(), await makeMembers()];
  const { session_token } = await provider.signIn(before.external, { roles: ['stytch_admin'] });
  const now = Date.now();
  const caller = await holder(env, session_token, now);
  expect(caller.principal.organization).toBe(before.client.organization);
  await nameOrganization(before.client.organization, null);
  expect(await caller.renew(now + 2_000)).toBe(false);
  await nameOrganization(after.client.organization, before.external);
  expect(await caller.renew(now + 4_000)).toBe(false);
  expect(caller.principal.organization).toBe(before.client.organization);
});

it('while the provider is away there is a 503 and no 401: to an EventSource, one that says when to come back', async () => {
  const moody = new Provider('http.sessions.test');
  const { session_token } = await moody.signIn(external, { roles: ['stytch_admin'] });
  const ask = async (
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
    body: ReadableStream | null = null,
  ) => {
    const context = createExecutionContext();
    const all = { Cookie: `stytch_session=${session_token}`, ...headers };
    const set = { ...env, SESSION_API: moody.url } as Env;
    const answer = await worker.fetch(
      new Request(ORIGIN + path, { method, headers: all, body }),
      set,
      context,
    );
    const text = await answer.text();
    await waitOnExecutionContext(context);
    return { status: answer.status, text, headers: answer.headers };
  };
  const newest = encodeURIComponent((await client.get('/api/events?limit=100')).json.next_cursor);
  const pipe = new TransformStream<Uint8Array, Uint8Array>();
  const slow = ask('/api/jobs', { 'Content-Type': 'application/json' }, 'POST', pipe.readable);
  const waits = [ask(`/api/jobs/${job}?wait=3`), ask(`/api/events?wait=3&after=${newest}`)];
  const body = pipe.writable.getWriter();
  await body.write(new TextEncoder().encode('{"job_type": '));
  await scheduler.wait(500);
  await moody.tell('mood', { mood: 'away' });
  const held = await Promise.all(waits);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + CREDENTIAL_LIFE + 1_000 });
  await body.write(new TextEncoder().encode('"import"}'));
  await body.close();
  for (const answer of [...held, await slow])
    expect([answer.status, answer.text.includes('"unavailable"')], answer.text).toEqual([503, true]);
  for (const [method, path] of [
    ['GET', '/api/jobs'],
    ['GET', `/api/jobs/${job}`],
    ['GET', `/api/jobs/${job}/stream`],
    ['POST', `/api/jobs/${job}/cancel`],
    ['GET', '/api/v1/jobs'],
    ['GET', `/v1/api/jobs/${job}`],
  ] as const) {
    const answer = await ask(path, {}, method);
    expect([answer.status, answer.text.includes('"unavailable"')], path).toEqual([503, true]);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
  }
  const stream = await ask(`/api/jobs/${job}/stream`, {
    Accept: 'text/event-stream',
    'Sec-Fetch-Mode': 'cors',
  });
  expect([stream.status, stream.headers.get('Content-Type')]).toEqual([200, 'text/event-stream']);
  expect(stream.text).toMatch(/^retry: \d+\n\n$/);
  expect((await client.get(`/api/jobs/${job}`)).json.status).toBe('pending');
});

it('a JWT that ends at a fraction of a millisecond says when, to the millisecond', async () => {
  const exp = Math.floor(Date.now() / 1_000) + 300.1234567;
  const session_jwt = await provider.signed({
    ...{ iss: `stytch.com/${env.SESSION_PROJECT}`, aud: [env.SESSION_PROJECT], sub: 'ada', exp },
    'https://stytch.com/organization': { organization_id: external },
    'https://stytch.com/session': { id: 's', roles: ['stytch_admin'] },
  });
  const answer = await sendCookie(`stytch_session_jwt=${session_jwt}`, 'GET', '/api/me');
  expect(answer.json).toMatchObject({ expires_at: new Date(exp * 1_000).toISOString() });
});
