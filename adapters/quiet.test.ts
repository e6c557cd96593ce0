import test from 'ava';
import { quietly } from './quiet.ts';

test('the same thing is told once a minute, others at once', (t) => {
  const told: string[] = [];
  let now = 0;
  const tell = quietly(
    (what) => void told.push(what),
    () => now,
  );
  for (const [at, what] of [
    [0, 'a'],
    [1, 'a'],
    [2, 'b'],
    [59_999, 'a'],
    [60_000, 'a'],
    [60_001, 'b'],
  ] as const) {
    now = at;
    tell(what);
  }
  t.deepEqual(told, ['a', 'b', 'a']);
});
