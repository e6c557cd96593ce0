import test from 'ava';
import { array, assert, asyncProperty, nat, string } from 'fast-check';
import { CallDeadline } from './deadline.ts';
import { SplicedBody } from './spliced-body.ts';
import { StreamBody } from './stream-body.ts';

test('wherever the pieces of a body end, the new bytes stand in place of the old ones, once, and no piece is empty', async (t) => {
  const size = 24;
  const all = Buffer.from('abcdefghijklmnopqrstuvwx');
  await assert(
    asyncProperty(
      array(nat(size), { maxLength: 8 }),
      nat(size - 1),
      nat(size - 1),
      string({ maxLength: 8 }),
      async (cuts, one, other, text) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other) + 1];
        const splice = { from, to, bytes: Buffer.from(text) };
        const wanted = Buffer.concat([all.subarray(0, from), splice.bytes, all.subarray(to)]);
        const body = new StreamBody({ bytes: size }, { pause() {}, resume() {} });
        const spliced = new SplicedBody(body, splice);
        t.deepEqual(spliced.framing, { bytes: wanted.length });
        spliced.hold(size);
        const parts: Buffer[] = [];
        let ended = 0;
        const into = { chunk: (bytes: Buffer) => parts.push(bytes) > 0, end: () => void ended++, cut: () => t.fail() };
        // Poured while it comes, so that the pieces stay what they are.
        const flow = spliced.pour(into);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), size];
        for (const [i, end] of edges.slice(1).entries())
          if (end > (edges[i] ?? 0)) body.push(all.subarray(edges[i], end));
        body.finish([]);
        flow.stop();
        t.deepEqual(Buffer.concat(parts), wanted);
        t.true(parts.every(({ length }) => length > 0));
        t.is(ended, 1);
        t.deepEqual(spliced.bytes, wanted);
        t.deepEqual(await spliced.whole(64, new CallDeadline()), wanted);
        t.deepEqual((await spliced.prefix(wanted.length, new CallDeadline())).subarray(0, wanted.length), wanted);
      },
    ),
    { numRuns: 300 },
  );
});
