// One browser at a time: what is asserted here is also how soon something shows.
import { createServer } from 'node:http';
import { once } from 'node:events';
import test from 'ava';
import { adminRig, token } from '../../../test/helpers/admin.ts';
import { browser, openPage } from '../../../test/helpers/chromium.ts';
import { exchange, fallbackExchange, modernExchange } from '../../../test/helpers/exchange.ts';
import { servePage } from './serve-page.ts';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Rig } from '../../../test/helpers/admin.ts';

const rigged = async (t: ExecutionContext, weight: number): Promise<Rig> => {
  const rig = await adminRig(t, { page: servePage() });
  rig.swap(table(weight));
  return rig;
};
const table = (weight: number) => ({
  orders: [
    { operation: 'GetOrder', weight },
    { operation: 'ListOrders', weight: 0 },
  ],
});

const closing: (() => unknown)[] = [];
let started: ReturnType<typeof browser> | null = null;
/** A page of one browser for all, with nothing of the pages before it. */
const opened = (t: ExecutionContext, url: string): ReturnType<typeof openPage> =>
  openPage(t, url, { browser: () => (started ??= browser({ teardown: (close) => void closing.push(close) })) });
test.after.always(async () => {
  for (const close of closing) await close();
});

const row = '[data-target="orders.GetOrder"]';

test.serial('a flip shows within two seconds', async (t) => {
  const rig = await rigged(t, 0);
  const page = await opened(t, rig.url);
  if (page === null) return;
  await page.locator(`${row} .wanted`, { hasText: /^0 %$/ }).waitFor();
  rig.swap(table(25));
  await page.locator(`${row} .wanted`, { hasText: /^25 %$/ }).waitFor({ timeout: 2_000 });
  await page.locator('.list li', { hasText: 'orders.GetOrder 0 % → 25 %' }).waitFor({ timeout: 2_000 });
  t.is(await page.locator(`${row} .chip`).innerText(), 'canary');
});

test.serial(
  'a burst of fallbacks shows within two seconds, by reason and as the gap between decided and answered',
  async (t) => {
    const rig = await rigged(t, 100);
    const page = await opened(t, rig.url);
    if (page === null) return;
    await page.locator(`${row} .fallbacks`, { hasText: /^0$/ }).waitFor();
    for (let call = 0; call < 30; call += 1) rig.account(fallbackExchange());
    for (let call = 0; call < 10; call += 1) rig.account(modernExchange());
    await page.locator(`${row} .fallbacks`, { hasText: /5xx\s*30/ }).waitFor({ timeout: 2_000 });
    t.is(await page.locator(`${row} .measured .number`).innerText(), '25.0 %');
    t.regex((await page.locator(`${row} .share`).getAttribute('title')) ?? '', /decided for modern 100\.0 %/);
    await page.locator('.list li', { hasText: 'fell back: 5xx' }).first().waitFor({ timeout: 2_500 });
  },
);

test.serial('a rejected file shows its place and what was expected, until a good one is taken', async (t) => {
  const rig = await rigged(t, 5);
  const page = await opened(t, rig.url);
  if (page === null) return;
  const message = "found '<b>wieght</b>'; did you mean weight?";
  const problem = { file: 'routes.config.yaml', line: 34, column: 9, path: 'x', message, severity: 'error' } as const;
  rig.events.emit({ type: 'config-rejected', at: Date.now(), problems: [problem] });
  const banner = page.getByRole('alert').filter({ hasText: 'File rejected' });
  await banner.waitFor({ timeout: 2_000 });
  const said = await banner.innerText();
  t.true(said.includes('routes.config.yaml:34:9'), said);
  t.true(said.includes(message), 'text of the file stays text');
  rig.swap(table(6));
  await banner.waitFor({ state: 'detached', timeout: 2_000 });
});

test.serial('a kill is told above the table and in its row', async (t) => {
  const rig = await rigged(t, 25);
  const page = await opened(t, rig.url);
  if (page === null) return;
  rig.swap({ orders: [{ operation: 'GetOrder', weight: 25, killed: true }] }, ['orders.GetOrder']);
  await page.getByRole('alert').filter({ hasText: 'orders.GetOrder goes to legacy' }).waitFor({ timeout: 2_000 });
  t.is(await page.locator(`${row} .chip`).innerText(), 'killed');
});

