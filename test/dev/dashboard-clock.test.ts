/** A job’s page in a browser whose clock is wrong: what it says of times is so by the service’s. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DashboardVisit } from './dashboard-visit.ts';
import { signIn } from './dashboard-visitor.ts';

const HOUR = 3_600_000;

let visit: DashboardVisit;
before(async () => {
  visit = await DashboardVisit.begin({ timeout: 60_000 });
});
after(() => visit?.end());

for (const [where, off] of [
  ['behind', -HOUR],
  ['ahead', HOUR],
] as const) {
  test(`by a clock that is an hour ${where} the service’s times are as long ago, and as far away, as they are`, async () => {
    const { client } = visit.live;
    const id = await client.createJob();
    for (const stage of ['one', 'two', 'three']) await client.report(id, { mark_started: true, stage });
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const job = { ...(await client.job(id)), last_report_at: at(-2.5), eta_at: at(40) };
    const context = await visit.browser.newContext();
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.clock.install({ time: Date.now() + off });
    await page.route(`**/api/jobs/${id}/stream`, (route) =>
      route.fulfill({
        contentType: 'text/event-stream',
        body: `id: 1\nevent: snapshot\ndata: ${JSON.stringify({ job })}\n\nid: 1\nevent: end\ndata: {}\n\n`,
      }),
    );
    await signIn(page, client, `/ui/jobs/${id}`);
    const fact = (name: string) => page.locator('.facts div', { hasText: name }).getByRole('definition');
    await fact('Expected end')
      .getByText(/^in (3[5-9]|40) min$/)
      .waitFor();
    await fact('Last report')
      .getByText(/^[2-6] min ago$/)
      .waitFor();
    const stages = page.getByRole('region', { name: 'Stages' });
    await stages.getByRole('listitem').nth(2).waitFor();
    for (const bar of await stages.locator('rect').all()) {
      const [x, width] = await Promise.all(['x', 'width'].map((name) => bar.getAttribute(name)));
      assert.ok(Number(x) + Number(width) < 100.001, `${x} and ${width} of 100`);
    }
    await stages
      .getByRole('listitem')
      .last()
      .getByText(/^([0-9.]+ s|[1-4] min( \d+ s)?)$/)
      .waitFor();
    await context.close();
  });
}
