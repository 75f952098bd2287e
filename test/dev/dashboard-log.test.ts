/** The log of a job’s page in a real browser: all lines to the last, however they come. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { DashboardVisit } from './dashboard-visit.ts';
import { drawn } from './dashboard-visitor.ts';
import type { Live } from './live.ts';

let visit: DashboardVisit;
let live: Live;
let page: Page;

before(async () => {
  visit = await DashboardVisit.begin({ timeout: 60_000 });
  ({ live, page } = visit);
});
after(() => visit?.end());

const LOGS = /\/api\/jobs\/[^/]+\/logs/;
const log = () => page.getByRole('region', { name: 'Log' });
const line = (message: string) => ({ level: 'info', message });
const report = (jobId: string, body: Record<string, unknown>) => live.client.report(jobId, body);

async function open(jobId: string, rest = ''): Promise<void> {
  await page.goto(`${live.client.url}/ui/jobs/${jobId}${rest}`);
  await log().getByText('Job created').waitFor();
}

test('what is said while the log is read is shown after it, and so is the end', async () => {
  const id = await live.client.createJob({ name: 'Chatty' });
  await open(id);
  await page.route(LOGS, async (route) => {
    await pause(300);
    await route.continue();
  });
  await report(id, { logs: [line('a word')] });
  await pause(50);
  await report(id, { mark_completed: true, logs: [line('the last word')] });
  await log().getByText('the last word').waitFor();
  await log().getByText('Job completed').waitFor();
  assert.equal(await page.locator('.failure').count(), 0);
  await page.unrouteAll({ behavior: 'wait' });
});

test('a search and a download take place while the log is read', async () => {
  const id = await live.client.createJob({ name: 'Searched' });
  await report(id, { logs: [line('a needle'), line('some hay')] });
  await open(id);
  await log().getByText('a needle').waitFor();
  const released = Promise.withResolvers<void>();
  const asked = page.waitForRequest(LOGS);
  await page.route(LOGS, async (route) => {
    if (!route.request().url().includes('q=')) await released.promise;
    await route.continue();
  });
  await report(id, { logs: [line('more hay')] });
  await asked;
  await log().getByLabel('Search').fill('needle');
  await log().getByLabel('Search').press('Enter');
  await log().getByText('some hay').waitFor({ state: 'detached' });
  await log().getByText('a needle').waitFor();
  await log().getByLabel('Search').fill('');
  await log().getByLabel('Search').press('Enter');
  const coming = page.waitForEvent('download');
  await log().getByRole('button', { name: 'Download' }).click();
  released.resolve();
  await coming;
  await page.unrouteAll({ behavior: 'wait' });
});

test('a line by a clock that is ahead hides none that come after it', async () => {
  const id = await live.client.createJob({ name: 'Clocks' });
  await open(id);
  const ahead = new Date(Date.now() + 60_000).toISOString();
  await report(id, { logs: [{ ...line('said in a minute'), timestamp: ahead }] });
  await log().getByText('said in a minute').waitFor();
  await report(id, {
    errors: [{ entity_type: 'row', entity_key: '7', error_type: 'no_price', message: 'Row 7 has no price' }],
  });
  await log().getByText('Row 7 has no price').waitFor();
  await report(id, { mark_failed: 'torn' });
  await log().getByText('Job failed: torn').waitFor();
});

test('a line is drawn once, however often its job moves and others come after it', async () => {
  const id = await live.client.createJob({ name: 'Long and busy' });
  await report(id, {
    mark_started: true,
    logs: Array.from({ length: 300 }, (_, n) => line(`line ${n}.`)),
  });
  await open(id);
  await log().getByText('line 299.').waitFor();
  await drawn(page);
  // Each line that is drawn has its time written, twice.
  await page.evaluate(`
    const { get } = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format');
    window.written = 0;
    Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
      get() {
        window.written++;
        return get.call(this);
      },
    });
  `);
  await report(id, { processed_items: 3 });
  await page.getByText('3 of 10').waitFor();
  await report(id, { logs: [line('one more')] });
  await log().getByText('one more').waitFor();
  assert.ok(Number(await page.evaluate('window.written')) < 100);
});

test('a whole log is never said to be a part, neither while a line of it is read nor where that fails', async () => {
  const id = await live.client.createJob({ name: 'Whole' });
  await report(id, { logs: Array.from({ length: 300 }, (_, n) => line(`line ${n}.`)) });
  await open(id);
  await log().getByText('line 299.').waitFor();
  await drawn(page);
  await page.evaluate(`
    window.parts = 0;
    new MutationObserver(() => {
      if (document.querySelector('.log').textContent.includes('The newest')) window.parts++;
    }).observe(document.querySelector('.log'), { subtree: true, childList: true, characterData: true });
  `);
  for (let n = 0; n < 3; n++) await report(id, { logs: [line(`new ${n}.`)] });
  await log().getByText('new 2.').waitFor();
  await page.route(LOGS, (route) =>
    route.fulfill({ status: 403, json: { code: 'forbidden', detail: 'No more of it.' } }),
  );
  await report(id, { logs: [line('unread')] });
  await log().getByText('No more of it.').waitFor();
  await drawn(page);
  await page.unrouteAll({ behavior: 'wait' });
  assert.equal(await page.evaluate('window.parts'), 0);
});

test('the level of a line that warns or fails stands there in words too', async () => {
  const id = await live.client.createJob({ name: 'Levels' });
  await report(id, {
    logs: ['info', 'warn', 'error'].map((level) => ({ level, message: `said as ${level}.` })),
  });
  await open(id);
  for (const [said, words] of Object.entries({ info: '', warn: 'warn ', error: 'error ' })) {
    const text = await log()
      .locator('li', { hasText: `said as ${said}.` })
      .textContent();
    assert.match(text ?? '', new RegExp(`^[0-9:]+ ${words}said as ${said}\\.$`));
  }
});

test('of a log that is longer than what a job keeps the newest lines are shown, to the last', async () => {
  const id = await live.client.createJob({ name: 'Long' });
  for (let n = 0; n < 11; n++)
    await report(id, { logs: Array.from({ length: 1_000 }, (_, k) => line(`line ${n * 1_000 + k}.`)) });
  await report(id, { mark_completed: true });
  await open(id);
  await log().getByText('line 10999.').waitFor();
  await log().getByText('line 1000.').waitFor();
  await log().getByText('Job completed').waitFor();
  const { logs_total } = await live.client.job(id);
  const [kept, all] = [logs_total - 1_000, logs_total].map((lines) => lines.toLocaleString('en'));
  await log().getByText(`The newest ${kept} of ${all} lines.`).waitFor();
  await log().getByLabel('Search').fill('line 999.');
  await log().getByLabel('Search').press('Enter');
  await log().locator('[aria-live]').getByText('No line matches.').waitFor();
  await log().getByText('The oldest lines are kept no more, and not searched.').waitFor();
});

test('a link to a line leads there, though the log goes on below it', async () => {
  const id = await live.client.createJob({ name: 'Linked' });
  await report(id, { logs: Array.from({ length: 300 }, (_, n) => line(`line ${n}.`)) });
  await open(id);
  const target = log().locator('li', { hasText: 'line 40.' });
  const place = await target.getAttribute('id');
  await page.goto('about:blank');
  await open(id, `#${place}`);
  await page.waitForFunction(
    `(() => {
      const { top, bottom } = document.getElementById('${place}').getBoundingClientRect();
      const box = document.querySelector('.log ol').getBoundingClientRect();
      return top >= box.top && bottom <= box.bottom && top >= 0 && bottom <= innerHeight;
    })()`,
  );
});

test('colours of a larger table, or by their parts, are no codes of others, and are not shown as text', async () => {
  const said = ['38;5;31', '38;5;1', '48;2;0;0;31', '38:5:31', '38;5;7;32'];
  const id = await live.client.createJob({ name: 'Colours' });
  await report(id, { logs: said.map((codes) => line(`\u001b[31m\u001b[${codes}mby ${codes}`)) });
  await open(id);
  await log()
    .getByText(`by ${said.at(-1)}`)
    .waitFor();
  const shown = said.map((codes) =>
    log()
      .getByRole('listitem')
      .filter({ hasText: `by ${codes}` })
      .evaluate(({ lastChild: text }: { lastChild: { className?: string; textContent: string } }) => [
        text.className ?? '',
        text.textContent,
      ]),
  );
  const classes = ['', '', 'ansi-1', 'ansi-1', 'ansi-2'];
  assert.deepEqual(
    await Promise.all(shown),
    said.map((codes, n) => [classes[n], `by ${codes}`]),
  );
});
