import test from 'ava';
import * as fc from 'fast-check';
import type { Entry } from './entry.ts';
import { entryOf, valueOf } from './value.ts';

const entry: Entry = {
  status: 200,
  reason: 'OK',
  raw: ['Content-Type', 'text/xml', 'X-Ä', 'é'],
  body: Buffer.from('<a>ü</a>'),
  keepable: { fault: null, relatesTo: [1, 2] },
  by: 'legacy',
  destination: 'old',
  of: 'orders.GetOrder',
  storedAt: 1000,
  freshUntil: 2000,
  staleUntil: 3000,
  errorUntil: 5000,
  tags: ['c:Get'],
};
const reading = { key: 'k', tags: ['c:Get'], maxBytes: 1e6, now: 1000, left: 4000 };

test('LAW: an answer comes back as it went, and nothing else does', async (t) => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.nat(5000).map((length) => Buffer.alloc(length, 'ab')),
    fc.uint8Array({ minLength: 2048, maxLength: 4000 }),
  );
  await fc.assert(
    fc.asyncProperty(bodies, fc.nat(), fc.integer({ min: 1, max: 255 }), async (bytes, at, bend) => {
      const one = { ...entry, body: Buffer.from(bytes) };
      const value = await valueOf('k', one);
      t.deepEqual(await entryOf(value, reading), one);
      t.is(await entryOf(value, { ...reading, key: 'other' }), null);
      t.is(await entryOf(value.subarray(0, at % value.length), reading), null);
      const bent = Buffer.from(value);
      bent[at % value.length]! ^= bend;
      t.is(await entryOf(bent, reading), null);
    }),
    { numRuns: 300 },
  );
});

test('what is long and repeats itself is compressed; what is too long for the reader is nothing', async (t) => {
  const value = await valueOf('k', { ...entry, body: Buffer.alloc(100_000, 'abc') });
  t.true(value.length < 2000);
  t.is(await entryOf(value, { ...reading, maxBytes: 99_999 }), null);
  t.is((await entryOf(value, reading))?.body.length, 100_000);
});

test('times are those of the reader: clocks may differ by hours', async (t) => {
  const read = await entryOf(await valueOf('k', entry), { ...reading, now: 10_000_000, left: 3500 });
  t.is(read?.errorUntil, 10_003_500);
  t.is(read?.freshUntil, 10_000_500);
  t.is(read?.storedAt, 9_999_500);
});
