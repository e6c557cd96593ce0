// The page that ops keep open, in a real Chromium against a real gateway: a flip and a burst of fallbacks are seen within 2 s.
import test from 'ava';
import { openPage } from '../helpers/chromium.ts';
import { action, getOrder, post } from '../helpers/soap-post.ts';
import { ordersRig } from '../helpers/orders-rig.ts';

test('the page shows a flip and a burst of fallbacks within two seconds', async (t) => {
  const { gateway, modern, url, file } = await ordersRig(t, { getOrder: 0 });
  const page = await openPage(t, `${gateway.admin}/`, { width: 1440, height: 900 });
  if (page === null) return;
  const row = page.locator('tr', { hasText: 'GetOrder' }).first();
  await row.waitFor({ timeout: 5000 });
  const call = (n: number) => post(url, getOrder(3, `client-${n}`), { soapaction: action('GetOrder') });
  for (let n = 0; n < 40; n++) await call(n);

  await gateway.save(file({ getOrder: 40 }));
  const saved = performance.now();
  await page
    .locator('tr', { hasText: /GetOrder[\s\S]*40/ })
    .first()
    .waitFor({ timeout: 2000 });
  t.true(performance.now() - saved < 2000);

  await modern.fault('500');
  for (let n = 0; n < 40; n++) await call(n);
  const failed = performance.now();
  await page
    .locator('tr', { hasText: /GetOrder[\s\S]*5xx/ })
    .first()
    .waitFor({ timeout: 2000 });
  t.true(performance.now() - failed < 2000);
});
