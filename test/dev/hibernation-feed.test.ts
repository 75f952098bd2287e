import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorker } from '../../bench/bundle.ts';
import { bundleFor } from '../../dev/service.ts';
import { Live } from './live.ts';

/** An event's alarm, which looks for endpoints that missed it, comes 10 s after it; the runtime puts an object to sleep 10 s after that. */
const ASLEEP = 26_000;

let live: Live;
before(async () => {
  live = await Live.start(async (bundleDir) => {
    const serviceBundle = await bundleFor(`${bundleDir}-service`);
    await bundleWorker('test/support/counting-worker.ts', bundleDir, serviceBundle);
    return bundleDir;
  });
});
after(() => live.stop());

test('an index that is waited for sleeps ten seconds after its last work, and tells its readers once it is woken', async () => {
  const { client } = live;
  await client.createJob();
  const cursor = (await client.get('/api/events')).json.next_cursor;
  const stopped = new AbortController();
  const streams = await Promise.all(
    ['', '&types=job.created', '&types=job.failed'].map((filter) =>
      fetch(`${client.url}/api/events/stream?after=${cursor}${filter}`, {
        headers: { Authorization: `Bearer ${client.apiKey}` },
        signal: stopped.signal,
      }),
    ),
  );
  const readers = streams.map(({ body }) => new Reader(body ?? assert.fail()));
  const told = readers.slice(0, 2).map((reader) => reader.event());
  void readers[2]?.event().catch(() => undefined);
  const poll = client.get(`/api/events?after=${cursor}&wait=60`);

  await sleep(ASLEEP);
  for (const reader of readers) assert.ok(reader.comments >= 1);
  const counts = async () => (await client.get('/index-counts')).json;
  const before = await counts();
  assert.equal(before.watches, 4);
  const jobId = await client.createJob();
  const id = `${jobId}.1.job.created`;
  for (const event of told) assert.equal((await event).id, id);
  assert.deepEqual(
    (await poll).json.events.map((event: { id: string }) => event.id),
    [id],
  );
  // Started anew: it had slept. Not asked for a socket again: those of before have lived through it.
  assert.deepEqual(await counts(), { starts: before.starts + 1, watches: 4 });
  stopped.abort();
});

/** Reads a stream of the feed to its first event. */
class Reader {
  readonly #decoder = new TextDecoder();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = '';

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  get comments(): number {
    return this.#text.match(/^:/gm)?.length ?? 0;
  }

  async event(): Promise<{ id: string }> {
    for (;;) {
      const data = /^data: (.+)\n\n/m.exec(this.#text)?.[1];
      if (data !== undefined) return JSON.parse(data);
      const { done, value } = await this.#reader.read();
      assert.ok(!done, 'the stream was closed');
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }
}
