import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OrgDO } from '../../src/objects/org/org-do';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { DeliveryLog } from '../../src/objects/webhook/delivery-log';
import { EndpointConfig } from '../../src/objects/webhook/endpoint-config';
import { WebhookDO } from '../../src/objects/webhook/webhook-do';
import { type Client, makeClient } from '../support/client';
import { logLines } from '../support/log-lines';
import { indexStub, webhookStub } from '../support/objects';
import { openReceivers, Receiver, until } from '../support/receiver';
import { deliveriesOf, type MadeWebhook, makeWebhook } from '../support/webhooks';

/** What is open stays open until it is written down as settled, whatever breaks in between. */

const DAY = 86_400_000;
let client: Client;

beforeEach(async () => {
  openReceivers();
  client = await makeClient();
}, 30_000);
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Holds pulls back from here on, until what it answers is called. */
function holdPulls(): { held: () => number; release: () => void } {
  const { pull } = OrgIndexDO.prototype;
  const gate = Promise.withResolvers<void>();
  let held = 0;
  let open = false;
  vi.spyOn(OrgIndexDO.prototype, 'pull').mockImplementation(async function (this: OrgIndexDO, ask) {
    held += 1;
    if (!open) await gate.promise;
    return pull.call(this, ask);
  });
  return {
    held: () => held,
    release: () => {
      open = true;
      gate.resolve();
    },
  };
}

it('an attempt that could not be written while a page was on its way is made again', async () => {
  const answer = Promise.withResolvers<void>();
  const receiver = new Receiver(async () => {
    await answer.promise;
    return new Response(null, { status: 204 });
  });
  const webhook = await makeWebhook(client, receiver);
  await client.createJob();
  await until(() => receiver.received.length === 1);
  const pulls = holdPulls();
  await until(() => pulls.held() === 1);
  await client.createJob();
  const { note } = DeliveryLog.prototype;
  let broken = 0;
  vi.spyOn(DeliveryLog.prototype, 'note').mockImplementation(function (this: DeliveryLog, ...args) {
    broken += 1;
    if (broken === 1) throw new Error('the disk is away, once');
    return note.apply(this, args);
  });
  answer.resolve();
  await until(() => broken === 1);
  pulls.release();
  await until(async () => {
    const shown = await deliveriesOf(client, webhook, '?event_type=job.created');
    return shown.length === 2 && shown.every(({ status }) => status === 'delivered');
  });
  expect(new Set(receiver.ids).size).toBe(2);
});

it('a secret that can’t be opened is a failed attempt, told in the log, and the delivery is retried', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  const lines = logLines();
  const secrets = vi.spyOn(EndpointConfig.prototype, 'secrets').mockRejectedValue(new Error('no such root'));
  await client.createJob();
  const newest = async () => (await deliveriesOf(client, webhook))[0];
  await until(async () => (await newest())?.status === 'retrying');
  expect((await newest())?.attempts[0]).toMatchObject({ status: null, error: 'secret' });
  expect(receiver.received).toHaveLength(0);
  expect(lines).toContainEqual(expect.objectContaining({ event: 'webhook_secret_unreadable' }));
  expect(lines).not.toContainEqual(expect.objectContaining({ event: 'alarm_failed' }));
  secrets.mockRestore();
  await client.post(`/api/webhooks/${webhook.webhook_id}/deliveries/2/redeliver`);
  await until(async () => (await newest())?.status === 'delivered');
  expect(receiver.received).toHaveLength(1);
});

/** What deletes `webhook` while its object is at work, and sees that nothing of it stays and nothing has failed. */
async function deleted({ webhook_id }: MadeWebhook, meanwhile: () => void): Promise<void> {
  const lines = logLines();
  const stub = webhookStub(client.organization, webhook_id);
  expect((await client.send('DELETE', `/api/webhooks/${webhook_id}`)).status).toBe(204);
  meanwhile();
  const left = () =>
    runInDurableObject(stub, async (_object, { storage }) => [
      ...storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'"),
      ...[await storage.getAlarm()].filter((at) => at !== null),
    ]);
  await until(async () => (await left()).length === 0);
  // The run that was under way ends by itself.
  await runInDurableObject(stub, () => scheduler.wait(300));
  expect(await left()).toEqual([]);
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
}

