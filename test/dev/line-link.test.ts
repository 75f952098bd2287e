import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { Live } from './live.ts';

/** Nothing of it looks anything up or calls home: only addresses of this machine can be reached. */
const ARGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  ...['--disable-component-update', '--disable-sync'],
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

let live: Live;
let browser: Browser;
before(async () => {
  live = await Live.start();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
});
after(async () => {
  await browser?.close();
  await live?.stop();
});

test('chromium follows a link that reports: it is asked first, and its one button reports', async () => {
  const { client } = live;
  const id = await client.createJob({ total_items: 4 });
  const { token } = (await client.post(`/api/jobs/${id}/tokens`, { scope: 'report', allow_get: true })).json;
  const job = async () => (await client.get(`/api/jobs/${id}`)).json;
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  const text = 'disk "full"\n<b>really</b> & trüly';
  await page.goto(`${client.url}/r/${token}/fail?text=${encodeURIComponent(text)}`);
  assert.equal((await job()).status, 'pending');
  assert.equal(await page.locator('p').textContent(), text);
  const colour = await page.evaluate('getComputedStyle(document.querySelector("button")).backgroundColor');
  assert.equal(colour, 'rgb(36, 88, 197)');
  await page.locator('button').click();
  await page.waitForFunction('document.body.innerText.startsWith("failed")');
  const { status, error_message } = await job();
  assert.deepEqual([status, error_message.replaceAll('\r\n', '\n')], ['failed', text]);
  assert.deepEqual(
    complaints.filter((line) => !line.includes('404')),
    [],
  );
});
