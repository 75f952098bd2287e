/** The dashboard in a real browser, as people use it: signed in, watching, acting, losing the connection, signed out. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './chromium-args.ts';
import { axeFindings, rowIn } from './dashboard-visitor.ts';
import { Live } from './live.ts';

const PERMISSIONS = ['job:create', 'job:read', 'job:cancel', 'webhook:manage', 'key:manage', 'audit:read'];

let live: Live;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the pages asked for, and what they said of their own faults. */
const asked: string[] = [];
const faults: string[] = [];

before(async () => {
  live = await Live.start(undefined, { permissions: PERMISSIONS });
  browser = await chromium.launch(CHROMIUM);
  context = await browser.newContext();
  context.setDefaultTimeout(60_000);
  page = await newPage();
});
after(async () => {
  await browser?.close();
  await live?.stop();
});

async function newPage(): Promise<Page> {
  const opened = await context.newPage();
  opened.on('request', (request) => asked.push(request.url()));
  opened.on('pageerror', (error) => faults.push(String(error)));
  opened.on('console', (line) => {
    if (line.type() === 'error' && /Content Security Policy/.test(line.text())) faults.push(line.text());
  });
  return opened;
}

const report = (jobId: string, body: Record<string, unknown>) => live.client.report(jobId, body);

test('a browser is sent to the page from the bare address, and signs in with a key that the page forgets', async () => {
  const { client } = live;
  await page.goto(`${client.url}/`);
  assert.equal(new URL(page.url()).pathname, '/ui/');
  await page.getByLabel('API key').fill('hw_nobody_0_0');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('API key').fill(client.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  await page.getByText('No jobs yet').waitFor();
  const kept = await page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
  );
  assert.ok(!String(kept).includes(client.apiKey));
});

test('what to run where there is no job yet is reached by keyboard, and fits a phone', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await page.locator('pre').getAttribute('tabindex'), '0');
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
  await page.setViewportSize({ width: 1280, height: 720 });
});

test('a list moves with its jobs: rows change in place, new ones wait to be asked for', async () => {
  const { client } = live;
  const first = await client.createJob({
    job_type: 'import',
    name: 'Prices',
    total_items: 200,
    tags: ['shop'],
  });
  await page.getByRole('button', { name: '1 new' }).click();
  await rowIn(page, first).getByText('pending').waitFor();
  await report(first, { mark_started: true, processed_items: 50, stage: 'reading' });
  await rowIn(page, first).getByText('in progress').waitFor();
  await rowIn(page, first).getByText('reading').waitFor();
  await rowIn(page, first).getByText('25 %').waitFor();
  await client.createJob({ job_type: 'export', name: 'Orders', total_items: 10 });
  await page.getByRole('button', { name: '1 new' }).waitFor();
  assert.equal(await page.locator('tr[data-job]').count(), 1);
  await page.getByRole('button', { name: '1 new' }).click();
  await page.locator('tr[data-job]').nth(1).waitFor();
  const type = page.getByLabel('Type', { exact: true });
  await type.fill('export');
  await type.press('Enter');
  await page.waitForURL('**/ui/?job_type=export');
  await rowIn(page, first).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Clear' }).click();
  await rowIn(page, first).waitFor();
});

test('a job’s page follows it to its end: stage, errors, log, and what was done about it', async () => {
  const { client } = live;
  const id = await client.createJob({
    job_type: 'import',
    name: 'Watched',
    total_items: 4,
    metadata: { big: 1 },
  });
  await page.goto(`${client.url}/ui/jobs/${id}`);
  await page.getByRole('heading', { name: 'Watched' }).waitFor();
  await page.getByText('0 %').first().waitFor();
  await report(id, {
    mark_started: true,
    stage: 'one',
    processed_items: 1,
    logs: [{ level: 'info', message: '\u001b[31mred\u001b[0m line' }],
  });
  await page.getByText('red').waitFor();
  assert.equal(await page.locator('.ansi-1').textContent(), 'red');
  await report(id, {
    stage: 'two',
    processed_items: 3,
    errors: [{ entity_type: 'row', entity_key: '7', error_type: 'no_price', message: 'Row 7 has no price' }],
  });
  await page.locator('summary', { hasText: 'no_price' }).press('Enter');
  await page.getByText('Row 7 has no price').first().waitFor();
  await report(id, { mark_completed: true, result: { rows: 12_345 } });
  await page.getByText('partial success').first().waitFor();
  await page.getByText('Metadata and result').click();
  await page.locator('.leaf', { hasText: 'rows' }).getByText('12345').waitFor();
  await page.getByRole('button', { name: 'Rerun failed' }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(id));
  await page.getByText('Rerun of').waitFor();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByLabel('Reason').fill('not needed');
  await page.getByRole('button', { name: 'Cancel the job' }).click();
  await page.getByText('not noticed by the worker yet').waitFor();
});

