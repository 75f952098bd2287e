import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SCHEDULE } from '../../src/domain/webhook/retry';
import { shardOf } from '../../src/objects/address';
import { OrgDO } from '../../src/objects/org/org-do';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { webhookStub } from '../support/objects';
import { openReceivers, Receiver, until } from '../support/receiver';
import { deliveriesOf, type MadeWebhook, makeWebhook, stateOf } from '../support/webhooks';

/** Until its host has answered `endpoint.test` by a 2xx, an endpoint's events wait. On a clock that the test moves. */

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

/** A receiver that answers nothing by itself. */
function unwilling(status: number): { receiver: Receiver; say: (status: number) => void } {
  let says = status;
  const receiver = new Receiver(() => new Response('', { status: says }));
  receiver.willing = false;
  return {
    receiver,
    say: (next) => {
      says = next;
    },
  };
}

const stubOf = ({ webhook_id }: MadeWebhook) => webhookStub(client.organization, webhook_id);
const alarmOf = (webhook: MadeWebhook) =>
  runInDurableObject(stubOf(webhook), (_object, { storage }) => storage.getAlarm());

/** Lets the endpoint do what is due. */
async function run(webhook: MadeWebhook): Promise<void> {
  await until(async () => ((await alarmOf(webhook)) ?? Number.POSITIVE_INFINITY) <= now);
  await runDurableObjectAlarm(stubOf(webhook));
}

/** Moves the clock to the endpoint's alarm, and runs it. */
async function runNext(webhook: MadeWebhook): Promise<void> {
  now = (await alarmOf(webhook)) ?? now;
  vi.setSystemTime(now);
  await run(webhook);
}

const patch = (webhook: MadeWebhook, body: object) =>
  client.send('PATCH', `/api/webhooks/${webhook.webhook_id}`, { body });

it('a new endpoint is sent a signed test at once, and its events from its creation on once that is answered', async () => {
  const { receiver, say } = unwilling(500);
  await client.createJob();
  const webhook = await makeWebhook(client, receiver);
  expect(await stateOf(client, webhook)).toBe('unanswered');
  await run(webhook);
  expect(receiver.types).toEqual(['endpoint.test']);
  expect(receiver.signedBy(webhook.secret)).toBe(true);
  const jobId = await client.createJob();
  await client.report(jobId, { mark_started: true });
  const pulls = vi.spyOn(OrgIndexDO.prototype, 'pull');
  await runNext(webhook);
  expect(receiver.types).toEqual(['endpoint.test', 'endpoint.test']);
  expect(pulls.mock.calls.map(([{ intent }]) => intent)).toEqual(['leave']);
  expect(await deliveriesOf(client, webhook)).toHaveLength(1);
  await evictDurableObject(stubOf(webhook));
  say(204);
  await runNext(webhook);
  await until(() => receiver.received.length === 5);
  expect(receiver.ids).toEqual([
    ...Array.from({ length: 3 }, () => `${webhook.webhook_id}.1.endpoint.test`),
    ...[`${jobId}.1.job.created`, `${jobId}.2.job.started`],
  ]);
  expect(await stateOf(client, webhook)).toBe('active');
  // From here on it is poked like any other.
  await client.report(jobId, { mark_completed: true });
  await run(webhook);
  expect(receiver.types.at(-1)).toBe('job.completed');
});

it('while a test waits for its answer, one that is asked for is that one, and nothing else is sent', async () => {
  const { receiver, say } = unwilling(500);
  const webhook = await makeWebhook(client, receiver);
  await run(webhook);
  const path = `/api/webhooks/${webhook.webhook_id}`;
  const refused = await client.post(`${path}/deliveries/1/redeliver`);
  expect(refused).toMatchObject({ status: 409, json: { code: 'webhook_unanswered' } });
  expect(refused.json.detail).toContain('/test');
  say(200);
  expect((await client.post(`${path}/test`)).json).toMatchObject({ delivery_id: '1', status: 'retrying' });
  await run(webhook);
  expect(await stateOf(client, webhook)).toBe('active');
  expect(receiver.ids).toEqual(Array.from({ length: 2 }, () => `${webhook.webhook_id}.1.endpoint.test`));
  expect((await client.post(`${path}/test`)).json.delivery_id).toBe('2');
});

