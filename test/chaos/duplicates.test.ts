// A write is harmed at every byte of its request and its reply: it is sent once, carried out at most once, and never told as done
// where it is not.
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { ask, executions, nextNumber, steadyLoad, verdictOn, type Checked } from './checker.ts';
import type { Fault, FaultProxy, Harm } from './fault-proxy.ts';
import { leanClient } from './lean-client.ts';
import type { SideName } from './ledger.ts';
import { isLong } from './long.ts';
import { chaosRig, type ChaosRig, type Lane } from './rig.ts';

const harms: readonly Harm[] = [
  { is: 'reset' },
  { is: 'truncate' },
  { is: 'half-close' },
  { is: 'delay', ms: 20 },
  { is: 'drip', bytes: 7, ms: 1 },
];
/** Costs a timeout each time: it is waiting for these that takes so long, so there are many lanes. */
const hole: Harm = { is: 'black-hole' };
/** One boundary in so many is taken. */
const step = isLong ? 1 : 4;
/** Has no divisor in common with the number of harms: each lane has its share of each, and of the waiting. */
const lanes = isLong ? 61 : 11;
/** Characters of the answer's proof, in one piece and in chunks. */
const sizes = isLong ? [40, 42, 300] : [40, 42];

interface Trial {
  readonly fault: Fault;
  /** A write that goes well precedes it, on whose connection it then is. */
  readonly isSecond: boolean;
}

/** Every boundary, in turn with another harm; in the long run with all of them. */
const trialsOf = (lengths: FaultProxy['lengths'], parity: number): readonly Trial[] => {
  const trials: Trial[] = [];
  let turn = 0;
  for (const where of ['request', 'reply'] as const) {
    for (let byte = 0; byte <= lengths[where]; byte += step) {
      const taken = isLong ? [...harms, hole] : [turn % 21 === 0 ? hole : harms[turn % harms.length]!];
      turn++;
      // A hole behind the last byte of an answer harms nobody but the next call, as does one before its first byte.
      for (const harm of taken.filter((one) => one !== hole || where === 'request' || byte < lengths.reply))
        trials.push({ fault: { harm, in: where, byte }, isSecond: (trials.length + parity) % 2 === 0 });
    }
  }
  return trials;
};

const struckOn = (rig: ChaosRig, side: SideName): number =>
  rig.lanes.reduce((sum, { proxies }) => sum + proxies![side].struck, 0);

interface Tried {
  readonly checked: Checked;
  /** How often a byte of the call came to a destination. */
  readonly sent: number;
  readonly wasKept: boolean;
}

/** Harms one write after the other, of those that the lane has its share of. */
const inLane = async (
  rig: ChaosRig,
  lane: Lane,
  { side, trials, size }: { side: SideName; trials: readonly Trial[]; size: number },
): Promise<{ tried: Tried[]; well: Checked[] }> => {
  const proxies = lane.proxies!;
  const tried: Tried[] = [];
  const well: Checked[] = [];
  const client = leanClient(rig.port);
  const write = () => ask(client, lane.path, { operation: 'Write', number: nextNumber(), size });
  for (const { fault, isSecond } of trials) {
    // Without it there may be a kept connection all the same, but after most harms there is none.
    if (isSecond) well.push(await write());
    const before = proxies.legacy.calls + proxies.modern.calls;
    let wasKept = false;
    proxies[side].plan = ({ nth }) => {
      wasKept = nth > 0;
      proxies[side].plan = () => null;
      return fault;
    };
    const checked = await write();
    proxies[side].plan = () => null;
    tried.push({ checked, sent: proxies.legacy.calls + proxies.modern.calls - before, wasKept });
  }
  client.close();
  return { tried, well };
};

/** Over both sides. */
const made = { harmed: 0, writes: 0 };

