import test from 'ava';
import { takings } from './takings.ts';

test('what cannot be told is told again, one at a time, until it is', async (t) => {
  let isUp = false;
  const tried: [string, boolean][] = [];
  const pending = takings((tag, insists) => {
    tried.push([tag, insists]);
    return Promise.resolve(isUp);
  });
  t.teardown(() => pending.stop());
  await pending.take(['c:Get:id=1', 'c:List']);
  t.deepEqual(tried, [
    ['c:Get:id=1', false],
    ['c:List', false],
  ]);
  t.true(pending.has('c:List'));
  t.false(pending.has('c:Get'));
  while (tried.length < 4) await new Promise((wait) => setTimeout(wait, 20));
  t.deepEqual(tried.slice(2, 4), [
    ['c:Get:id=1', true],
    ['c:Get:id=1', true],
  ]);
  isUp = true;
  while (pending.has('c:List')) await new Promise((wait) => setTimeout(wait, 20));
  t.false(pending.has('c:Get:id=1'));
});

test('too many of them become their operations', async (t) => {
  const pending = takings(() => Promise.resolve(false));
  t.teardown(() => pending.stop());
  await pending.take(Array.from({ length: 10_001 }, (_, n) => `c:Get:id=${n}`));
  t.true(pending.has('c:Get'));
  t.true(pending.has('c:Get:id=whatever'));
  t.false(pending.has('c:List'));
});

test('what is taken anew while it is told stays to be told', async (t) => {
  const tells: ((isTold: boolean) => void)[] = [];
  const pending = takings(() => new Promise((resolve) => tells.push(resolve)));
  t.teardown(() => pending.stop());
  const first = pending.take(['c:Get']);
  const second = pending.take(['c:Get']);
  tells[0]!(true);
  await first;
  t.true(pending.has('c:Get'));
  tells[1]!(true);
  await second;
  t.false(pending.has('c:Get'));
});

test('once stopped, nothing is told again, nor is what was just being told', async (t) => {
  const tells: ((isTold: boolean) => void)[] = [];
  const pending = takings(() => new Promise((resolve) => tells.push(resolve)));
  t.teardown(() => pending.stop());
  const first = pending.take(['c:Get']);
  tells[0]!(false);
  await first;
  while (tells.length < 2) await new Promise((wait) => setTimeout(wait, 20));
  const late = pending.take(['c:List']);
  pending.stop();
  for (const tell of tells) tell(false);
  await late;
  const told = tells.length;
  await new Promise((wait) => setTimeout(wait, 400));
  t.is(tells.length, told);
});