it('a test that is asked for before the endpoint has sent its own is that one, of a new host too', async () => {
  const [first, second] = [unwilling(204).receiver, unwilling(204).receiver];
  const webhook = await makeWebhook(client, first);
  const path = `/api/webhooks/${webhook.webhook_id}`;
  expect((await client.post(`${path}/test`)).json).toMatchObject({ delivery_id: '1', status: 'pending' });
  await run(webhook);
  expect(await stateOf(client, webhook)).toBe('active');
  await patch(webhook, { url: second.url });
  expect((await client.post(`${path}/test`)).json).toMatchObject({ delivery_id: '2', status: 'pending' });
  await run(webhook);
  expect(await stateOf(client, webhook)).toBe('active');
  expect([first.types, second.types]).toEqual([['endpoint.test'], ['endpoint.test']]);
});

it('a test that is never answered disables the endpoint; enabled again it is asked anew, and nothing is lost', async () => {
  const { receiver, say } = unwilling(503);
  // Its own endpoint.disabled, in another shard, may come before or after.
  const webhook = await makeWebhook(client, receiver, { event_types: ['job.created'] });
  await run(webhook);
  const jobId = await client.createJob();
  for (let tries = 1; tries < SCHEDULE.length; tries++) await runNext(webhook);
  expect(receiver.received).toHaveLength(SCHEDULE.length);
  const shown = (await client.get(`/api/webhooks/${webhook.webhook_id}`)).json;
  expect(shown).toMatchObject({ enabled: false, state: 'disabled', disabled_reason: 'unanswered' });
  const { events } = (await client.get('/api/events?types=endpoint.disabled')).json;
  expect(events).toMatchObject([{ data: { webhook_id: webhook.webhook_id } }]);
  say(200);
  expect((await patch(webhook, { enabled: true })).json).toMatchObject({
    ...{ state: 'unanswered', disabled_at: null },
  });
  await run(webhook);
  await until(() => receiver.types.at(-1) === 'job.created');
  expect(receiver.ids.slice(-2)).toEqual([`${webhook.webhook_id}.2.endpoint.test`, `${jobId}.1.job.created`]);
});

it('another host has to answer for itself before it is sent anything, what is to be sent again included', async () => {
  const first = new Receiver(() => new Response('', { status: 500 }));
  const { receiver: second, say } = unwilling(500);
  const webhook = await makeWebhook(client, first);
  const jobId = await client.createJob();
  await run(webhook);
  expect(first.types).toEqual(['job.created']);
  // Another path of the host that has answered is no other host.
  expect((await patch(webhook, { url: `${first.url}/elsewhere` })).json.state).toBe('active');
  expect((await patch(webhook, { url: second.url })).json.state).toBe('unanswered');
  await run(webhook);
  expect(second.types).toEqual(['endpoint.test']);
  now += 60_000;
  vi.setSystemTime(now);
  await run(webhook);
  expect(second.types).toEqual(['endpoint.test', 'endpoint.test']);
  say(200);
  await runNext(webhook);
  await until(() => second.types.includes('job.created'));
  expect(second.ids).toContain(`${jobId}.1.job.created`);
  expect(first.received).toHaveLength(1);
});

it('an answer by the host that it no longer goes to is none', async () => {
  const { receiver: second } = unwilling(500);
  const gate = Promise.withResolvers<void>();
  const first = new Receiver(async () => {
    await gate.promise;
    return new Response(null, { status: 204 });
  });
  first.willing = false;
  const webhook = await makeWebhook(client, first);
  const running = run(webhook);
  await until(() => first.under === 1);
  await patch(webhook, { url: second.url });
  gate.resolve();
  await running;
  await until(() => second.received.length === 1);
  expect(await stateOf(client, webhook)).toBe('unanswered');
});

