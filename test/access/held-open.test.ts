/** What is held open by a key ends with it: within 30 s, by the clock of the wall. */
import { env, exports } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { deliver, github, makeHook, SECRETS } from '../hooks/senders';
import { Client, makeClient, ORIGIN, send } from '../support/client';
import { until } from '../support/receiver';
import { makeMembers, Provider } from '../support/sessions';
import { SocketClient } from '../support/socket';
import { StreamReader } from '../support/stream';
import { makeFilterToken, makeToken } from '../support/tokens';

/** ms. What ends by itself is told of by a turn of the loop or two. */
const WITHIN = 30_000;
const SLACK = 1_000;
const PAYLOAD = '{"id":"a","n":1}';

async function newKey(by: Client, fields: Record<string, unknown> = {}): Promise<Client> {
  const permissions = ['job:read', 'job:create'];
  const { json } = await by.post('/api/keys', { name: 'A test', permissions, ...fields });
  return new Client(by.organization, json.api_key, json.key_id);
}

/** Opens all that can be held open, and tells when each has ended. */
async function held(
  key: Client,
  jobId: string,
  headers: Record<string, string> = { Authorization: `Bearer ${key.key}` },
): Promise<Record<string, Promise<number>>> {
  const open = (path: string, more = {}) =>
    exports.default.fetch(new Request(ORIGIN + path, { headers: { ...headers, ...more } }));
  const token = await makeToken(key, jobId, 'read');
  const ended = (stream: StreamReader) => stream.until(() => false).then(() => Date.now());
  const upgraded = await open(`/api/jobs/${jobId}/socket`, { Upgrade: 'websocket' });
  expect(upgraded.status).toBe(101);
  const socket = new SocketClient(upgraded);
  const byToken = await exports.default.fetch(
    new Request(`${ORIGIN}/api/jobs/${jobId}/stream?token=${token}`),
  );
  return {
    stream: ended(new StreamReader(await open(`/api/jobs/${jobId}/stream`))),
    feed: ended(new StreamReader(await open('/api/events/stream'))),
    token: ended(new StreamReader(byToken)),
    socket: socket.rest().then(() => Date.now()),
  };
}

it('a revoked key, one that is limited to other jobs, a sign-in that is ended, a filter token that is revoked or whose key is, and a suspended organization: streams, feed, sockets and tokens, believed ones too', async () => {
  const [client, other] = [await makeClient(), await makeMembers()];
  const { organization } = other.client;
  const theirs = await other.client.createJob();
  const member = await new Provider().signIn(other.external, { roles: ['stytch_admin'] });
  const byMember = { Cookie: `stytch_session=${member.session_token}` };
  const hook = await makeHook(other.client, { scheme: 'github', secret: SECRETS.github });
  const partner = () => deliver(hook.path, PAYLOAD, github(PAYLOAD));
  for (const let_in of [await send(null, 'GET', '/api/me', { headers: byMember }), await partner()])
    expect([200, 202]).toContain(let_in.status);
  const jobId = await client.createJob();
  const [revoked, limited] = [await newKey(client), await newKey(client)];
  // Looked up a while before anything is opened by it: what is believed of a key is no younger for that.
  for (const key of [revoked, limited]) expect((await key.get('/api/jobs')).status).toBe(200);
  const signedIn = await client.send('POST', '/api/session');
  const headers = { Cookie: (signedIn.headers.get('Set-Cookie') ?? '').split(';', 1)[0] ?? '' };
  expect((await send(null, 'GET', '/api/me', { headers })).status).toBe(200);
  const ofClient = await makeFilterToken(client, { job_type: 'import' });
  const ofRevoked = await makeFilterToken(revoked, { job_type: 'import' });
  for (const { token } of [ofClient, ofRevoked])
    expect((await send(token, 'GET', '/api/jobs')).status).toBe(200);
  const ofSuspended = await makeFilterToken(other.client, { job_type: 'import' });
  await scheduler.wait(5_000);
  const { token: _token, ...byCookie } = await held(client, jobId, headers);
  const suspended = { ...(await held(other.client, theirs)) };
  const { token: _theirs, ...bySession } = await held(other.client, theirs, byMember);
  const byTokens = [ofClient, ofRevoked, ofSuspended].map(async (one) => {
    const [by, job] = one === ofSuspended ? [other.client, theirs] : [client, jobId];
    const { token: _other, ...own } = await held(by, job, { Authorization: `Bearer ${one.token}` });
    return own;
  });
  const open = [
    await held(revoked, jobId),
    await held(limited, jobId),
    byCookie,
    suspended,
    bySession,
    ...(await Promise.all(byTokens)),
  ];
  const shutPoll = other.client.get(`/api/jobs/${theirs}?wait=60`);
  const polls = [revoked.key, limited.key, ofClient.token].map((one) =>
    send(one, 'GET', `/api/jobs/${jobId}?wait=60`),
  );
  const from = Date.now();
  expect((await client.send('DELETE', `/api/keys/${revoked.keyId}`)).status).toBe(204);
  const shut = await send(env.ADMIN_TOKEN, 'POST', `/admin/orgs/${organization}/suspend`);
  expect(shut.status, shut.text).toBe(200);
  const end = await client.send('DELETE', `/api/sessions/${signedIn.json.session_id}`);
  expect(end.status).toBe(204);
  expect((await client.send('DELETE', `/api/tokens/${ofClient.token_id}`)).status).toBe(204);
  const change = await client.send('PATCH', `/api/keys/${limited.keyId}`, { body: { job_types: ['other'] } });
  expect(change.status, change.text).toBe(200);
  for (const ends of open) {
    for (const [what, end] of Object.entries(ends))
      expect((await end) - from, what).toBeLessThan(WITHIN + SLACK);
  }
  expectRefusal(await send(null, 'GET', '/api/me', { headers }), 401, 'unauthenticated');
  for (const one of [revoked.key, ofClient.token, ofRevoked.token])
    expectRefusal(await send(one, 'GET', '/api/jobs'), 401, 'unauthenticated');
  expectRefusal(await limited.get(`/api/jobs/${jobId}`), 404, 'job_not_found');
  for (const one of [other.client.key, ofSuspended.token])
    expectRefusal(await send(one, 'GET', '/api/jobs'), 403, 'organization_suspended');
  expectRefusal(await send(null, 'GET', '/api/me', { headers: byMember }), 403, 'organization_suspended');
  expectRefusal(await partner(), 403, 'organization_suspended');
  expectRefusal(await shutPoll, 403, 'organization_suspended');
  await client.report(jobId, { processed_items: 1 });
  for (const poll of polls) expectRefusal(await poll, 401, 'unauthenticated');
}, 200_000);

