import test from 'ava';
import * as fc from 'fast-check';
import { bounds, bucketOf, buckets } from './columns.ts';
import { quantile } from './quantile.ts';

const of = (durations: readonly number[], q: number): number | null =>
  quantile(q, (bucket) => durations.filter((ms) => bucketOf(ms) === bucket).length);

test('without calls there is no quantile', (t) => t.is(of([], 0.5), null));

test('what took longer than the last bound is told as the last bound', (t) => t.is(of([90_000], 0.95), 30_000));

test('the estimate lies in the bucket of the exact quantile', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 29_000, noNaN: true }), { minLength: 1, maxLength: 60 }),
      fc.constantFrom(0.5, 0.95),
      (durations, q) => {
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = bucketOf(sorted[Math.ceil(q * sorted.length) - 1]!);
        const estimate = of(durations, q)!;
        t.true(estimate >= (bounds[exact - 1] ?? 0) && estimate <= bounds[exact]!);
      },
    ),
    { numRuns: 300 },
  );
  t.is(buckets, bounds.length + 1);
});
