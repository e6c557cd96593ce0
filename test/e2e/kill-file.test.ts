// A kill file is written in a hurry: what it says unclearly must not be told as obeyed while calls still go to modern.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startLegacy } from '../../examples/orders/legacy.ts';
import { startModern } from '../../examples/orders/modern.ts';
import { root } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { action, getOrder, post } from '../helpers/soap-post.ts';

const rig = async (t: ExecutionContext) => {
  const [legacy, modern] = [await startLegacy({ port: 0 }), await startModern({ port: 0 })];
  t.teardown(() => Promise.all([legacy.close(), modern.close()]));
  const file = (route: string) => `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  new: { adapter: http, url: '${modern.url}' }
routes:
  ${route}:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: new
    decisionHeader: true
    cohort: { header: X-Client-Id }
    operations:
      GetOrder: { effect: read, call: 'GET /orders/{orderId}', weight: 100 }
`;
  const gateway = await gatewayHere(t, file('orders'), { killFile: 'kill' });
  const side = async () => {
    const headers = { soapaction: action('GetOrder'), 'x-client-id': 'c' };
    return (await post(`${gateway.url}/OrderService.svc`, getOrder(3), headers)).side;
  };
  const comesTo = async (wanted: string) => {
    for (let n = 0; n < 100; n += 1) {
      if ((await side()) === wanted) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  };
  return { gateway, side, comesTo, file, kill: join(gateway.folder, 'kill') };
};

const unclear = test.macro({
  async exec(t: ExecutionContext, text: string) {
    const { gateway, comesTo, kill } = await rig(t);
    t.true(await comesTo('modern'));
    await writeFile(kill, text);
    t.true(await comesTo('legacy'));
    t.is(await gateway.metric('strangler_killed', { operation: 'GetOrder' }), 1);
    const status = (await (await fetch(`${gateway.admin}/api/v1/status`)).json()) as { killed: string[] };
    t.true(status.killed.includes('*'));
    await rm(kill);
    t.true(await comesTo('modern'));
  },
  title: (_, text: string) => `a kill file of ${JSON.stringify(text)} kills everything`,
});
test(unclear, 'order\n');
test(unclear, 'Orders.GetOrder\n');
test(unclear, 'orders.PlaceOrder, orders.GetOrder\n');
test(unclear, 'orders.*\n');
test(unclear, 'orders.Ping\norders.GetOrdr\n');

test('a kill of another operation that is there kills that one only', async (t) => {
  const { gateway, side, kill } = await rig(t);
  await writeFile(kill, 'orders.Ping\n');
  const isKilled = async () => (await gateway.metric('strangler_killed', { operation: 'Ping' })) === 1;
  for (let n = 0; n < 100 && !(await isKilled()); n += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  t.true(await isKilled());
  t.is(await side(), 'modern');
});

test('a save that renames what is killed leaves nothing unkilled', async (t) => {
  const { gateway, comesTo, file, kill } = await rig(t);
  await writeFile(kill, 'orders\n');
  t.true(await comesTo('legacy'));
  await gateway.save(file('sales'));
  const served = async () => gateway.metric('strangler_killed', { route: 'sales', operation: 'GetOrder' });
  for (let n = 0; n < 100 && (await served()) !== 1; n += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  t.is(await served(), 1);
  t.true(await comesTo('legacy'));
});
