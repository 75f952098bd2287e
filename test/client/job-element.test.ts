/** `<headway-job>` on a page of another origin, in a browser. HEADWAY_SHOTS names a folder for pictures of it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ASSETS } from '../../dev/build/build-assets.ts';
import { coloursOf, type Theme, type Tone } from '../../src/domain/base/palette.ts';
import { CHROMIUM } from '../dev/chromium-args.ts';
import { live } from './service.ts';

const MOST = 4 * 1_024;
const SHOTS = process.env.HEADWAY_SHOTS;
const PAGE = `<!doctype html>
<meta charset="utf-8"><title>Jobs</title>
<style>:root { color-scheme: light dark } body { font: 14px sans-serif; width: 560px } p { margin: 4px 0 }</style>
<p>Before</p><div id="jobs"></div><p>After</p>`;

let pages: Server;
let browser: Browser;
before(async () => {
  pages = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(PAGE));
  await once(pages.listen(0, '127.0.0.1'), 'listening');
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  pages?.close();
});

/** A page of another origin that has loaded the element from the service. */
async function open(theme: Theme = 'light'): Promise<Page> {
  const page = await browser.newPage({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
  await page.addScriptTag({ type: 'module', url: `${live.client.url}/headway-job.js` });
  return page;
}

/** Puts the element of a job there, opened by a token for that job alone. */
async function put(page: Page, id: string, attributes = ''): Promise<string> {
  const { json } = await live.client.post(`/api/jobs/${id}/tokens`, { scope: 'read' });
  const src = `${live.client.url}/api/jobs/${id}`;
  await add(page, `<headway-job id="j${id}" src="${src}" token="${json.token}" ${attributes}></headway-job>`);
  return `#j${id}`;
}

function add(page: Page, html: string): Promise<void> {
  return page.evaluate(
    `document.querySelector('#jobs').insertAdjacentHTML('beforeend', ${JSON.stringify(html)})`,
  );
}

/** What it says to who can't see it, and what it shows. */
interface Seen {
  label: string | null;
  now: string | null;
  text: string | null;
  shown: string[];
  fill: string;
  height: number;
}

function look(page: Page, selector: string): Promise<Seen> {
  return page.evaluate(`(() => {
    const element = document.querySelector('${selector}');
    const bar = element.shadowRoot.querySelector('[role=progressbar]');
    return {
      label: bar.getAttribute('aria-label'),
      now: bar.getAttribute('aria-valuenow'),
      text: bar.getAttribute('aria-valuetext'),
      shown: [...element.shadowRoot.querySelectorAll('span')].slice(0, 3).map((span) => span.textContent),
      fill: getComputedStyle(element.shadowRoot.querySelector('[part=done]')).backgroundColor,
      height: element.offsetHeight,
    };
  })()`);
}

/** Where things are on the page: the element, its label, its bar, and what stands around it. */
function boxes(page: Page, selector: string): Promise<number[][]> {
  return page.evaluate(`(() => {
    const element = document.querySelector('${selector}');
    const parts = ['name', 'bar'].map((part) => element.shadowRoot.querySelector('[part=' + part + ']'));
    return [...document.querySelectorAll('p'), element, ...parts].map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return [x, y, width, height];
    });
  })()`);
}

const says = (page: Page, selector: string, text: string) =>
  page.waitForFunction(
    `document.querySelector('${selector}').shadowRoot.querySelector('[role=progressbar]').getAttribute('aria-valuetext').includes('${text}')`,
  );

function rgb(theme: Theme, tone: Tone): string {
  const [red, green, blue] = (coloursOf(theme, tone).fill.slice(1).match(/../g) ?? []).map((hex) =>
    parseInt(hex, 16),
  );
  return `rgb(${red}, ${green}, ${blue})`;
}

test('it is 4 KiB at most', async () => {
  const size = gzipSync(await readFile(join(ASSETS, 'headway-job.js')), { level: 9 }).byteLength;
  assert.ok(size > 1_000 && size <= MOST, `${size} bytes`);
});

test('it shows 0 % before anything is known, each change as it comes, over a SIGKILL too, and the end', async () => {
  const { client } = live;
  const page = await open();
  const id = await client.createJob({ name: 'Prices', total_items: 200 });
  const job = await put(page, id, 'name="Prices"');
  const begun = await look(page, job);
  assert.deepEqual([begun.label, begun.now, begun.shown[2], begun.height], ['Prices', '0', '0%', 20]);
  const places = await boxes(page, job);
  await says(page, job, 'pending');
  assert.deepEqual((await look(page, job)).shown, ['Prices', 'pending', '0%']);
  const changes = `(window.changes = [], document.querySelector('${job}').addEventListener('change', ({ detail }) => changes.push(detail.revision)))`;
  await page.evaluate(changes);
  await client.report(id, { processed_items: 84, stage: 'loading' });
  await says(page, job, 'loading');
  const { shown, text, now, fill } = await look(page, job);
  assert.deepEqual([shown, now], [['Prices', 'in progress · loading', '42%'], '42']);
  assert.equal(text, '42%, in progress · loading');
  assert.equal(fill, rgb('light', 'active'));
  await live.crash();
  await client.report(id, { processed_items: 199, failed_items: 1, mark_completed: true });
  await says(page, job, 'partial success');
  const ended = await look(page, job);
  assert.deepEqual([ended.shown[2], ended.fill, ended.height], ['100%', rgb('light', 'warning'), 20]);
  assert.deepEqual(await page.evaluate(`document.querySelector('${job}').job.status`), 'partial_success');
  assert.ok((await page.evaluate<number[]>('changes')).length >= 2);
  assert.deepEqual(await boxes(page, job), places, 'something has moved');
  await page.close();
});

test('in the dark and in the light, of every tone; theme wins over what the reader prefers', async () => {
  const { client } = live;
  const made = await Promise.all(
    ['Running', 'Done', 'Warned', 'Failed', 'Cancelled'].map((name) =>
      client.createJob({ name, total_items: 10 }),
    ),
  );
  const [running = '', done = '', warned = '', failed = '', cancelled = ''] = made;
  await client.report(running, { processed_items: 6, stage: 'a stage with a very long name '.repeat(6) });
  await client.report(done, { processed_items: 10, mark_completed: true });
  await client.report(warned, { processed_items: 10, warned_items: 1, mark_completed: true });
  await client.report(failed, { processed_items: 4, mark_failed: 'The disk is full' });
  await client.post(`/api/jobs/${cancelled}/cancel`, {});
  for (const theme of ['light', 'dark'] as const) {
    const page = await open(theme);
    const tones: Tone[] = ['active', 'good', 'warning', 'bad', 'quiet'];
    const words = ['in progress', 'completed', 'with warnings', 'The disk is full', 'cancelled'];
    for (const [index, id] of made.entries()) {
      const job = await put(page, id);
      await says(page, job, words[index] ?? '');
      assert.equal(
        (await look(page, job)).fill,
        rgb(theme, tones[index] ?? 'quiet'),
        `${words[index]}, ${theme}`,
      );
    }
    if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${theme}.png`) });
    const other = theme === 'light' ? 'dark' : 'light';
    const job = `#j${done}`;
    await page.evaluate(`document.querySelector('${job}').setAttribute('theme', '${other}')`);
    assert.equal((await look(page, job)).fill, rgb(other, 'good'));
    assert.equal(await page.evaluate('document.body.scrollWidth <= innerWidth'), true);
    await page.close();
  }
});

test('what can’t be shown is not available; another address is another job; gone from the page it asks no more', async () => {
  const { client } = live;
  const page = await open();
  const [one, other] = [await client.createJob({ name: 'One' }), await client.createJob({ name: 'Other' })];
  const job = await put(page, one);
  await says(page, job, 'pending');
  const { json } = await client.post(`/api/jobs/${other}/tokens`, { scope: 'read' });
  const become = (src: string, token: string) =>
    page.evaluate(`(() => {
      const element = document.querySelector('${job}');
      element.setAttribute('src', '${src}');
      element.setAttribute('token', '${token}');
    })()`);
  await become(`${client.url}/api/jobs/${other}`, json.token);
  await page.waitForFunction(`document.querySelector('${job}').job?.name === 'Other'`);
  await become(`${client.url}/api/jobs/${one}`, json.token);
  await says(page, job, 'not available');
  assert.deepEqual(
    [(await look(page, job)).now, (await look(page, job)).fill],
    [null, rgb('light', 'quiet')],
  );
  await become('about:blank', '');
  await says(page, job, 'not available');
  await become(`${client.url}/api/jobs/${other}`, json.token);
  await says(page, job, 'pending');
  const gone = page.waitForEvent('requestfailed');
  await page.evaluate(`document.querySelector('${job}').remove()`);
  assert.match((await gone).url(), /\/stream$/);
  await page.close();
});
