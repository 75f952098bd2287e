/** The dashboard in a real browser, at the work that is done with it: families of jobs, numbers, many at once, behind a proxy, by keyboard. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { Client } from '../contract/client.ts';
import { type Running, Workplace } from './commands.ts';
import { DashboardVisit } from './dashboard-visit.ts';
import { rowIn, signIn } from './dashboard-visitor.ts';
import { freePort } from './free-port.ts';
import type { Live } from './live.ts';
import { startNginx } from './nginx.ts';

let visit: DashboardVisit;
let live: Live;
let browser: Browser;
let page: Page;

before(async () => {
  visit = await DashboardVisit.begin();
  ({ live, browser, page } = visit);
});
after(() => visit?.end());

const report = (jobId: string, body: Record<string, unknown>) => live.client.report(jobId, body);

test('a job’s page shows its children as they move, what they come to, and where it comes from itself', async () => {
  const { client } = live;
  const parent = await client.createJob({ job_type: 'import', name: 'Whole' });
  const piece = (name: string) => client.createJob({ name, parent_job_id: parent });
  const first = await piece('Piece 1');
  await page.goto(`${client.url}/ui/jobs/${parent}`);
  await page.getByRole('heading', { name: '1 child' }).waitFor();
  const line = page.locator(`li[data-job="${first}"]`);
  await report(first, { mark_started: true, processed_items: 5, stage: 'sorting' });
  await line.getByText('sorting').waitFor();
  await line.getByText('50 %').waitFor();
  // The event itself says whose child it is: no answer is needed for that.
  const released = Promise.withResolvers<void>();
  await page.route('**/children?*', (route) => released.promise.then(() => route.continue()));
  await piece('Piece 2');
  await page.getByRole('button', { name: '1 new' }).waitFor();
  released.resolve();
  await page.getByRole('button', { name: '1 new' }).click();
  await page.getByRole('heading', { name: '2 children' }).waitFor();
  await page.locator('li[data-job]').nth(1).waitFor();
  await report(first, { mark_failed: 'torn' });
  await line.getByText('failed').waitFor();
  await line.getByRole('link').click();
  await page.getByRole('heading', { name: 'Piece 1' }).waitFor();
  await page.getByRole('button', { name: 'Rerun', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(first));
  await page.getByRole('heading', { name: '2 runs' }).waitFor();
  await page.getByText('Rerun 1, this one').waitFor();
  await page.getByRole('link', { name: 'First run' }).click();
  await page.getByText('First run, this one').waitFor();
  await page.getByText('Child of').waitFor();
  await page.getByRole('link', { name: parent.slice(0, 8) }).click();
  await page.getByRole('heading', { name: 'Whole' }).waitFor();
});

test('the counts above the list are those of the service, and follow what happens', async () => {
  const { client } = live;
  const id = await client.createJob({ job_type: 'counted', name: 'Counted' });
  await page.goto(`${client.url}/ui/?job_type=counted`);
  const counts = page.getByRole('list', { name: 'Counts' });
  await counts.getByRole('link', { name: '1 pending' }).waitFor();
  await rowIn(page, id).getByText('pending').waitFor();
  await report(id, { mark_started: true });
  await counts.getByRole('link', { name: '1 in progress' }).click();
  await page.waitForURL('**/ui/?status=in_progress&job_type=counted');
  await rowIn(page, id).waitFor();
});

test('five hundred are cancelled at once, by a job of its own that shows how far it is', async () => {
  const { client } = live;
  const ids: string[] = [];
  while (ids.length < 500)
    ids.push(
      ...(await Promise.all(
        Array.from({ length: 25 }, (_, n) => client.createJob({ job_type: 'crowd', name: `Crowd ${n}` })),
      )),
    );
  await page.goto(`${client.url}/ui/?job_type=crowd`);
  await page.locator('tr[data-job]').nth(99).waitFor();
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('button', { name: 'Cancel 500 jobs' }).click();
  await page.getByRole('heading', { name: /cancel/i }).waitFor();
  await page.getByText('100 %').first().waitFor({ timeout: 120_000 });
  for (const id of ids) assert.equal((await client.job(id)).status, 'cancelled');
});

test('behind nginx, which answers HTML while the service is away, nothing is missing either', async () => {
  const { client } = live;
  const place = await Workplace.make();
  let nginx: Running | undefined;
  try {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    nginx = await startNginx(
      place,
      `server { listen 127.0.0.1:${port}; access_log off; location / { proxy_set_header Host $http_host; proxy_http_version 1.1; proxy_pass ${client.url}; } }`,
    );
    const id = await client.createJob({ job_type: 'sync', name: 'Behind', total_items: 100 });
    const context = await browser.newContext();
    context.setDefaultTimeout(30_000);
    const proxied = await context.newPage();
    await signIn(proxied, new Client(origin, client.apiKey));
    const row = rowIn(proxied, id);
    await row.waitFor();
    await proxied.getByText('live', { exact: true }).waitFor();
    await live.crash(async () => {
      await proxied.getByText(/^offline/).waitFor();
      const answer = await fetch(`${origin}/api/me`);
      assert.deepEqual([answer.status, answer.headers.get('Content-Type')], [502, 'text/html']);
      // Its next try meets the page of HTML too.
      await proxied.waitForResponse((response) => response.status() === 502, { timeout: 60_000 });
    });
    await report(id, { mark_started: true, processed_items: 40, stage: 'after' });
    await proxied.getByText('live', { exact: true }).waitFor({ timeout: 60_000 });
    await row.getByText('40 %').waitFor();
    await row.getByText('after').waitFor();
    await context.close();
  } finally {
    nginx?.child.kill('SIGTERM');
    await nginx?.ended;
    await place.leave();
  }
});

test('by keyboard alone: sign in, make a job, cancel it with a reason, sign out', async () => {
  const context = await browser.newContext();
  context.setDefaultTimeout(30_000);
  const walk = await context.newPage();
  const { keyboard } = walk;
  /** Goes on until what has the focus says `name`. */
  const tabTo = async (name: string) => {
    const said = `(() => { const { activeElement: one } = document; return [...(one.labels ?? [])].map((label) => label.textContent).join(' ') || one.textContent; })()`;
    for (let n = 0; n < 80; n++) {
      await keyboard.press('Tab');
      if (
        String(await walk.evaluate(said))
          .trim()
          .startsWith(name)
      )
        return;
    }
    assert.fail(`nothing leads to ${name}`);
  };
  await walk.goto(`${live.client.url}/ui/new`);
  await walk.getByLabel('API key').waitFor();
  await tabTo('API key');
  await keyboard.type(live.client.apiKey);
  await keyboard.press('Enter');
  await walk.getByRole('heading', { name: 'New job' }).waitFor();
  await tabTo('Name');
  await keyboard.type('By keyboard');
  await keyboard.press('Enter');
  await walk.getByRole('heading', { name: 'By keyboard' }).waitFor();
  await tabTo('Cancel');
  await keyboard.press('Enter');
  await walk.getByRole('dialog').waitFor();
  await tabTo('Reason');
  await keyboard.type('tried');
  await keyboard.press('Enter');
  await walk.getByText(/not noticed by the worker yet/).waitFor();
  await tabTo('Sign out');
  await keyboard.press('Enter');
  await walk.getByLabel('API key').waitFor();
  await context.close();
});
