/** The doors of the pages in a real browser: signed out, shut out, or never signed in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright-core';
import { Client } from '../contract/client.ts';
import { Operator } from '../contract/operator.ts';
import { CHROMIUM } from './chromium-args.ts';
import { axeFindings, drawn, rowIn, signIn, withKey } from './dashboard-visitor.ts';
import { Live, SECRETS } from './live.ts';

let live: Live;
let browser: Browser;

before(async () => {
  live = await Live.start(undefined, { permissions: ['job:create', 'job:read', 'key:manage'] });
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  await live?.stop();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing where nobody is signed in, in ${colorScheme}`, async () => {
    const { client } = live;
    const page = await browser.newPage({ colorScheme });
    page.setDefaultTimeout(30_000);
    await page.goto(`${client.url}/ui/`);
    await page.getByLabel('API key').waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await page.getByLabel('API key').fill('hw_nobody_0_0');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await page.goto(`${client.url}/docs/reference`);
    await page.getByRole('heading', { name: /^Headway/ }).waitFor();
    // As it was drawn by the build, and as its script draws it anew.
    await page.getByText('admin', { exact: true }).first().click();
    await page.getByText('Create an organization').first().waitFor();
    await drawn(page);
    assert.deepEqual(await axeFindings(page), []);
    await page.close();
  });
}

test('a revoked key ends each of its pages within half a minute', async () => {
  const { client } = live;
  const permissions = ['job:create', 'job:read'];
  const { api_key, key_id } = (await client.post('/api/keys', { name: 'Short', permissions })).json;
  const context = await browser.newContext();
  const list = await context.newPage();
  await signIn(list, new Client(client.url, api_key));
  const others = ['new', 'access', `jobs/${await client.createJob()}`];
  const pages = [list];
  for (const path of others) {
    const page = await context.newPage();
    await page.goto(`${client.url}/ui/${path}`);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    pages.push(page);
  }
  const headers = { Authorization: `Bearer ${client.apiKey}` };
  const revoked = await fetch(`${client.url}/api/keys/${key_id}`, { method: 'DELETE', headers });
  assert.ok(revoked.ok);
  // The service has 30 s; a page is told by its stream, and asks once more.
  const end = Date.now() + 32_000;
  for (const page of pages) {
    await page.getByText('You are signed out').waitFor({ timeout: Math.max(end - Date.now(), 1) });
    await page.getByLabel('API key').waitFor();
  }
  await context.close();
});

test('a key that may not read jobs ends its pages too', async () => {
  const { client } = live;
  const made = await client.post('/api/keys', { name: 'Keys alone', permissions: ['key:manage'] });
  const { api_key, key_id } = made.json;
  const page = await browser.newPage();
  await page.clock.install();
  await signIn(page, new Client(client.url, api_key), '/ui/access');
  const headers = { Authorization: `Bearer ${client.apiKey}` };
  const revoked = await fetch(`${client.url}/api/keys/${key_id}`, { method: 'DELETE', headers });
  assert.ok(revoked.ok);
  const parting = page.getByText('You are signed out');
  // The service has 30 s; the page asks every 25.
  for (let n = 0; n < 45 && !(await parting.isVisible()); n++) {
    await page.clock.fastForward(25_000);
    await pause(1_000);
  }
  assert.ok(await parting.isVisible());
  await page.close();
});

test('a key that may not read jobs begins with what it may do, and asks for no job', async () => {
  const holder = await withKey(live.client, 'No reader', ['key:manage']);
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await signIn(page, holder);
  await page.getByRole('heading', { name: 'Access' }).waitFor();
  await page.getByRole('row', { name: /No reader/ }).waitFor();
  const current = page.getByRole('navigation').locator('[aria-current=page]');
  assert.deepEqual(await current.allTextContents(), ['Access']);
  await drawn(page);
  assert.equal(await page.getByRole('alert').count(), 0);
  assert.deepEqual(
    asked.filter((path) => /^\/api\/(jobs|events)/.test(path)),
    [],
  );
  await page.close();
});

test('a key that may make jobs and read none is led to where they are made', async () => {
  const holder = await withKey(live.client, 'Maker', ['job:create']);
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await signIn(page, holder);
  await page.getByRole('navigation').getByRole('link', { name: 'New job' }).click();
  await page.getByRole('heading', { name: 'New job' }).waitFor();
  await page.close();
});

test('a tab shows nothing of another organization that a tab beside it has signed in for', async () => {
  const { client } = live;
  const operator = new Operator(client.url, SECRETS.ADMIN_TOKEN);
  const others = await operator.newClient(await operator.newOrganization(), ['job:create', 'job:read']);
  const theirs = await others.createJob({ name: 'Theirs' });
  const ours = await client.createJob({ name: 'Ours' });
  const context = await browser.newContext();
  context.setDefaultTimeout(30_000);
  const [list, job, beside] = [await context.newPage(), await context.newPage(), await context.newPage()];
  await signIn(list, client);
  await rowIn(list, ours).waitFor();
  await job.goto(`${client.url}/ui/jobs/${ours}`);
  await job.getByText('Metadata and result').waitFor();
  const { url } = (await others.post('/api/session/codes', {})).json;
  await beside.goto(url);
  await rowIn(beside, theirs).waitFor();
  await list.getByRole('button', { name: 'Refresh' }).click();
  for (const page of [list, job]) {
    await page.getByText('has signed in for another organization').waitFor();
    assert.equal(await page.getByText('Theirs').count(), 0);
  }
  await list.reload();
  await rowIn(list, theirs).waitFor();
  await context.close();
});

test('what the service refuses is said where it was asked: of a sign-out, of a key’s end', async () => {
  const { client } = live;
  await client.post('/api/keys', { name: 'Staying', permissions: ['job:read'] });
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await signIn(page, client, '/ui/access');
  await page.route(/\/api\/(session|keys\/.*)$/, (route) =>
    route.fulfill({ status: 403, json: { code: 'forbidden', detail: 'Not by this page.' } }),
  );
  await page
    .getByRole('row', { name: /Staying/ })
    .getByRole('button', { name: 'Revoke' })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Revoke the key' }).click();
  await dialog.getByRole('alert').getByText('Not by this page.').waitFor();
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('banner').getByText('Not by this page.').waitFor();
  // Keys that were revoked stand there too.
  assert.deepEqual(await axeFindings(page), []);
  await page.close();
});

test('the end of a key stands there with its day and time', async () => {
  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  await live.client.post('/api/keys', { name: 'Ending', permissions: ['job:read'], expires_at });
  const page = await browser.newPage({ locale: 'en-GB' });
  page.setDefaultTimeout(60_000);
  await signIn(page, live.client, '/ui/access');
  const end = page.getByRole('row', { name: /Ending/ }).locator(`time[datetime="${expires_at}"]`);
  assert.match((await end.textContent()) ?? '', /\d{4}, \d\d:\d\d:\d\d$/);
  await page.close();
});

test('a link signs in where somebody is signed in already; one that opened once says so, and the sign-in stays', async () => {
  const { client } = live;
  const operator = new Operator(client.url, SECRETS.ADMIN_TOKEN);
  const organization = await operator.newOrganization();
  const others = await operator.newClient(organization, ['job:create', 'job:read']);
  const { url } = (await others.post('/api/session/codes', {})).json;
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await signIn(page, client);
  await page.goto(url);
  await page.getByRole('banner').getByText(organization).waitFor();
  await page.goto('about:blank');
  await page.goto(url);
  await page.getByRole('alert').waitFor();
  await page.getByRole('banner').getByText(organization).waitFor();
  await page.close();
});

test('a page whose organization is suspended when it is opened says so, and signs in for another', async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.route(
    '**/api/me',
    (route) => route.fulfill({ status: 403, json: { code: 'organization_suspended', detail: 'Suspended.' } }),
    { times: 2 },
  );
  await page.goto(`${live.client.url}/ui/`);
  await page.getByText('Suspended.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Suspended.').waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.getByLabel('API key').fill(live.client.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  await page.close();
});

