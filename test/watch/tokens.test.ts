/** Watching by a token: what it opens, and how it ends while somebody watches. */
import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { callerOf } from '../../src/http/caller-of';
import type { Caller } from '../../src/services/access/caller';
import { type Client, makeClient, makeKey, ORIGIN, send } from '../support/client';
import { SocketClient } from '../support/socket';
import { openStream, StreamReader } from '../support/stream';
import { makeToken } from '../support/tokens';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

async function watched(): Promise<{ id: string; token: string; revoke: () => Promise<void> }> {
  const id = await client.createJob();
  await client.report(id, { mark_started: true });
  const token = await makeToken(client, id, 'read');
  const revoke = async () => {
    expect((await client.send('DELETE', `/api/jobs/${id}/tokens`)).status).toBe(204);
  };
  return { id, token, revoke };
}

function open(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(new Request(ORIGIN + path, { headers }));
}

it('a stream by a token in the address closes, without an end, as soon as tokens are revoked', async () => {
  const { id, token, revoke } = await watched();
  const path = `/api/jobs/${id}/stream`;
  const byToken = new StreamReader(await open(`${path}?token=${token}`));
  const byKey = await openStream(client, id);
  for (const stream of [byToken, byKey]) expect((await stream.next())?.event).toBe('snapshot');
  await client.report(id, { processed_items: 1 });
  for (const stream of [byToken, byKey]) expect((await stream.next())?.event).toBe('update');
  await revoke();
  expect(await byToken.until(() => false)).toEqual([]);
  expect((await send(null, 'GET', `${path}?token=${token}`)).status).toBe(401);
  await client.report(id, { processed_items: 2 });
  expect((await byKey.next())?.event).toBe('update');
  await byKey.close();
});

it('a socket by a token closes with 4401 as soon as tokens are revoked', async () => {
  const { id, token, revoke } = await watched();
  const path = `/api/jobs/${id}/socket?token=${token}`;
  const socket = new SocketClient(await open(path, { Upgrade: 'websocket' }));
  expect((await socket.next()).type).toBe('snapshot');
  await revoke();
  expect((await socket.rest()).every(({ type }) => type === 'ping')).toBe(true);
  expect(socket.closed).toBe(4401);
});

it('a long poll by a token is a 401 once tokens are revoked', async () => {
  const { id, token, revoke } = await watched();
  const poll = send(token, 'GET', `/api/jobs/${id}?wait=20`);
  await vi.waitFor(async () => {
    const { json } = await client.post(`/api/jobs/${id}/heartbeat`);
    expect(json.control.next_report_in_seconds).toBeLessThan(10);
  });
  await revoke();
  expect((await poll).status).toBe(401);
});

it('a long poll by a token is a 404 once its job is deleted', async () => {
  const { id, token } = await watched();
  await client.post(`/api/jobs/${id}/cancel`);
  const poll = send(token, 'GET', `/api/jobs/${id}?wait=20`);
  await vi.waitFor(async () => {
    const { json } = await client.post(`/api/jobs/${id}/heartbeat`);
    expect(json.control.next_report_in_seconds).toBeLessThan(10);
  });
  expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
  expect((await poll).status).toBe(404);
});

it('a stream by a token tells of the deletion and ends', async () => {
  const { id, token } = await watched();
  await client.post(`/api/jobs/${id}/cancel`);
  const stream = new StreamReader(await open(`/api/jobs/${id}/stream?token=${token}`));
  expect((await stream.next())?.event).toBe('snapshot');
  expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
  const rest = await stream.until(() => false);
  expect(rest.map(({ event }) => event)).toEqual(['update', 'end']);
});

describe('whether a token stands', () => {
  it('is told of its time, its key, its job and its generation', async () => {
    const key = await makeKey(client.organization);
    const { id, token, revoke } = await watched();
    const asked = { needed: ['job:read'], acts: false, keepAlive: () => undefined };
    const held = async (text: string) => {
      const caller = await callerOf(env, configOf(env), { by: 'bearer', text }, asked, Date.now());
      if (!caller.ok) throw new Error(caller.rejection.code);
      return caller.value;
    };
    const stands = (caller: Caller | null, later = 2_000) => caller?.renew(Date.now() + later);
    const [byClient, byKey] = [await held(token), await held(await makeToken(key, id, 'read'))];
    for (const one of [byClient, byKey]) expect(await stands(one)).toBe(true);
    expect(await stands(byClient, 3_700_000)).toBe(false);
    await client.send('DELETE', `/api/keys/${key.keyId}`);
    expect(await stands(byKey, 4_000)).toBe(false);
    expect(await stands(byClient, 4_000)).toBe(true);
    await revoke();
    expect(await stands(byClient, 6_000)).toBe(false);
    const after = await held(await makeToken(client, id, 'read'));
    expect(await stands(after, 8_000)).toBe(true);
    await client.post(`/api/jobs/${id}/cancel`);
    await client.send('DELETE', `/api/jobs/${id}`);
    expect(await stands(after, 10_000)).toBe(true);
    expect(await held(`${token}x`)).toBeNull();
  });
});

describe('polls by a token', () => {
  it('of another job never see its snapshot', async () => {
    const [mine, other] = [await watched(), await watched()];
    const path = `/api/jobs/${other.id}`;
    const tag = (await client.get(path)).headers.get('ETag') ?? '';
    const held = { headers: { 'If-None-Match': tag } };
    expect((await client.get(path, held)).status).toBe(304);
    expect((await send(mine.token, 'GET', path, held)).status).toBe(404);
  });
});
