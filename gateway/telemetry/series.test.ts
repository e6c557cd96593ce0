import test from 'ava';
import { exchange, fallbackExchange, modernExchange } from '../../test/helpers/exchange.ts';
import { counters } from './counters.ts';
import { series } from './series.ts';

test('each second shows its own calls by side, and its fallbacks', (t) => {
  const counted = counters();
  const history = series(counted, { size: 1 });
  counted.account(exchange());
  counted.account(modernExchange());
  history.tick(1_000);
  counted.account(fallbackExchange());
  counted.account(exchange({ by: 'gateway', outcome: 'unavailable' }));
  history.tick(2_000);
  t.deepEqual(history.of(0), {
    at: [1_000, 2_000],
    legacy: [1, 1],
    modern: [1, 0],
    other: [0, 1],
    fallbacks: [0, 1],
  });
});

test('five minutes are kept, oldest first', (t) => {
  const counted = counters();
  const history = series(counted, { size: 1 });
  for (let second = 1; second <= 437; second += 1) {
    for (let call = 0; call < second % 3; call += 1) counted.account(exchange());
    history.tick(second * 1_000);
  }
  const { at, legacy } = history.of(0);
  t.is(at.length, 300);
  t.deepEqual([at[0], at.at(-1)], [138_000, 437_000]);
  t.deepEqual(
    legacy,
    at.map((ms) => (ms / 1_000) % 3),
  );
});

test('an operation that came later has zeros before', (t) => {
  const counted = counters();
  const all = { size: 1 };
  const history = series(counted, all);
  history.tick(1_000);
  all.size = 2;
  counted.account(exchange({ slot: 1 }));
  history.tick(2_000);
  t.deepEqual(history.of(1).legacy, [0, 1]);
});
