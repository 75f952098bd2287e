/** The filters of the list in a real browser: they are the address, so that a link shows the same to whoever follows it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './chromium-args.ts';
import { rowIn, signIn } from './dashboard-visitor.ts';
import { Live } from './live.ts';

let live: Live;
let browser: Browser;

before(async () => {
  live = await Live.start();
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  await live?.stop();
});

async function visitor(timezoneId: string, path: string): Promise<Page> {
  const context = await browser.newContext({ timezoneId });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await signIn(page, live.client, path);
  return page;
}

test('times are chosen as they are here, and stand in the address as they are everywhere', async () => {
  const { client } = live;
  const id = await client.createJob({ name: 'Now' });
  const here = await visitor('America/New_York', '/ui/');
  const row = rowIn(here, id);
  await row.waitFor();
  await here.getByText('More filters').click();
  await here.getByLabel('Created from').fill('2026-01-02T10:00');
  await here.waitForURL('**/ui/?created_after=2026-01-02T15%3A00%3A00.000Z');
  await row.waitFor();
  await here.getByLabel('Created before').fill('2026-02-03T04:05');
  await here.waitForURL(/created_before=2026-02-03T09%3A05%3A00.000Z/);
  await here.getByText('No job matches').waitFor();
  const there = await visitor('Asia/Tokyo', new URL(here.url()).pathname + new URL(here.url()).search);
  assert.equal(await there.getByLabel('Created from').inputValue(), '2026-01-03T00:00');
  assert.equal(await there.getByLabel('Created before').inputValue(), '2026-02-03T18:05');
  await here.getByLabel('Created before').fill('');
  await here.waitForURL((url) => !url.search.includes('created_before'));
  await row.waitFor();
  for (const page of [here, there]) await page.context().close();
});

test('of new jobs those are offered that the filters let through', async () => {
  const { client } = live;
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const past = new Date(Date.now() - 3_600_000).toISOString();
  const offers = [`created_after=${past}`, `created_before=${soon}`, 'health=ok', 'status=pending'];
  const offersNone = [`created_after=${soon}`, `created_before=${past}`, 'health=stalled', 'status=failed'];
  const page = await visitor('UTC', '/ui/');
  const pageOf = async (query: string) => {
    const opened = await page.context().newPage();
    await opened.goto(`${client.url}/ui/?${query}`);
    await opened.getByText('live', { exact: true }).waitFor();
    return opened;
  };
  const [some, none] = await Promise.all(
    [offers, offersNone].map((queries) => Promise.all(queries.map(pageOf))),
  );
  await page.getByText('live', { exact: true }).waitFor();
  const fresh = (opened: Page) => opened.getByRole('button', { name: '1 new' });
  await client.createJob({ name: 'Newest' });
  for (const opened of [page, ...(some ?? [])]) await fresh(opened).waitFor();
  for (const opened of none ?? []) assert.equal(await fresh(opened).count(), 0, opened.url());
  await page.context().close();
});

test('a list of one status gathers the jobs that come to be of it, and a wall shows them', async () => {
  const { client } = live;
  const page = await visitor('UTC', '/ui/?status=in_progress&tag=turning');
  await page.getByText('live', { exact: true }).waitFor();
  const wall = await page.context().newPage();
  await wall.goto(`${client.url}/ui/wall?status=failed&tag=turning`);
  await wall.getByText('No job yet').waitFor();
  await wall.getByText('live', { exact: true }).waitFor();
  const fresh = (jobs: number) => page.getByRole('button', { name: `${jobs} new` });
  const ids = await Promise.all(
    ['Turn 1', 'Turn 2'].map((name) => client.createJob({ name, tags: ['turning'] })),
  );
  const [first = '', second = ''] = ids;
  for (const id of ids) await client.report(id, { mark_started: true });
  await fresh(2).waitFor();
  await client.report(first, { mark_failed: 'torn' });
  await fresh(1).waitFor();
  await wall.getByRole('heading', { name: 'Turn 1' }).waitFor();
  await fresh(1).click();
  await rowIn(page, second).waitFor();
  assert.equal(await page.locator('tr[data-job]').count(), 1);
  await page.context().close();
});

