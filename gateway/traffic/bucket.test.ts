import { createHash } from 'node:crypto';
import test from 'ava';
import * as fc from 'fast-check';
import { bucket } from './bucket.ts';

const keys = (count: number): string[] => Array.from({ length: count }, (_, i) => `client-${i}`);

// Golden: these may never change. A different number here is a client who is moved without anybody having asked for it.
const golden = test.macro<[string, string, number]>({
  exec: (t, salt, key, place) => t.is(bucket(salt, key), place),
  title: (_, salt, key, place) => `the place of "${key}" under "${salt}" is ${place}`,
});
test(golden, 'orders/GetOrder', 'acme', 8010);
test(golden, 'orders/GetOrder', '192.0.2.1', 6546);
test(golden, 'orders/GetOrder', '2001:db8:0:7::/64', 5632);
test(golden, 'orders/PlaceOrder', 'acme', 2717);
test(golden, 'orders-api/GET /orders/{id}', 'Müller & Söhne', 6012);
test(golden, '', '', 4304);

test('a place is the first 52 bits of SHA-256 over salt, NUL and key, scaled', (t) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (salt, key) => {
      const digest = createHash('sha256').update(`${salt}\0${key}`).digest().readBigUInt64BE();
      t.is(bucket(salt, key), Number(((digest >> 12n) * 10_000n) >> 52n));
    }),
    { numRuns: 300 },
  );
});

test('a quarter of the places holds a quarter of 2,000 clients', (t) => {
  const inside = keys(2000).filter((key) => bucket('orders/GetOrder', key) < 2500).length;
  const fourSigma = 4 * Math.sqrt(2000 * 0.25 * 0.75);
  t.true(Math.abs(inside - 500) < fourSigma, `${inside} of 2,000`);
});

test('where a key stands under one salt says nothing about where it stands under another', (t) => {
  // Chi-squared over 4 × 4 quarters, each as likely: 15 degrees of freedom, 37.7 is the 0.1 % point. The keys are fixed, so is the figure.
  const cells = Array<number>(16).fill(0);
  for (const key of keys(4000)) {
    const cell =
      Math.floor(bucket('orders/GetOrder', key) / 2500) * 4 + Math.floor(bucket('orders/ListOrders', key) / 2500);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  const chiSquared = cells.reduce((sum, seen) => sum + (seen - 250) ** 2 / 250, 0);
  t.true(chiSquared < 37.7, `${chiSquared}`);
});