it('a key that expires, and a secret whose grace is over, at that moment', async () => {
  const client = await makeClient();
  const jobId = await client.createJob();
  const end = Date.now() + 20_000;
  const expiring = await newKey(client, { expires_at: new Date(end).toISOString() });
  const rotated = await newKey(client);
  const answer = await client.post(`/api/keys/${rotated.keyId}/rotate`, { grace_period: 20 });
  const graceEnd = Date.parse(answer.json.older_secret_until);
  const brief = await makeFilterToken(client, { job_type: 'import' }, 'read', 20);
  const briefEnd = Date.parse(brief.expires_at);
  const { token: _other, ...byBrief } = await held(client, jobId, { Authorization: `Bearer ${brief.token}` });
  const [byExpiring, byOld] = [await held(expiring, jobId), await held(rotated, jobId)];
  for (const [what, ended] of Object.entries(byBrief)) {
    expect((await ended) - briefEnd, what).toBeGreaterThanOrEqual(-SLACK);
    expect((await ended) - briefEnd, what).toBeLessThan(5 * SLACK);
  }
  for (const [what, ended] of Object.entries(byExpiring)) {
    expect((await ended) - end, what).toBeGreaterThanOrEqual(-SLACK);
    expect((await ended) - end, what).toBeLessThan(5 * SLACK);
  }
  for (const [what, ended] of Object.entries(byOld)) {
    // A token names the key that made it, and that goes on.
    if (what === 'token') continue;
    expect((await ended) - graceEnd, what).toBeGreaterThanOrEqual(-SLACK);
    expect((await ended) - graceEnd, what).toBeLessThan(5 * SLACK);
  }
  const gone = await send(
    env.ADMIN_TOKEN,
    'DELETE',
    `/admin/orgs/${client.organization}/keys/${rotated.keyId}`,
  );
  expect(gone.status).toBe(204);
  expect(await byOld.token).toBeLessThan(Date.now() + WITHIN);
}, 200_000);

it('tokens of a key that lost a permission: what they may no longer ends, and what they may goes on', async () => {
  const client = await makeClient();
  const jobId = await client.createJob();
  const [cut, reading] = [await newKey(client), await newKey(client)];
  const open = async (token: string, what: string, headers = {}) =>
    exports.default.fetch(new Request(`${ORIGIN}/api/jobs/${jobId}/${what}?token=${token}`, { headers }));
  const socketBy = async (key: Client, scope: 'read' | 'report') => {
    const token = await makeToken(key, jobId, scope);
    return new SocketClient(await open(token, 'socket', { Upgrade: 'websocket' }));
  };
  const streamBy = async (scope: 'read' | 'report') =>
    new StreamReader(await open(await makeToken(cut, jobId, scope), 'stream'));
  const held = [
    ...[await streamBy('read'), await streamBy('report')].map((stream) => stream.until(() => false)),
    ...[await socketBy(cut, 'read'), await socketBy(cut, 'report')].map((socket) => socket.rest()),
  ];
  const worker = await socketBy(reading, 'report');
  const pipe = new TransformStream<Uint8Array, Uint8Array>();
  const program = pipe.writable.getWriter();
  const says = (text: string) => program.write(new TextEncoder().encode(text));
  const line = await makeToken(cut, jobId, 'report');
  const answer = send(null, 'PUT', `/r/${line}`, { raw: pipe.readable });
  await says('1/10\n');
  const seen = async () => (await client.get(`/api/jobs/${jobId}`)).json.processed_items;
  await until(async () => (await seen()) === 1);
  const ack = async (id: number, processed_items: number) => {
    worker.send(JSON.stringify({ id, report: { processed_items } }));
    for (;;) {
      const frame = await worker.next();
      if (frame === null || frame.acks?.[0]?.id === id) return frame?.acks[0];
    }
  };
  expect(await ack(1, 2)).toMatchObject({ applied: true });
  const from = Date.now();
  for (const [key, permission] of [
    [cut, 'job:cancel'],
    [reading, 'job:read'],
  ] as const) {
    const body = { permissions: [permission] };
    expect((await client.send('PATCH', `/api/keys/${key.keyId}`, { body })).status).toBe(200);
  }
  const ended = Promise.all(held).then(() => 'all ended');
  const late = scheduler.wait(WITHIN + SLACK).then(() => 'still open');
  expect(await Promise.race([ended, late])).toBe('all ended');
  await scheduler.wait(Math.max(from + WITHIN - Date.now(), 0));
  expect((await ack(2, 3)).error).toMatchObject({ code: 'permission_denied' });
  await says('4/10\n');
  await scheduler.wait(2 * SLACK);
  await program.close();
  expectRefusal(await answer, 401, 'unauthenticated', 'line');
  expect([await seen(), worker.closed]).toEqual([2, null]);
  worker.close();
}, 200_000);
