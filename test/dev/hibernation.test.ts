import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorker } from '../../bench/bundle.ts';
import { bundleFor } from '../../dev/service.ts';
import { type StrictFrame, StrictFrames } from '../support/strict-frames.ts';
import { Live, SECRETS } from './live.ts';

/** The runtime puts an object to sleep 10 s after its last work; a new job's alarm comes after 5 s. */
const ASLEEP = 17_000;
/** By then the stream has been kept alive at least once while the object slept: that is every 15 s. */
const KEPT_ALIVE = 16_000;

/** One each: an object that another test has left wakes once more, and would be counted. They wait side by side. */
async function startCounting(t: TestContext): Promise<Live> {
  const live = await Live.start(async (bundleDir) => {
    const serviceBundle = await bundleFor(`${bundleDir}-service`);
    await bundleWorker('test/support/counting-worker.ts', bundleDir, serviceBundle);
    return bundleDir;
  });
  t.after(() => live.stop());
  return live;
}

suite('put away by the runtime', { concurrency: true }, () => {
  test('a watched, quiet object sleeps through keep-alives, and delivers the next update over the same sockets', async (t) => {
    const { client } = await startCounting(t);
    const jobId = await client.createJob();
    const stopped = new AbortController();
    const { body } = await fetch(`${client.url}/api/jobs/${jobId}/stream`, {
      headers: { Authorization: `Bearer ${client.apiKey}` },
      signal: stopped.signal,
    });
    assert.ok(body);
    const strict = new StrictFrames();
    const reader = body.getReader();
    const next = async (): Promise<StrictFrame | undefined> => {
      for (const had = strict.frames.length; strict.frames.length === had; ) {
        const { done, value } = await reader.read();
        assert.ok(!done, 'the stream was closed');
        strict.feed(value);
      }
      return strict.frames.at(-1);
    };
    assert.equal((await next())?.event, 'snapshot');
    const update = next();

    await sleep(ASLEEP + KEPT_ALIVE);
    assert.ok(strict.comments >= 2);
    const counts = async () => (await client.get('/counts')).json;
    assert.deepEqual(await counts(), { starts: 1, watches: 1 });
    const report = await client.post(`/api/jobs/${jobId}/progress`, { processed_items: 3 });
    assert.equal(report.status, 200);
    const { event, id, data } = (await update) ?? assert.fail();
    assert.deepEqual([event, id, data.job.processed_items], ['update', '2', 3]);
    // Started anew: it had slept. Not asked for a socket again: the one of before has lived through it.
    assert.deepEqual(await counts(), { starts: 2, watches: 1 });
    stopped.abort();
  });

  /** A report and an end by the clock are published at once or by an alarm; the runtime puts an object to sleep 10 s after that. */
  const AFTER_WORK = 15_000;

  test('a job sleeps once its work is done: reports in turn, a stream that was closed, an alarm run that ended it', async (t) => {
    const { client } = await startCounting(t);
    const starts = async () => (await client.get('/counts')).json.starts as number;
    const reported = await client.createJob();
    const ended = await client.createJob({ timeout_seconds: 1 });
    const stopped = new AbortController();
    const stream = await fetch(`${client.url}/api/jobs/${reported}/stream`, {
      headers: { Authorization: `Bearer ${client.apiKey}` },
      signal: stopped.signal,
    });
    const reader = stream.body?.getReader() ?? assert.fail();
    await reader.read();
    for (const id of [reported, ended]) {
      for (const processed_items of [1, 2, 3]) {
        const report = await client.post(`/api/jobs/${id}/progress`, { processed_items });
        assert.equal(report.status, 200);
      }
    }
    stopped.abort();
    const before = await starts();
    for (;;) {
      const { status } = (await client.get(`/api/jobs/${ended}?wait=5&until=terminal`)).json;
      if (status === 'failed') break;
    }
    assert.equal(await starts(), before, 'neither has been put away yet');
    await sleep(AFTER_WORK);
    for (const id of [reported, ended]) await client.get(`/api/jobs/${id}`);
    assert.equal(await starts(), before + 2);
  });

  /** An index looks after its endpoints 10 s after the first event, once in its life where there are none. */
  const INDEX_ALARM = 10_000;

  test('index, organization and directory sleep once their work is done: creations, a feed that was awaited, lists', async (t) => {
    const { client } = await startCounting(t);
    const others = async () => (await client.get('/counts/others')).json as Record<string, number>;
    const wake = async () => {
      assert.equal((await client.get('/api/jobs/?limit=1')).status, 200);
      for (const path of ['/admin/orgs', `/admin/orgs/${client.organization}/keys`]) {
        const headers = { Authorization: `Bearer ${SECRETS.ADMIN_TOKEN}` };
        assert.equal((await fetch(client.url + path, { headers })).status, 200, path);
      }
    };
    await client.createJob();
    const { next_cursor } = (await client.get('/api/events?limit=100')).json;
    const awaited = client.get(`/api/events?wait=5&after=${next_cursor}`);
    const jobId = await client.createJob();
    assert.equal((await awaited).json.events.length, 1);
    assert.equal((await client.post(`/api/jobs/${jobId}/progress`, { mark_completed: true })).status, 200);
    await wake();
    const before = await others();
    await sleep(INDEX_ALARM + AFTER_WORK);
    await wake();
    assert.deepEqual(
      await others(),
      Object.fromEntries(Object.entries(before).map(([name, starts]) => [name, starts + 1])),
    );
  });
});
