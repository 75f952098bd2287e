/** The list of jobs in a real browser, while it moves: what is typed, asked and shown stays right. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { DashboardVisit } from './dashboard-visit.ts';
import { drawn, holdBack, rowIn, signIn, turn } from './dashboard-visitor.ts';
import type { Live } from './live.ts';

let visit: DashboardVisit;
let live: Live;
let page: Page;

before(async () => {
  visit = await DashboardVisit.begin();
  ({ live, page } = visit);
});
after(() => visit?.end());

const report = (jobId: string, body: Record<string, unknown>) => live.client.report(jobId, body);

async function open(query: string): Promise<void> {
  await page.goto(`${live.client.url}/ui/?${query}`);
  await page.getByText('live', { exact: true }).waitFor();
}

test('what a bulk operation asks is about the jobs that it has counted, and ends with their list', async () => {
  const { client } = live;
  const ids = await Promise.all(
    [1, 2, 3].map((n) => client.createJob({ name: `Doomed ${n}`, tags: ['bulk'] })),
  );
  await Promise.all(ids.map((id) => report(id, { mark_failed: 'torn' })));
  const kept = await client.createJob({ name: 'Kept', tags: ['bulk'] });
  await open('tag=bulk');
  await rowIn(page, kept).waitFor();
  await page.locator('select[name=status]').selectOption('failed');
  await page.waitForURL('**/ui/?status=failed&tag=bulk');
  await rowIn(page, kept).waitFor({ state: 'detached' });
  for (const id of ids) await rowIn(page, id).getByRole('checkbox').check();
  const posted: unknown[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posted.push(request.postDataJSON());
  });
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete 3 jobs' }).waitFor();
  await page.goBack();
  await page.waitForURL('**/ui/?tag=bulk');
  await rowIn(page, kept).waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
  const [dry, ...others] = posted as { job_ids: string[]; dry_run: boolean }[];
  assert.deepEqual(others, []);
  assert.deepEqual([dry?.dry_run, dry?.job_ids.toSorted()], [true, ids.toSorted()]);
});

test('what comes above the rows moves none of them', async () => {
  const { client } = live;
  for (const query of ['', 'tag=still']) {
    const id = await client.createJob({ tags: ['still'], name: 'Still' });
    await open(query);
    await rowIn(page, id).waitFor();
    await drawn(page);
    const place = async () => (await rowIn(page, id).boundingBox())?.y;
    const before = await place();
    await rowIn(page, id).getByRole('checkbox').check();
    await page.getByText('1 selected').waitFor();
    assert.equal(await place(), before);
    await client.createJob({ tags: ['still'], name: 'Newer' });
    await page.getByRole('button', { name: '1 new' }).waitFor();
    await page.getByText('There are new ones.').waitFor({ state: 'attached' });
    assert.equal(await place(), before);
  }
});

test('of two jobs of one name that come to one status each is said aloud; that no job matches is too', async () => {
  const { client } = live;
  const twins = await Promise.all(['a', 'b'].map(() => client.createJob({ name: 'Twin', tags: ['twin'] })));
  await open('tag=twin');
  await page.evaluate(`
    window.said = [];
    new MutationObserver((changes) => {
      for (const { type, target, addedNodes } of changes)
        for (const { textContent } of type === 'characterData' ? [target] : addedNodes) window.said.push(textContent);
    }).observe(document.querySelector('main > .unseen'), { subtree: true, childList: true, characterData: true });
  `);
  for (const id of twins) {
    await rowIn(page, id).waitFor();
    await report(id, { mark_started: true });
    await rowIn(page, id).getByText('in progress').waitFor();
  }
  assert.deepEqual(await page.evaluate('window.said'), ['Twin: in progress', 'Twin: in progress']);
  await page.getByLabel('Tag').fill('nobody’s');
  await page.getByLabel('Tag').press('Enter');
  await page.locator('[aria-live]').getByText('No job matches').waitFor();
});

