// Real processes under steady load while harm is done to them: no wrong or mixed answer ever, and errors only where they are allowed.
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { cases, modernTimeout, type Case, type Seen, type Window } from './cases.ts';
import { executions, steadyLoad, verdictOn, type Checked } from './checker.ts';
import { isLong } from './long.ts';
import { chaosRig, type ChaosRig } from './rig.ts';
import type { Fault, Passing } from './fault-proxy.ts';

/** Milliseconds of harm. */
const harmed = isLong ? 8000 : 700;
/** A busy machine's patience, in milliseconds. */
const slow = 20_000;

let rig: ChaosRig;
const endings: (() => unknown)[] = [];
test.before(async () => {
  rig = await chaosRig(
    { teardown: (end) => void endings.push(end) },
    {
      lanes: cases.map(({ weight, direct = false }) => ({ weight, direct })),
      timeouts: { legacy: `${harmed + 3000}ms`, modern: `${modernTimeout}ms` },
    },
  );
});
test.after.always(async () => {
  for (const end of endings.toReversed()) await end();
});

const row = test.macro({
  async exec(t: ExecutionContext, one: Case) {
    const lane = rig.lanes[cases.indexOf(one)]!;
    const load = steadyLoad({ port: rig.port, path: lane.path, clients: 8, writes: 3 });
    const struck = { reads: 0, writes: 0 };
    const strike = (plan: (passing: Passing) => Fault | null): void => {
      lane.proxies![one.on].plan = (passing) => {
        const fault = plan(passing);
        if (fault !== null) struck[/rite/.test(passing.first.toString('latin1', 0, 400)) ? 'writes' : 'reads']++;
        return fault;
      };
    };
    await eventually(() => load.checked.length >= 16, slow);
    const windows = await one.harm({ rig, lane, ms: harmed, strike });
    const healed = performance.now();
    // Once it is over all is well again: calls begun after have no error left to be allowed.
    const after = () => load.checked.filter(({ began }) => began > healed).length;
    await eventually(() => after() >= 32, slow);
    const checked = await load.stop();
    const { legacy, modern } = rig.services;
    const verdict = verdictOn(checked, executions([legacy.file, modern.file]));
    t.deepEqual(verdict.wrong, [], 'wrong, mixed, duplicated or lost');
    t.deepEqual(verdict.twice, [], 'carried out twice');
    t.deepEqual(verdict.never, [], 'told as done, never carried out');
    t.is(await rig.gateway.metric('strangler_in_flight'), 0, 'nothing is left under way');

    const seen: Seen = { struck, underWay: underWay(checked, windows) };
    const allowed = one.allowed(seen);
    const reads = verdict.errors.filter(({ operation }) => operation === 'Read').length;
    const writes = verdict.errors.length - reads;
    t.log(
      `${checked.length} calls; errors: ${reads} of ${allowed.reads} allowed reads, ${writes} of ${allowed.writes} writes`,
    );
    t.true(reads <= allowed.reads && writes <= allowed.writes, `${JSON.stringify(verdict.classes)}: ${one.because}`);
    t.deepEqual(outside(verdict.errors, windows, healed), [], 'errors of calls that were not harmed');
    if (lane.proxies !== null) t.true(lane.proxies[one.on].struck > 0, 'the harm took place');
  },
  title: (_, one: Case) => one.title,
});

const isIn = ({ began, ended }: Checked, windows: readonly Window[]): boolean =>
  windows.some(({ from, to }) => began <= to && ended >= from);

const underWay = (checked: readonly Checked[], windows: readonly Window[]): Seen['underWay'] => {
  const hit = checked.filter((one) => isIn(one, windows));
  const reads = hit.filter(({ operation }) => operation === 'Read').length;
  return { reads, writes: hit.length - reads };
};

/** With windows: errors of calls that were not under way in any; without: of calls that began when all was well again. */
const outside = (errors: readonly Checked[], windows: readonly Window[], healed: number): readonly Checked[] =>
  errors.filter((one) => (windows.length > 0 ? !isIn(one, windows) : one.began > healed));

for (const one of cases) test.serial(row, one);
