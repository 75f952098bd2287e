import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { beforeAll, expect, it } from 'vitest';
import { eventStream, type Frame } from '../../src/http/event-stream';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';
import { openStream, StreamReader } from '../support/stream';

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

const AWKWARD = 'a\r\nb\rc\nd\n\ndata: e\nid: 99\n: f\u0000\u2028\u2029\ufeff\u0085 \\ " 😀';

it('text of any kind comes through as it was sent', async () => {
  const id = await client.createJob();
  const stream = await openStream(client, id);
  await stream.next();
  await client.report(id, { message: AWKWARD, metadata_patch: { text: AWKWARD }, stage: 'a\u2028b' });
  const frame = await stream.next();
  expect(frame?.id).toBe('2');
  expect(frame?.data.job.metadata).toEqual({ text: AWKWARD, stage: 'a\u2028b', last_message: AWKWARD });
  // The stage starts the job, so that the message is the third entry: started, the stage, the message.
  expect(frame?.data.entries[2].data.message).toBe(AWKWARD);
  await stream.close();
});

it('a delivery is one write: an event, an id where it has one, data that can’t break out of its frame', async () => {
  async function* deliveries(): AsyncGenerator<Frame[] | null> {
    yield [
      { event: 'resync', data: '{}' },
      { event: 'snapshot', id: 7, data: '{"a":\r\n1,\r"b":\n2}' },
    ];
    yield null;
    yield [{ event: 'end', data: '{}' }];
  }
  const writes: string[] = [];
  for await (const chunk of eventStream(deliveries(), () => {})) writes.push(new TextDecoder().decode(chunk));
  expect(writes).toEqual([
    'retry: 2000\n\n',
    'event: resync\ndata: {}\n\nevent: snapshot\nid: 7\ndata: {"a":\ndata: 1,\ndata: "b":\ndata: 2}\n\n',
    ': \n\n',
    'event: end\ndata: {}\n\n',
  ]);
  const reader = new StreamReader(new Response(eventStream(deliveries(), () => {})));
  const frames = await reader.until(() => false);
  expect(frames.map(({ event, id }) => [event, id])).toEqual([
    ['resync', ''],
    ['snapshot', '7'],
    ['end', '7'],
  ]);
});

it('progress comes at most every 100 ms, a change of status at once, and nothing is left out', async () => {
  const id = await client.createJob({ total_items: 1_000 });
  const stream = await openStream(client, id);
  await stream.next();
  const began = Date.now();
  for (let n = 1; n <= 40; n++) await client.report(id, { processed_items: n, message: `${n}` });
  const frames = await stream.until(({ id: at }) => at === '41');
  expect(frames.length).toBeLessThanOrEqual((Date.now() - began) / 100 + 2);
  const messages = frames.flatMap(({ data }) =>
    data.entries.map((entry: { data: LogData }) => entry.data.message),
  );
  expect(messages).toEqual(['Job started', ...Array.from({ length: 40 }, (_, n) => `${n + 1}`)]);
  await client.report(id, { processed_items: 41 });
  await client.report(id, { mark_completed: true });
  expect((await stream.until(({ event }) => event === 'end')).at(-2)?.data).toMatchObject({ revision: 43 });
});

interface LogData {
  message: string;
}

it('nothing is told before it is on the disk', async () => {
  const id = await client.createJob();
  const stream = await openStream(client, id);
  await stream.next();
  const stub = await jobStub(client.organization, id);
  const written = Promise.withResolvers<void>();
  const restore = await runInDurableObject(stub, (_job, state) => {
    const prototype = Object.getPrototypeOf(state.storage) as DurableObjectStorage;
    const original = prototype.sync;
    prototype.sync = () => written.promise;
    return () => {
      prototype.sync = original;
    };
  });
  let told = false;
  const next = stream.next().then((frame) => {
    told = true;
    return frame;
  });
  expect((await client.report(id, { processed_items: 1 })).status).toBe(200);
  await scheduler.wait(200);
  expect(told).toBe(false);
  await runInDurableObject(stub, () => {
    restore();
    written.resolve();
  });
  expect(await next).toMatchObject({ event: 'update', id: '2' });
  await stream.close();
});
