import test from 'ava';
import * as fc from 'fast-check';
import type { Reason } from '../errors.ts';
import { leastLoaded, ofKey } from './choose.ts';
import { Vitals, type VitalsSettings } from './vitals.ts';

const settings: VitalsSettings = { ejectAfter: 3, ejectFor: 1000, slowStart: 4000 };

const rig = (given: Partial<VitalsSettings> = {}, chance = 0) => {
  const clock = { now: 0 };
  const told: string[] = [];
  const vitals = new Vitals({ ...settings, ...given }, { now: () => clock.now, chance: () => chance }, (state) =>
    told.push(state),
  );
  const fail = (times: number, reason: Reason = 'reset') => {
    for (let i = 0; i < times; i++) vitals.failed(clock.now, reason);
  };
  return { clock, told, vitals, fail };
};

test('failures in a row leave a url out, one less does not, and an answer between begins anew', (t) => {
  const { clock, vitals, fail, told } = rig();
  fail(2);
  vitals.answered(clock.now);
  fail(2);
  t.is(vitals.share, 1);
  fail(1);
  t.is(vitals.share, 0);
  t.is(vitals.state, 'ejected');
  t.deepEqual(told, ['ejected']);
});

test('two connections that fail are enough', (t) => {
  const { vitals, fail } = rig();
  fail(1, 'connect');
  t.is(vitals.share, 1);
  fail(1, 'connect');
  t.is(vitals.share, 0);
});

test('its share grows from the moment it is asked again, and the first answer is told', (t) => {
  const { clock, vitals, fail, told } = rig();
  fail(3);
  clock.now = 999;
  t.is(vitals.share, 0);
  clock.now = 1000;
  t.is(vitals.share, 0.05);
  clock.now = 3000;
  t.is(vitals.share, 0.5);
  vitals.answered(2500);
  clock.now = 5000;
  t.is(vitals.share, 1);
  t.deepEqual(told, ['ejected', 'healthy']);
});

test('on trial one failure is enough, and it is left out for twice as long', (t) => {
  const { clock, vitals, fail } = rig();
  fail(3);
  clock.now = 1500;
  fail(1);
  t.is(vitals.state, 'ejected');
  clock.now = 1500 + 1999;
  t.is(vitals.share, 0);
  clock.now += 1;
  t.true(vitals.share > 0);
});

test('calls that were sent before it was left out say nothing of how it is now', (t) => {
  const { clock, vitals, fail, told } = rig();
  fail(3);
  clock.now = 1200;
  vitals.failed(0, 'timeout');
  t.is(vitals.state, 'healthy');
  vitals.answered(0);
  t.deepEqual(told, ['ejected']);
});

test('once it was well for as long as it was left out, the next time is as short as the first', (t) => {
  const { clock, vitals, fail } = rig();
  fail(3);
  clock.now = 2500;
  vitals.answered(2500);
  fail(3);
  clock.now = 3499;
  t.is(vitals.share, 0);
  clock.now = 3500;
  t.true(vitals.share > 0);
});

test('what probes say and what calls say both have to be well', (t) => {
  const { clock, vitals, fail } = rig();
  vitals.probed(false, 'no');
  t.is(vitals.state, 'unhealthy');
  t.is(vitals.share, 0);
  vitals.answered(0);
  t.is(vitals.share, 0);
  fail(3);
  vitals.probed(true, 'yes');
  t.is(vitals.state, 'ejected');
  clock.now = 1000;
  t.is(vitals.share, 0.05);
});

test('a url that probes take back begins with a small share', (t) => {
  const { clock, vitals } = rig();
  vitals.probed(false, 'no');
  clock.now = 10_000;
  vitals.probed(true, 'yes');
  t.is(vitals.share, 0.05);
  clock.now = 14_000;
  t.is(vitals.share, 1);
});

const step = fc.record({
  after: fc.integer({ min: 0, max: 3000 }),
  what: fc.constantFrom('answered', 'connect', 'timeout', 'reset', 'well', 'unwell'),
});