const boundaries = test.macro({
  async exec(t: ExecutionContext, side: SideName) {
    const weight = side === 'modern' ? 100 : 0;
    const rig = await chaosRig(t, {
      lanes: Array.from({ length: lanes }, () => ({ weight })),
      timeouts: { legacy: '1500ms', modern: '1500ms' },
      // Harms would open it, and what legacy is asked for instead would not meet the next one.
      more: { modern: 'breaker: off' },
    });
    const all: { tried: Tried[]; well: Checked[] }[] = [];
    for (const [pass, size] of sizes.entries()) {
      const [first] = rig.lanes;
      const probe = leanClient(rig.port);
      t.is((await ask(probe, first!.path, { operation: 'Write', number: nextNumber(), size })).judged.is, 'right');
      probe.close();
      const trials = trialsOf(first!.proxies![side].lengths, pass);
      const share = (lane: number) => trials.filter((_, index) => index % rig.lanes.length === lane);
      all.push(
        ...(await Promise.all(rig.lanes.map((lane, index) => inLane(rig, lane, { side, trials: share(index), size })))),
      );
    }
    const tried = all.flatMap((one) => one.tried);
    const well = all.flatMap((one) => one.well);
    const counts = executions([rig.services.legacy.file, rig.services.modern.file]);
    const verdict = verdictOn([...tried.map(({ checked }) => checked), ...well], counts);
    t.deepEqual(verdict.wrong, [], 'wrong, mixed, duplicated or lost');
    t.deepEqual(verdict.twice, [], 'carried out twice');
    t.deepEqual(verdict.never, [], 'told as done, never carried out');
    t.deepEqual(
      tried.filter(({ sent }) => sent !== 1).map(({ checked, sent }) => `${checked.number}: ${sent}`),
      [],
      'sent to one destination, once',
    );
    t.deepEqual(
      well.filter(({ judged }) => judged.is !== 'right'),
      [],
      'errors of writes that were not harmed',
    );
    const kept = tried.filter(({ wasKept }) => wasKept).length;
    const done = tried.filter(({ checked }) => counts.has(checked.number)).length;
    t.log(
      `${tried.length + well.length} writes, ${tried.length} harmed, ${kept} of them on kept connections; ${done} of the harmed were carried out; told: ${JSON.stringify(verdict.classes)}`,
    );
    made.harmed += tried.length;
    made.writes += tried.length + well.length;
    // The test sees what it is for: every harm is done, on both kinds of connection, at both ends of it.
    t.is(struckOn(rig, side), tried.length, 'harms that took place');
    t.true(kept > tried.length / 4 && kept < tried.length * 0.95);
    t.true(done > tried.length / 10 && done < tried.length);
  },
  title: (_, side: SideName) => `a write to ${side} that is harmed at any byte is sent once`,
});

test.serial(boundaries, 'legacy');
test.serial(boundaries, 'modern');
if (isLong) {
  test.serial('twenty thousand writes were harmed', (t) => {
    t.log(`${made.writes} writes, ${made.harmed} of them harmed`);
    t.true(made.harmed >= 20_000);
  });
}

test.serial(
  'destinations close kept connections as calls go out: no write is sent again, and no read fails',
  async (t) => {
    const rig = await chaosRig(t, {
      lanes: [{ weight: 50 }],
      timeouts: { legacy: '2s', modern: '2s' },
      flags: ['close-idle'],
    });
    const loads = [2, 1].map((writes) => steadyLoad({ port: rig.port, path: '/lane0', clients: 8, writes }));
    await new Promise((resolve) => setTimeout(resolve, isLong ? 60_000 : 2000));
    await eventually(() => loads.every((load) => load.checked.length >= 100), 20_000);
    const checked = (await Promise.all(loads.map((load) => load.stop()))).flat();
    const counts = executions([rig.services.legacy.file, rig.services.modern.file]);
    const verdict = verdictOn(checked, counts);
    t.log(`${checked.length} calls, ${counts.size} writes carried out; errors: ${JSON.stringify(verdict.classes)}`);
    t.deepEqual(verdict.wrong, [], 'wrong, mixed, duplicated or lost');
    t.deepEqual(verdict.twice, [], 'carried out twice');
    t.deepEqual(verdict.never, [], 'told as done, never carried out');
    t.deepEqual(
      verdict.errors.filter(({ operation }) => operation === 'Read'),
      [],
      'reads are asked again',
    );
  },
);
