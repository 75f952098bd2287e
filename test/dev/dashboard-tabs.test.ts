/** Tabs of one browser share one stream; whatever becomes of the tab that reads it, none of them misses anything. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './chromium-args.ts';
import { holdBack, rowIn, signIn, streamsOf, turn, until } from './dashboard-visitor.ts';
import { Live } from './live.ts';

let live: Live;
let browser: Browser;
let context: BrowserContext;

before(async () => {
  live = await Live.start();
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  await live?.stop();
});
beforeEach(async () => {
  await context?.close();
  context = await browser.newContext();
  context.setDefaultTimeout(30_000);
  await signIn(await context.newPage(), live.client);
});

const report = (jobId: string, body: Record<string, unknown>) => live.client.report(jobId, body);

/** The tab that signed in, which leads, and another one beside it. */
async function tabs(): Promise<[leader: Page, other: Page]> {
  const [leader] = context.pages();
  if (leader === undefined) throw new Error('nobody has signed in');
  await leader.getByText('live', { exact: true }).waitFor();
  return [leader, await context.newPage()];
}

/** Has a tab's list show a job. */
async function showing(page: Page, id: string): Promise<void> {
  await page.reload();
  await rowIn(page, id).waitFor();
  await page.getByText('live', { exact: true }).waitFor();
}

test('a tab whose leader is frozen reads by itself, until the leader is awake again', async () => {
  const { client } = live;
  const id = await client.createJob({ job_type: 'sync', name: 'Frozen' });
  const [leader, other] = await tabs();
  const streams = streamsOf(other);
  await showing(leader, id);
  await other.goto(`${client.url}/ui/`);
  await other.getByText('live', { exact: true }).waitFor();
  assert.equal(streams(), 0);
  // Nothing of its scripts runs from here on, as in a tab that the browser has put to sleep.
  const session = await context.newCDPSession(leader);
  await session.send('Debugger.enable');
  await session.send('Debugger.pause');
  await report(id, { mark_started: true, stage: 'unheard' });
  await rowIn(other, id).getByText('unheard').waitFor();
  assert.equal(streams(), 1);
  const closed = other.waitForEvent('requestfailed', (request) => request.url().includes('/events/stream'));
  await session.send('Debugger.disable');
  await closed;
  await report(id, { stage: 'awake' });
  for (const page of [leader, other]) await rowIn(page, id).getByText('awake').waitFor();
  assert.equal(streams(), 1);
});

test('a tab that was hidden for a minute shows what happened meanwhile, with no stream of its own', async () => {
  const { client } = live;
  const id = await client.createJob({ job_type: 'sync', name: 'Hidden' });
  const [leader, other] = await tabs();
  await showing(leader, id);
  const streams = streamsOf(leader);
  await other.clock.install();
  await other.goto(`${client.url}/ui/`);
  await rowIn(other, id).waitFor();
  await other.getByText('live', { exact: true }).waitFor();
  await turn(other, 'hidden');
  await other.clock.fastForward(61_000);
  await report(id, { mark_started: true, stage: 'unseen' });
  await rowIn(leader, id).getByText('unseen').waitFor();
  await turn(other, 'visible');
  await rowIn(other, id).getByText('unseen').waitFor();
  await other.getByText('live', { exact: true }).waitFor();
  assert.equal(streams(), 0);
});

test('what happens while a tab reads its list is shown there too', async () => {
  const { client } = live;
  const id = await client.createJob({ job_type: 'sync', name: 'Between' });
  const [leader, other] = await tabs();
  await showing(leader, id);
  const list = await holdBack(other, /\/api\/jobs\?/);
  await other.goto(`${client.url}/ui/`);
  await list.isRead;
  await report(id, { mark_started: true, stage: 'passed on' });
  await rowIn(leader, id).getByText('passed on').waitFor();
  list.tell();
  await rowIn(other, id).getByText('passed on').waitFor();
});

test('a tab that is opened behind another and never seen closes its stream', async () => {
  const page = await context.newPage();
  await page.addInitScript(
    `Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })`,
  );
  for (const other of context.pages()) if (other !== page) await other.close();
  await page.clock.install();
  await page.goto(`${live.client.url}/ui/`);
  await page.getByText('live', { exact: true }).waitFor();
  // Whoever has a stream has the lock.
  const held = () => page.evaluate('navigator.locks.query().then(({ held }) => held.length)');
  const holds = async (count: number) => {
    for (let n = 0; n < 600 && (await held()) !== count; n++) await pause(100);
    assert.equal(await held(), count);
  };
  await holds(1);
  await page.clock.fastForward(61_000);
  await holds(0);
});

/** Has the next `times` streams of the organization's events be refused to a page. */
const refuse = (page: Page, status: number, code: string, times?: number) =>
  page.route(
    /\/api\/events\/stream/,
    (route) => route.fulfill({ status, json: { code, detail: 'No stream.' } }),
    times === undefined ? {} : { times },
  );

test('a page without a list comes back to its stream: at once where its cursor is too old, else after a pause', async () => {
  const [page] = await tabs();
  const streams = streamsOf(page);
  await page.clock.install();
  await refuse(page, 410, 'cursor_expired', 1);
  await page.goto(`${live.client.url}/ui/access`);
  await until(() => streams() === 2);
  await refuse(page, 403, 'organization_suspended', 1);
  const refused = page.waitForResponse((answer) => answer.status() === 403);
  await page.reload();
  await (await refused).finished();
  await until(() => streams() === 3);
  await pause(1_000);
  assert.equal(streams(), 3);
  await page.clock.fastForward(31_000);
  await until(() => streams() === 4);
});

test('a list whose stream is refused says so, and asks again after a pause', async () => {
  const [page] = await tabs();
  const streams = streamsOf(page);
  await page.clock.install();
  await refuse(page, 409, 'quota_exceeded');
  await page.goto(`${live.client.url}/ui/`);
  await page.getByRole('alert').getByText('No stream.').waitFor();
  await pause(2_000);
  // One of the list, one of the page.
  assert.ok(streams() <= 2, `${streams()} streams`);
  await page.unrouteAll({ behavior: 'wait' });
  await page.clock.fastForward(31_000);
  await page.getByText('live', { exact: true }).waitFor();
  await page.getByRole('alert').waitFor({ state: 'detached' });
});

test('a job’s page that was hidden for a minute has no stream, and goes on from what it shows once it is seen', async () => {
  const { client } = live;
  const id = await client.createJob({ name: 'Unwatched', total_items: 10 });
  const [, page] = await tabs();
  const isOwn = (url: string) => url.includes(`/jobs/${id}/stream`);
  await page.clock.install();
  await page.goto(`${client.url}/ui/jobs/${id}`);
  await page.getByRole('heading', { name: 'Unwatched' }).waitFor();
  await turn(page, 'hidden');
  const closed = page.waitForEvent('requestfailed', (request) => isOwn(request.url()));
  // Second by second: in one leap the stream would fall silent, and be sought again, before it is ended.
  await page.clock.runFor(61_000);
  await closed;
  let opened = 0;
  page.on('request', (request) => {
    if (isOwn(request.url())) opened++;
  });
  await report(id, { mark_started: true, processed_items: 5 });
  await pause(2_000);
  assert.equal(opened, 0);
  await page.getByRole('heading', { name: 'Unwatched' }).waitFor();
  await turn(page, 'visible');
  await page.getByText('50 %').waitFor();
  assert.equal(opened, 1);
});
