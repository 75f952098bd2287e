/** The polyfill that many pages use, over a connection that is torn in the middle of an event. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { assertToldAll, HOSTILE_JOB, type Told, tellHostileStory } from './hostile-story.ts';
import { Live } from './live.ts';
import { TornProxy } from './torn-proxy.ts';

/** What is used of the package, which has no types. */
interface Polyfill extends EventTarget {
  readyState: number;
  close(): void;
}
const { EventSourcePolyfill } = createRequire(import.meta.url)('event-source-polyfill') as {
  EventSourcePolyfill: new (url: string) => Polyfill;
};
const CLOSED = 2;

let live: Live;
let proxy: TornProxy;
const sources: Polyfill[] = [];
before(async () => {
  live = await Live.start();
  proxy = await TornProxy.before(live.client.url);
});
after(async () => {
  for (const source of sources) source.close();
  await proxy?.stop();
  await live?.stop();
});

/** Opens a job's stream through the proxy: what was told, and the positions that were asked for in the query. */
async function watch(jobId: string) {
  const { token } = (await live.client.post(`/api/jobs/${jobId}/tokens`, { scope: 'read' })).json;
  const source = new EventSourcePolyfill(`${proxy.url}/api/jobs/${jobId}/stream?token=${token}`);
  sources.push(source);
  const told: Told[] = [];
  for (const event of ['snapshot', 'update', 'resync', 'end', 'message']) {
    source.addEventListener(event, (one) => {
      const { lastEventId, data } = one as Event & Told;
      told.push({ event, lastEventId, data });
    });
  }
  return { source, told };
}

async function until(sees: () => boolean, what: () => unknown): Promise<void> {
  for (const end = Date.now() + 30_000; !sees(); ) {
    assert.ok(Date.now() < end, `not in time: ${JSON.stringify(what())}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('event-source-polyfill: each tear is resumed by ?lastEventId=, without a gap, a double or a snapshot', async () => {
  const { client } = live;
  const jobId = await client.createJob();
  const { source, told } = await watch(jobId);
  await until(
    () => told.length === 1,
    () => told,
  );
  for (let revision = 2; revision <= 5; revision++) {
    proxy.tear();
    await client.report(jobId, { message: `line ${revision}` });
    await until(
      () => told.at(-1)?.lastEventId === String(revision),
      () => told,
    );
  }
  assert.equal(proxy.torn, 4);
  await client.report(jobId, { mark_completed: true });
  await until(
    () => source.readyState === CLOSED,
    () => told,
  );
  assert.deepEqual(
    told.map(({ event, lastEventId }) => [event, lastEventId]),
    [['snapshot', '1'], ...['2', '3', '4', '5', '6'].map((id) => ['update', id]), ['end', '6']],
  );
});

test('event-source-polyfill: told all of a hostile story over a tear, and sent away for good at its end', async () => {
  const { client } = live;
  const jobId = await client.createJob(HOSTILE_JOB);
  const { source, told } = await watch(jobId);
  await until(
    () => told.length === 1,
    () => told,
  );
  const torn = proxy.torn;
  await tellHostileStory(client, jobId, async () => proxy.tear());
  await until(
    () => source.readyState === CLOSED,
    () => told.at(-1),
  );
  assert.equal(proxy.torn, torn + 1);
  await assertToldAll(told, client, jobId);
});