test.serial('the table is one for those who cannot see it: headers, sort order, pressed rows', async (t) => {
  const rig = await rigged(t, 25);
  for (let call = 0; call < 5; call += 1) rig.account(exchange({ operation: 'ListOrders' }));
  const page = await opened(t, rig.url);
  if (page === null) return;
  const first = page.locator('tbody th').first();
  await page
    .getByRole('rowheader', { name: 'orders . GetOrder' })
    .or(page.locator(`${row} th`))
    .first()
    .waitFor();
  t.true((await first.innerText()).includes('GetOrder'));
  const calls = page.getByRole('columnheader', { name: 'Calls/s' });
  t.is(await calls.getAttribute('aria-sort'), 'none');
  await calls.getByRole('button').click();
  t.is(await calls.getAttribute('aria-sort'), 'descending');
  t.true((await first.innerText()).includes('ListOrders'));
  await first.getByRole('button').focus();
  await page.keyboard.press('Enter');
  t.is(await first.getByRole('button').getAttribute('aria-pressed'), 'true');
  t.is(await page.locator('.detail h2').innerText(), 'orders.ListOrders');
});

test.serial('a name that looks like markup stays text', async (t) => {
  const rig = await adminRig(t, { page: servePage() });
  const operation = 'GET /<img src=x onerror=alert(1)>';
  rig.swap({ orders: [{ operation, weight: 1 }] });
  const page = await opened(t, rig.url);
  if (page === null) return;
  await page.locator('tbody th', { hasText: operation }).waitFor();
  t.is(await page.locator('img').count(), 0);
});

const pass = async (url: string, response: ServerResponse): Promise<void> => {
  const answer = await fetch(url);
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
  for await (const chunk of answer.body ?? []) response.write(chunk);
  response.end();
};

test.serial('when the gateway goes away the page says how old its figures are, and recovers by itself', async (t) => {
  const rig = await rigged(t, 25);
  // The page's way to the gateway, which can be cut.
  const way = createServer((request, response) => {
    pass(`${rig.url}${request.url ?? '/'}`, response).catch(() => response.destroy());
  });
  const open = async (port: number): Promise<void> => {
    way.listen(port, '127.0.0.1');
    await once(way, 'listening');
  };
  const cut = async (): Promise<void> => {
    way.closeAllConnections();
    way.close();
    await once(way, 'close');
  };
  await open(0);
  const { port } = way.address() as AddressInfo;
  const page = await opened(t, `http://127.0.0.1:${port}/`);
  if (page === null) return cut();
  await page.locator('.pulse', { hasText: /^live/ }).waitFor();
  await cut();
  const banner = page.getByRole('alert').filter({ hasText: 'Connection lost' });
  await banner.waitFor({ timeout: 2_000 });
  await page.getByText(/These figures are [2-9] s old/).waitFor({ timeout: 8_000 });
  await open(port);
  await banner.waitFor({ state: 'detached', timeout: 4_000 });
  t.true(await page.locator('.pulse', { hasText: /^live/ }).isVisible());
  return cut();
});

test.serial('not over loopback, the page asks for the token and reads with it', async (t) => {
  const rig = await rigged(t, 25);
  const page = await opened(t, 'about:blank');
  if (page === null) return;
  // What a gateway that is not reached over loopback answers without the token.
  await page.route('**/api/v1/**', async (route) => {
    const offered = route.request().headers()['authorization'];
    await (offered === `Bearer ${token}` ? route.continue() : route.fulfill({ status: 401, body: '{}' }));
  });
  page.removeAllListeners('console'); // the browser itself reports each 401
  await page.goto(rig.url);
  await page.getByLabel(/Admin token/).fill('wrong');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('This is not the token of this gateway.').waitFor();
  await page.getByLabel(/Admin token/).fill(token);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.locator(row).waitFor();
  t.is(await page.getByLabel(/Admin token/).count(), 0);
});

test.serial('the document allows nothing inline and nothing from elsewhere', async (t) => {
  const rig = await rigged(t, 0);
  const response = await fetch(rig.url);
  const policy = response.headers.get('content-security-policy') ?? '';
  t.regex(policy, /default-src 'none'; script-src 'self'/);
  t.notRegex(policy, /unsafe/);
  t.notRegex(await response.text(), /<script>|<style|https?:\/\/(?!www\.w3\.org)/);
});

test.serial('a page that cannot be bundled says what to do', async (t) => {
  const rig = await adminRig(t, { page: servePage(() => Promise.reject(new Error('no esbuild'))) });
  const response = await fetch(`${rig.url}/page.js`);
  t.is(response.status, 500);
  t.regex(((await response.json()) as { detail: string }).detail, /no esbuild.*npm run build/);
});
