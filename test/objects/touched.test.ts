import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { roomFor } from '../../src/objects/address';
import { type Client, makeClient } from '../support/client';
import { later } from '../support/later';
import { indexStub, jobStub } from '../support/objects';

/** Objects count as in use for fifteen seconds. */
const FORGOTTEN = 16_000;
const FILES = { OPEN_FILES: '1000' };

let client: Client;
beforeEach(async () => {
  client = await makeClient();
});
afterEach(() => vi.useRealTimers());

/** Has the object know how many files there are. */
function count(stub: DurableObjectStub): Promise<void> {
  return runInDurableObject(stub, (object) => {
    Object.assign((object as unknown as { env: object }).env, FILES);
  });
}

it('an object counts as in use whenever its alarm runs or a socket speaks, without anybody who asks for it', async () => {
  const id = await client.createJob({ heartbeat_timeout_seconds: 60 });
  const job = await jobStub(client.organization, id);
  await count(job);
  for (const [stub, work] of [
    [job, () => runDurableObjectAlarm(job)],
    [job, () => speak(job)],
    [indexStub(client.organization), () => speak(indexStub(client.organization))],
  ] as const) {
    await count(stub);
    later(FORGOTTEN);
    const whole = roomFor(FILES, Date.now());
    expect(whole).toBe(150);
    await work();
    expect(roomFor(FILES, Date.now())).toBeLessThan(whole);
  }
});

/** As the runtime tells an object of a message; what is said is nothing that it knows. */
function speak(stub: DurableObjectStub): Promise<void> {
  return runInDurableObject(stub, async (object) => {
    const { 0: _client, 1: server } = new WebSocketPair();
    await Promise.resolve(object.webSocketMessage?.(server, new ArrayBuffer(1))).catch(() => undefined);
  });
}
