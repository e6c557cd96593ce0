// A gateway in front of a big estate has thousands of operations, and a bad night fails hundreds of them at once.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { breakers } from './breakers.ts';
import { usualBreaker } from './schema.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): number => {
  collect();
  return getHeapStatistics().used_heap_size;
};
const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('10,000 operations of which 500 fail take less than 20 MB and not a timer', (t) => {
  const before = { heap: heap(), timers: timers() };
  const clock = { now: 0 };
  const all = breakers({
    steady: () => clock.now,
    wall: () => clock.now,
    chance: () => 0,
    events: { emit: () => undefined, on: () => () => undefined },
  });
  const draft = all.draft();
  const settings = usualBreaker();
  for (let each = 0; each < 10_000; each += 1)
    draft.of({ destination: 'new', operation: `Operation${each}`, address: '', patience: 1000, settings });
  draft.keep();
  const failing = [...all.all].slice(0, 500);
  const fail = (times: number): void => {
    for (const breaker of failing) for (let each = 0; each < times; each += 1) breaker.bad(breaker.admit()!, 'connect');
  };
  fail(19);
  t.is(failing.filter(({ isOfNote }) => isOfNote).length, 500);
  const counting = heap() - before.heap;
  t.true(counting < 20e6, `${counting} bytes while they count`);
  fail(1);
  t.true(failing.every(({ state }) => state === 'open'));
  t.is(timers(), before.timers);
  const open = heap() - before.heap;
  t.true(open < counting, `${open} bytes once they are open, ${counting} before`);
});
