/** What a test does as a visitor of the dashboard. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import type { Client } from '../contract/client.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Opens a page of the dashboard, and signs in there. */
export async function signIn(page: Page, { url, apiKey }: Client, path = '/ui/'): Promise<void> {
  await page.goto(url + path);
  await page.getByLabel('API key').fill(apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
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
