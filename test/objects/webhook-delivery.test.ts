import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeliveryLog } from '../../src/objects/webhook/delivery-log';
import { type Client, makeClient } from '../support/client';
import { openReceivers, Receiver, until } from '../support/receiver';
import { deliveriesOf, makeWebhook } from '../support/webhooks';

let client: Client;

beforeEach(async () => {
  openReceivers();
  client = await makeClient();
}, 30_000);
afterEach(() => {
  vi.restoreAllMocks();
});

async function runJob(fields: Record<string, unknown> = {}): Promise<string> {
  const jobId = await client.createJob(fields);
  await client.report(jobId, { mark_started: true });
  await client.report(jobId, { mark_completed: true });
  return jobId;
}

it('delivers what happens to a job, signed, in order, each once', async () => {
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  const jobId = await runJob();
  await until(() => receiver.received.length >= 3);
  expect(receiver.types).toEqual(['job.created', 'job.started', 'job.completed']);
  expect(receiver.ids).toEqual([
    ...[`${jobId}.1.job.created`, `${jobId}.2.job.started`, `${jobId}.3.job.completed`],
  ]);
  expect(receiver.signedBy(webhook.secret)).toBe(true);
  const [created] = receiver.received;
  expect(created?.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(created?.json).toMatchObject({
    id: `${jobId}.1.job.created`,
    type: 'job.created',
    job_id: jobId,
    revision: 1,
    previous_revision: null,
    data: { job_id: jobId, job_type: 'import', status: 'pending', total_items: 10 },
  });
  expect(created?.json.data).not.toHaveProperty('told');
  expect(created?.json.at).toBe(new Date(created?.json.at).toISOString());
  await until(async () =>
    (await deliveriesOf(client, webhook)).every(({ status }) => status === 'delivered'),
  );
  const [newest] = await deliveriesOf(client, webhook);
  expect(newest).toMatchObject({ delivery_id: '4', event_type: 'job.completed', next_attempt_at: null });
  expect(newest?.attempts).toHaveLength(1);
  expect(newest?.attempts[0]).toMatchObject({ status: 204, error: null, answer: '' });
  expect(receiver.received).toHaveLength(3);
  const { events } = (await client.get('/api/events')).json;
  expect(receiver.received.map(({ json: { previous_revision: _, ...event } }) => event)).toEqual(events);
});

it('a new endpoint begins where the feed is, and knows no earlier revision', async () => {
  const jobId = await client.createJob();
  const receiver = new Receiver();
  await makeWebhook(client, receiver);
  await client.report(jobId, { mark_started: true });
  await client.report(jobId, { mark_completed: true });
  await until(() => receiver.received.length >= 2);
  expect(receiver.types).toEqual(['job.started', 'job.completed']);
  expect(receiver.received.map(({ json }) => json.previous_revision)).toEqual([null, 2]);
});

it('filters by event and by job type; the previous revision is of the last event that matched', async () => {
  const [ends, exports, all] = [new Receiver(), new Receiver(), new Receiver()];
  await makeWebhook(client, ends, { event_types: ['job.created', 'job.completed'] });
  await makeWebhook(client, exports, { job_types: ['export', 'crawl'] });
  await makeWebhook(client, all);
  const jobId = await client.createJob();
  await client.report(jobId, { mark_started: true, stage: 'reading' });
  await client.report(jobId, { stage: 'writing' });
  await client.report(jobId, { mark_completed: true });
  const exported = await runJob({ job_type: 'export' });
  await until(() => all.received.length >= 8 && ends.received.length >= 4 && exports.received.length >= 3);
  const seen = (receiver: Receiver, id: string) =>
    receiver.received
      .filter(({ json }) => json.job_id === id)
      .map(({ json }) => `${json.type} ${json.revision} after ${json.previous_revision}`);
  expect(seen(all, jobId)).toEqual([
    'job.created 1 after null',
    'job.started 2 after 1',
    'job.stage_changed 2 after 2',
    'job.stage_changed 3 after 2',
    'job.completed 4 after 3',
  ]);
  expect(seen(ends, jobId)).toEqual(['job.created 1 after null', 'job.completed 4 after 1']);
  expect(seen(exports, jobId)).toEqual([]);
  expect(seen(exports, exported)).toHaveLength(3);
});

describe('what is a success', () => {
  it.each([
    ['200', () => new Response('thanks'), 200],
    ['299', () => new Response('thanks', { status: 299 }), 299],
    ['302', () => new Response(null, { status: 302, headers: { Location: 'https://x.example/' } }), 302],
    ['400', () => new Response('no', { status: 400 }), 400],
    ['500', () => new Response('broken', { status: 500 }), 500],
    ['nothing for too long', () => new Promise<Response>(() => undefined), null],
    ['no connection', () => Promise.reject(new TypeError('reset')), null],
  ])('%s', async (_, answer, status) => {
    const receiver = new Receiver(answer);
    const webhook = await makeWebhook(client, receiver, { event_types: ['job.created'] });
    await client.createJob();
    const delivered = status === 200 || status === 299 ? 'delivered' : 'retrying';
    const created = async () => (await deliveriesOf(client, webhook, '?event_type=job.created'))[0];
    await until(async () => (await created())?.status === delivered);
    const delivery = await created();
    expect(delivery?.attempts).toHaveLength(1);
    expect(delivery?.attempts[0]?.status).toBe(status);
    expect((delivery?.next_attempt_at ?? null) === null).toBe(delivered === 'delivered');
  });

  it('a body that never ends is a time-out, a huge one is read in part', async () => {
    const chunk = new Uint8Array(16_384).fill(0x61);
    let sent = 0;
    const endless = (pause: number) =>
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          await scheduler.wait(pause);
          sent += chunk.length;
          controller.enqueue(chunk.slice(0, pause === 0 ? chunk.length : 1));
        },
      });
    const huge = new Receiver(() => new Response(endless(0)));
    const drip = new Receiver(() => new Response(endless(50)));
    const webhooks = await Promise.all(
      [huge, drip].map((one) => makeWebhook(client, one, { event_types: ['job.created'] })),
    );
    await client.createJob();
    const statuses = async () =>
      Promise.all(webhooks.map(async (one) => (await deliveriesOf(client, one))[0]?.status));
    await until(async () => (await statuses()).join() === 'delivered,retrying');
    const [read, dripped] = await Promise.all(webhooks.map((one) => deliveriesOf(client, one)));
    expect(read?.[0]?.attempts.at(-1)).toMatchObject({ status: 200, answer: 'a'.repeat(1_024) });
    expect(dripped?.[0]?.attempts[0]).toMatchObject({ status: null, error: 'timeout' });
    expect(sent).toBeLessThan(1_000_000);
  });
});

