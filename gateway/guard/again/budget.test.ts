import test from 'ava';
import * as fc from 'fast-check';
import { budget } from './budget.ts';

const rig = () => {
  const clock = { now: 0 };
  return { clock, own: budget('new', () => clock.now) };
};
const taken = (own: ReturnType<typeof budget>, share: number, floor: number): number => {
  let count = 0;
  while (count < 1000 && own.take({ share, floor })) count += 1;
  return count;
};

test('a share of the calls may be sent twice, and no more', (t) => {
  const { own } = rig();
  for (let each = 0; each < 200; each += 1) own.call();
  t.is(taken(own, 0.1, 0), 20);
  t.is(own.counts.exhausted, 1);
});

test('a few may be, however few the calls are', (t) => {
  const { own } = rig();
  own.call();
  t.is(taken(own, 0.1, 3), 3);
});

test('what was sent twice is forgotten with its calls, after 10 s', (t) => {
  const { clock, own } = rig();
  for (let each = 0; each < 100; each += 1) own.call();
  t.is(taken(own, 0.1, 0), 10);
  clock.now = 9_900;
  t.is(taken(own, 0.1, 0), 0);
  clock.now = 10_100;
  t.is(taken(own, 0.1, 0), 0, 'calls of the last window count');
  for (let each = 0; each < 100; each += 1) own.call();
  t.is(taken(own, 0.1, 0), 10);
  clock.now = 1e9;
  t.is(taken(own, 0.1, 2), 2);
});

const steps = fc.array(fc.record({ wait: fc.nat(4000), calls: fc.nat(30), tries: fc.nat(30) }), { maxLength: 40 });

test('in no 9 s are more second sends made than the share of the calls of 10 s, or the floor', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 100 }), fc.nat(5), (all, percent, floor) => {
        const { clock, own } = rig();
        const [calls, spent]: [number[], number[]] = [[], []];
        const since = (times: readonly number[], ms: number): number =>
          times.filter((at) => at > clock.now - ms).length;
        for (const { wait, calls: more, tries } of all) {
          clock.now += wait;
          for (let each = 0; each < more; each += 1) {
            own.call();
            calls.push(clock.now);
          }
          for (let each = 0; each < tries; each += 1) {
            // Calls fall out by whole seconds: those of the last 9 s count for certain, older than 10 s for certain not.
            if (!own.take({ share: percent / 100, floor })) continue;
            spent.push(clock.now);
            if (since(spent, 9000) > Math.max(floor, since(calls, 10_000) * (percent / 100) + 1e-9)) return false;
          }
        }
        return true;
      }),
      { numRuns: 300 },
    ),
  );
});