test('a bar is seen in the colours that its reader forces on the page', async () => {
  const id = await live.client.createJob({ name: 'Forced' });
  await page.emulateMedia({ forcedColors: 'active' });
  await open('');
  const bar = rowIn(page, id).locator('progress');
  await bar.waitFor();
  assert.equal(
    await page.evaluate(`getComputedStyle(document.querySelector('progress')).forcedColorAdjust`),
    'none',
  );
  await page.emulateMedia({ forcedColors: 'none' });
});

test('what is half typed stays while the list moves', async () => {
  await open('');
  await page.getByText('More filters').click();
  for (const label of ['Name or id', 'Type', 'Who']) {
    await page.getByLabel(label, { exact: true }).pressSequentially('imp');
    await live.client.createJob({ name: 'Meanwhile' });
    await page.getByRole('button', { name: '1 new' }).waitFor();
    assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), 'imp', label);
    await page.getByLabel(label, { exact: true }).fill('');
    await page.getByRole('button', { name: '1 new' }).click();
    await page.getByRole('button', { name: '1 new' }).waitFor({ state: 'detached' });
  }
});

test('counts are of the filter that stands, though those of the one before were still asked for', async () => {
  const { client } = live;
  for (const job_type of ['slow_counts', 'quick_counts', 'quick_counts'])
    await client.createJob({ job_type });
  const slow = await holdBack(page, /\/api\/jobs\/stats\?.*slow/);
  await open('job_type=slow_counts');
  await page.getByLabel('Type').fill('quick_counts');
  await page.getByLabel('Type').press('Enter');
  await page.waitForURL('**/ui/?job_type=quick_counts');
  await page.locator('tr[data-job]').nth(1).waitFor();
  const late = page.waitForResponse(/\/api\/jobs\/stats\?.*slow/);
  slow.tell();
  await late;
  await page.getByRole('list', { name: 'Counts' }).getByRole('link', { name: '2 pending' }).waitFor();
});

test('what happens to a job while its older page is read is shown there', async () => {
  const { client } = live;
  const job_type = 'paged';
  const oldest = await client.createJob({ job_type, name: 'Oldest' });
  for (let n = 0; n < 4; n++)
    await Promise.all(Array.from({ length: 25 }, () => client.createJob({ job_type, name: 'Younger' })));
  await open(`job_type=${job_type}`);
  await page.locator('tr[data-job]').nth(99).waitFor();
  const older = await holdBack(page, /\/api\/jobs\?.*cursor=/);
  await page.getByRole('button', { name: 'Older jobs' }).click();
  await older.isRead;
  await report(oldest, { mark_started: true, mark_completed: true });
  await page.getByRole('list', { name: 'Counts' }).getByRole('link', { name: '1 completed' }).waitFor();
  older.tell();
  await rowIn(page, oldest).getByText('completed').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
});

test('an older page that a refresh overtakes is not put below the newer list', async () => {
  await open('job_type=paged');
  await page.locator('tr[data-job]').nth(99).waitFor();
  const older = await holdBack(page, /\/api\/jobs\?.*cursor=/);
  await page.getByRole('button', { name: 'Older jobs' }).click();
  await older.isRead;
  const fresh = await live.client.createJob({ job_type: 'paged', name: 'Fresh' });
  await page.getByRole('button', { name: '1 new' }).click();
  await rowIn(page, fresh).waitFor();
  const late = page.waitForResponse(/\/api\/jobs\?.*cursor=/);
  older.tell();
  await (await late).finished();
  // Its answer is taken in by now, or never.
  await report(fresh, { mark_started: true, stage: 'shown' });
  await rowIn(page, fresh).getByText('shown').waitFor();
  assert.equal(await page.locator('tr[data-job]').count(), 100);
  await page.unrouteAll({ behavior: 'wait' });
});

