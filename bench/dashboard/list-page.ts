/** The dashboard's list in a real chromium, signed in, with what it shows and what that costs it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from '../../test/dev/chromium-args.ts';
import { clock } from './clock.ts';
import { FIRST_ROW, ROW_OBSERVER } from './row-observer.ts';

/** A row as it was on the screen: its job, its text, since when (ms since 1970). */
export type Shown = [job: string, state: string, at: number];

/** What the page holds once garbage is collected. */
export interface PageMemory {
  heapMiB: number;
  nodes: number;
}

/** How long a busy machine may take to show the list (ms). */
const PATIENCE = 120_000;

/** Asks for older jobs, as a reader would, until so many are shown. */
const OLDER_UNTIL = (count: number) => `(async () => {
  while (document.querySelectorAll('tr[data-job]').length < ${count}) {
    const older = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Older jobs');
    older?.click();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
})()`;

/** What the page's main thread was busy with. */
export type PageWork = Record<'all' | 'script' | 'style' | 'layout', number>;

/** How far the clocks of two processes of one machine may be apart (ms). */
const SKEW = 5;

export class ListPage {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #devtools: CDPSession;
  #requests: string[] = [];

  private constructor(browser: Browser, page: Page, devtools: CDPSession) {
    this.#browser = browser;
    this.#page = page;
    this.#devtools = devtools;
    page.on('request', (request) => this.#requests.push(new URL(request.url()).pathname));
  }

  /** Opens the list of whoever has the key. */
  static async open(url: string, apiKey: string): Promise<ListPage> {
    const browser = await chromium.launch(CHROMIUM);
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(PATIENCE);
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Performance.enable');
      const list = new ListPage(browser, page, devtools);
      await page.goto(`${url}/ui/`);
      await page.getByLabel('API key').fill(apiKey);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.locator('tr[data-job]').first().waitFor();
      await list.#compareClocks();
      return list;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** How long after its navigation began the list's first rows were on the screen (ms), each time that it was opened anew. */
  async firstRows(times: number): Promise<number[]> {
    await this.#page.addInitScript(FIRST_ROW);
    const took: number[] = [];
    while (took.length < times) {
      await this.#page.reload();
      took.push((await this.#page.evaluate('firstRow')) as number);
    }
    return took;
  }

  /** Asks for older jobs until `count` rows are shown, and notes from then on what they show. */
  async showAll(count: number): Promise<void> {
    await this.#page.evaluate(OLDER_UNTIL(count));
    await this.#page.getByText('live', { exact: true }).waitFor();
    await this.#page.evaluate(ROW_OBSERVER);
  }

  /** What its rows have shown since this was last asked, in order. */
  async takeShown(): Promise<Shown[]> {
    return (await this.#page.evaluate('takeShown()')) as Shown[];
  }

  /** The paths of what it has asked the service for since this was last asked. */
  takeRequests(): string[] {
    return this.#requests.splice(0);
  }

  async memory(): Promise<PageMemory> {
    await this.#devtools.send('HeapProfiler.collectGarbage');
    const of = await this.#metrics();
    return { heapMiB: of('JSHeapUsedSize') / 2 ** 20, nodes: of('Nodes') };
  }

  /** What its main thread has done so far, in seconds. */
  async work(): Promise<PageWork> {
    const of = await this.#metrics();
    const [all, script, style, layout] = ['Task', 'Script', 'RecalcStyle', 'Layout'].map((name) =>
      of(`${name}Duration`),
    );
    return { all, script, style, layout } as PageWork;
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  async #metrics(): Promise<(name: string) => number> {
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    return (name) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  }

  /** Throws where a time of the page means nothing here: of some tries, the quickest tells best. */
  async #compareClocks(): Promise<void> {
    let [quickest, skew] = [Number.POSITIVE_INFINITY, Number.NaN];
    for (let n = 0; n < 20; n++) {
      const before = clock();
      const there = (await this.#page.evaluate('performance.timeOrigin + performance.now()')) as number;
      const took = clock() - before;
      if (took < quickest) [quickest, skew] = [took, there - before - took / 2];
      await sleep(10);
    }
    if (!(Math.abs(skew) <= SKEW + quickest / 2)) throw new Error(`the page's clock is ${skew} ms away`);
  }
}