test('a wall whose list could not be read reads it again by itself', async () => {
  const { client } = live;
  const page = await visitor('UTC', '/ui/wall?tag=again');
  await page.clock.install();
  await page.reload();
  await page.getByText('No job yet').waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  await page.route(/\/api\/jobs\?/, (route) =>
    route.fulfill({ status: 422, json: { code: 'validation_failed', detail: 'Not now.' } }),
  );
  await client.createJob({ name: 'At last', tags: ['again'] });
  await page.getByText('Not now.').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  await page.clock.fastForward(31_000);
  await page.getByRole('heading', { name: 'At last' }).waitFor();
  await page.context().close();
});

test('a wall shows a job no more once it is deleted', async () => {
  const { client } = live;
  const id = await client.createJob({ name: 'Passing', tags: ['passing'] });
  await client.report(id, { mark_failed: 'torn' });
  const page = await visitor('UTC', '/ui/wall?tag=passing');
  const tile = page.getByRole('heading', { name: 'Passing', exact: true });
  await tile.waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  const headers = { Authorization: `Bearer ${client.apiKey}` };
  const deleted = await fetch(`${client.url}/api/jobs/${id}`, { method: 'DELETE', headers });
  assert.equal(deleted.status, 204);
  await tile.waitFor({ state: 'detached' });
  await page.context().close();
});

test('the file of a list is of the same jobs as the list', async () => {
  const { client } = live;
  const tags = ['one', 'two'];
  const both = await client.createJob({ name: 'Both', tags });
  await client.createJob({ name: 'One', tags: ['one'] });
  await client.report(both, { mark_failed: 'torn' });
  const page = await visitor('UTC', '/ui/?status=failed,cancelled&tag=one,two');
  await page.locator('tr[data-job]').waitFor();
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await coming).createReadStream()) chunks.push(chunk);
  const lines = Buffer.concat(chunks).toString().trim().split(/\r?\n/);
  // Names, the job, and the end.
  assert.equal(lines.length, 3);
  assert.ok(lines[1]?.includes(both));
  await page.context().close();
});

test('a wall opens by a token for its filter, shows what comes, and says so once the token is revoked', async () => {
  const { client } = live;
  const first = await client.createJob({ name: 'First', tags: ['office'] });
  await client.createJob({ name: 'Elsewhere', tags: ['other'] });
  const made = await client.post('/api/tokens', { scope: 'read', filter: { tag: 'office' } });
  const context = await browser.newContext();
  context.setDefaultTimeout(45_000);
  const page = await context.newPage();
  await page.goto(`${client.url}/ui/wall?tag=office#token=${made.json.token}`);
  const names = () => page.getByRole('article').getByRole('heading').allTextContents();
  await page.getByRole('heading', { name: 'First' }).waitFor();
  await client.createJob({ name: 'Second', tags: ['office'] });
  await page.getByRole('heading', { name: 'Second' }).waitFor();
  await client.report(first, { processed_items: 1, stage: 'reading' });
  await page.getByText('reading').waitFor();
  assert.deepEqual(await names(), ['Second', 'First']);
  const headers = { Authorization: `Bearer ${client.apiKey}` };
  const revoked = await fetch(`${client.url}/api/tokens/${made.json.token_id}`, {
    method: 'DELETE',
    headers,
  });
  assert.equal(revoked.status, 204);
  await page.getByText('This link opens nothing any more').waitFor();
  assert.deepEqual(await names(), []);
  await page.reload();
  await page.getByText('This link opens nothing any more').waitFor();
  assert.deepEqual(await names(), []);
  await context.close();
});