it('events of a job keep their order and four are in flight at most, of a job one', async () => {
  const flying = new Set<string>();
  let together = 0;
  const receiver = new Receiver(async ({ json }) => {
    if (flying.has(json.job_id)) together += 1;
    flying.add(json.job_id);
    await scheduler.wait(10);
    flying.delete(json.job_id);
    return new Response(null, { status: 200 });
  });
  await makeWebhook(client, receiver);
  const jobs = await Promise.all(Array.from({ length: 8 }, () => client.createJob()));
  await Promise.all(
    jobs.map(async (jobId) => {
      for (let stage = 0; stage < 5; stage++) await client.report(jobId, { stage: `s${stage}` });
    }),
  );
  // The first stage starts the job: two events of one revision.
  await until(() => receiver.received.length >= 56);
  expect(receiver.most).toBe(4);
  expect(together).toBe(0);
  for (const jobId of jobs) {
    const revisions = receiver.received
      .filter(({ json }) => json.job_id === jobId)
      .map(({ json }) => json.revision);
    expect(revisions).toEqual([1, 2, 2, 3, 4, 5, 6]);
  }
});

it('one that is retried holds back nothing; the same bytes come again', async () => {
  const receiver = new Receiver(({ json }) => {
    return new Response('', { status: json.type === 'job.started' ? 500 : 200 });
  });
  const webhook = await makeWebhook(client, receiver);
  await runJob();
  await until(() => receiver.received.length >= 3);
  expect(receiver.types).toEqual(['job.created', 'job.started', 'job.completed']);
  expect(receiver.received[2]?.json.previous_revision).toBe(2);
  const [, started] = (await deliveriesOf(client, webhook)) as [unknown, { delivery_id: string }];
  receiver.answer = () => new Response(null, { status: 200 });
  const path = `/api/webhooks/${webhook.webhook_id}/deliveries/${started.delivery_id}/redeliver`;
  expect((await client.post(path)).status).toBe(202);
  await until(() => receiver.received.length >= 4);
  const [, first, , again] = receiver.received;
  expect(again?.body).toBe(first?.body);
  expect(again?.headers.get('webhook-id')).toBe(first?.headers.get('webhook-id'));
  expect(receiver.signedBy(webhook.secret)).toBe(true);
  await until(async () =>
    (await deliveriesOf(client, webhook)).every(({ status }) => status === 'delivered'),
  );
  expect((await deliveriesOf(client, webhook, '?job_id=x')).length).toBe(0);
  const { job_id, id } = first?.json ?? {};
  for (const [filter, count] of [
    [`job_id=${job_id.toUpperCase()}`, 3],
    [`event_id=${id.toUpperCase()}`, 1],
  ]) {
    expect(await deliveriesOf(client, webhook, `?${filter}`), `${filter}`).toHaveLength(Number(count));
  }
  expect((await deliveriesOf(client, webhook, '?event_type=job.started'))[0]?.attempts).toHaveLength(2);
});

