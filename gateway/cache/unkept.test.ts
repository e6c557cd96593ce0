import test from 'ava';
import { unkeptFor, unkeptKeys } from './unkept.ts';

test('a question is remembered for a while after its last answer that was none to keep', (t) => {
  const clock = { now: 0 };
  const unkept = unkeptKeys(() => clock.now);
  t.false(unkept.has('a'));
  unkept.add('a');
  unkept.add('b');
  clock.now = unkeptFor - 1;
  t.true(unkept.has('a'));
  unkept.add('a');
  clock.now = unkeptFor;
  t.deepEqual([unkept.has('a'), unkept.has('b')], [true, false]);
  unkept.remove('a');
  t.false(unkept.has('a'));
});

test('of more than ten thousand the last are remembered', (t) => {
  const unkept = unkeptKeys(() => 0);
  for (let n = 0; n < 20_000; n += 1) unkept.add(`k${n}`);
  t.deepEqual([unkept.has('k9999'), unkept.has('k10000'), unkept.has('k19999')], [false, true, true]);
});
