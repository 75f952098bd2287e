import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SCHEDULE } from '../../src/domain/webhook/retry';
import { OrgDO } from '../../src/objects/org/org-do';
import { SWEEP_INTERVAL } from '../../src/objects/org-index/repairer';
import { WebhookDO } from '../../src/objects/webhook/webhook-do';
import { type Client, makeClient } from '../support/client';
import { indexStub, webhookStub } from '../support/objects';
import { openReceivers, Receiver, until } from '../support/receiver';
import { deliveriesOf, type MadeWebhook, makeWebhook } from '../support/webhooks';

/** An endpoint on a clock that the test moves: what alarms do, they do when they are run. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let client: Client;
let now: number;

beforeEach(async () => {
  openReceivers();
  vi.useFakeTimers({ toFake: ['Date'] });
  now = Date.now() + 10 * DAY;
  vi.setSystemTime(now);
  client = await makeClient();
}, 30_000);
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function moveTo(at: number): void {
  now = at;
  vi.setSystemTime(now);
}

function alarmOf({ webhook_id }: MadeWebhook): Promise<number | null> {
  const stub = webhookStub(client.organization, webhook_id);
  return runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
}

/** Waits until the endpoint was poked, and lets it do what is due. */
async function run(webhook: MadeWebhook): Promise<void> {
  await until(async () => ((await alarmOf(webhook)) ?? Number.POSITIVE_INFINITY) <= now);
  await runDurableObjectAlarm(webhookStub(client.organization, webhook.webhook_id));
}

it('ten attempts in 75 hours, a fifth earlier or later, then exhausted', async () => {
  const receiver = new Receiver(() => new Response('later', { status: 503 }));
  const webhook = await makeWebhook(client, receiver);
  await client.createJob();
  await run(webhook);
  const times = [now];
  for (let tries = 1; tries < SCHEDULE.length; tries++) {
    expect(receiver.received).toHaveLength(tries);
    const [delivery] = await deliveriesOf(client, webhook);
    expect(delivery).toMatchObject({ status: 'retrying' });
    const due = (await alarmOf(webhook)) ?? 0;
    expect(delivery?.next_attempt_at).toBe(new Date(due).toISOString());
    const delay = SCHEDULE[tries] ?? 0;
    expect(due - now).toBeGreaterThanOrEqual(0.8 * delay);
    expect(due - now).toBeLessThanOrEqual(1.2 * delay);
    moveTo(due - 1);
    await runDurableObjectAlarm(webhookStub(client.organization, webhook.webhook_id));
    expect(receiver.received).toHaveLength(tries);
    moveTo(due);
    times.push(due);
    if (tries % 3 === 0) await evictDurableObject(webhookStub(client.organization, webhook.webhook_id));
    await run(webhook);
  }
  expect(receiver.received).toHaveLength(10);
  expect(await alarmOf(webhook)).toBeNull();
  const [delivery] = await deliveriesOf(client, webhook);
  expect(delivery).toMatchObject({ status: 'exhausted', next_attempt_at: null });
  expect(delivery?.attempts.map(({ at }) => Date.parse(at))).toEqual(times);
  const hours = (now - (times[0] ?? 0)) / HOUR;
  expect(hours).toBeGreaterThan(0.8 * 75);
  expect(hours).toBeLessThan(1.2 * 76);
  expect(new Set(receiver.ids).size).toBe(1);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(new Set(receiver.received.map(({ headers }) => headers.get('webhook-timestamp'))).size).toBe(10);
  expect(receiver.signedBy(webhook.secret)).toBe(true);
});

it('Retry-After is honoured: seconds and dates, never sooner', async () => {
  let header = '600';
  const receiver = new Receiver(() => new Response('', { status: 429, headers: { 'Retry-After': header } }));
  const webhook = await makeWebhook(client, receiver);
  await client.createJob();
  await run(webhook);
  expect(await alarmOf(webhook)).toBe(now + 600_000);
  moveTo(now + 600_000);
  header = new Date(now + HOUR).toUTCString();
  await run(webhook);
  expect(((await alarmOf(webhook)) ?? 0) - now).toBeGreaterThan(HOUR - 1_000);
});

