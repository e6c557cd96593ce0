import test from 'ava';
import { inTurn } from './in-turn.ts';

test('work waits for what was asked before it', async (t) => {
  const turn = inTurn();
  const { promise, resolve } = Promise.withResolvers<void>();
  const began: string[] = [];
  const first = turn(async () => {
    began.push('first');
    await promise;
    return 1;
  });
  const second = turn(async () => {
    began.push('second');
    return 2;
  });
  await new Promise((later) => setImmediate(later));
  t.deepEqual(began, ['first']);
  resolve();
  t.deepEqual(await Promise.all([first, second]), [1, 2]);
  t.deepEqual(began, ['first', 'second']);
});

test('what failed is told to who asked for it, and keeps nobody waiting', async (t) => {
  const turn = inTurn();
  const failed = turn(() => Promise.reject(new Error('no')));
  t.is(await turn(() => Promise.resolve('next')), 'next');
  await t.throwsAsync(failed, { message: 'no' });
});
