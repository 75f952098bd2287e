import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseRoots } from '../../../src/domain/access/root-secret';
import { SecretBox } from '../../../src/objects/kit/secret-box';
import { type Client, makeClient } from '../../support/client';
import { webhookStub } from '../../support/objects';
import { openReceivers, Receiver, until } from '../../support/receiver';
import { deliveriesOf, makeWebhook } from '../../support/webhooks';

let client: Client;

beforeEach(async () => {
  openReceivers();
  client = await makeClient();
}, 30_000);
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const patch = (webhookId: string, body: unknown) =>
  client.send('PATCH', `/api/webhooks/${webhookId}`, { body });

describe('endpoints', () => {
  it('are made, read, listed, changed and deleted; the secret is shown once', async () => {
    const body = { url: 'https://receiver.example/hook', event_types: ['job.failed', 'job.failed'] };
    const created = await client.post('/api/webhooks', body);
    expect(created.status).toBe(201);
    expect(created.json).toEqual({
      webhook_id: expect.stringMatching(/^wh_0[0-9a-f]{32}$/),
      ...{ url: 'https://receiver.example/hook', event_types: ['job.failed'], job_types: null },
      ...{ statuses: null, format: 'standard', header_names: [] },
      ...{ description: null, enabled: true, state: 'unanswered', disabled_at: null, disabled_reason: null },
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      created_by: { type: 'key', id: client.keyId },
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const { secret, ...shown } = created.json;
    const { webhook_id: id } = shown;
    expect((await client.get(`/api/webhooks/${id}`)).json).toEqual(shown);
    expect((await client.get('/api/webhooks')).json).toEqual({ webhooks: [shown], next_cursor: null });
    const change = { event_types: null, job_types: ['import'], description: 'Feeds', enabled: false };
    const disabled_at = expect.stringMatching(/Z$/);
    const paused = { ...shown, ...change, state: 'disabled', disabled_at };
    expect((await patch(id, change)).json).toEqual(paused);
    expect((await patch(id, {})).json).toEqual(paused);
    expect((await patch(id, { url: 'https://other.example/' })).json.url).toBe('https://other.example/');
    expect((await client.send('DELETE', `/api/webhooks/${id}`)).status).toBe(204);
    expect((await client.send('DELETE', `/api/webhooks/${id}`)).status).toBe(404);
    expect((await client.get(`/api/webhooks/${id}`)).status).toBe(404);
    expect((await client.get('/api/webhooks')).json).toEqual({ webhooks: [], next_cursor: null });
    expect((await client.get('/api/webhooks')).text).not.toContain(secret);
  });

  it.each([
    [{ url: 'http://receiver.example/' }, 'url'],
    [{ url: 'https://127.1/' }, 'url'],
    [{ url: 'https://headway.test/hook' }, 'url'],
    [{ url: 'https://receiver.example/', event_types: [] }, 'event_types'],
    [{ url: 'https://receiver.example/', event_types: ['job.exploded'] }, 'event_types.0'],
    [{ url: 'https://receiver.example/', job_types: [''] }, 'job_types.0'],
    [{ url: 'https://receiver.example/', description: 'x'.repeat(201) }, 'description'],
    [{ url: 'https://receiver.example/', secret: 'whsec_own' }, 'secret'],
    [{}, 'url'],
  ])('%j is refused', async (body, path) => {
    const made = await client.post('/api/webhooks', body);
    expect(made.json).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ path }] });
    if (path === 'url' && 'url' in body) {
      const { webhook_id } = await makeWebhook(client, new Receiver());
      expect((await patch(webhook_id, body)).json).toMatchObject({ status: 422, errors: [{ path }] });
    }
  });

  it('are a hundred at most', async () => {
    for (let count = 0; count < 100; count++) await makeWebhook(client, new Receiver(), { enabled: false });
    const refused = await client.post('/api/webhooks', { url: 'https://receiver.example/' });
    expect(refused.json).toMatchObject({ status: 409, code: 'quota_exceeded' });
    expect((await client.get('/api/webhooks')).json.webhooks).toHaveLength(100);
  });
});

it('nothing that is stored shows the secret', async () => {
  const { secret, webhook_id } = await makeWebhook(client, new Receiver());
  const dump = (stub: DurableObjectStub) =>
    runInDurableObject(stub, (_object, { storage }) => {
      const tables = storage.sql.exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table'",
      );
      const names = tables.toArray().filter(({ name }) => !name.startsWith('_cf'));
      return names
        .map(({ name }) => JSON.stringify(storage.sql.exec(`SELECT * FROM ${name}`).toArray()))
        .join();
    });
  const stored =
    (await dump(env.ORG.getByName(client.organization))) +
    (await dump(webhookStub(client.organization, webhook_id)));
  expect(stored).toContain(webhook_id);
  expect(stored).not.toContain(secret.slice(6));
});

it('after a rotation both secrets sign for a day', async () => {
  const receiver = new Receiver();
  const { webhook_id, secret } = await makeWebhook(client, receiver);
  const rotated = await client.post(`/api/webhooks/${webhook_id}/rotate`);
  expect(rotated.status).toBe(200);
  expect(rotated.json.secret).not.toBe(secret);
  await client.createJob();
  await until(() => receiver.received.length === 1);
  expect(receiver.signedBy(secret)).toBe(true);
  expect(receiver.signedBy(rotated.json.secret)).toBe(true);
  const [first] = receiver.received;
  expect(first?.headers.get('webhook-signature')?.split(' ')).toHaveLength(2);

  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 24 * 3_600_000 + 1);
  await client.createJob();
  await until(async () => {
    await runInDurableObject(webhookStub(client.organization, webhook_id), (object) => object.alarm());
    return receiver.received.length === 2;
  });
  receiver.received.shift();
  expect(receiver.signedBy(secret)).toBe(false);
  expect(receiver.signedBy(rotated.json.secret)).toBe(true);
});