it('an answer that could not be told is told by the next run, after an eviction too', async () => {
  const { receiver } = unwilling(200);
  const webhook = await makeWebhook(client, receiver);
  const away = vi.spyOn(OrgDO.prototype, 'webhookAnswered').mockRejectedValue(new Error('away'));
  await run(webhook);
  expect(away).toHaveBeenCalled();
  expect(await stateOf(client, webhook)).toBe('unanswered');
  away.mockRestore();
  await evictDurableObject(stubOf(webhook));
  await runNext(webhook);
  expect(await stateOf(client, webhook)).toBe('active');
  expect(receiver.types).toEqual(['endpoint.test']);
});

it('an answer that comes once its run is over is told by the next', async () => {
  const { receiver } = unwilling(204);
  receiver.answer = () => {
    now += 61_000;
    vi.setSystemTime(now);
    return new Response(null, { status: 204 });
  };
  const webhook = await makeWebhook(client, receiver);
  await run(webhook);
  expect(await deliveriesOf(client, webhook)).toMatchObject([{ status: 'delivered' }]);
  await run(webhook);
  expect(await stateOf(client, webhook)).toBe('active');
  expect(receiver.types).toEqual(['endpoint.test']);
});

it('an endpoint of before is asked nothing until it goes to another host', async () => {
  const { receiver } = unwilling(204);
  const webhook = await makeWebhook(client, receiver);
  await runInDurableObject(env.ORG.getByName(client.organization), (_object, { storage }) => {
    storage.sql.exec("UPDATE webhook SET body = json_remove(body, '$.answered_at', '$.asked_at')");
  });
  expect(await stateOf(client, webhook)).toBe('active');
  await client.createJob();
  await run(webhook);
  expect(receiver.types).toEqual(['job.created']);
  expect((await patch(webhook, { url: unwilling(500).receiver.url })).json.state).toBe('unanswered');
});

it('one that its owner disables says since when, and is asked once it is enabled', async () => {
  const { receiver } = unwilling(204);
  const webhook = await makeWebhook(client, receiver, { enabled: false });
  const made = (await client.get(`/api/webhooks/${webhook.webhook_id}`)).json;
  expect(made).toMatchObject({ state: 'disabled', disabled_at: made.created_at, disabled_reason: null });
  await patch(webhook, { enabled: true });
  await run(webhook);
  expect(await stateOf(client, webhook)).toBe('active');
  now += 1_000;
  vi.setSystemTime(now);
  const paused = (await patch(webhook, { enabled: false })).json;
  expect(paused).toMatchObject({ disabled_at: new Date(now).toISOString(), disabled_reason: null });
  // It has answered before: enabled again it goes on where it stopped.
  expect((await patch(webhook, { enabled: true })).json).toMatchObject({
    state: 'active',
    disabled_at: null,
  });
});

it('a shard that has spoken while it waited for the answer does not stand for the others', async () => {
  const { receiver, say } = unwilling(500);
  // Its shard knows its readers from the first event on.
  await client.createJob();
  const webhook = await makeWebhook(client, receiver, { event_types: ['job.created'] });
  await run(webhook);
  const jobId = await client.createJob();
  // What another shard has said before it was left comes to an instance that knows nothing yet.
  await evictDurableObject(stubOf(webhook));
  await stubOf(webhook).poke(shardOf(jobId) === 0 ? 1 : 0);
  await run(webhook);
  expect(receiver.types).toEqual(['endpoint.test']);
  say(204);
  await runNext(webhook);
  await until(() => receiver.ids.at(-1) === `${jobId}.1.job.created`);
});
