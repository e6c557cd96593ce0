import test from 'ava';
import * as fc from 'fast-check';
import { exchange, fallbackExchange, modernExchange } from '../../test/helpers/exchange.ts';
import { outcomes } from '../exchange.ts';
import { bounds, bucketOf, buckets, column, fallbackIndex, sides, undecidedIndex, width } from './columns.ts';
import { counters } from './counters.ts';
import type { Counters } from './counters.ts';

const sum = (counted: Counters, slot: number, start: number, count: number): number =>
  counted.rows.slice(slot * width + start, slot * width + start + count).reduce((total, value) => total + value, 0);

test('a fallback counts as decided for modern and answered by legacy', (t) => {
  const counted = counters();
  counted.account(fallbackExchange());
  t.is(sum(counted, 0, column.decided + 1, 1), 1);
  t.is(sum(counted, 0, column.requests, outcomes.length), 1);
  t.is(sum(counted, 0, column.requests + outcomes.length, outcomes.length), 0);
  t.is(counted.rows[column.fallbacks + fallbackIndex['5xx']], 1);
});

test('each attempt counts for its own destination, so two waits are not mixed', (t) => {
  const counted = counters();
  counted.account(fallbackExchange());
  const of = (name: string) => counted.attempts.find(({ destination }) => destination === name);
  t.is(of('orders-modern')?.counts[bucketOf(40)], 1);
  t.is(of('orders-modern')?.sum, 40);
  t.is(of('orders-legacy')?.counts[bucketOf(11)], 1);
});

test('an attempt that asked nobody has no duration', (t) => {
  const counted = counters();
  const [modern] = fallbackExchange().attempts;
  for (const reason of ['open', 'full', 'request'] as const)
    counted.account(fallbackExchange({ attempts: [{ ...modern!, reason }] }));
  t.deepEqual(counted.attempts, []);
});

test('a destination that changes begins a series of its own', (t) => {
  const counted = counters();
  const [legacy] = exchange().attempts;
  for (const destination of ['one', 'two', 'one'])
    counted.account(exchange({ attempts: [{ ...legacy!, destination }] }));
  t.deepEqual(
    counted.attempts.map((series) => [series.destination, series.counts.reduce((total, value) => total + value)]),
    [
      ['one', 2],
      ['two', 1],
    ],
  );
});

test('calls without a cohort key and undecided calls are counted with their reason', (t) => {
  const counted = counters();
  counted.account(exchange({ decision: { side: 'legacy', reason: 'draw', bucket: null, cohort: null } }));
  counted.account(exchange({ undecided: 'mismatch' }));
  t.is(counted.rows[column.missing], 1);
  t.is(counted.rows[column.undecided + undecidedIndex.mismatch], 1);
});

test('figures survive growth by many slots', (t) => {
  const counted = counters();
  counted.account(exchange({ slot: 3 }));
  counted.account(modernExchange({ slot: 1_000 }));
  t.is(sum(counted, 3, column.requests, outcomes.length), 1);
  t.is(counted.sums[3 * sides.length], 12);
  t.is(sum(counted, 1_000, column.requests + outcomes.length, outcomes.length), 1);
});

test('groups of a row do not overlap: every call adds exactly one to requests, decided and durations', (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...sides),
      fc.constantFrom(...outcomes),
      fc.double({ min: 0, max: 100_000, noNaN: true }),
      (by, outcome, ms) => {
        const counted = counters();
        counted.account(exchange({ by, outcome, ms, attempts: [] }));
        t.is(sum(counted, 0, column.requests, sides.length * outcomes.length), 1);
        t.is(sum(counted, 0, column.decided, 2), 1);
        t.is(sum(counted, 0, column.durations, sides.length * buckets), 1);
        t.is(sum(counted, 0, 0, width), 3);
      },
    ),
    { numRuns: 300 },
  );
});

test('a bucket holds what is at most its bound, and the last one all the rest', (t) => {
  t.is(bucketOf(0), 0);
  t.is(bucketOf(1), 0);
  t.is(bucketOf(1.001), 1);
  t.is(bucketOf(30_000), bounds.length - 1);
  t.is(bucketOf(30_001), bounds.length);
});
