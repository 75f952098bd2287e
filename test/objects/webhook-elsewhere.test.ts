import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SCHEDULE } from '../../src/domain/webhook/retry';
import { FAILING_LIMIT } from '../../src/domain/webhook/webhook';
import { SecretBox } from '../../src/objects/kit/secret-box';
import { OrgDO } from '../../src/objects/org/org-do';
import { type Client, makeClient } from '../support/client';
import { webhookStub } from '../support/objects';
import { openReceivers, Receiver, until } from '../support/receiver';
import { type MadeWebhook, makeWebhook, stateOf } from '../support/webhooks';

/** An endpoint that goes to another URL while something is in flight to the one before. On a clock that the test moves. */

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
const disablings = async () => (await client.get('/api/events?types=endpoint.disabled')).json.events;

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

/** A receiver that answers nothing by itself, and what it is asked only once its gate is opened. */
function gated(status: number): { receiver: Receiver; gate: PromiseWithResolvers<void> } {
  const gate = Promise.withResolvers<void>();
  const receiver = new Receiver(async () => {
    await gate.promise;
    return new Response(null, { status });
  });
  receiver.willing = false;
  return { receiver, gate };
}

it('a 410 by the host that it no longer goes to disables nothing, and the new one is asked', async () => {
  const lines = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { receiver: first, gate } = gated(410);
  const second = new Receiver(() => new Response(null, { status: 500 }));
  second.willing = false;
  const webhook = await makeWebhook(client, first);
  // It has been disabled before: what is told of that is not told again.
  const org = env.ORG.getByName(client.organization);
  await org.disableWebhook(webhook.webhook_id, 'failing', now);
  now += 1;
  vi.setSystemTime(now);
  await patch(webhook, { enabled: true });
  const running = run(webhook);
  await until(() => first.under === 1);
  await patch(webhook, { url: second.url });
  gate.resolve();
  await running;
  // Where the test that was in flight has come to ask the new one, it waits for its retry.
  while (second.received.length === 0) await runNext(webhook);
  expect(second.types).toEqual(['endpoint.test']);
  expect(await stateOf(client, webhook)).toBe('unanswered');
  expect(await disablings()).toEqual([]);
  expect(lines.mock.calls.join()).not.toContain('endpoint_disabled');
});

it('a decision that was yet to be told when it went elsewhere disables nothing, and the new host is asked at once', async () => {
  let status = 500;
  const first = new Receiver(() => new Response(null, { status }));
  const second = new Receiver(() => new Response(null, { status: 500 }));
  [first.willing, second.willing] = [false, false];
  const webhook = await makeWebhook(client, first);
  await run(webhook);
  status = 410;
  const gate = Promise.withResolvers<void>();
  const { disableWebhook } = OrgDO.prototype;
  const deciding = vi.spyOn(OrgDO.prototype, 'disableWebhook').mockImplementation(async function (
    this: OrgDO,
    ...decision
  ) {
    await gate.promise;
    return disableWebhook.apply(this, decision);
  });
  const running = runNext(webhook);
  await until(() => deciding.mock.calls.length === 1);
  await patch(webhook, { url: second.url });
  gate.resolve();
  await running;
  await run(webhook);
  expect(second.types).toEqual(['endpoint.test']);
  expect(await disablings()).toEqual([]);
});

it('the last test that another path of its host did not answer disables nothing', async () => {
  const first = new Receiver(() => new Response(null, { status: 500 }));
  first.willing = false;
  const webhook = await makeWebhook(client, first);
  await run(webhook);
  for (let tries = 2; tries < SCHEDULE.length; tries++) await runNext(webhook);
  const gate = Promise.withResolvers<void>();
  first.answer = async ({ url }) => {
    if (!url.endsWith('/elsewhere')) await gate.promise;
    return new Response(null, { status: url.endsWith('/elsewhere') ? 204 : 500 });
  };
  const running = runNext(webhook);
  await until(() => first.under === 1);
  await patch(webhook, { url: `${first.url}/elsewhere` });
  gate.resolve();
  await running;
  await run(webhook);
  expect(first.received).toHaveLength(SCHEDULE.length + 1);
  expect(await stateOf(client, webhook)).toBe('active');
  expect(await disablings()).toEqual([]);
});

it('five days of failures by the host of before disable nothing at the first failure of the new one', async () => {
  const first = new Receiver(() => new Response(null, { status: 500 }));
  const second = new Receiver(() => new Response(null, { status: 500 }));
  second.willing = false;
  const webhook = await makeWebhook(client, first);
  await client.createJob();
  await run(webhook);
  now += FAILING_LIMIT;
  vi.setSystemTime(now);
  await patch(webhook, { url: second.url });
  await run(webhook);
  expect(second.types).toEqual(['endpoint.test']);
  expect(await stateOf(client, webhook)).toBe('unanswered');
});

it('an organization says which disabling a decision is, and 0 for one that disabled nothing', async () => {
  const { url } = new Receiver();
  const { webhook_id } = await makeWebhook(client, { url, willing: false });
  const org = env.ORG.getByName(client.organization);
  const disable = async (at: number, sentTo?: string) =>
    (await org.disableWebhook(webhook_id, 'gone', at, sentTo))?.n;
  expect(await disable(now, url)).toBe(1);
  // Told again, since its answer was lost.
  expect(await disable(now, url)).toBe(1);
  expect(await disable(now + 1, url)).toBe(0);
  await org.changeWebhook(webhook_id, { enabled: true });
  expect([await disable(now - 1, url), await disable(now + 1, `${url}/elsewhere`)]).toEqual([0, 0]);
  expect(await org.webhook(webhook_id)).toMatchObject({ enabled: true, disablings: 1 });
  // An object of an older build does not say what it was sent to.
  expect(await disable(now + 1)).toBe(2);
});

it('headers that come with another URL are not sent to the one before', async () => {
  const [first, second] = [new Receiver(), new Receiver()];
  const webhook = await makeWebhook(client, first, { headers: { Authorization: 'old' } });
  await client.createJob();
  await until(async () => ((await alarmOf(webhook)) ?? Number.POSITIVE_INFINITY) <= now);
  await evictDurableObject(stubOf(webhook));
  const gate = Promise.withResolvers<void>();
  const { open } = SecretBox.prototype;
  const opening = vi.spyOn(SecretBox.prototype, 'open').mockImplementation(async function (
    this: SecretBox,
    ...sealed
  ) {
    await gate.promise;
    return open.apply(this, sealed);
  });
  const running = run(webhook);
  await until(() => opening.mock.calls.length === 1);
  const settings = vi.spyOn(OrgDO.prototype, 'webhook');
  await patch(webhook, { url: second.url, headers: { Authorization: 'new' } });
  await until(() => settings.mock.results.length > 0);
  await settings.mock.results[0]?.value;
  await scheduler.wait(20);
  gate.resolve();
  await running;
  expect(first.received.map(({ headers }) => headers.get('authorization'))).toEqual(['old']);
  expect(second.tests.map(({ headers }) => headers.get('authorization'))).toEqual(['new']);
});
