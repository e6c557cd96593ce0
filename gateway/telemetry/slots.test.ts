import test from 'ava';
import { slots } from './slots.ts';

test('an operation keeps its slot, whatever comes later', (t) => {
  const all = slots();
  const first = all.of('orders', 'GetOrder');
  all.of('orders', 'PlaceOrder');
  all.of('invoices', 'GetOrder');
  t.is(all.of('orders', 'GetOrder'), first);
  t.is(all.size, 3);
});

test('names that look alike when joined are different slots', (t) => {
  const all = slots();
  t.not(all.of('a', 'b.c'), all.of('a.b', 'c'));
});

test('a slot tells its name, and a number never given is refused', (t) => {
  const all = slots();
  t.deepEqual(all.name(all.of('orders', 'GetOrder')), { route: 'orders', operation: 'GetOrder' });
  t.throws(() => all.name(1), { instanceOf: RangeError });
});
