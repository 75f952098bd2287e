import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { progress } from '../../src/dialects/native/reports/routes';
import { TRIES } from '../../src/domain/base/backoff';
import { type CallerAsk, callerOf } from '../../src/http/caller-of';
import { closedTo } from '../../src/http/checks/permission';
import { clientSocket } from '../../src/http/client-socket';
import type { Frame } from '../../src/http/event-stream';
import { eventStream } from '../../src/http/event-stream';
import type { Credential } from '../../src/http/presented-credential';
import { JobDO } from '../../src/objects/job/job-do';
import { CREDENTIAL_LIFE } from '../../src/services/access/authenticate';
import type { Caller } from '../../src/services/access/caller';
import { follow, type WatchEnding } from '../../src/services/watching/follow';
import { openWatch, type Watch } from '../../src/services/watching/watch';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient, makeKey, newKey, send } from '../support/client';
import { later } from '../support/later';
import { jobStub } from '../support/objects';
import { signIn } from '../support/sign-in';
import { SocketClient } from '../support/socket';
import { StreamReader } from '../support/stream';
import { makeFilterToken, makeToken } from '../support/tokens';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ASKED = { needed: ['job:read'], acts: false, keepAlive: () => undefined };
const TIMES = { quiet: 20, renewal: 60 };

async function heldBy(shown: Credential, asked: CallerAsk = ASKED): Promise<Caller> {
  const caller = await callerOf(env, configOf(env), shown, asked, Date.now());
  if (!caller.ok || caller.value === null) throw new Error('not authorized');
  return caller.value;
}

const holderOf = ({ key }: Client) => heldBy({ by: 'bearer', text: key });

async function permit({ keyId }: Client, change: Record<string, unknown>): Promise<void> {
  const answer = await client.send('PATCH', `/api/keys/${keyId}`, { body: change });
  expect(answer.status, answer.text).toBe(200);
}

async function watchOf(caller: Caller): Promise<Watch> {
  const watch = await openWatch(caller, await client.createJob(), 'all', null);
  if (!watch.ok || watch.value === null) throw new Error('nothing to watch');
  return watch.value;
}

async function* framesOf(caller: Caller, watch: Watch): AsyncGenerator<Frame[] | null, WatchEnding> {
  const told = follow(caller, watch, TIMES);
  for (;;) {
    const { done, value } = await told.next();
    if (done) return value;
    yield value === null ? null : [{ event: value.type, data: '{"n":1}' }];
  }
}

it('a key looks itself up anew: revoked, or without its permission, it stands no longer', async () => {
  const reader = await makeKey(client.organization, ['job:read']);
  const caller = await holderOf(reader);
  expect(await caller.renew(Date.now() + 2_000)).toBe(true);
  await send(env.ADMIN_TOKEN, 'DELETE', `/admin/orgs/${client.organization}/keys/${reader.keyId}`);
  expect(await caller.renew(Date.now() + 4_000)).toBe(false);
});

it('a key that lost a permission may do from its renewal on what it may then', async () => {
  const worker = await makeKey(client.organization, ['job:read', 'job:create']);
  const caller = await holderOf(worker);
  expect(closedTo(caller, progress)).toBeNull();
  await runInDurableObject(env.ORG.getByName(client.organization), (_org, { storage }) => {
    storage.sql.exec(`UPDATE api_key SET permissions = '["job:read"]' WHERE key_id = ?`, worker.keyId);
  });
  expect(await caller.renew(Date.now() + 2_000)).toBe(true);
  expect(closedTo(caller, progress)?.code).toBe('permission_denied');
});

describe('what a key made goes by what the key may by then', () => {
  it('a token: without the permission to report it reports no more, without that to read it stands no longer', async () => {
    const key = await newKey(client, { permissions: ['job:read', 'job:create'] });
    const token = await makeToken(key, await client.createJob(), 'report');
    const caller = await heldBy({ by: 'bearer', text: token });
    const worker = await heldBy({ by: 'bearer', text: token }, { ...ASKED, needed: ['job:create'] });
    expect(closedTo(caller, progress)).toBeNull();
    await permit(key, { permissions: ['job:read'] });
    expect(await caller.renew(Date.now() + 2_000)).toBe(true);
    expect(closedTo(caller, progress)?.code).toBe('permission_denied');
    expect(await worker.renew(Date.now() + 4_000)).toBe(false);
    await permit(key, { permissions: ['job:cancel'] });
    expect(await caller.renew(Date.now() + 6_000)).toBe(false);
    await permit(key, { permissions: ['job:read', 'job:create'] });
    expect(await caller.renew(Date.now() + 8_000)).toBe(true);
    expect(closedTo(caller, progress)).toBeNull();
  });

  it('a token: of a key that is for other jobs by now it stands no longer, for some of which its job is one it does', async () => {
    const key = await newKey(client, { permissions: ['job:read'] });
    const token = await makeToken(key, await client.createJob({ job_type: 'import' }), 'read');
    const caller = await heldBy({ by: 'bearer', text: token });
    await permit(key, { job_types: ['import', 'export'] });
    expect(await caller.renew(Date.now() + 2_000)).toBe(true);
    await permit(key, { job_types: ['export'] });
    expect(await caller.renew(Date.now() + 4_000)).toBe(false);
  });

  it('a filter token and a sign-in', async () => {
    const key = await newKey(client, { permissions: ['job:read', 'job:create'] });
    const { token } = await makeFilterToken(key, { job_type: 'import' });
    const own = (await signIn(key)).cookie.split('=')[1] ?? '';
    const [byToken, bySession] = [
      await heldBy({ by: 'bearer', text: token }),
      await heldBy({ by: 'own', text: own }),
    ];
    await permit(key, { permissions: ['job:read'] });
    expect(await bySession.renew(Date.now() + 2_000)).toBe(true);
    expect(closedTo(bySession, progress)?.code).toBe('permission_denied');
    expect(await byToken.renew(Date.now() + 2_000)).toBe(true);
    await permit(key, { permissions: ['job:cancel'] });
    for (const one of [byToken, bySession]) expect(await one.renew(Date.now() + 4_000)).toBe(false);
  });
});