it('five days of nothing but failures disable an endpoint, and a success begins them anew', async () => {
  let status = 500;
  const receiver = new Receiver(() => new Response('', { status }));
  const webhook = await makeWebhook(client, receiver);
  const enabled = async () =>
    (await client.get(`/api/webhooks/${webhook.webhook_id}`)).json.enabled as boolean;
  const fail = async (at: number) => {
    moveTo(at);
    await client.createJob();
    await run(webhook);
  };
  const start = now;
  for (const days of [0, 1, 2, 3]) await fail(start + days * DAY);
  status = 200;
  await fail(start + 4 * DAY);
  status = 500;
  for (const days of [4.1, 5.1, 7, 8.9]) {
    await fail(start + days * DAY);
    expect(await enabled()).toBe(true);
  }
  await fail(start + 9.2 * DAY);
  const shown = (await client.get(`/api/webhooks/${webhook.webhook_id}`)).json;
  expect(shown).toMatchObject({ enabled: false, disabled_reason: 'failing' });
  const { events } = await indexStub(client.organization).readFeed({
    after: 0,
    limit: 100,
    types: ['endpoint.disabled'],
  });
  expect(events.map(({ job_id, revision }) => [job_id, revision])).toEqual([[webhook.webhook_id, 1]]);
  const sent = receiver.received.length;
  moveTo(now + DAY);
  await client.createJob();
  await runDurableObjectAlarm(webhookStub(client.organization, webhook.webhook_id));
  expect(receiver.received).toHaveLength(sent);

  status = 200;
  await client.send('PATCH', `/api/webhooks/${webhook.webhook_id}`, { body: { enabled: true } });
  await run(webhook);
  await until(async () => (await deliveriesOf(client, webhook, '?status=retrying')).length === 0);
  const missed = await deliveriesOf(client, webhook);
  expect(missed[0]).toMatchObject({ event_type: 'job.created', status: 'delivered' });
  expect(missed[1]).toMatchObject({ event_type: 'endpoint.disabled', status: 'delivered' });
});

it('a failure long ago and a quiet week make no five days of failures', async () => {
  let status = 500;
  const receiver = new Receiver(() => new Response('', { status }));
  const webhook = await makeWebhook(client, receiver);
  const enabled = async () =>
    (await client.get(`/api/webhooks/${webhook.webhook_id}`)).json.enabled as boolean;
  const send = async (at: number) => {
    moveTo(at);
    await client.createJob();
    await run(webhook);
  };
  const start = now;
  await send(start);
  status = 200;
  await send(start + HOUR);
  status = 500;
  await send(start + 7 * DAY);
  expect(await enabled()).toBe(true);
  await send(start + 11.9 * DAY);
  expect(await enabled()).toBe(true);
  await send(start + 12.1 * DAY);
  expect(await enabled()).toBe(false);
});

it('while 10,000 wait for a retry one new event a minute is tried, whatever else is due, by any instance', async () => {
  const receiver = new Receiver(() => new Response('', { status: 500 }));
  const webhook = await makeWebhook(client, receiver, { event_types: ['job.created'] });
  const stub = webhookStub(client.organization, webhook.webhook_id);
  await client.createJob();
  await run(webhook);
  await runInDurableObject(stub, (_object, { storage }) =>
    storage.sql.exec(
      `WITH RECURSIVE many(n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM many WHERE n < 10999)
       INSERT INTO retry SELECT ?, n FROM many`,
      now + DAY,
    ),
  );
  for (let jobs = 0; jobs < 8; jobs++) await client.createJob();
  moveTo(now + 60_000);
  const began = now;
  let alarms = 0;
  while (now < began + 170_000) {
    // In turn where a new one is due, and where a retry is.
    if (alarms % 3 < 2) await evictDurableObject(stub);
    await run(webhook);
    alarms += 1;
    moveTo(Math.max((await alarmOf(webhook)) ?? 0, now + 1_000));
  }
  expect(alarms).toBeGreaterThan(3);
  expect(new Set(receiver.ids).size).toBe(4);
});

