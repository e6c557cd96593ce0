import test from 'ava';
import { quantile, quantileRatio } from './quantile-ratio.ts';

/** Calls of 10 to 110 ms, one each 10 ms for 20 s, `times` as long, with a stall of 200 ms for all of each tenth second. */
const calls = (times: number, { stalls }: { stalls: boolean }) =>
  Array.from({ length: 2000 }, (_, index) => {
    const began = index * 10;
    const isStalled = stalls && Math.floor(began / 1000) % 10 === 3;
    return { began, ended: began + (10 + 100 * Math.random()) * times + (isStalled ? 200 : 0) };
  });

test('a quantile is what so many of a hundred took at most', (t) => {
  const hundred = Array.from({ length: 100 }, (_, index) => ({ began: 5, ended: 5 + index }));
  t.is(quantile(90, hundred), 90);
  t.is(quantile(99, hundred), 99);
  t.is(quantile(99, []), Infinity);
});

test('stalls that both kinds meet leave the ratio where it is, and known to be there', (t) => {
  for (const percent of [80, 99]) {
    const { at, most } = quantileRatio(percent, calls(1, { stalls: true }), calls(1, { stalls: true }));
    t.true(at > 0.9 && at < 1.1, `p${percent}: ${at}`);
    t.true(most > 0.95 && most < 1.2, `p${percent}: ${most}`);
  }
});

test('what is twice as slow is seen, and what stalls alone', (t) => {
  const theirs = calls(1, { stalls: false });
  const twice = quantileRatio(99, calls(2, { stalls: false }), theirs);
  t.true(twice.at > 1.8 && twice.at < 2.2 && twice.most > 1.9 && twice.most < 2.2);
  t.true(quantileRatio(99, calls(1, { stalls: true }), theirs).at > 2);
});
