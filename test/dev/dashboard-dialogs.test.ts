/** The dialogs that ask before something ends for good, gone through in a browser. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DashboardVisit } from './dashboard-visit.ts';
import { axeFindings, signIn, until, withKey } from './dashboard-visitor.ts';

let visit: DashboardVisit;
before(async () => {
  visit = await DashboardVisit.begin({
    timeout: 60_000,
    permissions: ['job:create', 'job:read', 'job:cancel', 'webhook:manage', 'key:manage'],
    variables: { ALLOW_PRIVATE_WEBHOOKS: '1' },
  });
});
after(() => visit?.end());

const closed = { state: 'detached' } as const;
const go = (path: string) => visit.page.goto(visit.live.client.url + path);
const dialog = () => visit.page.getByRole('dialog');
const press = (name: string) => visit.page.getByRole('button', { name, exact: true }).click();
const confirm = (name: string) => dialog().getByRole('button', { name, exact: true }).click();

test('an endpoint: a refusal stands in the dialog alone and goes with it; kept it stays, deleted it is gone', async () => {
  const { page, live } = visit;
  await live.client.post('/api/webhooks', { url: 'http://127.0.0.1:9/hear' });
  await page.route('**/api/webhooks/*', (route) =>
    route.request().method() === 'DELETE'
      ? route.fulfill({ status: 403, json: { code: 'forbidden', detail: 'Not now.' } })
      : route.continue(),
  );
  await go('/ui/webhooks');
  await press('Delete');
  await confirm('Delete the endpoint');
  await dialog().getByRole('alert').getByText('Not now.').waitFor();
  assert.equal(await page.getByRole('alert').count(), 1);
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.press('Escape');
  await dialog().waitFor(closed);
  assert.equal(await page.getByRole('alert').count(), 0);
  await page.unrouteAll();
  await press('Delete');
  await confirm('Keep it');
  await dialog().waitFor(closed);
  await press('Delete');
  await confirm('Delete the endpoint');
  await page.getByText('No endpoint yet').waitFor();
  await dialog().waitFor(closed);
});

test('of an endpoint a key that may not read jobs is offered its end alone', async () => {
  const { browser, live } = visit;
  const { client } = live;
  const url = 'http://127.0.0.1:9/other';
  await client.post('/api/webhooks', { url });
  const holder = await withKey(client, 'Blind', ['webhook:manage']);
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await signIn(page, holder, '/ui/webhooks');
  const card = page.getByRole('region', { name: url });
  await card.waitFor();
  assert.deepEqual(await page.getByRole('main').getByRole('button').allTextContents(), ['Delete']);
  assert.equal(await card.getByText('Deliveries').count(), 0);
  await card.getByRole('button').click();
  await page.getByRole('button', { name: 'Delete the endpoint' }).click();
  await page.getByText('No endpoint yet').waitFor();
  await page.close();
});

test('a hook is deleted', async () => {
  await go('/ui/hooks');
  await press('New hook');
  await confirm('Make it');
  await dialog().waitFor(closed);
  await press('Delete');
  await confirm('Delete the hook');
  await visit.page.getByText('No hook yet').waitFor();
});

test('a key is revoked', async () => {
  const { page, live } = visit;
  await live.client.post('/api/keys', { name: 'Staying', permissions: ['job:read'] });
  await go('/ui/access');
  const row = page.getByRole('row', { name: /Staying/ });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await confirm('Revoke the key');
  await dialog().waitFor(closed);
  await row.getByText('revoked').first().waitFor();
});

test('a job is cancelled, and deleted once it has ended', async () => {
  const { page, live } = visit;
  const id = await live.client.createJob({ name: 'Gone' });
  await go(`/ui/jobs/${id}`);
  await press('Cancel');
  await confirm('Cancel the job');
  await dialog().waitFor(closed);
  assert.equal((await live.client.job(id)).status, 'cancelled');
  await press('Delete');
  await confirm('Delete the job');
  await page.waitForURL('**/ui/');
  assert.equal((await live.client.get(`/api/jobs/${id}`)).status, 404);
});

test('a dialog that is closed by its button gives the focus back, and what it is for is asked once', async () => {
  const { page } = visit;
  await go('/ui/hooks');
  await page.getByText('No hook yet').waitFor();
  let asked = 0;
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/hooks') asked++;
  });
  for (const leave of [() => confirm('Don’t'), () => page.keyboard.press('Escape')]) {
    asked = 0;
    await press('New hook');
    // Before it is shown there is nothing to leave.
    await dialog().waitFor();
    await leave();
    await dialog().waitFor(closed);
    await page.locator('button:focus', { hasText: 'New hook' }).waitFor();
    await until(() => asked > 0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(asked, 1);
  }
});
