import test from 'ava';
import { AdapterError, SendError } from '../../adapters/errors.ts';
import { doubts, mayBeDoneLate } from './doubts.ts';
import type { Attempt } from '../exchange.ts';

/** A clock wound by hand, and the seconds at which each tag was taken back. */
const rig = (longestWait = 0) => {
  let now = 0;
  let tick: (() => void) | null = null;
  const timers = { begun: 0 };
  const taken: [number, string][] = [];
  const doubted = doubts({
    steady: () => now,
    every(_, run) {
      timers.begun += 1;
      tick = run;
      return () => (tick = null);
    },
    longestWait: () => longestWait,
    takeBack: (tags) => tags.forEach((tag) => taken.push([now / 1000, tag])),
  });
  const pass = (seconds: number): void => {
    for (let n = 0; n < seconds; n += 1) {
      now += 1000;
      tick?.();
    }
  };
  const at = (tag: string) => taken.filter(([, each]) => each === tag).map(([second]) => second);
  const add = (tags: readonly string[]): void => doubted.add(tags);
  return { add, pass, at, taken, timers, isTicking: () => tick !== null };
};

test('what may be done late is taken back ever more seldom, for two minutes at least', (t) => {
  const { add, pass, at, isTicking } = rig();
  add(['c:Get:id=1']);
  pass(1000);
  t.deepEqual(at('c:Get:id=1'), [1, 2, 4, 8, 16, 32, 64, 128]);
  t.false(isTicking());
});

test('or for as long as anybody waits', (t) => {
  const { add, pass, at } = rig(600_000);
  add(['c:Get:id=1']);
  pass(3000);
  t.is(at('c:Get:id=1').at(-1), 1024);
});

test('LAW: whatever else is in doubt, what is done n seconds late is given as before for n seconds more at most, or two', (t) => {
  const { add, pass, at } = rig();
  const ended = [0, 3, 4, 5, 6, 7, 8, 20, 21, 60];
  for (let second = 0; second < 300; second += 1) {
    if (ended.includes(second)) add(['c:Get:id=1']);
    pass(1);
  }
  for (const end of ended)
    for (let late = 0; late <= 120; late += 1) {
      const next = at('c:Get:id=1').find((second) => second > end + late);
      t.true(next !== undefined && next - (end + late) <= Math.max(2, late + 1), `${late} s after ${end}: ${next}`);
    }
});

test('many in doubt are still taken back by what they name', (t) => {
  const { add, pass, taken } = rig();
  for (let n = 0; n < 9000; n += 1) add([`c:Get:id=${n}`, 'c:Get:id=?']);
  pass(1);
  t.is(taken.length, 9001);
});

test('a storm of them is a few operations, and one timer', (t) => {
  const { add, pass, taken, timers } = rig();
  for (let n = 0; n < 100_000; n += 1) add([`c:Get:id=${n}`, 'c:Get:id=?', `d:List:of=${n}`]);
  pass(1);
  t.deepEqual(taken, [
    [1, 'c:Get'],
    [1, 'd:List'],
  ]);
  t.is(timers.begun, 1);
  // One that goes on does not put off what is due for those before.
  for (let n = 0; n < 10; n += 1) {
    add([`c:Get:id=${n}`]);
    pass(1);
  }
  t.true(taken.filter(([, tag]) => tag === 'c:Get').length > 8);
});

test('only what was asked, and not answered, may be done late', (t) => {
  const of = (reached: Attempt['reached'], status: number | null, error: AdapterError | null = null) =>
    mayBeDoneLate({
      reply: null,
      error,
      attempts: [{ side: 'legacy', destination: 'old', ms: 1, status, reason: null, reached }],
      fallback: null,
    });
  t.false(of('nothing', null), 'it never came there');
  t.true(of('some', null));
  t.true(of('all', null));
  for (const status of [200, 400, 500, 503]) t.false(of('all', status), String(status));
  for (const status of [202, 502, 504, 520, 524]) t.true(of('all', status), String(status));
  t.true(of('nothing', null, new AdapterError('ERR_ABORTED', 'the client left')), 'nobody says how far it came');
  t.false(of('nothing', null, new SendError('ERR_ABORTED', 'reset', 'nothing', 'the client left')));
  t.false(of('nothing', null, new AdapterError('ERR_FULL', 'nobody was asked')));
  t.true(mayBeDoneLate(null));
  t.false(mayBeDoneLate({ reply: null, error: null, attempts: [], fallback: null }));
});