test('a service that was away is caught up with, and nothing between is missing', async () => {
  const { client } = live;
  const id = await client.createJob({ job_type: 'sync', name: 'Outage', total_items: 100 });
  await page.goto(`${client.url}/ui/`);
  await rowIn(page, id).waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  await live.crash(async () => {
    await page.getByText(/^offline/).waitFor();
  });
  await report(id, { mark_started: true, processed_items: 40, stage: 'after' });
  await page.getByText('live', { exact: true }).waitFor({ timeout: 60_000 });
  await rowIn(page, id).getByText('40 %').waitFor();
  await rowIn(page, id).getByText('after').waitFor();
});

test('tabs share one stream, and the second goes on once the first is closed', async () => {
  const { client } = live;
  const streams = () => asked.filter((url) => url.includes('/api/events/stream')).length;
  const before = streams();
  const second = await newPage();
  await second.goto(`${client.url}/ui/`);
  await second.getByText('live', { exact: true }).waitFor();
  assert.equal(streams(), before);
  const id = await client.createJob({ job_type: 'sync', name: 'Shared' });
  await second.getByRole('button', { name: '1 new' }).click();
  const row = rowIn(second, id);
  await row.waitFor();
  await page.close();
  page = second;
  await report(id, { mark_started: true, stage: 'alone' });
  await row.getByText('alone').waitFor();
  assert.equal(streams(), before + 1);
});

test('by keyboard alone: search, move, open, go back', async () => {
  await page.keyboard.press('/');
  assert.equal(await page.evaluate('document.activeElement.id'), 'search');
  await page.keyboard.press('Escape');
  await page.evaluate('document.activeElement.blur()');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  assert.equal(await page.locator('tbody input:checked').count(), 1);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/ui/jobs/*');
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any page, in ${theme}`, async () => {
    const { client } = live;
    const jobs = (await client.get('/api/jobs?limit=5')).json.jobs as { job_id: string }[];
    const parent = await client.createJob({ name: 'Whole' });
    await client.createJob({ name: 'Piece', parent_job_id: parent });
    await page.emulateMedia({ colorScheme: theme });
    const jobPages = [parent, jobs.at(-1)?.job_id].map((id) => `jobs/${id}`);
    const paths = [
      ...['', 'new', 'webhooks', 'hooks', 'access', 'wall', '../docs/', '../docs/watch'],
      ...jobPages,
    ];
    for (const path of paths) {
      await page.goto(`${client.url}/ui/${path}`);
      await page.locator('h1').waitFor();
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
      assert.deepEqual(await axeFindings(page), [], `/ui/${path}`);
    }
  });
}

test('the reference is drawn, and leads to an operation', async () => {
  await page.goto(`${live.client.url}/docs/reference`);
  await page.getByRole('heading', { name: /^Headway/ }).waitFor();
  await page.getByText('admin', { exact: true }).first().click();
  await page.getByText('Create an organization').first().click();
  await page.getByText('/admin/orgs').first().waitFor();
  await page.goto(`${live.client.url}/docs/`);
  await page.getByRole('link', { name: 'Reference' }).waitFor();
});

test('no page asks another host for anything, none breaks its policy, and all fits its budget', async () => {
  const { host } = new URL(live.client.url);
  assert.deepEqual(
    asked.filter((url) => !url.startsWith('data:') && new URL(url).host !== host),
    [],
  );
  assert.deepEqual(faults, []);
  const folder = join(live.bundleDir, 'assets');
  for (const name of await readdir(folder)) {
    const most = name.startsWith('dashboard.')
      ? ({ js: 40, css: 8 } as Record<string, number>)[name.split('.').pop() ?? '']
      : undefined;
    if (most === undefined) continue;
    const size = gzipSync(await readFile(join(folder, name))).byteLength;
    assert.ok(size <= most * 1_024, `${name}: ${size} bytes of gzip`);
  }
});

test('a link signs in by its code, once', async () => {
  const { client } = live;
  const { url } = (await client.post('/api/session/codes', {})).json;
  for (const opens of [true, false]) {
    const other = await browser.newContext();
    const guest = await other.newPage();
    await guest.goto(url);
    await (opens ? guest.getByRole('heading', { name: 'Jobs' }) : guest.getByRole('alert')).waitFor();
    assert.ok(!guest.url().includes('code='));
    await other.close();
  }
});

test('signed out, the page says so, and the cookie opens nothing', async () => {
  await page.goto(`${live.client.url}/ui/`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('API key').waitFor();
  assert.equal(await page.evaluate(`fetch('/api/me').then(({ status }) => status)`), 401);
});
