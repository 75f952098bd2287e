import { evictDurableObject } from 'cloudflare:test';
import { beforeAll, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';
import { openStream } from '../support/stream';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

it('begins with the job as GET answers it, goes on with updates, ends with the job', async () => {
  const id = await client.createJob({ metadata: { a: 1 } });
  const stream = await openStream(client, id);
  expect(stream.response.status).toBe(200);
  expect(stream.response.headers.get('Content-Type')).toBe('text/event-stream');
  const first = await stream.next();
  const job = (await client.get(`/api/jobs/${id}`)).json;
  expect(first).toEqual({ event: 'snapshot', id: '1', data: { revision: 1, job } });
  expect(stream.retry).toBeGreaterThan(0);

  await client.report(id, { mark_started: true, message: 'hello', processed_items: 4 });
  const second = await stream.next();
  const {
    errors: _,
    warnings: __,
    metadata: ___,
    result: ____,
    ...summary
  } = (await client.get(`/api/jobs/${id}`)).json;
  expect(second).toMatchObject({ event: 'update', id: '2', data: { revision: 2, job: summary } });
  expect(Object.keys(second?.data.job).sort()).toEqual(Object.keys(summary).sort());
  expect(second?.data.entries).toMatchObject([
    { revision: 2, k: 0, kind: 'event', data: { type: 'job.started', status: 'in_progress' } },
    { revision: 2, k: 1, kind: 'log', data: { level: 'info', message: 'hello' } },
  ]);

  await client.report(id, { mark_completed: true });
  const rest = await stream.until(() => false);
  expect(rest.map(({ event, id }) => [event, id])).toEqual([
    ['update', '3'],
    ['end', '3'],
  ]);
  expect(rest[0]?.data).toMatchObject({
    revision: 3,
    job: { status: 'completed', progress_percentage: 100 },
  });
});

it('delivers the next update to a watcher of an object that has hibernated', async () => {
  const id = await client.createJob();
  const stream = await openStream(client, id);
  expect(await stream.next()).toMatchObject({ event: 'snapshot', id: '1' });
  const stub = await jobStub(client.organization, id);
  for (let revision = 2; revision < 5; revision++) {
    await evictDurableObject(stub);
    await client.report(id, { processed_items: revision });
    expect(await stream.next()).toMatchObject({ event: 'update', id: String(revision) });
  }
  await stream.close();
});