test('law: a share is between 0 and 1, 0 exactly where it is not healthy, and whatever happens it comes back', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (steps, chance) => {
      const { clock, vitals } = rig({}, chance);
      for (const { after, what } of steps) {
        clock.now += after;
        if (what === 'answered') vitals.answered(clock.now);
        else if (what === 'well' || what === 'unwell') vitals.probed(what === 'well', what);
        else vitals.failed(clock.now, what);
        t.true(vitals.share >= 0 && vitals.share <= 1);
        t.is(vitals.share === 0, vitals.state !== 'healthy');
      }
      vitals.probed(true, 'well');
      clock.now += settings.ejectFor * 64 * 1.25 + settings.slowStart;
      t.is(vitals.share, 1);
    }),
  );
});

test('law: times out in a row grow until the longest, whatever chance adds', (t) => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 2, maxLength: 6 }), (chances) => {
      let at = 0;
      const clock = { now: 0 };
      const vitals = new Vitals(settings, { now: () => clock.now, chance: () => chances[at]! }, () => undefined);
      let before = 0;
      for (at = 0; at < chances.length; at++) {
        const from = clock.now;
        for (let i = 0; i < 3 && vitals.share > 0; i++) vitals.failed(clock.now, 'reset');
        while (vitals.share === 0) clock.now += 10;
        t.true(clock.now - from >= before + 10);
        t.true(clock.now - from <= 1000 * 2 ** at * 1.25 + 10);
        before = clock.now - from;
      }
    }),
  );
});

const candidates = fc.array(fc.record({ inFlight: fc.nat({ max: 5 }), share: fc.constantFrom(0, 0, 0.05, 0.5, 1) }), {
  minLength: 1,
  maxLength: 6,
});
const named = candidates.map((all) => all.map((one, i) => ({ ...one, authority: `10.0.0.${i}:80` })));
const chanceOf = (values: readonly number[]) => {
  let i = 0;
  return () => values[i++ % values.length]!;
};
const chances = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 9 });

test('law: there is always one to ask, and it is left out only if all are', (t) => {
  fc.assert(
    fc.property(candidates, chances, (all, values) => {
      const found = leastLoaded(all, chanceOf(values));
      t.truthy(found);
      if (all.some(({ share }) => share > 0)) t.true(found!.share > 0);
      const full = all.filter(({ share }) => share === 1);
      // One whose share still grows may have fewer under way and be passed over; one with all of it may not.
      if (found!.share > 0) t.true(full.every(({ inFlight }) => inFlight >= found!.inFlight));
    }),
  );
});

test('one whose share is half is asked about half as often as the others', (t) => {
  const all = [
    { inFlight: 0, share: 1 },
    { inFlight: 0, share: 0.5 },
    { inFlight: 0, share: 1 },
  ];
  let seed = 1;
  const chance = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const counts = [0, 0, 0];
  for (let i = 0; i < 6000; i++) counts[all.indexOf(leastLoaded(all, chance)!)]! += 1;
  t.true(counts[1]! > 800 && counts[1]! < 1200, counts.join());
  t.true(Math.abs(counts[0]! - counts[2]!) < 400, counts.join());
});

test('law: a key stays where it is unless that is left out, and comes back', (t) => {
  fc.assert(
    fc.property(named, fc.string({ minLength: 1 }), fc.nat(), (all, key, which) => {
      const whole = all.map((one) => ({ ...one, share: 1 }));
      const home = ofKey(key, whole)!;
      const other = which % all.length;
      const without = whole.map((one, i) => (i === other ? { ...one, share: 0 } : one));
      const found = ofKey(key, without)!;
      if (home !== whole[other]) t.is(found.authority, home.authority);
      else if (all.length > 1) t.not(found.authority, home.authority);
      // The order of the file and how much there is to do change nothing.
      const busy = whole.map(({ authority }) => ({ authority, share: 1, inFlight: 9 })).toReversed();
      t.is(ofKey(key, busy)!.authority, home.authority);
    }),
  );
});