it('a poke is durable: the endpoint delivers though its memory is lost', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  const stub = webhookStub(client.organization, webhook.webhook_id);
  await evictDurableObject(stub);
  await client.createJob();
  await until(async () => (await alarmOf(webhook)) !== null);
  await evictDurableObject(stub);
  await run(webhook);
  expect(receiver.types).toEqual(['job.created']);
  await evictDurableObject(stub);
  await stub.poke(0);
  await run(webhook);
  expect(receiver.received).toHaveLength(1);
});

it('a poke that does not get through is repeated by the shard’s alarm, after a restart too', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  const poke = vi.spyOn(WebhookDO.prototype, 'poke').mockRejectedValue(new Error('away'));
  await client.createJob();
  const index = indexStub(client.organization);
  await evictDurableObject(index);
  const due = await runInDurableObject(index, (_index, state) => state.storage.getAlarm());
  expect(due).toBeLessThanOrEqual(now + 10_000);
  poke.mockRestore();
  moveTo(due ?? 0);
  await runDurableObjectAlarm(index);
  await run(webhook);
  expect(receiver.types).toEqual(['job.created']);
  expect(await runInDurableObject(index, (_index, state) => state.storage.getAlarm())).not.toBeNull();
  moveTo(now + 60_000);
  await runDurableObjectAlarm(index);
  await expectSweepAlone(index);
});

it('a shard without readers sets no alarm for them', async () => {
  await client.createJob();
  const index = indexStub(client.organization);
  moveTo(now + 10_000);
  await runDurableObjectAlarm(index);
  await client.createJob();
  await expectSweepAlone(index);
});

/** Where a job has not ended the shard looks at it a day later. */
async function expectSweepAlone(index: ReturnType<typeof indexStub>): Promise<void> {
  const due = await runInDurableObject(index, (_index, state) => state.storage.getAlarm());
  expect(due).toBeGreaterThan(now + SWEEP_INTERVAL - 600_000);
}

it('settings that can’t be asked for end the run once what is in flight has come down', async () => {
  const gate = Promise.withResolvers<void>();
  const receiver = new Receiver(async () => {
    await gate.promise;
    return new Response(null, { status: 204 });
  });
  const webhook = await makeWebhook(client, receiver);
  await Promise.all([client.createJob(), client.createJob()]);
  const stub = webhookStub(client.organization, webhook.webhook_id);
  const running = run(webhook);
  await until(() => receiver.under === 2);
  const settings = vi.spyOn(OrgDO.prototype, 'webhook').mockRejectedValueOnce(new Error('away'));
  await stub.poke(null);
  await until(() => settings.mock.calls.length > 0);
  await scheduler.wait(20);
  gate.resolve();
  await running;
  expect(receiver.under).toBe(0);
  moveTo(now + 2_000);
  await run(webhook);
  expect(receiver.received).toHaveLength(2);
  const created = await deliveriesOf(client, webhook, '?event_type=job.created');
  expect(created.map(({ status }) => status)).toEqual(['delivered', 'delivered']);
});

it('a run that breaks does not throw, and is armed again', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  await client.createJob();
  await until(async () => (await alarmOf(webhook)) !== null);
  const stub = webhookStub(client.organization, webhook.webhook_id);
  const spy = vi.spyOn(WebhookDO.prototype, 'begin').mockRejectedValueOnce(new Error('the disk is away'));
  await runInDurableObject(stub, (object) => object.alarm());
  expect(spy).toHaveBeenCalled();
  const due = await alarmOf(webhook);
  expect(due).toBe(now + 2_000);
  moveTo(due ?? 0);
  await run(webhook);
  expect(receiver.types).toEqual(['job.created']);
});

it('an endpoint that came while the shard asked who reads it is woken by its first event', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  // What the organization said before the endpoint was made.
  const asked = vi.spyOn(OrgDO.prototype, 'enabledWebhooks').mockResolvedValueOnce([]);
  await client.createJob();
  await run(webhook);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(receiver.types).toEqual(['job.created']);
});
