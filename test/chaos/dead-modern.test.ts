// Modern dead under full load: legacy gets no more calls at once than it takes, what is over that is told at once, reads before writes; and
// where there is room, a call that legacy answers for modern takes no longer than legacy does.
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { executions, steadyLoad, verdictOn, type Checked, type Load } from './checker.ts';
import { isLong } from './long.ts';
import { quantile, quantileRatio } from './quantile-ratio.ts';
import { chaosRig, type ChaosRig } from './rig.ts';
import type { SideName } from './ledger.ts';

/** Legacy's, in calls at once and in milliseconds a call: 40 in the mean, and the slowest take more than twice that. */
const [bound, takes, spread] = [8, 40, '20-100'];
const queue = 12;
/** Milliseconds of each measurement. */
const measured = isLong ? 20_000 : 1500;
/** Calls by fallback, and as many of legacy itself in the same seconds, by which they are compared; enough for a p99, or for a p90. */
const compared = isLong ? 2500 : 250;
const judgedBy = isLong ? 99 : 90;
/** A busy machine's patience, in milliseconds. */
const slow = isLong ? 180_000 : 30_000;

/** One that hangs has calls before it that it would still take up: last. */
const deaths = ['is killed', 'hangs'] as const;
type Death = (typeof deaths)[number];

let rig: ChaosRig;
const endings: (() => unknown)[] = [];
test.before(async () => {
  rig = await chaosRig(
    { teardown: (end) => void endings.push(end) },
    {
      lanes: deaths.map(() => ({ weight: 100, direct: true })),
      timeouts: { legacy: '20s', modern: '500ms' },
      flags: [`slow=${spread}`],
      more: {
        legacy: `maxInFlight: ${bound}, queue: { size: ${queue}, maxWait: 5s }`,
        modern: 'breaker: { openFor: 10m }',
      },
    },
  );
});
test.after.always(async () => {
  for (const end of endings.toReversed()) await end();
});

interface Counted {
  readonly asked: number;
  readonly most: number;
}
/** What came to a service by the gateway since this was asked last. */
const counted = async (side: SideName): Promise<Counted> =>
  (await (await fetch(`http://127.0.0.1:${rig.services[side].port}/counted`)).json()) as Counted;

const loads = (path: string, clients: number): Load => steadyLoad({ port: rig.port, path, clients, writes: 2 });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const right = (checked: readonly Checked[]) => checked.filter(({ judged }) => judged.is === 'right');
const shed = (checked: readonly Checked[], operation: Checked['operation']) =>
  checked.filter(
    (one) => one.operation === operation && one.judged.is === 'error' && /as many calls/.test(one.judged.what),
  ).length;
/**
 * As many as legacy has room for, and as many callers that ask it themselves, in the same seconds. One verdict on all of their calls:
 * whatever else this machine does meanwhile, it does to both.
 */
const sideBySide = async (t: ExecutionContext, path: string): Promise<readonly Checked[]> => {
  const clients = bound - 1;
  const direct = steadyLoad({ port: rig.services.legacy.port, path: '/ledger', clients, writes: 2 });
  const fallback = loads(path, clients);
  await eventually(() => Math.min(fallback.checked.length, direct.checked.length) >= compared, slow);
  const [ours, own] = await Promise.all([fallback.stop(), direct.stop()]);
  t.deepEqual(
    ours.filter(({ judged }) => judged.is !== 'right'),
    [],
    'all are answered',
  );
  const { asked, most } = await counted('legacy');
  t.true(most <= bound);
  t.true(asked / ours.length <= 1.1, `open: ${asked / ours.length} upstream requests a call`);
  for (const percent of [50, 90, 99]) {
    const { at, most: atMost } = quantileRatio(percent, ours, own);
    const [by, of] = [quantile(percent, ours), quantile(percent, own)].map((ms) => ms.toFixed(1));
    t.log(
      `p${percent}: ${by} ms by fallback, ${of} ms of legacy itself: ${at.toFixed(2)}, less than ${atMost.toFixed(2)}`,
    );
    if (percent === judgedBy)
      t.true((isLong ? atMost : at) <= 1.5, `p${percent} of ${ours.length} and ${own.length} calls`);
  }
  return [...ours, ...own];
};

const dies = test.macro({
  async exec(t: ExecutionContext, death: Death) {
    const index = deaths.indexOf(death);
    const { path } = rig.lanes[index]!;
    const { legacy, modern } = rig.services;
    const all: Checked[] = [];

    // All is well: one request of ours for one of a client's.
    await Promise.all([counted('legacy'), counted('modern')]);
    const well = loads(path, 6);
    await pause(measured / 2);
    const calm = await well.stop();
    all.push(...calm);
    const [onLegacy, onModern] = [await counted('legacy'), await counted('modern')];
    const amplified = (onLegacy.asked + onModern.asked) / calm.length;
    t.true(amplified <= 1.1, `steady: ${amplified} upstream requests a call`);
    t.is(onLegacy.asked, 0);

    // Full load, and modern dies of it.
    const heavy = loads(path, 4 * bound);
    await eventually(() => right(heavy.checked).length >= 2 * bound, slow);
    modern.signal(death === 'hangs' ? 'SIGSTOP' : 'SIGKILL');
    const isOpen = async (operation: string): Promise<boolean> =>
      (await rig.gateway.metric('strangler_breaker_state', { destination: `modern${index}`, operation })) === 2;
    await eventually(async () => (await isOpen('Read')) && (await isOpen('Write')), slow);
    const died = performance.now();
    const before = await counted('legacy');
    await pause(measured);
    const after = performance.now();
    const flooded = await heavy.stop();
    all.push(...flooded);
    const open = flooded.filter(({ began, ended }) => began > died && ended < after);
    const since = await counted('legacy');
    for (const { most } of [before, since]) t.true(most <= bound, `${most} calls at once, ${bound} are allowed`);
    t.is(since.most, bound, 'the bound was reached');
    t.deepEqual(
      open.filter(({ judged }) => judged.is === 'error' && !/as many calls/.test(judged.what)),
      [],
      'with the breaker open, nothing is told but that legacy is full',
    );
    // About as much as legacy takes, a quarter of it on a busy machine: the flood does not bring it to its knees.
    const answered = right(open).length;
    t.true(answered >= (bound / takes) * (after - died) * 0.25, `${answered} answers in ${after - died} ms`);
    const [reads, writes] = [shed(open, 'Read'), shed(open, 'Write')];
    t.true(reads > 0 && writes < reads, `turned down: ${reads} reads, ${writes} writes`);

    all.push(...(await sideBySide(t, path)));

    const verdict = verdictOn(all, executions([legacy.file, modern.file]));
    t.deepEqual([verdict.wrong, verdict.twice, verdict.never], [[], [], []]);
    if (death === 'is killed') {
      await modern.ended();
      await modern.start();
    }
    t.log(
      `${flooded.length} calls in the flood, ${open.length} of them with the breaker open: ${answered} answered, ${reads} reads and ${writes} writes turned down`,
    );
  },
  title: (_, death: Death) => `modern ${death} under full load`,
});

for (const death of deaths) test.serial(dies, death);