it('an endpoint deleted during an attempt leaves nothing, and that is no failure', async () => {
  const answer = Promise.withResolvers<void>();
  const receiver = new Receiver(async () => {
    await answer.promise;
    return new Response(null, { status: 204 });
  });
  const webhook = await makeWebhook(client, receiver);
  await client.createJob();
  await until(() => receiver.received.length === 1);
  await deleted(webhook, () => answer.resolve());
});

it('an endpoint deleted while its organization is told of its host’s answer leaves nothing, and that is no failure', async () => {
  const { answered } = EndpointConfig.prototype;
  const gate = Promise.withResolvers<void>();
  let held = 0;
  vi.spyOn(EndpointConfig.prototype, 'answered').mockImplementation(async function (
    this: EndpointConfig,
    ...args
  ) {
    held += 1;
    await gate.promise;
    return answered.call(this, ...args);
  });
  const webhook = await makeWebhook(client, { url: new Receiver().url, willing: false });
  await until(() => held > 0);
  await deleted(webhook, () => gate.resolve());
});

it('redelivering one that was never tried sends it, wherever the mark stands', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  const stub = webhookStub(client.organization, webhook.webhook_id);
  await client.createJob();
  const created = async () => (await deliveriesOf(client, webhook, '?event_type=job.created'))[0];
  await until(async () => (await created())?.status === 'delivered');
  for (const mark of [2, 0]) {
    await runInDurableObject(stub, (_object, { storage }) => {
      storage.sql.exec("UPDATE delivery_0 SET status = 'pending', tries = 0 WHERE n = 2");
      storage.sql.exec('UPDATE state SET settled_through = ?', mark);
    });
    const before = receiver.received.length;
    const path = `/api/webhooks/${webhook.webhook_id}/deliveries/2/redeliver`;
    expect((await client.post(path)).status).toBe(202);
    await until(async () => (await created())?.status === 'delivered');
    expect(receiver.received.length).toBe(before + 1);
  }
});

it('an endpoint paused while it failed is not disabled by its first failure after it is enabled', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  let now = Date.now() + 10 * DAY;
  const moveTo = (at: number) => {
    now = at;
    vi.setSystemTime(at);
  };
  moveTo(now);
  const receiver = new Receiver(() => new Response('', { status: 500 }));
  const webhook = await makeWebhook(client, receiver);
  const path = `/api/webhooks/${webhook.webhook_id}`;
  const stub = webhookStub(client.organization, webhook.webhook_id);
  const alarm = () => runInDurableObject(stub, (_object, { storage }) => storage.getAlarm());
  const run = async () => {
    await until(async () => ((await alarm()) ?? Number.POSITIVE_INFINITY) <= now);
    await runDurableObjectAlarm(stub);
  };
  await client.createJob();
  await run();
  await client.send('PATCH', path, { body: { enabled: false } });
  await run();
  moveTo(now + 20 * DAY);
  await client.send('PATCH', path, { body: { enabled: true } });
  const before = receiver.received.length;
  await run();
  expect(receiver.received.length).toBe(before + 1);
  expect((await client.get(path)).json).toMatchObject({ enabled: true, disabled_reason: null });
  // Nothing but failures for five days from there on disable it, and a line of the log says so.
  const lines = logLines();
  moveTo(now + 5 * DAY);
  await client.createJob();
  await run();
  expect((await client.get(path)).json).toMatchObject({ enabled: false, disabled_reason: 'failing' });
  const line = {
    level: 'warn',
    event: 'endpoint_disabled',
    webhook_id: webhook.webhook_id,
    reason: 'failing',
  };
  expect(lines).toContainEqual(expect.objectContaining(line));
});

