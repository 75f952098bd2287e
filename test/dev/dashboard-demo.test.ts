/** `npm start` and `npm run demo` as somebody new sees them: the printed link signs in, and the import is watched to its end. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM } from './chromium-args.ts';
import { Workplace } from './commands.ts';

let place: Workplace;
let browser: Browser;
let link: string;

before(async () => {
  place = await Workplace.make();
  await place.bundle();
  const greeting = (await place.greeted(['--no-build'])).stdout();
  link = /http\S+#code=\S+/.exec(greeting)?.[0] ?? '';
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  await place.leave();
});

/** Keeps what the bar of the page has shown, each value once. */
const WATCH_BAR = `
  globalThis.seen = [];
  const look = () => {
    const value = document.querySelector('progress')?.value;
    if (value !== undefined && value !== seen.at(-1)) seen.push(value);
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
`;

test('the demo’s import is watched live to its end, in the list and on its own page', async () => {
  const context = await browser.newContext();
  context.setDefaultTimeout(60_000);
  const list = await context.newPage();
  await list.goto(link);
  await list.getByText('live', { exact: true }).waitFor();
  const demo = place.start('demo', ['--pace', '150']);
  await list.getByRole('button', { name: '1 new' }).click();
  const row = list.locator('tr[data-job]');
  await row.getByText('in progress').waitFor();
  const id = /^Job (\S+) imports/.exec(demo.stdout())?.[1] ?? '';
  const own = await context.newPage();
  await own.goto(`${new URL(link).origin}/ui/jobs/${id}`);
  await own.getByText('transforming').first().waitFor();
  for (const page of [list, own]) await page.evaluate(WATCH_BAR);
  const asked: string[] = [];
  list.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await row.getByText('partial success').waitFor();
  await own.getByText('partial success').first().waitFor();
  assert.equal(await demo.ended, 0, demo.stderr());
  for (const page of [list, own]) {
    const seen = (await page.evaluate('seen')) as number[];
    assert.ok(seen.length > 3, `the bar stood at ${seen}`);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.equal(seen.at(-1), 100);
  }
  // Counts are asked for now and then; a row asks for nothing.
  assert.deepEqual(
    asked.filter((path) => path !== '/api/jobs/stats'),
    [],
  );
  const { url, api_key } = await place.access();
  const headers = { Authorization: `Bearer ${api_key}` };
  const answer = await fetch(`${url}/api/jobs/${id}`, { headers });
  const { errors_total } = (await answer.json()) as { errors_total: number };
  const errors = new Intl.NumberFormat('en-US').format(errors_total);
  await own.getByRole('heading', { name: `${errors} errors` }).waitFor();
  await context.close();
});
