import test, { type ExecutionContext } from 'ava';
import { CallDeadline } from '../../adapters/wire/deadline.ts';
import { StreamBody } from '../../adapters/wire/stream-body.ts';
import type { Sink } from '../../adapters/adapter.ts';
import { heldBytes, type HeldBytes } from './held-bytes.ts';

const source = { pause: () => undefined, resume: () => undefined };
const sink = () => {
  const got: Buffer[] = [];
  const into: Sink = { chunk: (bytes) => got.push(bytes) > 0, end: () => undefined, cut: () => undefined };
  return { into, text: () => Buffer.concat(got).toString() };
};

const streamed = (most: number, max = 100) => {
  const held = heldBytes(() => most);
  const body = new StreamBody('chunked', source);
  body.push(Buffer.from('prefix '));
  body.hold(max, held);
  return { held, body };
};
/** Both destinations get every byte. */
const pouredAgain = (t: ExecutionContext, body: StreamBody, whole: string): void => {
  const second = sink();
  body.pour(second.into);
  t.is(second.text(), whole);
};

test('what streams by is held and counted until it is needed no more', (t) => {
  const { held, body } = streamed(50);
  const first = sink();
  t.is(held.bytes, 0);
  body.pour(first.into);
  t.is(held.bytes, 7);
  body.push(Buffer.from('rest'));
  body.finish([]);
  t.is(held.bytes, 11);
  t.is(body.again, 'held');
  pouredAgain(t, body, 'prefix rest');
  t.is(held.bytes, 11);
  body.release();
  t.is(held.bytes, 0);
  t.is(body.again, 'gone');
  body.release();
  t.is(held.bytes, 0);
  t.deepEqual(held.unheld, { call: 0, total: 0 });
});

test('over the bound of all, a body streams on and has no second try', (t) => {
  const { held, body } = streamed(10);
  const first = sink();
  body.pour(first.into);
  t.is(body.again, 'held');
  body.push(Buffer.from('rest'));
  t.is(body.again, 'gone');
  t.is(held.bytes, 0);
  body.push(Buffer.from(' and more'));
  body.finish([]);
  t.is(first.text(), 'prefix rest and more');
  t.deepEqual(held.unheld, { call: 0, total: 1 });
});

test('so does one whose beginning alone finds no room', (t) => {
  const { held, body } = streamed(6);
  const first = sink();
  body.pour(first.into);
  t.is(body.again, 'gone');
  body.push(Buffer.from('rest'));
  t.is(first.text(), 'prefix rest');
  t.deepEqual([held.bytes, held.unheld.total], [0, 1]);
});

test('and one that is longer than any may be', (t) => {
  const { held, body } = streamed(50, 8);
  body.pour(sink().into);
  body.push(Buffer.from('rest'));
  t.is(body.again, 'gone');
  t.deepEqual([held.bytes, held.unheld], [0, { call: 1, total: 0 }]);
  streamed(50, 3).body.release();
});

test('a body that was here as a whole takes nothing of it, and may be sent again at any size', (t) => {
  const held = heldBytes(() => 0);
  const body = new StreamBody('chunked', source);
  body.push(Buffer.from('all of it'));
  body.finish([]);
  body.hold(100, held);
  body.pour(sink().into);
  body.release();
  t.is(body.again, 'held');
  pouredAgain(t, body, 'all of it');
  t.deepEqual([held.bytes, held.unheld.total], [0, 0]);
});

test('a body that was never poured may go elsewhere', (t) => {
  const { held, body } = streamed(0);
  t.is(body.again, 'untouched');
  body.release();
  t.is(body.again, 'untouched');
  t.is(held.bytes, 0);
});

const kib = 1024;
const read = (held: HeldBytes, bytes: number) => {
  const body = new StreamBody('chunked', source, held.reading);
  const whole = body.whole(10_000 * kib, new CallDeadline());
  whole.catch(() => undefined);
  for (let left = bytes; left > 0; left -= 16 * kib) body.push(Buffer.alloc(Math.min(left, 16 * kib)));
  return { body, whole };
};

test('what is read before it goes anywhere is counted past 64 KiB, until its call is over', async (t) => {
  const held = heldBytes(() => 100 * kib);
  const { body, whole } = read(held, 128 * kib);
  t.is(held.reading.bytes, 64 * kib);
  body.finish([]);
  t.is((await whole).length, 128 * kib);
  body.pour(sink().into);
  t.is(held.reading.bytes, 64 * kib);
  body.repay();
  body.repay();
  t.is(held.reading.bytes, 0);
});

test('what finds no room to be read fails, and gives all back', async (t) => {
  const held = heldBytes(() => 100 * kib);
  const first = read(held, 160 * kib);
  t.is(held.reading.bytes, 96 * kib);
  const second = read(held, 96 * kib);
  await t.throwsAsync(second.whole, { code: 'ERR_MEMORY' });
  t.is(second.body.again, 'gone');
  t.is(held.reading.bytes, 96 * kib);
  t.notThrows(() => read(held, 64 * kib), 'a small one needs nobody’s leave');
  first.body.finish([]);
  first.body.repay();
  t.is(held.reading.bytes, 0);
  t.deepEqual(held.unheld, { call: 0, total: 0 });
});

test('second tries leave calls that are read their room, and give it back as they go on', (t) => {
  const held = heldBytes(() => 100 * kib);
  const { body } = read(held, 128 * kib);
  t.false(held.take(40 * kib), 'a second try gets what is left');
  t.true(held.take(36 * kib));
  t.true(held.reading.take(36 * kib), 'who is read gets what others hold for a second try');
  held.reading.give(36 * kib);
  held.give(36 * kib);
  body.stop();
  body.hold(1000 * kib, held);
  body.pour(sink().into);
  t.deepEqual([held.reading.bytes, held.bytes, body.again], [0, 0, 'gone'], 'too much to be held: it streams on');
});
