/** A job’s page in a real browser, while the job and its runs move: what stands there stays, and stays right. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { DashboardVisit } from './dashboard-visit.ts';
import { drawn, rowIn } from './dashboard-visitor.ts';
import type { Live } from './live.ts';

let visit: DashboardVisit;
let live: Live;
let page: Page;

before(async () => {
  visit = await DashboardVisit.begin({ timeout: 60_000 });
  ({ live, page } = visit);
});
after(() => visit?.end());

const open = (jobId: string) => page.goto(`${live.client.url}/ui/jobs/${jobId}`);

test('stages stay while they are asked for anew, and say what that failed with', async () => {
  const { client } = live;
  const id = await client.createJob();
  await client.report(id, { mark_started: true, stage: 'one' });
  await open(id);
  const region = page.getByRole('region', { name: 'Stages' });
  await region.getByText('one').waitFor();
  await page.route(/\/api\/jobs\/[^/]+\/events\?/, (route) =>
    route.fulfill({ status: 403, json: { code: 'forbidden', detail: 'No history.' } }),
  );
  await client.report(id, { stage: 'two' });
  await page.getByRole('definition').getByText('two').waitFor();
  assert.ok(await region.isVisible());
  await region.getByText('No history.').waitFor();
  // What the page itself fails with is said aloud, and what a button did.
  assert.equal(await page.getByRole('alert').count(), 0);
  await page.unrouteAll({ behavior: 'wait' });
  await region.getByRole('button', { name: 'Try again' }).click();
  await region.getByText('two').waitFor();
});

test('where a job keeps its first events no more, its stages say that some are missing', async () => {
  const { client } = live;
  const id = await client.createJob();
  await client.report(id, { mark_started: true, stage: 'one' });
  await client.report(id, { stage: 'two' });
  const missing = page.getByText('stages that began before are missing');
  await open(id);
  const region = page.getByRole('region', { name: 'Stages' });
  await region.getByText('two').waitFor();
  assert.equal(await missing.count(), 0);
  await page.route(/\/api\/jobs\/[^/]+\/events\?/, async (route) => {
    const response = await route.fetch();
    const { events, ...rest } = await response.json();
    await route.fulfill({ response, json: { ...rest, events: events.slice(-1) } });
  });
  await page.reload();
  await missing.waitFor();
  await region.getByText('two').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
});

test('aloud a job is in progress first, then each quarter, where it is known how far that is', async () => {
  const { client } = live;
  const said = page.locator('main > .unseen[aria-live]');
  const heard = (text: string) => said.filter({ hasText: new RegExp(`^${text}$`) }).waitFor();
  for (const total_items of [0, 10]) {
    const id = await client.createJob({ total_items });
    await open(id);
    await heard('pending');
    await client.report(id, { mark_started: true });
    await heard('in progress');
    await client.report(id, { processed_items: 5 });
    await heard(total_items === 0 ? 'in progress' : '50 percent');
    await client.report(id, { mark_completed: true });
    await heard('completed');
  }
});

test('runs move where they are listed', async () => {
  const { client } = live;
  const first = await client.createJob();
  await client.report(first, { mark_failed: 'torn' });
  const rerun = (await client.post(`/api/jobs/${first}/rerun`, { items: 'all' })).json.job_id;
  await open(first);
  const region = page.getByRole('region', { name: 'Runs' });
  const run = region.getByRole('listitem').filter({ hasText: 'Rerun 1' });
  await run.getByText('pending').waitFor();
  await client.report(rerun, { mark_started: true });
  await run.getByText('in progress').waitFor();
});

async function remove(jobId: string): Promise<void> {
  const { url, apiKey } = live.client;
  const headers = { Authorization: `Bearer ${apiKey}` };
  const deleted = await fetch(`${url}/api/jobs/${jobId}`, { method: 'DELETE', headers });
  assert.equal(deleted.status, 204);
}

const gone = () => page.getByRole('alert').getByText('There is no such job here').waitFor();

test('a run that is deleted elsewhere is listed no more, and the page of a job that is says so', async () => {
  const { client } = live;
  const first = await client.createJob();
  await client.report(first, { mark_failed: 'torn' });
  const rerun = (await client.post(`/api/jobs/${first}/rerun`, { items: 'all' })).json.job_id;
  await client.report(rerun, { mark_failed: 'torn' });
  await open(first);
  const region = page.getByRole('region', { name: 'Runs' });
  await region.getByRole('link', { name: 'Rerun 1' }).waitFor();
  await remove(rerun);
  await region.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Rerun', exact: true }).waitFor();
  await remove(first);
  await gone();
  assert.equal(await page.getByRole('button', { name: /Rerun|Delete/ }).count(), 0);
});

test('the page of a job that was listed after it says that the job is deleted too', async () => {
  const { client } = live;
  const id = await client.createJob();
  const runs = /\/api\/jobs\?.*root_job_id=/;
  await page.route(runs, (route) => route.fulfill({ json: { jobs: [], next_cursor: null } }), { times: 1 });
  const early = page.waitForResponse(runs);
  await open(id);
  await (await early).finished();
  await drawn(page);
  const late = page.waitForResponse(runs);
  await client.report(id, { mark_failed: 'torn' });
  await late;
  await drawn(page);
  await remove(id);
  await gone();
});

test('a child that is deleted is said to be, and leads nowhere', async () => {
  const { client } = live;
  const parent = await client.createJob({ name: 'Whole' });
  const child = await client.createJob({ name: 'Piece', parent_job_id: parent });
  await client.report(child, { mark_failed: 'torn' });
  await open(parent);
  const line = page.locator(`li[data-job="${child}"]`);
  await line.getByRole('link', { name: 'Piece' }).waitFor();
  await remove(child);
  await line.getByText('deleted').waitFor();
  assert.equal(await line.getByRole('link').count(), 0);
});

test('a job’s page says how old it is while its service is away, from the first, until its job has settled', async () => {
  const { client } = live;
  const id = await client.createJob({ name: 'Lonely' });
  const stream = `**/api/jobs/${id}/stream`;
  const isLive = page.getByText('live', { exact: true });
  await page.route(stream, (route) => route.abort());
  await open(id);
  await page.getByText('offline', { exact: true }).waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  await isLive.waitFor();
  await client.report(id, { mark_started: true });
  await page.getByText('in progress').first().waitFor();
  await page.route(stream, (route) => route.abort());
  // It comes back to its stream at once, and meets nobody.
  await page.evaluate(`dispatchEvent(new Event('online'))`);
  await page.getByText(/offline · as of [0-9.]+ s ago/).waitFor();
  await page.getByText('in progress').first().waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  await isLive.waitFor();
  await client.report(id, { mark_completed: true });
  await isLive.waitFor({ state: 'detached' });
  assert.equal(await page.locator('.line').count(), 0);
});

test('a tag with a comma leads to its jobs', async () => {
  const { client } = live;
  const id = await client.createJob({ tags: ['fruit, dried', 'shop'] });
  await open(id);
  await page.getByRole('link', { name: 'fruit, dried' }).click();
  await rowIn(page, id).waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  await client.report(id, { mark_started: true });
  await rowIn(page, id).getByText('in progress').waitFor();
  await client.createJob({ tags: ['fruit, dried'] });
  await page.getByRole('button', { name: '1 new' }).waitFor();
});

test('a slow rate is no 0', async () => {
  const { client } = live;
  const id = await client.createJob();
  const job = { ...(await client.job(id)), status: 'in_progress', rate_per_second: 0.0123 };
  await page.route(`**/api/jobs/${id}/stream`, (route) =>
    route.fulfill({
      contentType: 'text/event-stream',
      body: `id: 1\nevent: snapshot\ndata: ${JSON.stringify({ job })}\n\nid: 1\nevent: end\ndata: {}\n\n`,
    }),
  );
  await open(id);
  await page.getByText('0.01 a second').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
});

test('a text that the clipboard refuses is copied all the same, or said to be left to the hand', async () => {
  const faults: Error[] = [];
  page.on('pageerror', (error) => faults.push(error));
  await open(await live.client.createJob());
  await page.getByText('Share', { exact: true }).click();
  await page.evaluate(`
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } });
    document.execCommand = () => false;
  `);
  // It stands there for two seconds, and is said aloud.
  const told = Promise.all([
    page.getByRole('button', { name: 'Copy it by hand' }).waitFor(),
    page.locator('[aria-live]', { hasText: 'Copy it by hand' }).waitFor(),
  ]);
  await page.getByRole('button', { name: 'Copy curl' }).click();
  await told;
  assert.ok(String(await page.evaluate('getSelection().toString()')).startsWith('curl '));
  assert.deepEqual(faults, []);
});
