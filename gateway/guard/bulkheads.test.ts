import test from 'ava';
import { bulkheads } from './bulkheads.ts';
import type { Bounded } from './bulkhead.ts';

const rig = () => {
  const all = bulkheads({
    steady: () => 0,
    wall: () => 0,
    after: () => () => undefined,
    events: { emit: () => undefined, on: () => () => undefined },
  });
  const bounded = (maxInFlight: number, address = 'http://a'): Bounded => ({
    destination: 'legacy',
    address,
    settings: { maxInFlight, queue: null },
  });
  const flip = (...wanted: Bounded[]) => {
    const draft = all.draft();
    const made = wanted.map((one) => draft.of(one));
    draft.keep();
    return made[0]!;
  };
  return { all, bounded, flip };
};

test('a destination has the same bulkhead on all routes and over flips', (t) => {
  const { all, bounded, flip } = rig();
  const draft = all.draft();
  t.is(draft.of(bounded(1)), draft.of(bounded(1)));
  draft.keep();
  t.is(flip(bounded(1)), [...all.all][0]!);
});

test('calls under way count over a flip of the bound itself', (t) => {
  const { bounded, flip } = rig();
  const before = flip(bounded(2));
  before.take();
  before.take();
  const after = flip(bounded(3));
  t.deepEqual([after.take(), after.take()], [true, false]);
});

test('another address is another place', (t) => {
  const { bounded, flip } = rig();
  flip(bounded(1)).take();
  t.true(flip(bounded(1, 'http://b')).take());
});

test('a table that never serves bounds nothing', (t) => {
  const { all, bounded, flip } = rig();
  const one = flip(bounded(1));
  all.draft().of(bounded(9));
  t.is(one.maxInFlight, 1);
});

test('who waits at a bound that the file gives up need not wait any longer', async (t) => {
  const { all, bounded, flip } = rig();
  const one = flip({ ...bounded(1), settings: { maxInFlight: 1, queue: { size: 1, maxWait: 1000 } } });
  one.take();
  const waiting = one.wait('low', {
    at: Infinity,
    ended: null,
    watch: () => undefined,
    signal: () => new AbortController().signal,
  });
  all.draft().keep();
  await t.notThrowsAsync(waiting);
  t.deepEqual([...all.all], []);
});
