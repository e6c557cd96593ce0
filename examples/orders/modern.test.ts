import test, { type ExecutionContext } from 'ava';
import { findOrder, selectOrders } from './data.ts';
import { evenly } from './failing.ts';
import { startModern } from './modern.ts';

const started = async (t: ExecutionContext) => {
  const log: string[] = [];
  const modern = await startModern({ port: 0, log: (line) => log.push(line) });
  t.teardown(() => modern.close());
  const ask = async (method: string, path: string, json?: unknown) => {
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const response = await fetch(modern.url + path, { method, ...body });
    const text = await response.text();
    const type = response.headers.get('content-type');
    return { status: response.status, type, json: type?.includes('json') ? JSON.parse(text) : null };
  };
  return { modern, log, ask };
};

test('an order comes in the JSON form of the contract, by address and by operation', async (t) => {
  const { ask } = await started(t);
  const order = { status: 200, type: 'application/json', json: findOrder('7') };
  t.deepEqual(await ask('GET', '/orders/7'), order);
  t.deepEqual(await ask('POST', '/GetOrder', { orderId: '7' }), order);
});

test('a list follows customer, status and max; an empty parameter is none', async (t) => {
  const { ask } = await started(t);
  t.deepEqual((await ask('GET', '/orders?customer=C0007&status=&max=3')).json, selectOrders('C0007', null, 3));
  t.deepEqual((await ask('POST', '/ListOrders', { customer: null, status: 'Paid', max: 2 })).json.length, 2);
  t.is((await ask('GET', '/orders?status=Lost&max=3')).status, 400);
});

test('faults of the contract are problems with their members', async (t) => {
  const { ask } = await started(t);
  t.deepEqual(await ask('GET', '/orders/900001'), {
    status: 404,
    type: 'application/problem+json',
    json: {
      type: 'urn:contoso:orders:OrderNotFoundFault',
      title: 'OrderNotFoundFault',
      status: 404,
      detail: 'Order 900001 not found.',
      OrderId: '900001',
      Reason: 'No order has this number.',
    },
  });
  const invalid = await ask('POST', '/orders', { order: { ClientRef: 'r-1', Lines: [] } });
  t.is(invalid.status, 422);
  t.like(invalid.json, { type: 'urn:contoso:orders:ValidationFault', Field: 'Lines' });
});

test('a placed order is counted, told, and its total is exact', async (t) => {
  const { ask, log, modern } = await started(t);
  const lines = [
    { Price: '1.10', Quantity: 3, Sku: null },
    { Price: '9007199254740993.123400', Quantity: 1 },
  ];
  const { json } = await ask('POST', '/orders', { order: { ClientRef: 'r-1', Lines: lines } });
  t.is(json.Total, '9007199254740996.423400');
  t.deepEqual(log, ['placed r-1']);
  t.deepEqual(modern.orders.placed, ['r-1']);
  t.deepEqual((await ask('POST', '/CountOrders')).json, { result: 1 });
});

test('it fails on demand, for the share that was asked for, until it is told to stop', async (t) => {
  const { ask } = await started(t);
  await ask('POST', '/__fault', { mode: '500', share: 0.5 });
  const statuses: number[] = [];
  for (let n = 0; n < 4; n += 1) statuses.push((await ask('POST', '/Ping')).status);
  t.deepEqual(statuses, [200, 500, 200, 500]);
  await ask('POST', '/__fault', { mode: 'off' });
  t.is((await ask('POST', '/Ping')).status, 200);
});

test('while it refuses, nobody listens; then it is back at the same address', async (t) => {
  const { modern, ask } = await started(t);
  await modern.fault('refuse');
  const error = await t.throwsAsync(ask('POST', '/Ping'));
  t.is((error?.cause as NodeJS.ErrnoException | undefined)?.code, 'ECONNREFUSED');
  await modern.fault('off');
  t.is((await ask('POST', '/Ping')).status, 200);
});

test('a share of two fifths is two calls of every five', (t) => {
  const fails = evenly(0.4);
  t.deepEqual(
    Array.from({ length: 10 }, () => fails()),
    [false, false, true, false, true, false, false, true, false, true],
  );
});
