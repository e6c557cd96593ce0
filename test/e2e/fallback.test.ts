// Modern fails in every way it can: legacy answers, the client sees nothing, and a write is never executed twice.
import test, { type ExecutionContext } from 'ava';
import type { Failure } from '../../examples/orders/failing.ts';
import { action, envelope, getOrder, namespace, post } from '../helpers/soap-post.ts';
import { ordersRig } from '../helpers/orders-rig.ts';

const data = 'http://contoso.example/orders/data';
const place = (reference: string) =>
  envelope(
    `<PlaceOrder xmlns="${namespace}"><order xmlns:d="${data}"><d:ClientRef>${reference}</d:ClientRef><d:CustomerCode>C0007</d:CustomerCode><d:Lines><d:OrderLine><d:Price>1.10</d:Price><d:Quantity>3</d:Quantity><d:Sku>S</d:Sku></d:OrderLine></d:Lines></order></PlaceOrder>`,
  );

const read = test.macro({
  async exec(t: ExecutionContext, mode: Failure, reason: string) {
    const { modern, gateway, url } = await ordersRig(t, { getOrder: 100 });
    const headers = { soapaction: action('GetOrder'), 'x-client-id': 'c' };
    const well = await post(url, getOrder(3), headers);
    t.is(well.side, 'modern');
    await modern.fault(mode);
    const fallen = await post(url, getOrder(3), headers);
    t.is(fallen.status, 200);
    t.true(fallen.text.includes('9007199254740997'));
    t.is(await gateway.metric('strangler_fallbacks_total', { operation: 'GetOrder', reason }), 1);
    t.is(await gateway.metric('strangler_requests_total', { operation: 'GetOrder', side: 'legacy', outcome: 'ok' }), 1);
    await modern.fault('off');
    await post(url, getOrder(3), headers);
    t.is(await gateway.metric('strangler_requests_total', { operation: 'GetOrder', side: 'modern', outcome: 'ok' }), 2);
  },
  title: (_, mode: Failure, reason: string) => `a read falls back when modern fails by ${mode}, counted as ${reason}`,
});
test(read, '500', '5xx');
test(read, 'hang', 'timeout');
test(read, 'garbage', 'contract');
test(read, 'refuse', 'connect');

const write = test.macro({
  async exec(t: ExecutionContext, mode: Failure) {
    const { modern, legacy, gateway, url } = await ordersRig(t, { getOrder: 0, placeOrder: 100 });
    await modern.fault(mode);
    const answer = await post(url, place('once'), { soapaction: action('PlaceOrder'), 'x-client-id': 'c' });
    t.is(answer.status, 500);
    t.regex(answer.text, /<faultcode>s:Server<\/faultcode>/);
    t.deepEqual(legacy.orders.placed, []);
    t.is(await gateway.metric('strangler_fallbacks_total'), 0);
  },
  title: (_, mode: Failure) =>
    `a write that reached modern is told as failed, not tried again, when modern fails by ${mode}`,
});
test(write, '500');
test(write, 'hang');
test(write, 'garbage');

test('a write falls back when nobody listens: not a byte of it got anywhere', async (t) => {
  const { modern, legacy, gateway, url } = await ordersRig(t, { getOrder: 0, placeOrder: 100 });
  await modern.close();
  const answer = await post(url, place('moved'), { soapaction: action('PlaceOrder'), 'x-client-id': 'c' });
  t.is(answer.status, 200, answer.text);
  t.deepEqual(legacy.orders.placed, ['moved']);
  t.is(await gateway.metric('strangler_fallbacks_total', { reason: 'connect' }), 1);
});

test('a declared fault of modern is an answer, typed as legacy would have it', async (t) => {
  const { gateway, url } = await ordersRig(t, { getOrder: 100 });
  const answer = await post(url, getOrder(900001), { soapaction: action('GetOrder'), 'x-client-id': 'c' });
  t.is(answer.status, 500);
  t.is(answer.side, 'modern');
  t.regex(answer.text, /<a:OrderId>900001<\/a:OrderId>|OrderId[^>]*>900001</);
  t.is(await gateway.metric('strangler_fallbacks_total'), 0);
});

test('a message that does not fit the contract goes to legacy, counted as request', async (t) => {
  const { gateway, modern, url } = await ordersRig(t, { getOrder: 100 });
  const before = modern.counters['GetOrder'] ?? 0;
  await post(url, getOrder('no-number'), { soapaction: action('GetOrder'), 'x-client-id': 'c' });
  t.is(modern.counters['GetOrder'] ?? 0, before);
  t.is(await gateway.metric('strangler_fallbacks_total', { reason: 'request' }), 1);
});
