import test from 'ava';
import { contractOf, HandlerFault } from 'strangler-gateway/handler';
import { catalog } from '../test/helpers/catalog.ts';
import { goldenContract } from '../test/helpers/contracts.ts';
import type * as published from 'strangler-gateway/handler';
import type * as own from './handler/load.ts';

const orders = await contractOf(goldenContract('orders-split/OrderService.wsdl'));
const order = {
  Amount: '1.10',
  Big: '9223372036854775807',
  Created: '2024-03-10T12:34:56',
  Kind: 'Retail',
  Name: null,
};

test('a handler that fits the contract answers, to the last digit', async (t) => {
  const asked: unknown[] = [];
  const handler: published.Handler = (input, { operation }) => {
    asked.push([operation, input]);
    return order;
  };
  t.like(await orders.ask('GetOrder', handler, { orderId: 7 }), {
    kind: 'value',
    json: { Big: '9223372036854775807' },
  });
  t.deepEqual(asked, [['GetOrder', { orderId: '7' }]]);
});

test('a declared fault is an answer', async (t) => {
  const handler = () => {
    throw new HandlerFault('OrderNotFoundFault', { OrderId: '7' }, 'no such order');
  };
  const fault = { name: 'OrderNotFoundFault', detail: { OrderId: '7' }, message: 'no such order' };
  t.deepEqual(await orders.ask('GetOrder', handler, {}), { kind: 'fault', fault });
});

test('a handler is given the SOAP headers that the contract declares, and answers with those of the reply', async (t) => {
  const priced = await contractOf(catalog.wsdl);
  const handler: published.Handler<published.Json, published.Json, { readonly Token?: string }> = (_, context) => ({
    $headers: { Stamp: `for ${context.soapHeaders.Token}` },
    Total: '1.10',
  });
  const asked = { Sku: 'a', Count: 1 };
  t.deepEqual(await priced.ask('PriceStamped', handler, asked, { soapHeaders: { Token: 't' } }), {
    kind: 'value',
    json: { $headers: { Stamp: 'for t' }, Total: '1.10' },
  });
  await t.throwsAsync(
    priced.ask('PriceStamped', () => ({ Total: '1.10' }), asked),
    { message: /\/\$headers: missing/ },
  );
});

test('what is one-way is accepted', async (t) => {
  t.deepEqual(await orders.ask('Notify', () => undefined, {}), { kind: 'accepted' });
});

test('what does not fit is told with its place', async (t) => {
  await t.throwsAsync(
    orders.ask('GetOrder', () => ({ ...order, Amount: 'much' }), {}),
    { message: /\/Amount/ },
  );
  await t.throwsAsync(
    orders.ask('GetOrder', () => order, { orderId: 'x' }),
    { message: /\/orderId/ },
  );
  await t.throwsAsync(
    orders.ask('Nothing', () => order, {}),
    { message: /no operation Nothing; expected GetOrder/ },
  );
});

test('what a handler throws comes through as it is', async (t) => {
  const failing = () => {
    throw new RangeError('not written yet');
  };
  await t.throwsAsync(orders.ask('GetOrder', failing, {}), { instanceOf: RangeError, message: 'not written yet' });
});

test('the published types are those of the handlers that are loaded', (t) => {
  // For the compiler: what is published of a handler is what it is.
  const context = (given: own.HandlerContext): published.HandlerContext => given;
  const back = (given: published.HandlerContext): own.HandlerContext => given;
  const handler = (given: published.Handler): own.Handler => given;
  t.is(typeof context, typeof back);
  t.is(typeof handler, 'function');
});