test('a worker that is late is shown to be, and gathered by a list of late ones', async () => {
  const id = await live.client.createJob({ job_type: 'tardy', heartbeat_timeout_seconds: 24 });
  await open('job_type=tardy');
  const late = await page.context().newPage();
  await late.goto(`${live.client.url}/ui/?health=late&job_type=tardy`);
  await late.getByText('live', { exact: true }).waitFor();
  await report(id, { mark_started: true });
  await rowIn(page, id).getByText('in progress', { exact: true }).waitFor();
  await Promise.all([
    rowIn(page, id).getByText('in progress · late').waitFor(),
    late.getByRole('button', { name: '1 new' }).waitFor(),
  ]);
  await late.close();
  await report(id, { stage: 'awake' });
  await rowIn(page, id).getByText('in progress', { exact: true }).waitFor();
});

/** A live list in a browser of its own, whose clock is ours. */
async function clocked(): Promise<Page> {
  const other = await (await visit.browser.newContext()).newPage();
  await other.clock.install();
  await signIn(other, live.client);
  await other.getByText('live', { exact: true }).waitFor();
  return other;
}

test('a list whose machine slept for an hour says how old it is where the service is away, but for its age aloud', async () => {
  const other = await clocked();
  await other.route(/\/api\/events/, (route) => route.abort());
  await other.clock.setSystemTime(Date.now() + 3_600_000);
  // Its timers are the first to wake, while its line still seems to be there.
  await other.clock.runFor(5_000);
  await other.evaluate(`dispatchEvent(new Event('online'))`);
  await other.getByText(/offline · as of 1 h/).waitFor();
  assert.equal(await other.getByRole('status').textContent(), 'offline');
  await other.context().close();
});

test('a list of which nothing was heard for half a minute, but that its line is there, is as of now', async () => {
  const other = await clocked();
  await other.clock.runFor(30_000);
  await other.route(/\/api\/events/, (route) => route.abort());
  await other.evaluate(`dispatchEvent(new Event('online'))`);
  await other.getByText(/offline · as of [0-9] s/).waitFor();
  await other.context().close();
});

test('a list that was hidden while the service went away says how old it is once it is seen', async () => {
  const other = await clocked();
  await turn(other, 'hidden');
  await other.clock.runFor(55_000);
  // Nothing was heard of its line by this clock, and so it was opened anew.
  await other.getByText('live', { exact: true }).waitFor();
  await other.clock.runFor(10_000);
  await other.route(/\/api\/events/, (route) => route.abort());
  await other.clock.runFor(180_000);
  await turn(other, 'visible');
  await other.getByText(/offline · as of 3 min/).waitFor();
  await other.context().close();
});

test('what both the list and its counts are refused for is said aloud once', async () => {
  const other = await clocked();
  await other.route(/\/api\/(jobs|events)/, (route) =>
    route.fulfill({ status: 403, json: { code: 'organization_suspended', detail: 'Suspended.' } }),
  );
  await other.reload();
  await other.getByText('Suspended.').nth(1).waitFor();
  assert.equal(await other.getByRole('alert').count(), 1);
  await other.context().close();
});

test('jobs that the table shows no more are chosen no more, and no more are asked for at once than can be', async () => {
  const { client } = live;
  const id = await client.createJob({ name: 'Chosen', tags: ['chosen'] });
  await report(id, { mark_failed: 'torn' });
  await open('tag=chosen');
  await rowIn(page, id).getByRole('checkbox').check();
  await page.getByText('1 selected').waitFor();
  const headers = { Authorization: `Bearer ${client.apiKey}` };
  await fetch(`${client.url}/api/jobs/${id}`, { method: 'DELETE', headers });
  await rowIn(page, id).getByText('deleted').waitFor();
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('All that match').waitFor();
  const one = await client.job(await client.createJob());
  const jobs = Array.from({ length: 1_001 }, (_, n) => ({ ...one, job_id: `many ${n}` }));
  await page.route(/\/api\/jobs\?/, (route) => route.fulfill({ json: { jobs, next_cursor: null } }));
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.locator('tr[data-job]').nth(1_000).waitFor();
  await page.getByLabel('Select all shown').check();
  await page.getByText('1,001 selected, the first 1,000 at once').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
});
