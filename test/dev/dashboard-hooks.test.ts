/** The page of hooks in a real browser: a hook is tried before it is made, made, and given another URL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './chromium-args.ts';
import { axeFindings, signIn } from './dashboard-visitor.ts';
import { Live } from './live.ts';

let live: Live;
let browser: Browser;
let page: Page;
before(async () => {
  live = await Live.start(undefined, { permissions: ['job:create', 'job:read', 'webhook:manage'] });
  browser = await chromium.launch(CHROMIUM);
  page = await browser.newPage();
  page.setDefaultTimeout(60_000);
});
after(async () => {
  await browser?.close();
  await live?.stop();
});

test('a hook is tried on what is pasted before it is made, and is given another URL', async () => {
  const { client } = live;
  const hooks = async () => (await client.get('/api/hooks')).json.hooks;
  const jobs = async () => (await client.get('/api/jobs?job_type=deploy')).json.jobs;
  await signIn(page, client, '/ui/hooks');
  await page.getByRole('button', { name: 'New hook' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Try it on a payload first').click();
  const attempt = async (payload: string, headers = '') => {
    await dialog.getByLabel('Payload').fill(payload);
    await dialog.getByLabel('headers').fill(headers);
    await dialog.getByRole('button', { name: 'What would it do?' }).click();
  };
  await attempt('{"title": "Release 7"}', 'X-Event: push');
  await dialog.getByRole('status').getByText('It would make this job').waitFor();
  await dialog.getByRole('status').getByText('Release 7').first().waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await attempt('{"title": ');
  await dialog.getByRole('alert').waitFor();
  await attempt('{}', 'no header');
  await dialog.getByText('That is no header').waitFor();
  const hook = JSON.parse(await dialog.getByLabel('The hook').inputValue());
  hook.mapping.from.total_items = '/count';
  delete hook.mapping.set.total_items;
  await dialog.getByLabel('The hook').fill(JSON.stringify(hook));
  await attempt('{"count": "many"}');
  await dialog.getByRole('alert').getByText('total_items').waitFor();
  assert.deepEqual([await hooks(), await jobs()], [[], []]);
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.waitFor({ state: 'detached' });
  const [made] = await hooks();
  await page.getByRole('button', { name: 'New URL' }).click();
  await page.getByRole('button', { name: 'End it in a day' }).click();
  await page.getByText(/served too: that ends in/).waitFor();
  const [rotated] = await hooks();
  assert.notEqual(rotated.url, made.url);
  assert.equal(await page.getByLabel('Copy URL').first().inputValue(), rotated.url);
  const sent = (url: string) => fetch(url, { method: 'POST', body: '{"title": "Release 8", "count": 1}' });
  for (const url of [made.url, rotated.url]) assert.equal((await sent(url)).status, 202);
  await page.getByRole('button', { name: 'New URL' }).click();
  await page.getByRole('button', { name: 'End it at once' }).click();
  await page.getByText(/served too/).waitFor({ state: 'detached' });
  for (const url of [made.url, rotated.url]) assert.equal((await sent(url)).status, 404);
});

test('what a hook is tried on has its digits there and back', async () => {
  const big = '1234567890123456789';
  await page.goto(`${live.client.url}/ui/hooks`);
  await page.getByRole('button', { name: 'New hook' }).click();
  const dialog = page.getByRole('dialog');
  const hook = JSON.parse(await dialog.getByLabel('The hook').inputValue());
  hook.name = 'digits';
  hook.mapping.from['metadata.all'] = '/all';
  await dialog.getByLabel('The hook').fill(JSON.stringify(hook));
  await dialog.getByText('Try it on a payload first').click();
  await dialog.getByLabel('Payload').fill(`{"title": "Big", "all": {"big": ${big}}}`);
  await dialog.getByRole('button', { name: 'What would it do?' }).click();
  await dialog.getByText(big, { exact: true }).first().waitFor({ state: 'attached' });
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.waitFor({ state: 'detached' });
  const card = page.getByRole('region', { name: 'digits' });
  await card.getByText('Try a payload').click();
  await card.getByLabel('Payload').fill(`{"title": "Big", "all": {"big": ${big}}}`);
  await card.getByRole('button', { name: 'What would it do?' }).click();
  await card.getByText(big, { exact: true }).first().waitFor({ state: 'attached' });
});
