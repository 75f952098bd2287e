import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CHANGE_LIFE, MAKING_LIFE } from '../../src/domain/webhook/webhook';
import { WebhookDO } from '../../src/objects/webhook/webhook-do';
import { type Client, makeClient, send } from '../support/client';
import { webhookStub } from '../support/objects';
import { openReceivers, Receiver, until } from '../support/receiver';
import { type MadeWebhook, makeWebhook, stateOf } from '../support/webhooks';

/** A change whose asker breaks off before the endpoint was told of it. On a clock that the test moves. */

let client: Client;
let now: number;

beforeEach(async () => {
  openReceivers();
  vi.useFakeTimers({ toFake: ['Date'] });
  now = Date.now() + 240 * 3_600_000;
  vi.setSystemTime(now);
  client = await makeClient();
}, 30_000);
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const stubOf = ({ webhook_id }: MadeWebhook) => webhookStub(client.organization, webhook_id);
const alarmOf = (webhook: MadeWebhook) =>
  runInDurableObject(stubOf(webhook), (_object, { storage }) => storage.getAlarm());
const patch = (webhook: MadeWebhook, body: object) =>
  client.send('PATCH', `/api/webhooks/${webhook.webhook_id}`, { body });

/** Lets the endpoint do what is due, until it has no alarm that is. */
async function rest(webhook: MadeWebhook): Promise<void> {
  while (((await alarmOf(webhook)) ?? Number.POSITIVE_INFINITY) <= now) {
    await runDurableObjectAlarm(stubOf(webhook));
  }
}

/** Moves the clock to where a change must have been heard of, and lets the endpoint do what is due. */
async function wait(webhook: MadeWebhook): Promise<void> {
  now += CHANGE_LIFE;
  vi.setSystemTime(now);
  await rest(webhook);
}

/** Whatever tells an endpoint of a change that was made is lost. */
function breakOff(): void {
  const { poke } = WebhookDO.prototype;
  vi.spyOn(WebhookDO.prototype, 'poke').mockImplementation(async function (this: WebhookDO, shard, within) {
    if (shard === null && !within) throw new Error('broken off');
    return poke.call(this, shard, within);
  });
  vi.spyOn(WebhookDO.prototype, 'erase').mockRejectedValue(new Error('broken off'));
}

it.each([
  ['its owner', false],
  ['its owner, and has lost its memory', true],
])('an endpoint that was disabled by %s and is not told that it is enabled', async (_who, evicted) => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  await patch(webhook, { enabled: false });
  await rest(webhook);
  const jobId = await client.createJob();
  expect(await alarmOf(webhook)).toBeNull();
  breakOff();
  expect((await patch(webhook, { enabled: true })).status).toBe(500);
  expect(await stateOf(client, webhook)).toBe('active');
  if (evicted) await evictDurableObject(stubOf(webhook));
  await rest(webhook);
  expect(receiver.received).toHaveLength(0);
  await wait(webhook);
  expect(receiver.ids).toEqual([`${jobId}.1.job.created`]);
  expect(await alarmOf(webhook)).toBeNull();
  // From here on it is poked like any other.
  await client.createJob();
  await until(async () => (await alarmOf(webhook)) !== null);
  await rest(webhook);
  expect(receiver.received).toHaveLength(2);
});

it('an endpoint that the service disabled in a run, and is not told that it is enabled', async () => {
  let status = 410;
  const receiver = new Receiver(() => new Response(null, { status }));
  const webhook = await makeWebhook(client, receiver, { event_types: ['job.created'] });
  await client.createJob();
  await until(async () => (await alarmOf(webhook)) !== null);
  await rest(webhook);
  expect(await stateOf(client, webhook)).toBe('disabled');
  status = 204;
  const jobId = await client.createJob();
  breakOff();
  expect((await patch(webhook, { enabled: true })).status).toBe(500);
  await wait(webhook);
  expect(receiver.ids).toContain(`${jobId}.1.job.created`);
});