it('a delivery that is given up is a line of the log', async () => {
  const lines = logLines();
  const webhook = await makeWebhook(client, new Receiver(() => new Response('', { status: 500 })));
  await client.post(`/api/webhooks/${webhook.webhook_id}/test`);
  await until(async () => (await deliveriesOf(client, webhook))[0]?.status === 'exhausted');
  const line = { level: 'warn', event: 'delivery_exhausted', webhook_id: webhook.webhook_id };
  await until(() => lines.some(({ event }) => event === 'delivery_exhausted'));
  expect(lines).toContainEqual(
    expect.objectContaining({ ...line, delivery_id: '2', attempts: 1, status: 500 }),
  );
});

it.each([
  ['is not answered', () => Promise.reject(new Error('away'))],
  ['comes too late', async () => 'late' as const],
])('an endpoint whose keeping %s is listed nowhere and gives itself up', async (_, answer) => {
  await client.createJob();
  const shard = indexStub(client.organization);
  const readers = () =>
    runInDurableObject(shard, (_object, { storage }) =>
      storage.sql.exec<{ webhook_id: string }>('SELECT webhook_id FROM subscriber').toArray(),
    );
  await until(async () => (await client.get('/api/events')).json.events.length > 0);
  vi.spyOn(OrgDO.prototype, 'addWebhook').mockImplementation(answer);
  const made = await client.post('/api/webhooks', { url: new Receiver().url });
  expect(made.status).toBeGreaterThanOrEqual(500);
  expect((await client.get('/api/webhooks')).json.webhooks).toEqual([]);
  for (const { webhook_id } of await readers()) {
    const stub = webhookStub(client.organization, webhook_id);
    vi.useFakeTimers({ toFake: ['Date'] });
    // Young, it waits for its organization; then it is gone.
    await runInDurableObject(stub, (object) => object.alarm());
    expect(await readers()).toHaveLength(1);
    vi.setSystemTime(Date.now() + 61_000);
    await runInDurableObject(stub, (object) => object.alarm());
  }
  expect(await readers()).toEqual([]);
});

it('an endpoint is kept by its organization only while its object still waits for that', async () => {
  const org = env.ORG.getByName(client.organization);
  const { webhook_id } = await makeWebhook(client, new Receiver());
  const kept = await org.webhook(webhook_id);
  if (kept === null) throw new Error('not kept');
  const old = { ...kept, webhook_id: webhook_id.replace(/.$/, 'x'), created_at: Date.now() - 31_000 };
  expect(await org.addWebhook(old)).toBe('late');
  expect(await org.webhook(old.webhook_id)).toBeNull();
});

it('a poke wakes the shard that poked alone; an alarm that an earlier instance left, all of them once', async () => {
  const receiver = new Receiver();
  const { webhook_id } = await makeWebhook(client, receiver);
  const stub = webhookStub(client.organization, webhook_id);
  const pulled: string[] = [];
  const { pull } = OrgIndexDO.prototype;
  vi.spyOn(OrgIndexDO.prototype, 'pull').mockImplementation(function (this: OrgIndexDO, ask) {
    pulled.push(
      `${(this as unknown as { ctx: DurableObjectState }).ctx.id.name?.split('/')[1]} ${ask.intent}`,
    );
    return pull.call(this, ask);
  });
  await runInDurableObject(stub, async (_object, state) => {
    const variables = { ...env, INDEX_SHARDS: '4' };
    // What is armed here would ring at the object itself.
    vi.spyOn(state.storage, 'setAlarm').mockResolvedValue();
    await state.storage.deleteAlarm();
    const woken = new WebhookDO(state, variables);
    await state.blockConcurrencyWhile(async () => undefined);
    await woken.poke(2);
    await woken.alarm();
    expect(new Set(pulled)).toEqual(new Set(['2 more', '2 sleep']));
    pulled.length = 0;
    const cold = new WebhookDO(state, variables);
    await cold.alarm();
    expect([...pulled].sort()).toEqual(['0 sleep', '1 sleep', '2 sleep', '3 sleep']);
  });
});