test('what a visitor can’t do is not offered: to sign out of a provider’s sign-in, to make a job', async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await signIn(page, live.client);
  await page.route('**/api/me', async (route) => {
    const response = await route.fetch();
    const me = { ...(await response.json()), signed_in_by: 'provider', permissions: ['job:read'] };
    await route.fulfill({ response, json: me });
  });
  await page.route(/\/api\/jobs\?/, (route) => route.fulfill({ json: { jobs: [], next_cursor: null } }));
  await page.reload();
  await page.getByText('No jobs yet. Have a program report:').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Make one to try' }).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0);
  await page.close();
});

test('what could not be loaded is not said to be under way', async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await signIn(page, live.client);
  await page.route(/\/api\/(usage|sessions|keys)/, (route) =>
    route.fulfill({ status: 403, json: { code: 'forbidden', detail: 'Not to you.' } }),
  );
  await page.goto(`${live.client.url}/ui/access`);
  for (const name of ['Usage', 'Sign-ins', 'Keys']) {
    const region = page.getByRole('region', { name });
    await region.getByText('Not to you.').waitFor();
    await region.getByRole('button', { name: 'Try again' }).waitFor();
    assert.equal(await region.getByText('Loading…').count(), 0);
  }
  // What fails together is said aloud once.
  assert.equal(await page.getByRole('alert').count(), 1);
  await page.close();
});
