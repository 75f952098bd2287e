import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OrgDO } from '../../src/objects/org/org-do';
import { type Client, makeClient } from '../support/client';
import { openReceivers, Receiver, until } from '../support/receiver';
import { deliveriesOf, makeWebhook } from '../support/webhooks';

/** Endpoints that are told in other words, of some statuses, or with headers of their own. */

let client: Client;

beforeEach(async () => {
  openReceivers();
  client = await makeClient();
}, 30_000);
afterEach(() => {
  vi.restoreAllMocks();
});

const patch = (webhookId: string, body: unknown) =>
  client.send('PATCH', `/api/webhooks/${webhookId}`, { body });

async function fail(fields: Record<string, unknown> = {}): Promise<string> {
  const jobId = await client.createJob(fields);
  await client.report(jobId, { mark_failed: 'the disk is full' });
  return jobId;
}

it('a chat’s endpoint is told a line for people, signed, retried and logged like any other', async () => {
  const receiver = new Receiver((_, count) => new Response(null, { status: count === 1 ? 500 : 200 }));
  const webhook = await makeWebhook(client, receiver, { format: 'slack', event_types: ['job.failed'] });
  const jobId = await fail({ name: 'Nightly <!channel>' });
  await until(() => receiver.received.length >= 1);
  await until(async () => (await deliveriesOf(client, webhook))[0]?.status === 'retrying');
  await client.post(`/api/webhooks/${webhook.webhook_id}/deliveries/2/redeliver`);
  await until(async () => (await deliveriesOf(client, webhook))[0]?.status === 'delivered');
  expect(receiver.ids).toEqual(Array(2).fill(`${jobId}.${receiver.ids[0]?.split('.')[1]}.job.failed`));
  expect(receiver.received[0]?.body).toBe(receiver.received[1]?.body);
  expect(receiver.received[0]?.json.attachments[0].fallback).toContain(
    'Nightly &lt;!channel&gt;: Job failed',
  );
  expect(receiver.signedBy(webhook.secret)).toBe(true);
});

