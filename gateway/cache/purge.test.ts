import test from 'ava';
import { purges, shownTag } from './purge.ts';
import { tagOf, tagsOfRead, templateOf } from './tags.ts';
import { wholeTag } from './http/template.ts';
import type { Entry } from './entry.ts';

const whole = templateOf('0af3', 'GetOrder');
const one = tagOf(templateOf('0af3', 'GetOrder:{orderId}'), { orderId: 7 })!;
const two = tagOf(templateOf('0af3', 'GetOrder:{region},{orderId}'), { orderId: '7', region: 'a:b="c"' })!;
const plain = wholeTag('api', 'GET /orders/{id}');
const target = `${plain}:api.example:8080/orders/7?a:b=[c]`;

test('an answer that may be about any id is shown as such, and goes with each', (t) => {
  const tags = tagsOfRead([templateOf('0af3', 'GetOrder:{orderId}')], {});
  t.deepEqual(tags.map(shownTag), ['GetOrder:?']);
  t.true(purges({ by: 'tag', name: 'GetOrder:7' })({ tags } as unknown as Entry, 'k'));
});

test('tags are shown as people write them', (t) => {
  t.deepEqual([whole.whole, one, two, target, plain, `${plain}:id=["7"]`, `${plain}:id=?`].map(shownTag), [
    'GetOrder',
    'GetOrder:7',
    'GetOrder:a:b="c",7',
    '/orders/7?a:b=[c]',
    'GET /orders/{id}',
    'GET /orders/{id}:7',
    'GET /orders/{id}:?',
  ]);
});

const entry = { of: 'orders.GetOrder', tags: [whole.whole, one] } as unknown as Entry;
const cases = [
  ['tag', 'GetOrder:07', true],
  ['all', '', true],
  ['key', 'k', true],
  ['key', 'l', false],
  ['tag', 'GetOrder:7', true],
  ['tag', 'GetOrder', true],
  ['tag', 'GetOrder:8', false],
  ['operation', 'orders.GetOrder', true],
  ['operation', 'orders.GetOrders', false],
  ['route', 'orders', true],
  ['route', 'order', false],
] as const;
for (const [by, name, is] of cases)
  test(`by ${by} ${name}: ${is ? 'taken back' : 'left'}`, (t) => t.is(purges({ by, name })(entry, 'k'), is));
