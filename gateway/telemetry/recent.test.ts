import test from 'ava';
import * as fc from 'fast-check';
import { exchange } from '../../test/helpers/exchange.ts';
import { column } from './columns.ts';
import { counters } from './counters.ts';
import { recent } from './recent.ts';

test('a call counts at once, before the next tick', (t) => {
  const counted = counters();
  const rolling = recent(counted, 0);
  counted.account(exchange());
  const span = rolling.last(10_000, 200);
  t.is(span.count(0, column.requests), 1);
  t.is(span.ms, 200);
});

test('a call leaves the ten seconds, and later the minute', (t) => {
  const counted = counters();
  const rolling = recent(counted, 0);
  const until = (from: number, to: number) => {
    for (let second = from + 1; second <= to; second += 1) rolling.tick(second * 1_000);
  };
  until(0, 100);
  counted.account(exchange());
  until(100, 109);
  t.is(rolling.last(10_000, 109_000).count(0, column.requests), 1);
  until(109, 112);
  t.is(rolling.last(10_000, 112_000).count(0, column.requests), 0);
  t.is(rolling.last(60_000, 112_000).count(0, column.requests), 1);
  until(112, 166);
  t.is(rolling.last(60_000, 166_000).count(0, column.requests), 0);
});

test('with one call a second, both spans show one call a second at any time', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 70, max: 400 }), (seconds) => {
      const counted = counters();
      const rolling = recent(counted, 0);
      for (let second = 1; second <= seconds; second += 1) {
        counted.account(exchange());
        rolling.tick(second * 1_000);
      }
      for (const ms of [10_000, 60_000]) {
        const span = rolling.last(ms, seconds * 1_000);
        t.is(span.count(0, column.requests), span.ms / 1_000);
        t.true(span.ms >= ms && span.ms < ms + 5_000);
      }
    }),
    { numRuns: 100 },
  );
});

test('a slot that came after the picture counts from nothing', (t) => {
  const counted = counters();
  const rolling = recent(counted, 0);
  rolling.tick(1_000);
  counted.account(exchange({ slot: 500 }));
  t.is(rolling.last(10_000, 1_500).count(500, column.requests), 1);
});
