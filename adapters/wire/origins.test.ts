import test from 'ava';
import * as fc from 'fast-check';
import type { Affinity } from '../adapter.ts';
import { Origins } from './origins.ts';

const rig = (count: number) => {
  const clock = { now: 0 };
  const pools = Array.from({ length: count }, (_, i) => ({
    address: { host: `10.0.0.${i}`, port: 80, tls: null },
    connectTimeout: 1000,
    timeout: 1000,
    keepAlive: true,
  }));
  const vitals = { ejectAfter: 1, ejectFor: 1000, slowStart: 0 };
  const origins = new Origins({ pools, vitals }, { now: () => clock.now, chance: () => 0 });
  const known = new Map<string, string>();
  const affinity: Affinity = {
    keyOf: () => null,
    begunBy: () => null,
    recall: (key) => known.get(key) ?? null,
    remember: (key, url) => void known.set(key, url),
  };
  const fail = (at: number): void => origins.all[at]!.vitals.failed(clock.now, 'reset');
  return { clock, origins, affinity, known, fail };
};

test('a session whose url is left out moves, and stays where it went when that is back', (t) => {
  const { clock, origins, affinity, fail } = rig(3);
  const home = origins.choose('s', affinity);
  fail(origins.all.indexOf(home));
  const next = origins.choose('s', affinity);
  t.not(next, home);
  clock.now = 2000;
  t.is(home.share, 1);
  t.is(origins.choose('s', affinity), next);
});

test('a session that began at a url is asked for there, wherever its name would lead', (t) => {
  const { origins, affinity, known } = rig(3);
  for (const { authority } of origins.all) {
    known.set('s', authority);
    t.is(origins.choose('s', affinity).authority, authority);
  }
});

test('where all urls are left out a session stays at its own', (t) => {
  const { origins, affinity, known, fail } = rig(3);
  for (const at of [0, 1, 2]) fail(at);
  for (const { authority } of origins.all) {
    known.set('s', authority);
    t.is(origins.choose('s', affinity).authority, authority);
  }
});

test('law: a session changes its url only when that is left out and another is not', (t) => {
  const step = fc.record({
    fails: fc.option(fc.nat({ max: 2 })),
    after: fc.nat({ max: 900 }),
    key: fc.nat({ max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const { clock, origins, affinity, fail } = rig(3);
      const at = new Map<number, (typeof origins.all)[number]>();
      for (const { fails, after, key } of steps) {
        clock.now += after;
        if (fails !== null) fail(fails);
        const before = at.get(key);
        const isFree = before === undefined || (before.share === 0 && origins.all.some(({ share }) => share > 0));
        const found = origins.choose(`s${key}`, affinity);
        if (!isFree) t.is(found, before);
        if (origins.all.some(({ share }) => share > 0)) t.true(found.share > 0);
        at.set(key, found);
      }
    }),
  );
});