it('a secret sealed by an older generation is sealed anew at its next use', async () => {
  const receiver = new Receiver();
  const { webhook_id, secret } = await makeWebhook(client, receiver);
  const org = env.ORG.getByName(client.organization);
  const stored = async () => (await org.webhook(webhook_id))?.secrets[0]?.sealed ?? '';
  const old = `3:${'o'.repeat(40)},0:${env.ROOT_SECRET}`;
  const sealed = await new SecretBox(parseRoots(old)).seal(secret, `${client.organization}\0${webhook_id}`);
  await org.resealWebhook(webhook_id, await stored(), sealed);
  expect(await stored()).toMatch(/^3\./);
  const stub = webhookStub(client.organization, webhook_id);
  await runInDurableObject(stub, async (_object, state) => {
    const { WebhookDO } = await import('../../../src/objects/webhook/webhook-do');
    const moved = new WebhookDO(state, { ...env, ROOT_SECRET: `0:${env.ROOT_SECRET},3:${'o'.repeat(40)}` });
    await moved.sendTest();
    await moved.alarm();
  });
  expect(await stored()).toMatch(/^0\./);
  expect(receiver.types).toContain('endpoint.test');
  expect(receiver.signedBy(secret)).toBe(true);
});

it('a test is delivered like an event, but tried once', async () => {
  const receiver = new Receiver(() => new Response('no', { status: 500 }));
  const webhook = await makeWebhook(client, receiver, { event_types: ['job.failed'] });
  const queued = await client.post(`/api/webhooks/${webhook.webhook_id}/test`);
  expect(queued.status).toBe(202);
  expect(queued.json).toMatchObject({
    delivery_id: '2',
    event_type: 'endpoint.test',
    status: 'pending',
    attempts: [],
  });
  await until(async () => (await deliveriesOf(client, webhook))[0]?.status === 'exhausted');
  expect(receiver.types).toEqual(['endpoint.test']);
  expect(receiver.ids).toEqual([`${webhook.webhook_id}.2.endpoint.test`]);
  expect(receiver.signedBy(webhook.secret)).toBe(true);
  const [shown] = await deliveriesOf(client, webhook);
  expect(shown?.attempts[0]).toMatchObject({ status: 500, answer: 'no', error: null });
});

it('deliveries are paged, newest first, and their cursor is of this endpoint alone', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  const other = await makeWebhook(client, new Receiver(), { enabled: false });
  for (let count = 0; count < 5; count++) await client.post(`/api/webhooks/${webhook.webhook_id}/test`);
  await until(() => receiver.received.length === 5);
  const path = `/api/webhooks/${webhook.webhook_id}/deliveries`;
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { json: { deliveries: { delivery_id: string }[]; next_cursor: string | null } } =
      await client.get(`${path}?limit=2&cursor=${cursor}`);
    seen.push(...page.json.deliveries.map(({ delivery_id }) => delivery_id));
    const next = page.json.next_cursor;
    if (next !== null) {
      const foreign = await client.get(`/api/webhooks/${other.webhook_id}/deliveries?cursor=${next}`);
      expect(foreign.json.code).toBe('invalid_cursor');
    }
    cursor = next;
  }
  expect(seen).toEqual(['6', '5', '4', '3', '2', '1']);
  expect((await client.get(`${path}?status=exploded`)).status).toBe(422);
  for (const id of ['0', '7', 'x', '1e3', '-1', '999999999999999999']) {
    expect((await client.post(`${path}/${id}/redeliver`)).status).toBe(404);
  }
});

it('an endpoint that is deleted is sent nothing more and keeps nothing', async () => {
  const receiver = new Receiver();
  const { webhook_id } = await makeWebhook(client, receiver);
  await client.createJob();
  await until(() => receiver.received.length === 1);
  expect((await client.send('DELETE', `/api/webhooks/${webhook_id}`)).status).toBe(204);
  const bystander = new Receiver();
  await makeWebhook(client, bystander);
  await client.createJob();
  await until(() => bystander.received.length === 1);
  expect(receiver.received).toHaveLength(1);
  const left = await runInDurableObject(
    webhookStub(client.organization, webhook_id),
    async (_object, { storage }) => {
      const tables = storage.sql
        .exec("SELECT name FROM sqlite_master WHERE name IN ('state', 'retry')")
        .toArray();
      return { tables, alarm: await storage.getAlarm() };
    },
  );
  expect(left).toEqual({ tables: [], alarm: null });
});

it('a change is effective at once: another URL, other filters, paused and going on where it stopped', async () => {
  const [first, second] = [new Receiver(), new Receiver()];
  const { webhook_id } = await makeWebhook(client, first);
  await client.createJob();
  await until(() => first.received.length === 1);
  await patch(webhook_id, { enabled: false });
  const missed = await client.createJob();
  await patch(webhook_id, { url: second.url, enabled: true, event_types: ['job.created'] });
  await until(() => second.received.length === 1);
  expect(second.received[0]?.json.job_id).toBe(missed);
  expect(first.received).toHaveLength(1);
});
