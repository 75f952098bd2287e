/** A job’s page in a real browser: what it says of errors, to whom its events went, and how it is shared. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DashboardVisit } from './dashboard-visit.ts';
import { axeFindings } from './dashboard-visitor.ts';
import type { Live } from './live.ts';

let visit: DashboardVisit;
let live: Live;
let receiver: Server;
let browser: Browser;
let page: Page;

before(async () => {
  visit = await DashboardVisit.begin({
    permissions: ['job:create', 'job:read', 'webhook:manage'],
    variables: { ALLOW_PRIVATE_WEBHOOKS: '1' },
    timeout: 60_000,
  });
  ({ live, browser, page } = visit);
  receiver = createServer((request, response) => request.resume().on('end', () => response.end('taken')));
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  receiver?.closeAllConnections();
  receiver?.close();
  await visit?.end();
});

const open = (jobId: string) => page.goto(`${live.client.url}/ui/jobs/${jobId}`);

test('errors stand by type as a histogram, each with its exact total, the most frequent first', async () => {
  const { client } = live;
  const id = await client.createJob({ total_items: 10_000 });
  const errors = (error_type: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({
      ...{
        entity_type: 'row',
        entity_key: `${error_type} ${n}`,
        error_type,
        message: `No ${error_type} in ${n}`,
      },
    }));
  for (let n = 0; n < 3; n++) await client.report(id, { mark_started: true, errors: errors('name', 500) });
  await client.report(id, { errors: errors('price', 60) });
  await open(id);
  const region = page.getByRole('region', { name: 'Errors and warnings' });
  await region.getByRole('heading', { name: '1,560 errors' }).waitFor();
  const bars = region.locator('summary');
  assert.deepEqual(await bars.locator('.name').allTextContents(), ['name', 'price']);
  assert.deepEqual(await bars.locator('strong').allTextContents(), ['1,500', '60']);
  const drawn = await bars.locator('rect').all();
  assert.deepEqual(await Promise.all(drawn.map((bar) => bar.getAttribute('width'))), ['100', '4']);
  // By the keyboard: what is loaded above may move it away from under a pointer.
  await region.locator('summary', { hasText: 'price' }).press('Enter');
  await region.getByText('No price in 7 ').waitFor();
  await region.getByText('Shown are 20 of 60.').waitFor();
  await region.getByRole('button', { name: 'Show all that are kept' }).click();
  await region.getByText('No price in 59 ').waitFor();
  // A job keeps its newest 1,000.
  await region.locator('summary', { hasText: 'name' }).first().press('Enter');
  await region.getByRole('button', { name: 'Show all that are kept' }).click();
  await region.getByText('Kept are 940 of 1,500.').waitFor();
});

test('what is all that is kept is said to be that, and nothing is offered that would do nothing', async () => {
  const { client } = live;
  const id = await client.createJob({ total_items: 10_000 });
  const warnings = Array.from({ length: 550 }, (_, n) => ({
    ...{ entity_type: 'row', entity_key: `${n}`, error_type: 'odd', message: `Odd ${n}` },
  }));
  for (let n = 0; n < 2; n++) await client.report(id, { mark_started: true, warnings });
  await open(id);
  const region = page.getByRole('region', { name: 'Errors and warnings' });
  await region.locator('summary', { hasText: 'of all types' }).press('Enter');
  const all = region.getByRole('button', { name: 'Show all that are kept' });
  await all.press('Enter');
  await region.getByText('Kept are 1,000 of 1,100.').waitFor();
  assert.equal(await all.count(), 0);
});

test('under “other” stand the errors of that type, and those whose own has no total; what runs from right to left stays apart', async () => {
  const { client } = live;
  const id = await client.createJob({ total_items: 10_000 });
  const error = (error_type: string, message: string) => ({
    ...{ entity_type: 'row', entity_key: message, error_type, message },
  });
  const types = Array.from({ length: 99 }, (_, n) => error(`type ${n}`, `Of its own ${n}`));
  const prices = Array.from({ length: 50 }, (_, n) => error('price', `No price ${n}`));
  await client.report(id, { mark_started: true, errors: [...types, ...prices] });
  await client.report(id, { errors: [error('other', 'Of type other'), error('type 100', 'שלום עולם')] });
  await open(id);
  const region = page.getByRole('region', { name: 'Errors and warnings' });
  await region.getByRole('button', { name: 'All 101 types' }).click();
  const other = region.locator('details', { has: page.getByText('other', { exact: true }) });
  await other.locator('summary').press('Enter');
  await other.getByText('Of type other').first().waitFor();
  assert.equal(await other.getByRole('listitem').count(), 2);
  assert.equal(await other.locator('bdi', { hasText: 'שלום' }).last().textContent(), 'שלום עולם');
});

test('under “other” what comes later is told apart by the totals of then', async () => {
  const { client } = live;
  const error = (error_type: string, message: string) => ({
    ...{ entity_type: 'row', entity_key: `of ${message}`, error_type, message },
  });
  const id = await client.createJob({ total_items: 10_000 });
  await client.report(id, { mark_started: true, errors: [error('other', 'First')] });
  await open(id);
  const region = page.getByRole('region', { name: 'Errors and warnings' });
  const other = region.locator('details', { has: page.getByText('other', { exact: true }) });
  await other.locator('summary').press('Enter');
  await other.getByText('First', { exact: true }).waitFor();
  await client.report(id, { errors: [error('price', 'No price'), error('other', 'Second')] });
  await other.getByText('Second', { exact: true }).waitFor();
  assert.equal(await other.getByRole('listitem').count(), 2);
});

test('errors that come while they are looked at are shown too, their details with the digits they came with', async () => {
  const { client } = live;
  const id = await client.createJob({ total_items: 10_000 });
  const big = '1234567890123456789';
  const error = (key: string) =>
    `{"entity_type":"row","entity_key":"${key}","error_type":"price","message":"No ${key}","details":{"big":${big}}}`;
  const headers = { Authorization: `Bearer ${client.apiKey}`, 'Content-Type': 'application/json' };
  const send = async (key: string) => {
    const body = `{"errors":[${error(key)}]}`;
    const sent = await fetch(`${client.url}/api/jobs/${id}/progress`, { method: 'POST', headers, body });
    assert.equal(sent.status, 200);
  };
  await send('first');
  await open(id);
  const region = page.getByRole('region', { name: 'Errors and warnings' });
  await region.locator('summary', { hasText: 'price' }).press('Enter');
  await region.getByText('No first').waitFor();
  await region.locator('.issues summary').press('Enter');
  await region.getByText(big, { exact: true }).waitFor();
  await send('second');
  await region.getByRole('heading', { name: '2 errors' }).waitFor();
  assert.equal(await region.getByText('Kept are').count(), 0);
  await region.getByText('No second').waitFor();
});

test('a job’s page shows which endpoints were sent its events, and what they said', async () => {
  const { client } = live;
  const { port } = receiver.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/hear`;
  const { webhook_id } = (await client.post('/api/webhooks', { url })).json;
  const before = await client.createJob({ name: 'Unsent' });
  const id = await client.createJob({ name: 'Sent' });
  const sent = async () =>
    (await client.get(`/api/webhooks/${webhook_id}/deliveries?status=delivered&job_id=${id}`)).json
      .deliveries;
  while ((await sent()).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  await client.report(before, { mark_started: true });
  await open(id);
  await page.getByText('Deliveries of its events').click();
  const endpoint = page.getByRole('region', { name: url });
  await endpoint.getByRole('cell', { name: 'job.created' }).waitFor();
  await endpoint.getByRole('cell', { name: 'delivered' }).waitFor();
  await endpoint.getByText('200', { exact: true }).click();
  await endpoint.getByText('taken').waitFor();
  assert.equal(await endpoint.locator('tbody tr').count(), 1);
  assert.deepEqual(await axeFindings(page), []);
});

test('of more deliveries than are shown it is said which are', async () => {
  const { client } = live;
  const { port } = receiver.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/many`;
  const { webhook_id } = (await client.post('/api/webhooks', { url })).json;
  const id = await client.createJob({ name: 'Much sent' });
  const path = `/api/webhooks/${webhook_id}/deliveries`;
  const sent = async () => (await client.get(`${path}?job_id=${id}`)).json.deliveries;
  let [delivery] = await sent();
  for (let n = 0; n < 600 && delivery === undefined; n++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    [delivery] = await sent();
  }
  assert.ok(delivery);
  await page.route(new RegExp(`${path}\\?`), (route) => {
    const limit = Number(new URL(route.request().url()).searchParams.get('limit'));
    const deliveries = Array.from({ length: Math.min(limit, 60) }, (_, n) => ({
      ...delivery,
      delivery_id: `d${n}`,
    }));
    return route.fulfill({ json: { deliveries, next_cursor: null } });
  });
  await open(id);
  await page.getByText('Deliveries of its events').click();
  const endpoint = page.getByRole('region', { name: url });
  await endpoint.getByText('The newest 50 are shown.').waitFor();
  assert.equal(await endpoint.locator('tbody tr').count(), 50);
  await page.unrouteAll({ behavior: 'wait' });
});

test('a link to read opens a job without a sign-in, and nothing else; once its tokens are revoked it says so', async () => {
  const { client } = live;
  const id = await client.createJob({ name: 'Shared', total_items: 4, tags: ['north'] });
  await open(id);
  await page.getByText('Share', { exact: true }).click();
  await page.getByRole('button', { name: 'Make a link to read' }).click();
  const link = await page.getByLabel('Copy link').inputValue();
  const guests = await browser.newContext();
  guests.setDefaultTimeout(60_000);
  const guest = await guests.newPage();
  await guest.goto(link);
  await guest.getByRole('heading', { name: 'Shared' }).waitFor();
  await client.report(id, {
    ...{ mark_started: true, processed_items: 1, stage: 'reading' },
    logs: [{ level: 'info', message: 'a line for guests' }],
  });
  await guest.getByText('25 %').waitFor();
  await guest.getByText('a line for guests').waitFor();
  await guest.getByText('north').waitFor();
  assert.deepEqual(await guest.getByRole('main').getByRole('link').allTextContents(), []);
  for (const name of ['Cancel', 'Rerun', 'Delete'])
    assert.equal(await guest.getByRole('button', { name, exact: true }).count(), 0);
  assert.deepEqual(await axeFindings(guest), []);
  await guest.getByRole('link', { name: 'Headway' }).click();
  await guest.getByLabel('API key').waitFor();
  await guest.goto(link);
  await guest.getByRole('heading', { name: 'Shared' }).waitFor();
  // By then its stream is open: one that was still asked for would tell of the revocation first.
  await client.report(id, { processed_items: 2 });
  await guest.getByText('50 %').waitFor();
  // Its log is told before its next stream is, whose answer never comes.
  await guest.route(/\/stream$/, () => undefined);
  const headers = { Authorization: `Bearer ${client.apiKey}` };
  const revoked = await fetch(`${client.url}/api/jobs/${id}/tokens`, { method: 'DELETE', headers });
  assert.equal(revoked.status, 204);
  await guest.getByLabel('Search').fill('guests');
  await guest.getByLabel('Search').press('Enter');
  await guest.getByRole('alert').getByText('This link opens nothing any more').waitFor();
  const shown = [
    ['alert', 1],
    ['heading', 1],
    ['region', 0],
  ] as const;
  for (const [role, count] of shown) assert.equal(await guest.getByRole(role).count(), count, role);
  assert.deepEqual([await guest.title(), await axeFindings(guest)], ['Headway', []]);
  await guests.close();
});

test('what a proxy, or a browser without a network, says in the place of the service is not shown', async () => {
  const id = await live.client.createJob({ name: 'Behind' });
  const content = `**/api/jobs/${id}`;
  const html = { contentType: 'text/html', body: '<html><head><title>nginx</title></head></html>' };
  await page.route(content, (route) => route.fulfill({ status: 502, ...html }));
  await open(id);
  const group = page.locator('details', { hasText: 'Metadata and result' });
  await group.locator('summary').click();
  const said = () => group.locator('.failure').textContent();
  assert.equal(await said(), 'The service can’t be reached. Try again');
  for (const answer of ['a page', 'nothing']) {
    await page.unroute(content);
    await page.route(content, (route) =>
      answer === 'nothing' ? route.abort() : route.fulfill({ status: 200, ...html }),
    );
    const asked = page.waitForRequest(content);
    await group.getByRole('button', { name: 'Try again' }).click();
    await asked;
    assert.equal(await said(), 'The service can’t be reached. Try again');
  }
  await page.unrouteAll({ behavior: 'wait' });
  await group.getByRole('button', { name: 'Try again' }).click();
  await group.locator('.leaf, .tree').first().waitFor();
});