it('a run between the announcement of a change and the change does not stand for it', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  await patch(webhook, { enabled: false });
  await client.createJob();
  // An alarm is due already, and its run sees the settings of before.
  await stubOf(webhook).poke(null, CHANGE_LIFE);
  await evictDurableObject(stubOf(webhook));
  await rest(webhook);
  await env.ORG.getByName(client.organization).changeWebhook(webhook.webhook_id, { enabled: true });
  expect(await alarmOf(webhook)).toBe(now + CHANGE_LIFE);
  await wait(webhook);
  expect(receiver.received).toHaveLength(1);
});

it('settings that were asked for just before a change are not believed when it is looked for', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  await patch(webhook, { enabled: false });
  await rest(webhook);
  await client.createJob();
  await stubOf(webhook).poke(null, CHANGE_LIFE);
  now += 1;
  vi.setSystemTime(now);
  await stubOf(webhook).poke(null);
  await rest(webhook);
  await env.ORG.getByName(client.organization).changeWebhook(webhook.webhook_id, { enabled: true });
  now += CHANGE_LIFE - 1;
  vi.setSystemTime(now);
  await rest(webhook);
  expect(receiver.received).toHaveLength(1);
});

it('another host is asked, though nobody tells the endpoint of it', async () => {
  const [first, second] = [new Receiver(), new Receiver()];
  const webhook = await makeWebhook(client, first);
  breakOff();
  expect((await patch(webhook, { url: second.url })).status).toBe(500);
  expect(await stateOf(client, webhook)).toBe('unanswered');
  await wait(webhook);
  expect(second.tests).toHaveLength(1);
  expect(await stateOf(client, webhook)).toBe('active');
});

it('an endpoint whose deletion breaks off leaves nothing', async () => {
  const webhook = await makeWebhook(client, new Receiver());
  // Of one that was just made its object would think that it is yet to be kept.
  now += MAKING_LIFE;
  vi.setSystemTime(now);
  await patch(webhook, { enabled: false });
  await rest(webhook);
  const erase = () => client.send('DELETE', `/api/webhooks/${webhook.webhook_id}`);
  breakOff();
  expect((await erase()).status).toBe(500);
  expect((await client.get(`/api/webhooks/${webhook.webhook_id}`)).status).toBe(404);
  vi.restoreAllMocks();
  await wait(webhook);
  const tables = () =>
    runInDurableObject(stubOf(webhook), (_object, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name IN ('state', 'retry')").toArray(),
    );
  expect(await tables()).toEqual([]);
  // Nor does asking for it again.
  expect((await erase()).status).toBe(404);
  expect((await patch(webhook, { enabled: true })).status).toBe(404);
  expect([await tables(), await alarmOf(webhook)]).toEqual([[], null]);
});

it('endpoints of an organization that is resumed go on, though its resumption breaks off', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  const jobId = await client.createJob();
  const set = (verb: string) => send(env.ADMIN_TOKEN, 'POST', `/admin/orgs/${client.organization}/${verb}`);
  expect((await set('suspend')).status).toBe(200);
  await rest(webhook);
  expect(await alarmOf(webhook)).toBeNull();
  breakOff();
  expect((await set('resume')).status).toBe(503);
  await wait(webhook);
  expect(receiver.ids).toEqual([`${jobId}.1.job.created`]);
});

it('a change that comes so late that its endpoint may have looked is not made', async () => {
  const { webhook_id } = await makeWebhook(client, new Receiver());
  const org = env.ORG.getByName(client.organization);
  const refused = { code: 'overloaded', detail: expect.stringContaining('in time') };
  expect(await org.changeWebhook(webhook_id, { enabled: false }, undefined, now - 1)).toEqual(refused);
  expect(await org.removeWebhook(webhook_id, undefined, now - 1)).toEqual(refused);
  expect(await org.webhook(webhook_id)).toMatchObject({ enabled: true });
  expect(await org.removeWebhook(webhook_id, undefined, now)).toBe(true);
});
