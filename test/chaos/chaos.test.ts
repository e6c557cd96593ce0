// Real processes under steady load while harm is done to them: no wrong or mixed answer ever, and errors only where they are allowed.
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { cases, clients, modernTimeout, type Case, type Count } from './cases.ts';
import { executions, steadyLoad, verdictOn, type Checked } from './checker.ts';
import { askedIn, type Operation } from './ledger.ts';
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
    const load = steadyLoad({ port: rig.port, path: lane.path, clients, writes: 3 });
    const struck = new Set<number>();
    const strike = (plan: (passing: Passing) => Fault | null): void => {
      lane.proxies![one.on].plan = (passing) => {
        const fault = plan(passing);
        if (fault !== null) struck.add(askedIn(passing.first).number);
        return fault;
      };
    };
    await eventually(() => load.checked.length >= 16, slow);
    const windows = await one.harm({ rig, lane, ms: harmed, strike });
    const healed = performance.now();
    // Once it is over all is well again: of calls begun after none was harmed.
    const after = () => load.checked.filter(({ began }) => began > healed).length;
    await eventually(() => after() >= 32, slow);
    const checked = await load.stop();
    const { legacy, modern } = rig.services;
    const verdict = verdictOn(checked, executions([legacy.file, modern.file]));
    t.deepEqual(verdict.wrong, [], 'wrong, mixed, duplicated or lost');
    t.deepEqual(verdict.twice, [], 'carried out twice');
    t.deepEqual(verdict.never, [], 'told as done, never carried out');
    t.is(await rig.gateway.metric('strangler_in_flight'), 0, 'nothing is left under way');

    const wasStruck = ({ number }: Checked): boolean => struck.has(number);
    const wasUnderWay = ({ began, ended }: Checked): boolean =>
      windows.some(({ from, to }) => began <= to && ended >= from);
    const errors = countOf(verdict.errors);
    const allowed = one.allowed({
      struck: countOf(checked.filter(wasStruck)),
      underWay: countOf(checked.filter(wasUnderWay)),
      lasted: windows.reduce((sum, { from, to }) => sum + to - from, 0),
      refused: (lane.proxies?.[one.on].struck ?? struck.size) - struck.size,
    });
    t.log(
      `${checked.length} calls; errors: ${errors.reads} of ${allowed.reads} allowed reads, ${errors.writes} of ${allowed.writes} writes`,
    );
    t.true(
      errors.reads <= allowed.reads && errors.writes <= allowed.writes,
      `${JSON.stringify(verdict.classes)}: ${one.because}`,
    );
    t.deepEqual(
      verdict.errors.filter((each) => !wasStruck(each) && !wasUnderWay(each)),
      [],
      'errors of calls that were not harmed',
    );
    if (lane.proxies !== null) t.true(lane.proxies[one.on].struck > 0, 'the harm took place');
  },
  title: (_, one: Case) => one.title,
});

const countOf = (checked: readonly Checked[]): Count => {
  const of = (wanted: Operation) => checked.filter(({ operation }) => operation === wanted).length;
  return { reads: of('Read'), writes: of('Write') };
};

for (const one of cases) test.serial(row, one);
