// Draws docs/ops-page.png: some minutes of an afternoon on which GetOrder moves and its new service has a bad spell. `npm run picture`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startLegacy } from '../examples/orders/legacy.ts';
import { startModern } from '../examples/orders/modern.ts';
import { startTraffic } from '../examples/orders/traffic.ts';
import { chromiumPath } from '../test/helpers/chromium.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const executablePath = chromiumPath();
if (executablePath === null) throw new Error('Chromium is not installed; or set CHROMIUM_PATH');
const directory = mkdtempSync(join(tmpdir(), 'picture-'));
const [legacy, modern] = [await startLegacy({ port: 0 }), await startModern({ port: 0 })];
const file = join(directory, 'routes.config.yaml');
const save = (weight: number): void =>
  writeFileSync(
    file,
    `gateway: { listen: '127.0.0.1:0', admin: '127.0.0.1:0' }
destinations:
  orders-legacy: { adapter: soap, url: '${legacy.url}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  orders-modern: { adapter: http, url: '${modern.url}', timeout: 2s }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: orders-legacy
    modern: orders-modern
    cohort: [{ soapHeader: ClientId }, { header: X-Client-Id }]
    operations:
      GetOrder: { effect: read, call: 'GET /orders/{orderId}', weight: ${weight} }
      ListOrders: { effect: read, cache: { ttl: 20s }, weight: 0 }
      PlaceOrder: { effect: write, call: POST /orders, weight: 0 }
`,
  );
save(0);
const gateway = spawn(process.execPath, ['gateway/cli/main.ts', 'serve', '-c', file], {
  cwd: root,
  env: { ...process.env, LOG_LEVEL: 'error' },
  stdio: ['ignore', 'ignore', 'pipe'],
});
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], headless: true });
try {
  let told = '';
  gateway.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
  while (!told.includes('admin on')) await sleep(50);
  const [, clients, admin] = /clients on (\S+), admin on (\S+)/.exec(told)!;
  const traffic = startTraffic({ url: `http://${clients}/OrderService.svc`, rate: 40 });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await page.goto(admin!);
  await sleep(60_000);
  save(10);
  await sleep(60_000);
  save(40);
  await sleep(75_000);
  await modern.fault('500', 0.2);
  await sleep(20_000);
  await modern.fault('off');
  await sleep(25_000);
  await page.locator('tr', { hasText: 'GetOrder' }).first().click();
  await sleep(1000);
  const picture = await page.screenshot();
  await traffic.stop();
  const { wrong, failed } = traffic.counts;
  if (wrong + failed > 0) throw new Error(`${wrong} wrong answers, ${failed} failed calls: no day to be shown`);
  writeFileSync(join(root, 'docs/ops-page.png'), picture);
} finally {
  await browser.close();
  gateway.kill('SIGTERM');
  await once(gateway, 'exit');
  await Promise.all([legacy.close(), modern.close()]);
  rmSync(directory, { recursive: true, force: true });
}
