// How much memory kept answers really take: `node --expose-gc test/cache/kept-memory.ts KEYS BODY_BYTES BOUND_BYTES`.
// Writes as JSON what the heap and its buffers grew by, once that many distinct keys were put into a memory of that bound, and what the
// process took of the machine (RSS) before, after and at most. All in bytes.
import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { memory } from '../../gateway/cache/memory.ts';
import { ownCopy } from '../../gateway/cache/kept.ts';

const [keys = 0, bytes = 0, bound = 0] = process.argv.slice(2).map(Number);

const live = (): number => {
  for (let n = 0; n < 3; n += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const before = live();
const rss = { before: process.memoryUsage.rss(), most: 0, after: 0 };
const kept = memory(bound);
// As it comes from a socket: answers are pieces of something larger, and header lines slices of a head.
const piece = Buffer.alloc(64 * 1024, 'x');
for (let n = 0; n < keys; n += 1) {
  if (n % 500 === 499) {
    await turn();
    rss.most = Math.max(rss.most, process.memoryUsage.rss());
  }
  const head = `Content-Type: text/xml; charset=utf-8\r\nServer: Microsoft-IIS/10.0\r\nDate: Sat, 03 Oct 2026 10:00:${n}\r\nX-Request: ${n}`;
  const now = 1_790_000_000_000.5 + n;
  const reading = kept.begin();
  kept.put(
    hash('sha256', `${n}`, 'base64url'),
    {
      status: 200,
      reason: 'OK',
      raw: head.split('\r\n').flatMap((line) => line.split(': ')),
      body: ownCopy(piece.subarray(0, bytes)),
      keepable: { fault: null, relatesTo: null },
      by: 'legacy',
      destination: 'old',
      of: 'orders.GetOrder',
      storedAt: now,
      freshUntil: now + 1,
      staleUntil: now + 2,
      errorUntil: now + 3,
      tags: ['0123456789abcdef0123456789abcdef:GetOrder', `0123456789abcdef0123456789abcdef:GetOrder:orderId=["${n}"]`],
    },
    reading,
  );
  kept.done(reading);
}
const grown = live() - before;
rss.after = process.memoryUsage.rss();
process.stdout.write(JSON.stringify({ bound, counted: kept.bytes, entries: kept.entries, grown, rss }));
