// A real Chromium for tests of pages.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';

const places = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Where Chromium is, or null. */
export const chromiumPath = (): string | null =>
  places.find((place): place is string => place !== undefined && existsSync(place)) ?? null;

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageOptions {
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
  /** Starts one for several pages; the page has one of its own where nothing is said. */
  readonly browser?: () => Promise<Browser>;
}

/** Ends with whatever `t` is. Rejects where there is no Chromium. */
export const browser = async (t: Pick<ExecutionContext, 'teardown'>): Promise<Browser> => {
  const launched = await chromium.launch({ executablePath: chromiumPath() ?? '', args: flags, headless: true });
  t.teardown(() => launched.close());
  return launched;
};

/**
 * Opens a page that is closed when the test is over. Null, with a sentence in the log, where there is no Chromium; with `CI`
 * set the test fails then. Errors on the page fail the test.
 */
export const openPage = async (t: ExecutionContext, url: string, options: PageOptions = {}): Promise<Page | null> => {
  if (chromiumPath() === null) {
    const missing = 'Chromium is not installed (or set CHROMIUM_PATH): the page was not tested';
    t.falsy(process.env['CI'], missing);
    t.log(missing);
    return null;
  }
  const page = await (
    await (options.browser?.() ?? browser(t))
  ).newPage({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.dark === true ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  t.teardown(() => page.close());
  page.on('pageerror', (error) => t.fail(`the page threw: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('net::ERR_')) t.fail(`the page says: ${message.text()}`);
  });
  await page.goto(url);
  return page;
};
