import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { progress } from '../../src/dialects/native/reports/routes';
import { callerOf } from '../../src/http/caller-of';
import { closedTo } from '../../src/http/checks/permission';
import { clientSocket } from '../../src/http/client-socket';
import type { Frame } from '../../src/http/event-stream';
import { eventStream } from '../../src/http/event-stream';
import type { Caller } from '../../src/services/access/caller';
import { follow, type WatchEnding } from '../../src/services/watching/follow';
import { openWatch, type Watch } from '../../src/services/watching/watch';
import { type Client, makeClient, makeKey, send } from '../support/client';
import { SocketClient } from '../support/socket';
import { StreamReader } from '../support/stream';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const ASKED = { needed: ['job:read'], acts: false, keepAlive: () => undefined };
const TIMES = { quiet: 20, renewal: 60 };

async function holderOf({ key }: Client): Promise<Caller> {
  const caller = await callerOf(env, configOf(env), { by: 'bearer', text: key }, ASKED, Date.now());
  if (!caller.ok || caller.value === null) throw new Error('not authorized');
  return caller.value;
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

it('a stream closes, without an end, when its credential is gone', async () => {
  const caller = await holderOf(client);
  let looks = 0;
  const renew = async () => ++looks < 3;
  const watch = await watchOf(caller);
  const deliveries = framesOf({ ...caller, renew }, watch);
  const stream = new StreamReader(new Response(eventStream(deliveries, () => watch.close())));
  expect((await stream.until(() => false)).map(({ event }) => event)).toEqual(['snapshot']);
  expect(looks).toBe(3);
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