it('a page that can’t be written whole is not written at all, and is read again', async () => {
  const receiver = new Receiver();
  await makeWebhook(client, receiver);
  const add = DeliveryLog.prototype.add;
  let calls = 0;
  vi.spyOn(DeliveryLog.prototype, 'add').mockImplementation(function broken(this: DeliveryLog, ...row) {
    calls += 1;
    if (calls === 2) throw new Error('the disk is away');
    return add.apply(this, row);
  });
  await Promise.all(Array.from({ length: 6 }, () => client.createJob()));
  await until(() => receiver.received.length >= 6);
  expect(calls).toBeGreaterThan(6);
  expect(new Set(receiver.ids).size).toBe(6);
});

it('a slow endpoint delays nobody', async () => {
  const slow = new Receiver(() => new Promise<Response>(() => undefined));
  const quick = new Receiver();
  await makeWebhook(client, slow);
  await makeWebhook(client, quick);
  const jobs = await Promise.all(Array.from({ length: 12 }, () => client.createJob()));
  await until(() => quick.received.length >= jobs.length);
  expect(slow.received.length).toBeLessThan(jobs.length);
});

it('410 disables the endpoint, and the feed says so once', async () => {
  const gone = new Receiver(() => new Response(null, { status: 410 }));
  const other = new Receiver();
  const webhook = await makeWebhook(client, { url: `${gone.url}?token=secret` });
  await makeWebhook(client, other, { event_types: ['endpoint.disabled'] });
  await client.createJob();
  await until(() => other.received.length >= 1);
  expect(other.received[0]?.json).toMatchObject({
    id: `${webhook.webhook_id}.1.endpoint.disabled`,
    type: 'endpoint.disabled',
    job_id: null,
    revision: null,
    data: { webhook_id: webhook.webhook_id, url: gone.url },
  });
  const shown = (await client.get(`/api/webhooks/${webhook.webhook_id}`)).json;
  expect(shown).toMatchObject({ enabled: false, disabled_reason: 'gone' });
  const sent = gone.received.length;
  await client.createJob();
  expect((await client.post(`/api/webhooks/${webhook.webhook_id}/test`)).json.code).toBe('webhook_disabled');

  gone.answer = () => new Response(null, { status: 200 });
  const patched = await client.send('PATCH', `/api/webhooks/${webhook.webhook_id}`, {
    body: { enabled: true },
  });
  expect(patched.json).toMatchObject({ enabled: true, disabled_at: null, disabled_reason: null });
  await until(() => gone.types.filter((type) => type === 'job.created').length >= sent + 1);
  expect(other.received).toHaveLength(1);
});
