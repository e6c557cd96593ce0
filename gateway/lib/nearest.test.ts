import test from 'ava';
import { nearest } from './nearest.ts';

const names = ['GetOrder', 'ListOrders', 'PlaceOrder', 'weight', 'legacy'];

const finds = test.macro({
  exec: (t, typed: string, expected: string | null) => t.is(nearest(typed, names), expected),
  title: (_, typed: string, expected: string | null) => `${typed} is near ${expected ?? 'nothing'}`,
});

test(finds, 'GetOrdr', 'GetOrder');
test(finds, 'GETORDER', 'GetOrder');
test(finds, 'wieght', 'weight');
test(finds, 'legcay', 'legacy');
test(finds, 'ListOrder', 'ListOrders');
test(finds, 'cache', null);
test(finds, 'xy', null);
test(finds, '', null);

test('two swapped letters are nearer than two wrong ones', (t) => {
  t.is(nearest('ab', ['xb', 'ba', 'ax']), 'xb');
  t.is(nearest('abcd', ['abxy', 'abdc']), 'abdc');
});