it('an endpoint of before is sent the standard format, and a changed one its new one', async () => {
  const receiver = new Receiver();
  // As an older Worker wrote it.
  const add = OrgDO.prototype.addWebhook;
  vi.spyOn(OrgDO.prototype, 'addWebhook').mockImplementation(function (this: OrgDO, webhook) {
    const { format: _f, statuses: _s, header_names: _n, sealed_headers: _h, ...older } = webhook;
    return add.call(this, older);
  });
  const { webhook_id } = await makeWebhook(client, receiver, { event_types: ['job.created'] });
  const shown = (await client.get(`/api/webhooks/${webhook_id}`)).json;
  expect(shown).toMatchObject({ format: 'standard', statuses: null, header_names: [] });
  await client.createJob();
  await until(() => receiver.received.length === 1);
  expect(receiver.types).toEqual(['job.created']);
  expect((await patch(webhook_id, { format: 'ntfy' })).json.format).toBe('ntfy');
  await client.createJob({ name: 'Second' });
  await until(() => receiver.received.length === 2);
  expect(receiver.received[1]?.body).toBe('Second: Job created · 0 of 10');
  expect(receiver.received[1]?.headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

it('statuses let through the events of jobs in them alone; the previous revision is of one that may have had them', async () => {
  const [failures, ends] = [new Receiver(), new Receiver()];
  await makeWebhook(client, failures, { statuses: ['failed'] });
  await makeWebhook(client, ends, {
    statuses: ['failed', 'completed'],
    event_types: ['job.completed', 'job.failed'],
  });
  const done = await client.createJob();
  await client.report(done, { mark_completed: true, processed_delta: 10 });
  const failed = await fail();
  await until(() => failures.received.length >= 1 && ends.received.length >= 2);
  expect(failures.received.map(({ json }) => [json.job_id, json.type, json.previous_revision])).toEqual([
    [failed, 'job.failed', null],
  ]);
  expect(ends.types).toEqual(['job.completed', 'job.failed']);
});

it.each([
  ['cancelled', [{ stage: 'a' }, { stage: 'b' }]],
  ['completed', [{ stage: 'x', mark_completed: true }]],
] as const)(
  'with the status %s the previous revision passes over no event that was sent',
  async (status, reports) => {
    const receiver = new Receiver();
    await makeWebhook(client, receiver, { statuses: [status] });
    const jobId = await client.createJob();
    await client.report(jobId, { stage: 'before', mark_started: true });
    if (status === 'cancelled') await client.post(`/api/jobs/${jobId}/cancel`, {});
    for (const report of reports) await client.report(jobId, report);
    await until(() => receiver.received.length === reports.length + 1);
    const told = receiver.received.map(({ json }) => [json.revision, json.previous_revision]);
    const [first = [], ...rest] = told.toSorted(([a], [b]) => a - b);
    expect(first).toEqual([3, null]);
    let before = first[0];
    for (const [revision, previous] of rest) {
      expect(previous).toBe(before);
      before = revision;
    }
  },
);

it('an event that was in none of its statuses leaves no hole, whatever the job became since', async () => {
  const receiver = new Receiver();
  const event_types = ['job.stage_changed', 'job.cancel_acknowledged'];
  await makeWebhook(client, receiver, { statuses: ['cancelled'], event_types });
  const jobId = await client.createJob();
  await client.report(jobId, { stage: 'before', mark_started: true });
  await client.post(`/api/jobs/${jobId}/cancel`, {});
  await client.report(jobId, { mark_failed: 'told to stop' });
  await until(() => receiver.received.length === 1);
  expect(receiver.received.map(({ json }) => [json.type, json.revision, json.previous_revision])).toEqual([
    ['job.cancel_acknowledged', 4, null],
  ]);
});

it('its own headers go with each delivery, are kept sealed, shown by name and replaced whole', async () => {
  const receiver = new Receiver();
  const add = vi.spyOn(OrgDO.prototype, 'addWebhook');
  const headers = { Authorization: 'Bearer s3cr3t-token', 'X-Team': 'data', 'user-agent': 'ours' };
  const webhook = await makeWebhook(client, receiver, { headers, event_types: ['job.created'] });
  expect(JSON.stringify(add.mock.calls)).not.toContain('s3cr3t');
  const shown = await client.get(`/api/webhooks/${webhook.webhook_id}`);
  expect(shown.json.header_names).toEqual(['Authorization', 'X-Team', 'user-agent']);
  expect(shown.text).not.toContain('s3cr3t');
  await client.createJob();
  await until(() => receiver.received.length === 1);
  const [first] = receiver.received;
  for (const [name, value] of Object.entries(headers)) expect(first?.headers.get(name)).toBe(value);
  expect(first?.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(receiver.signedBy(webhook.secret)).toBe(true);
  expect((await patch(webhook.webhook_id, { description: 'as before' })).json.header_names).toHaveLength(3);
  expect((await patch(webhook.webhook_id, { headers: { 'X-Other': '1' } })).json.header_names).toEqual([
    'X-Other',
  ]);
  await client.createJob();
  await until(() => receiver.received.length === 2);
  expect([receiver.received[1]?.headers.get('x-other'), receiver.received[1]?.headers.get('x-team')]).toEqual(
    ['1', null],
  );
  expect((await patch(webhook.webhook_id, { headers: null })).json.header_names).toEqual([]);
});

it('the log says what was sent: not its own headers’ values, no signature, no query, and 4 KiB of the body', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(
    client,
    { url: `${receiver.url}?token=hidden` },
    { headers: { Authorization: 'Bearer hidden' }, event_types: ['job.created'] },
  );
  await client.createJob({ metadata: { long: 'ä'.repeat(5_000) }, name: 'ä'.repeat(200) });
  const created = async () =>
    (await client.get(`/api/webhooks/${webhook.webhook_id}/deliveries?event_type=job.created`)).json
      .deliveries[0];
  await until(async () => (await created())?.status === 'delivered');
  const [request] = receiver.received;
  const { sent, attempts } = await created();
  expect(sent).toMatchObject({
    ...{ url: receiver.url, format: 'standard', bytes: new TextEncoder().encode(request?.body).byteLength },
    headers: {
      ...{ authorization: '…', 'webhook-signature': '…', 'user-agent': 'Headway-Webhooks' },
      ...{
        'webhook-id': request?.headers.get('webhook-id'),
        'content-type': 'application/json; charset=utf-8',
      },
    },
  });
  expect(request?.body.startsWith(sent.body)).toBe(true);
  expect(sent.body.length).toBeGreaterThan(300);
  expect(new TextEncoder().encode(sent.body).byteLength).toBeLessThanOrEqual(4_096);
  expect(JSON.stringify(sent)).not.toMatch(/hidden|v1,/);
  expect(attempts[0]).not.toHaveProperty('sent');
  // Of a delivery that is sent again the newest attempt's alone is kept.
  await client.send('PATCH', `/api/webhooks/${webhook.webhook_id}`, { body: { format: 'slack' } });
  await client.post(`/api/webhooks/${webhook.webhook_id}/deliveries/2/redeliver`);
  await until(async () => (await created()).attempts.length === 2);
  const again = await created();
  expect(again.sent.format).toBe('slack');
  expect(JSON.parse(again.sent.body)).toHaveProperty('attachments');
});

it('its organization keeps its own headers under a newer key when it is told to', async () => {
  const headers = { 'X-Team': 'data' };
  const { webhook_id } = await makeWebhook(client, new Receiver(), { headers });
  const org = env.ORG.getByName(client.organization);
  const sealed = async () => (await org.webhook(webhook_id))?.sealed_headers ?? '';
  await org.resealWebhook(webhook_id, 'another', 'not this');
  await org.resealWebhook(webhook_id, await sealed(), 'sealed anew');
  expect(await sealed()).toBe('sealed anew');
});

it.each([
  [{ format: 'teletype' }, 'format'],
  [{ statuses: [] }, 'statuses'],
  [{ statuses: ['finished'] }, 'statuses.0'],
  [{ headers: { Host: 'a' } }, 'headers.Host'],
  [{ headers: { 'content-TYPE': 'a' } }, 'headers.content-TYPE'],
  [{ headers: { 'Content-Length': '1' } }, 'headers.Content-Length'],
  [{ headers: { 'Transfer-Encoding': 'chunked' } }, 'headers.Transfer-Encoding'],
  [{ headers: { Connection: 'close' } }, 'headers.Connection'],
  [{ headers: { 'Webhook-Id': 'a' } }, 'headers.Webhook-Id'],
  [{ headers: { 'bad name': 'a' } }, 'headers.bad name'],
  [{ headers: { 'X-A': 'a\r\nX-B: c' } }, 'headers.X-A'],
  [{ headers: { 'X-A': 'grün' } }, 'headers.X-A'],
  [{ headers: { 'X-A': '' } }, 'headers.X-A'],
  [{ headers: { 'X-A': '1', 'x-a': '2' } }, 'headers.X-A'],
  [{ headers: { a: '1', b: '1', c: '1', d: '1', e: '1', f: '1' } }, 'headers'],
])('%j is refused at %s', async (fields, path) => {
  const answer = await client.post('/api/webhooks', { url: 'https://receiver.example/', ...fields });
  expect(answer.status).toBe(422);
  expect(answer.json.errors[0].path).toBe(path);
});
