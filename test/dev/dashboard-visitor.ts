/** What a test does as a visitor of the dashboard. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { Client } from '../contract/client.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Opens a page of the dashboard, and signs in there. */
export async function signIn(page: Page, { url, apiKey }: Client, path = '/ui/'): Promise<void> {
  await page.goto(url + path);
  await page.getByLabel('API key').fill(apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** Who has a key of the client's organization that may do this alone. */
export async function withKey(client: Client, name: string, permissions: string[]): Promise<Client> {
  return new Client(client.url, (await client.post('/api/keys', { name, permissions })).json.api_key);
}

/** What axe finds on the page as it is shown, each with where. */
export async function axeFindings(page: Page): Promise<string[]> {
  // The policy of the page lets no script in: it is put in beside it.
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );
}

/** Resolves in a page once nothing of it has changed for half a second. */
const STILL = `new Promise((resolve) => {
  let still = setTimeout(resolve, 500);
  new MutationObserver(() => {
    clearTimeout(still);
    still = setTimeout(resolve, 500);
  }).observe(document, { subtree: true, childList: true, characterData: true });
})`;

/** Waits until the page has drawn what it draws. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(STILL);
}

/** Counts the streams of the organization’s events that a page opens. */
export function streamsOf(page: Page): () => number {
  let opened = 0;
  page.on('request', (request) => {
    if (request.url().includes('/api/events/stream')) opened++;
  });
  return () => opened;
}

/** Has a page be hidden, or seen again, as its browser would tell it. */
export async function turn(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}

/** Waits until `isSo`, for a minute at most. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let n = 0; n < 600 && !isSo(); n++) await pause(100);
  assert.ok(isSo());
}

/** A job's row in the list that a page shows. */
export function rowIn(page: Page, jobId: string): Locator {
  return page.locator(`tr[data-job="${jobId}"]`);
}

/** Answers that are read from the service at once, and told to the page only after that. */
export interface HeldAnswers {
  /** Resolves once the first of them is read. */
  isRead: Promise<void>;
  /** Lets them go on to the page. */
  tell(): void;
}

/** Holds back what is answered to a page where it asks for `url`. */
export async function holdBack(page: Page, url: RegExp): Promise<HeldAnswers> {
  const [isRead, isTold] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route(url, async (route) => {
    const response = await route.fetch();
    isRead.resolve();
    await isTold.promise;
    await route.fulfill({ response });
  });
  return { isRead: isRead.promise, tell: isTold.resolve };
}
