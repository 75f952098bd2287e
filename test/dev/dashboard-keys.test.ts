/** The keys of the pages and what leads from one to another, in a real browser. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DashboardVisit } from './dashboard-visit.ts';
import { axeFindings } from './dashboard-visitor.ts';

let visit: DashboardVisit;
before(async () => {
  visit = await DashboardVisit.begin({ timeout: 60_000 });
});
after(() => visit?.end());

test('keys do nothing under a dialog, nor where somebody wants none of them', async () => {
  const { page } = visit;
  const isSearch = async () => (await page.evaluate('document.activeElement.id')) === 'search';
  const open = () => page.getByRole('button', { name: 'Keys', exact: true }).click();
  const close = () => page.getByRole('button', { name: 'Close' }).click();
  await page.getByText('live', { exact: true }).waitFor();
  await page.keyboard.press('?');
  const choice = page.getByRole('checkbox', { name: 'These keys do something' });
  await choice.waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.press('/');
  assert.equal(await isSearch(), false);
  await choice.uncheck();
  await close();
  for (const begin of [() => page.getByRole('dialog').waitFor({ state: 'detached' }), () => page.reload()]) {
    await begin();
    await page.getByText('live', { exact: true }).waitFor();
    for (const key of ['/', '?']) await page.keyboard.press(key);
    assert.deepEqual([await isSearch(), await page.getByRole('dialog').count()], [false, 0]);
  }
  await open();
  await choice.check();
  await close();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('/');
  assert.equal(await isSearch(), true);
});

test('the page that is shown is marked in the navigation', async () => {
  const { page } = visit;
  const current = page.getByRole('navigation').locator('[aria-current=page]');
  for (const [name, path] of [
    ['Access', '/ui/access'],
    ['Jobs', '/ui/'],
  ]) {
    await page.goto(`${visit.live.client.url}${path}`);
    await current.waitFor();
    assert.equal(await current.textContent(), name);
  }
});
