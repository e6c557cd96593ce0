import test from 'ava';
import * as fc from 'fast-check';
import { Prober } from './prober.ts';
import { Vitals } from './vitals.ts';

const rig = (unhealthyAfter: number, healthyAfter: number) => {
  const told: string[] = [];
  const settings = { ejectAfter: 5, ejectFor: 1000, slowStart: 0 };
  const vitals = new Vitals(settings, { now: () => 0, chance: () => 0 }, (state, why) => told.push(`${state}: ${why}`));
  const asking = { probe: () => Promise.resolve({ isWell: true, what: '' }), chance: () => 0 };
  const prober = new Prober({ every: 1000, unhealthyAfter, healthyAfter }, vitals, asking);
  const take = (...all: readonly boolean[]): void => {
    for (const isWell of all) prober.take({ isWell, what: String(isWell) });
  };
  return { vitals, take, told };
};

test('so many in a row change what is thought, and one between begins anew', (t) => {
  const { vitals, take, told } = rig(3, 2);
  take(false, false, true, false, false);
  t.is(vitals.state, 'healthy');
  take(false);
  t.is(vitals.state, 'unhealthy');
  take(true, false, true);
  t.is(vitals.state, 'unhealthy');
  take(true);
  t.is(vitals.state, 'healthy');
  t.deepEqual(told, ['unhealthy: its probes say so: false', 'healthy: its probes say so: true']);
});

test('law: what is thought of it is what the last row of its length said', (t) => {
  const counts = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(counts, counts, fc.array(fc.boolean(), { maxLength: 40 }), (down, up, all) => {
      const { vitals, take } = rig(down, up);
      let expected = true;
      all.forEach((isWell, i) => {
        take(isWell);
        const row = all.slice(0, i + 1).slice(-(isWell ? up : down));
        if (row.length === (isWell ? up : down) && row.every((one) => one === isWell)) expected = isWell;
        t.is(vitals.state === 'healthy', expected);
      });
    }),
  );
});
