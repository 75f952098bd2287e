/** What was planned or noted by a clock that was ahead waits for nothing once the clock is right. */

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DAY } from '../../src/domain/base/time';
import { KeyRegistry } from '../../src/objects/org/key-registry';
import { type Client, makeClient, newKey } from '../support/client';
import { later } from '../support/later';
import { indexStub, webhookStub } from '../support/objects';
import { openReceivers, Receiver, until } from '../support/receiver';
import { deliveriesOf, makeWebhook } from '../support/webhooks';

let client: Client;
beforeEach(async () => {
  openReceivers();
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('a sweep is made at once, and then once a day again', async () => {
  const index = indexStub(client.organization);
  const alarm = async () =>
    (await runInDurableObject(index, (_object, { storage }) => storage.getAlarm())) ?? 0;
  later(30 * DAY);
  await client.createJob();
  await vi.waitFor(async () => {
    await runDurableObjectAlarm(index);
    expect(await alarm()).toBeGreaterThan(Date.now() + DAY - 60_000);
  });
  vi.useRealTimers();
  await client.createJob();
  await vi.waitFor(async () => {
    await runDurableObjectAlarm(index);
    expect(await alarm()).toBeGreaterThan(Date.now() + DAY - 60_000);
  });
  expect(await alarm()).toBeLessThanOrEqual(Date.now() + DAY);
});

it('a retry is made with the next event', async () => {
  let status = 500;
  const receiver = new Receiver(() => new Response('', { status }));
  const webhook = await makeWebhook(client, receiver);
  const run = () => runDurableObjectAlarm(webhookStub(client.organization, webhook.webhook_id));
  const statuses = async () => {
    await run();
    return (await deliveriesOf(client, webhook)).map((delivery) => delivery.status);
  };
  later(30 * DAY);
  await client.createJob();
  await until(async () => (await statuses()).includes('retrying'));
  vi.useRealTimers();
  status = 200;
  await client.createJob();
  await until(async () => new Set(await statuses()).size === 1);
  expect((await statuses())[0]).toBe('delivered');
});

it('a rerun is the one of its chain that counts', async () => {
  const parent = await client.createJob();
  later(3_600_000);
  const child = await client.createJob({ parent_job_id: parent });
  await client.report(child, { mark_failed: 'no' });
  vi.useRealTimers();
  const again = (await client.post(`/api/jobs/${child}/rerun`)).json.job_id;
  await client.report(again, { mark_completed: true });
  const { rollup } = (await client.get(`/api/jobs/${parent}/children`)).json;
  expect(rollup).toMatchObject({ children: 1, outcome: 'completed' });
});

it('a key’s last use is noted anew', async () => {
  const key = await newKey(client, { preset: 'viewer' });
  await runInDurableObject(env.ORG.getByName(client.organization), async (org, { storage }) => {
    const keys = new KeyRegistry(storage.sql);
    const { digest } = keys.get(key.keyId) ?? { digest: '' };
    keys.used(key.keyId, Date.now() + DAY);
    await org.authenticate(key.keyId, digest, true);
    expect(keys.get(key.keyId)?.last_used_at).toBeLessThanOrEqual(Date.now());
  });
});
