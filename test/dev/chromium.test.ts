import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM } from './chromium-args.ts';
import { assertToldAll, HOSTILE_JOB, type Told, tellHostileStory } from './hostile-story.ts';
import { Live } from './live.ts';

/** A page that reads the stream whose address it is given, and keeps what it was told. */
const PAGE = `<!doctype html>
<title>A watched job</title>
<script>
  const told = [];
  const source = new EventSource(decodeURIComponent(location.hash.slice(1)));
  for (const event of ['snapshot', 'update', 'resync', 'end', 'message']) {
    source.addEventListener(event, ({ lastEventId, data }) => told.push({ event, lastEventId, data }));
  }
</script>`;

let live: Live;
let pages: Server;
let browser: Browser;
before(async () => {
  live = await Live.start();
  pages = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(PAGE));
  await once(pages.listen(0, '127.0.0.1'), 'listening');
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  pages?.close();
  await live?.stop();
});

test('chromium, on a page of another origin with a token: told all of it, over a SIGKILL too, and sent away for good', async () => {
  const { client } = live;
  const jobId = await client.createJob(HOSTILE_JOB);
  const { token } = (await client.post(`/api/jobs/${jobId}/tokens`, { scope: 'read' })).json;
  const page = await browser.newPage();
  const statuses: number[] = [];
  page.on('response', (answer) => {
    if (answer.url().includes('/stream')) statuses.push(answer.status());
  });
  const stream = `${client.url}/api/jobs/${jobId}/stream?token=${token}`;
  const { port } = pages.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/#${encodeURIComponent(stream)}`);
  await page.waitForFunction('told.length > 0');
  await tellHostileStory(client, jobId, async () => {
    await page.waitForFunction('told.length > 1');
    await live.crash();
  });
  await page.waitForFunction('source.readyState === EventSource.CLOSED');
  await assertToldAll((await page.evaluate('told')) as Told[], client, jobId);
  assert.deepEqual(statuses, [200, 200, 204]);
});

test('chromium, on a page of another origin with a filter token: lists, opens and follows the jobs that match, and no other', async () => {
  const { client } = live;
  const shown = await client.createJob({ job_type: 'export', tags: ['wall'] });
  const hidden = await client.createJob({ job_type: 'export', tags: ['other'] });
  const made = await client.post('/api/tokens', { scope: 'read', filter: { tag: 'wall' } });
  const page = await browser.newPage();
  const { port } = pages.address() as AddressInfo;
  const stream = `${client.url}/api/events/stream?token=${made.json.token}`;
  await page.goto(`http://127.0.0.1:${port}/#${encodeURIComponent(stream)}`);
  const read = (await page.evaluate(`(async () => {
    const headers = { Authorization: 'Bearer ${made.json.token}' };
    const get = async (path, more = {}) => {
      const answer = await fetch('${client.url}' + path, { headers: { ...headers, ...more } });
      return { status: answer.status, tag: answer.headers.get('ETag'), text: await answer.text() };
    };
    const list = await get('/api/jobs?limit=50');
    return {
      list,
      unchanged: await get('/api/jobs?limit=50', { 'If-None-Match': list.tag }),
      job: await get('/api/jobs/${shown}'),
      other: await get('/api/jobs/${hidden}'),
      change: await fetch('${client.url}/api/jobs/${shown}/cancel', { method: 'POST', headers }).catch(() => null),
    };
  })()`)) as Record<'list' | 'unchanged' | 'job' | 'other', { status: number; text: string }> & {
    change: unknown;
  };
  assert.deepEqual(
    JSON.parse(read.list.text).jobs.map(({ job_id }: { job_id: string }) => job_id),
    [shown],
  );
  assert.deepEqual([read.unchanged.status, read.job.status, read.other.status], [304, 200, 404]);
  // No page may ask for what no token opens: the browser does not send it.
  assert.equal(read.change, null);
  await page.waitForFunction('source.readyState === EventSource.OPEN');
  await client.report(hidden, { mark_completed: true });
  await client.report(shown, { mark_completed: true });
  await page.waitForFunction("told.some(({ data }) => data.includes('job.completed'))");
  const told = JSON.stringify(await page.evaluate('told'));
  assert.ok(told.includes(shown) && !told.includes(hidden), told);
  assert.equal((await client.job(shown)).status, 'completed');
});
