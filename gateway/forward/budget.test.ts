import test from 'ava';
import * as fc from 'fast-check';
import { Budget, budgets } from './budget.ts';

const rig = (share: number, perSecond: number) => {
  const clock = { now: 5_000_123 };
  const budget = new Budget('orders', { share, perSecond }, () => clock.now);
  const calls = (times: number): void => {
    for (let each = 0; each < times; each += 1) budget.called();
  };
  const spend = (times: number): number => Array.from({ length: times }, () => budget.spend()).filter(Boolean).length;
  return { budget, clock, calls, spend };
};

test('so many of the calls of the last ten seconds, and no more', (t) => {
  const { calls, spend, budget } = rig(0.2, 0);
  t.is(spend(1), 0);
  calls(50);
  t.is(spend(50), 10);
  t.deepEqual(budget.counts, { sent: 10, refused: 41 });
});

test('and a few each second in any case', (t) => {
  const { spend } = rig(0, 2);
  t.is(spend(50), 20);
});

test('the least share is none', (t) => {
  const { calls, spend } = rig(0, 0);
  calls(1000);
  t.is(spend(10), 0);
});

test('what is older than ten seconds counts no more, neither calls nor second sends', (t) => {
  const { calls, spend, clock } = rig(0.5, 0);
  calls(10);
  t.is(spend(9), 5);
  clock.now += 9000;
  t.is(spend(1), 0);
  calls(2);
  t.is(spend(9), 1);
  clock.now += 1000;
  // The first second is gone: 2 calls, 1 spent.
  t.is(spend(9), 0);
  clock.now += 60_000;
  t.is(spend(9), 0);
  calls(4);
  t.is(spend(9), 2);
});

test('over any course of calls never more than the share of any ten seconds and the floor', (t) => {
  const step = fc.oneof(
    fc.record({ calls: fc.nat(20), spends: fc.nat(20), ms: fc.nat(3000) }),
    fc.record({ calls: fc.nat(3), spends: fc.nat(30), ms: fc.constantFrom(0, 999, 1000, 10_000, 30_000) }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(0, 0.1, 0.2, 1),
      fc.constantFrom(0, 0.3, 2),
      fc.array(step, { maxLength: 60 }),
      (share, floor, steps) => {
        const { budget, clock } = rig(share, floor);
        const came: number[] = [];
        const spent: number[] = [];
        const recent = (all: readonly number[]) =>
          all.filter((at) => Math.floor(clock.now / 1000) - Math.floor(at / 1000) < 10).length;
        for (const { calls, spends, ms } of steps) {
          for (let each = 0; each < calls; each += 1) {
            budget.called();
            came.push(clock.now);
          }
          for (let each = 0; each < spends; each += 1) {
            const isLeft = recent(spent) + 1 <= recent(came) * share + floor * 10 + 1e-6;
            t.is(budget.spend(), isLeft);
            if (isLeft) spent.push(clock.now);
          }
          clock.now += ms;
        }
      },
    ),
    { numRuns: Number(process.env['LAW_RUNS'] ?? 300) },
  );
});

test('a budget outlives a flip that changes nothing of it, and a table that never serves', (t) => {
  const all = budgets(() => 0);
  const flip = (share: number, isKept = true) => {
    const draft = all.draft();
    const made = draft.of('orders', { share, perSecond: 1 });
    if (isKept) draft.keep();
    return made;
  };
  const one = flip(0.2);
  flip(0.3, false);
  t.is(flip(0.2), one);
  t.not(flip(0.3), one);
  t.is([...all.all].length, 1);
});