it('what takes a second permission takes it at the renewal too', async () => {
  const key = await newKey(client, { permissions: ['webhook:manage', 'job:read'] });
  const asked = { ...ASKED, needed: ['webhook:manage'], also: 'job:read' };
  const caller = await heldBy({ by: 'bearer', text: key.key }, asked);
  expect(await caller.renew(Date.now() + 2_000)).toBe(true);
  await permit(key, { permissions: ['webhook:manage'] });
  expect(await caller.renew(Date.now() + 4_000)).toBe(false);
});

it('so does a request whose body is long in coming', async () => {
  const key = await newKey(client, { permissions: ['webhook:manage', 'job:read'] });
  expect((await key.get('/api/webhooks')).status).toBe(200);
  const pipe = new TransformStream<Uint8Array, Uint8Array>();
  const body = pipe.writable.getWriter();
  const answer = key.send('POST', '/api/webhooks', { raw: pipe.readable });
  await body.write(new TextEncoder().encode('{"url": '));
  await permit(key, { permissions: ['webhook:manage'] });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + CREDENTIAL_LIFE + 1_000 });
  await body.write(new TextEncoder().encode('"https://hook.example/in"}'));
  await body.close();
  expectRefusal(await answer, 401, 'unauthenticated');
});

it('a stream closes, without an end, when its credential is gone, and is kept alive until then', async () => {
  const caller = await holderOf(client);
  const renew = async () => stream.comments.length < 3;
  const watch = await watchOf(caller);
  const deliveries = framesOf({ ...caller, renew }, watch);
  const stream = new StreamReader(new Response(eventStream(deliveries, () => watch.close())));
  expect((await stream.until(() => false)).map(({ event }) => event)).toEqual(['snapshot']);
  expect(stream.comments.length).toBeGreaterThan(2);
});

it('a socket closes with 4401 when its credential is gone, and pings while it is quiet', async () => {
  const caller = await holderOf(client);
  let stands = true;
  const watch = await watchOf(caller);
  const deliveries = framesOf({ ...caller, renew: async () => stands }, watch);
  const webSocket = clientSocket(
    deliveries,
    () => ({ take: () => {}, quiet: async () => {}, stop: () => {} }),
    () => watch.close(),
  );
  const socket = new SocketClient(new Response(null, { status: 101, webSocket }));
  expect((await socket.next()).type).toBe('snapshot');
  expect(await socket.next()).toEqual({ type: 'ping' });
  stands = false;
  expect((await socket.rest()).every(({ type }) => type === 'ping')).toBe(true);
  expect(socket.closed).toBe(4401);
});

it('a credential that can’t be looked at stands until the next time', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const caller = await holderOf(client);
  let looks = 0;
  const renew = async () => {
    looks += 1;
    if (looks === 1) throw new Error('away');
    return looks < 4;
  };
  const told = follow({ ...caller, renew }, await watchOf(caller), TIMES);
  let last: IteratorResult<unknown, WatchEnding>;
  do last = await told.next();
  while (!last.done);
  expect([last.value, looks]).toEqual(['revoked', 4]);
});

it('a watch outlives any number of its sockets, where each has stood for a while, and one failure behind them', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const opened = vi.spyOn(JobDO.prototype, 'fetch');
  const id = await client.createJob();
  const watch = await openWatch(await holderOf(client), id, 'change', 1);
  const told = watch.ok ? watch.value?.next(1e9) : null;
  const opens = (times: number) => vi.waitFor(() => expect(opened).toHaveBeenCalledTimes(times));
  for (let n = 0; n < TRIES; n++) {
    await opens(n + 1);
    later(31_000);
    if (n === TRIES - 1) opened.mockImplementationOnce(async () => new Response(null, { status: 500 }));
    await runInDurableObject(await jobStub(client.organization, id), (_job, state) => {
      for (const socket of state.getWebSockets('watch')) socket.close(1011, 'lost');
    });
  }
  await opens(TRIES + 1);
  later(1_000);
  await opens(TRIES + 2);
  await client.report(id, { processed_items: 1 });
  expect(await told).toEqual({ type: 'moved', revision: 2 });
});
