import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';
import { openSocket, type SocketClient } from '../support/socket';
import { openStream } from '../support/stream';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

async function watching(id: string): Promise<number> {
  return runInDurableObject(await jobStub(client.organization, id), (_job, state) => {
    return state.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN).length;
  });
}

describe('a watcher’s socket', () => {
  it('brings the frames of the stream, over hibernation and loss, and is closed at the end', async () => {
    const id = await client.createJob({ metadata: { a: 1 } });
    const [socket, stream] = [await openSocket(client, id), await openStream(client, id)];
    expect(socket.response.status).toBe(101);
    expect(socket.response.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    const stub = await jobStub(client.organization, id);
    const both = async () => {
      const frame = await stream.next();
      expect(await socket.next()).toEqual({ type: frame?.event, ...frame?.data });
    };
    await both();
    for (const webSockets of ['hibernate', 'close'] as const) {
      await evictDurableObject(stub, { webSockets });
      await client.report(id, {
        message: webSockets,
        warning: { entity_key: 'k', error_type: 't', message: 'm' },
      });
      await both();
    }
    await client.report(id, { mark_completed: true });
    await both();
    await both();
    expect(await socket.next()).toBeNull();
    expect(socket.closed).toBe(1000);
  });

  it('goes on after a revision, and begins anew after one that was never made', async () => {
    const id = await client.createJob();
    await client.report(id, { message: 'two' });
    const after = await openSocket(client, id, '?after=1');
    expect(await after.next()).toMatchObject({ type: 'update', revision: 2, entries: [{ revision: 2 }] });
    after.close();
    const unknown = await openSocket(client, id, '?after=x');
    expect(await unknown.next()).toEqual({ type: 'resync', revision: 2 });
    expect(await unknown.next()).toMatchObject({ type: 'snapshot', revision: 2 });
    unknown.close();
    await client.report(id, { mark_completed: true });
    const ended = await openSocket(client, id, '?after=3');
    expect(await ended.rest()).toEqual([{ type: 'end', revision: 3 }]);
    expect(ended.closed).toBe(1000);
  });

  it('answers a ping', async () => {
    const id = await client.createJob();
    const socket = await openSocket(client, id);
    await socket.next();
    socket.send('{"type": "ping"}');
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.close();
  });

  const bad: [string, string | ArrayBuffer, string][] = [
    ['nothing', '', 'malformed_json'],
    ['half an object', '{"type"', 'malformed_json'],
    ['a number', '7', 'validation_failed'],
    ['a list', '[{"type": "ping"}]', 'validation_failed'],
    ['another type', '{"type": "pang"}', 'validation_failed'],
    ['deep JSON', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'validation_failed'],
    ['more than 256 KiB', JSON.stringify({ type: 'x'.repeat(262_144) }), 'body_too_large'],
    ['bytes', new Uint8Array([1, 2, 3]).buffer, 'unsupported_media_type'],
  ];

  it('answers a bad frame with an error, and lives', async () => {
    const id = await client.createJob();
    const socket = await openSocket(client, id);
    await socket.next();
    for (const [name, frame, code] of bad) {
      socket.send(frame);
      const answer = await socket.next();
      expect(answer, name).toEqual({ type: 'error', code, detail: expect.stringMatching(/\S/) });
    }
    await client.report(id, { processed_items: 1 });
    expect(await socket.next()).toMatchObject({ type: 'update', revision: 2 });
    socket.close();
  });

  it('that goes leaves nothing at the object', async () => {
    const id = await client.createJob();
    const sockets: SocketClient[] = [];
    for (let n = 0; n < 3; n++) sockets.push(await openSocket(client, id));
    await vi.waitFor(async () => expect(await watching(id)).toBe(3));
    for (const socket of sockets) socket.close();
    await vi.waitFor(async () => expect(await watching(id)).toBe(0), { timeout: 5_000 });
    for (const socket of sockets) await socket.rest();
    expect(sockets.map(({ closed }) => closed)).toEqual([1000, 1000, 1000]);
  });

  it('is not to be had without an upgrade', async () => {
    const id = await client.createJob();
    for (const headers of [{}, { Upgrade: 'h2c' }] as Record<string, string>[]) {
      const answer = await client.get(`/api/jobs/${id}/socket`, { headers });
      expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request']);
    }
    expect((await client.send('HEAD', `/api/jobs/${id}/socket`)).status).toBe(400);
  });
});
