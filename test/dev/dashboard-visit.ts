/** A visit to the dashboard by a browser, for the tests of one file: the service, and a page that is signed in there. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './chromium-args.ts';
import { signIn } from './dashboard-visitor.ts';
import { Live, type LiveOptions } from './live.ts';

interface DashboardVisitOptions extends LiveOptions {
  /** How long the page waits for what it is asked for (ms). */
  timeout?: number;
}

export class DashboardVisit {
  readonly live: Live;
  readonly browser: Browser;
  readonly page: Page;

  private constructor(live: Live, browser: Browser, page: Page) {
    this.live = live;
    this.browser = browser;
    this.page = page;
  }

  static async begin({ timeout = 30_000, ...options }: DashboardVisitOptions = {}): Promise<DashboardVisit> {
    const live = await Live.start(undefined, options);
    let browser: Browser | undefined;
    try {
      browser = await chromium.launch(CHROMIUM);
      const context = await browser.newContext();
      context.setDefaultTimeout(timeout);
      const page = await context.newPage();
      await signIn(page, live.client);
      return new DashboardVisit(live, browser, page);
    } catch (error) {
      await browser?.close();
      await live.stop();
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.live.stop();
  }
}
