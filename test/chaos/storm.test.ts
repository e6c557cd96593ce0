// All that sends a call a second time, or keeps it waiting, at once and under load: retries, hedges, several urls, fallback both ways,
// queues, deadlines, breakers, flips, and clients that leave. Each is right by itself; here they meet.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root, startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { executions, steadyLoad, verdictOn, type Checked } from './checker.ts';
import { faultProxy, type Fault, type FaultProxy, type Harm, type Passing } from './fault-proxy.ts';
import { isLong } from './long.ts';
import { countingService, type CountingService } from './rig.ts';
import { askedIn, type SideName } from './ledger.ts';

/** Milliseconds of the storm. */
const storms = isLong ? 180_000 : 5000;
/** A busy machine's patience, in milliseconds. */
const slow = 20_000;
const clients = 40;
const bounds: Readonly<Record<SideName, number>> = { legacy: 12, modern: 8 };
/** Of an asking and of a call, in milliseconds. */
const [timeout, deadline] = [400, 900];
const weights = [50, 0, 100, 25];
/** Nobody listens, and nobody is given it by the system as a free one is. */
const dead = 9;

const busy = 'HTTP/1.1 503 Busy\r\nConnection: close\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n';
const storming = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>storm</faultstring></s:Fault></s:Body></s:Envelope>`;
const broken = `HTTP/1.1 500 Broken\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Length: ${storming.length}\r\n\r\n${storming}`;

const harms = (side: SideName): readonly Harm[] => [
  { is: 'reset' },
  { is: 'truncate' },
  { is: 'half-close' },
  { is: 'black-hole' },
  { is: 'garbage' },
  { is: 'delay', ms: 150 },
  { is: 'delay', ms: 600 },
  { is: 'drip', bytes: 400, ms: 5 },
  { is: 'says', text: side === 'legacy' ? broken : busy },
];

/** Every reply is longer than its proof by more than this. */
const around = 150;

/** One call in three, each time by another harm, at any byte but after the last: that would harm the next call. */
const storm = (side: SideName) => {
  const all = harms(side);
  return ({ first }: Passing): Fault | null => {
    if (Math.random() > 0.33) return null;
    const harm = all[Math.floor(Math.random() * all.length)]!;
    const where = Math.random() < 0.4 ? 'request' : 'reply';
    const { size, pad } = askedIn(first);
    const end = where === 'request' ? Math.max(first.length, pad) : (inHead[harm.is] ?? size + around);
    return { harm, in: where, byte: Math.floor(Math.random() * end) };
  };
};
/** In an answer's body garbage might pass for the last of it; and what somebody says in the service's place is said before. */
const inHead: Readonly<Partial<Record<Harm['is'], number>>> = { garbage: 50, says: 1 };

interface Side {
  readonly services: readonly CountingService[];
  readonly proxies: readonly FaultProxy[];
  /** Calls at once, over all urls. */
  most: number;
  /** Numbers of calls that met a harm here. */
  readonly harmed: Set<number>;
}

/** Two services that are one destination, each behind a proxy. */
const sideOf = async (t: ExecutionContext, side: SideName): Promise<Side> => {
  const services: CountingService[] = [];
  const proxies: FaultProxy[] = [];
  for (let i = 0; i < 2; i++) {
    const folder = await mkdtemp(join(tmpdir(), 'strangler-storm-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const service = await countingService(t, { side, folder, flags: ['slow=25'] });
    const proxy = await faultProxy(service.port);
    t.teardown(() => proxy.close());
    services.push(service);
    proxies.push(proxy);
  }
  return { services, proxies, most: 0, harmed: new Set() };
};

/** Harms the side's calls as `plan` has it, and looks how many there are whenever one comes. */
const strike = (side: Side, plan: (passing: Passing) => Fault | null): void => {
  for (const proxy of side.proxies) {
    proxy.plan = (passing) => {
      void looked(side);
      const fault = plan(passing);
      if (fault !== null) side.harmed.add(askedIn(passing.first).number);
      return fault;
    };
  }
};

/**
 * Which calls are under way as one comes. An end that came before it may be read after it: of a connection that bytes have just come by,
 * a turn of the loop later, and behind bytes the window had no room for, a few. Calls that begin meanwhile are another look's.
 */
const looked = async (side: Side): Promise<void> => {
  const seen = side.proxies.map(({ inFlight }) => ({ inFlight, before: [...inFlight] }));
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  const still = seen.map(({ inFlight, before }) => before.filter((call) => inFlight.has(call)).length);
  side.most = Math.max(side.most, still[0]! + still[1]!);
};

const fileOf = (legacy: Side, modern: Side) => (weight: number) => {
  const urls = (ports: readonly number[], path: string) =>
    `[${ports.map((port) => `'http://127.0.0.1:${port}${path}'`).join(', ')}]`;
  const ports = ({ proxies }: Side) => proxies.map(({ port }) => port);
  const common = (side: SideName) =>
    `timeout: ${timeout}ms, maxInFlight: ${bounds[side]}, queue: { size: 12, maxWait: 200ms }, breaker: { minimumCalls: 30, failureRate: 60%, window: 1s, openFor: 300ms }, ` +
    `retries: { attempts: 2, on: [connect, reset, timeout, truncated, 5xx, full], budget: 100%, floor: 1000 }, health: { ejectAfter: 3, ejectFor: 300ms, slowStart: 200ms }`;
  return `
destinations:
  old: { adapter: soap, urls: ${urls(ports(legacy), '/ledger')}, wsdl: '${join(root, 'test/chaos/Ledger.wsdl')}', ${common('legacy')} }
  new: { adapter: http, urls: ${urls([...ports(modern), dead], '')}, ${common('modern')} }
routes:
  storm:
    match: { path: /ledger }
    protocol: soap
    legacy: old
    modern: new
    weight: ${weight}
    cohort: { header: X-Nobody-Has-It }
    deadline: ${deadline}ms
    fallback: { reverse: true }
    budget: { share: 100%, perSecond: 1000 }
    operations:
      Read: { effect: read, call: 'GET /read/{number}/{size}', hedge: { after: 60ms, budget: 100%, floor: 1000 } }
      Write: { effect: write, call: POST /write }`;
};

/** Errors that load makes of itself: no place in time, no time at all, and a breaker that took it for failing. */
const isOfLoad = ({ began, ended, judged }: Checked): boolean =>
  ended - began >= timeout ||
  (judged.is === 'error' && /as many calls under way|longer than it may|given a rest/.test(judged.what));
const told = ({ operation, number, judged }: Checked): string => `${operation} ${number}: ${JSON.stringify(judged)}`;

const longest = (checked: readonly Checked[]): number =>
  checked.reduce((most, { began, ended }) => Math.max(most, ended - began), 0);

interface Sky {
  readonly legacy: Side;
  readonly modern: Side;
  readonly gateway: RunningGateway;
}

const sky = async (t: ExecutionContext): Promise<Sky & { readonly file: (weight: number) => string }> => {
  const legacy = await sideOf(t, 'legacy');
  const modern = await sideOf(t, 'modern');
  const file = fileOf(legacy, modern);
  const gateway = await startGateway(t, file(weights[0]!), { env: { LOG_LEVEL: 'warn' } });
  return { legacy, modern, gateway, file };
};

/** Loads and harms, flips all the while, and goes on a little when it is over. `calm`: all calls that began then are to be well. */
const blow = async ({ legacy, modern, gateway, file }: Awaited<ReturnType<typeof sky>>) => {
  strike(legacy, storm('legacy'));
  strike(modern, storm('modern'));
  const port = Number(new URL(gateway.url).port);
  const load = steadyLoad({ port, path: '/ledger', clients, writes: 3, leaving: 10, padded: 7 });
  const until = performance.now() + storms;
  for (let flip = 0; performance.now() < until; flip++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await gateway.save(file(weights[flip % weights.length]!));
  }
  for (const side of [legacy, modern]) strike(side, () => null);
  // Holes cost their timeouts, and breakers have to close; then all is as if nothing had been.
  const over = performance.now() + 2000;
  const since = () => load.checked.filter(({ began }) => began > over);
  await eventually(() => since().length >= 200, slow);
  return { checked: await load.stop(), calm: since() };
};

/** All that is meant to meet here took part, and nothing is left of it. */
const tookPart = async (t: ExecutionContext, { legacy, modern, gateway }: Sky, checked: readonly Checked[]) => {
  const answered = (by: SideName, harmed: ReadonlySet<number>) =>
    checked.some(({ judged, number }) => judged.is === 'right' && judged.by === by && harmed.has(number));
  t.true(answered('legacy', modern.harmed), 'legacy answers what modern failed');
  t.true(answered('modern', legacy.harmed), 'and the other way round');
  for (const destination of ['old', 'new']) {
    const of = (name: string) => gateway.metric(name, { destination });
    for (const name of ['strangler_retries_total', 'strangler_hedges_total', 'strangler_queue_waits_total'])
      t.true((await of(name)) > 0, `${destination}: ${name}`);
    await eventually(async () => (await of('strangler_bulkhead_in_flight')) === 0, slow);
    t.is(await of('strangler_queue_depth'), 0);
  }
  t.true((await gateway.metric('strangler_config_reloads_total')) > weights.length);
  t.is(await gateway.metric('strangler_in_flight'), 0);
  t.is(await gateway.metric('strangler_held_bytes'), 0);
};

test.serial('in a storm no write is made twice, no answer is another, and no bound is passed', async (t) => {
  const all = await sky(t);
  const { legacy, modern } = all;
  const { checked, calm } = await blow(all);

  const verdict = verdictOn(checked, executions([...legacy.services, ...modern.services].map((one) => one.file)));
  const count = (is: Checked['judged']['is']) => checked.filter(({ judged }) => judged.is === is).length;
  t.log(
    `${checked.length} calls: ${count('right')} right, ${count('left')} left, ${verdict.errors.length} errors; the longest ${longest(checked).toFixed(0)} ms; at once ${legacy.most} of legacy, ${modern.most} of modern`,
  );
  t.log(verdict.classes);
  t.deepEqual(verdict.wrong, [], 'wrong, mixed, duplicated or lost');
  t.deepEqual(verdict.twice, [], 'carried out twice');
  t.deepEqual(verdict.never, [], 'told as done, never carried out');
  for (const [side, { most }] of Object.entries({ legacy, modern })) {
    const bound = bounds[side as SideName];
    t.true(most <= bound, `${side}: ${most} at once, and ${bound} are allowed`);
    // That the gateway ran into the bound is told by its queue; how near to it we look is a busy machine's luck.
    t.true(most >= (isLong ? bound : bound / 2), `${side}: no more than ${most} at once were seen`);
  }

  t.false(legacy.harmed.has(Number.NaN) || modern.harmed.has(Number.NaN), 'it is known which calls are harmed');
  const wasHarmed = ({ number }: Checked) => legacy.harmed.has(number) || modern.harmed.has(number);
  t.deepEqual(
    verdict.errors.filter((one) => !isOfLoad(one) && !wasHarmed(one)).map(told),
    [],
    'errors of calls that were not harmed',
  );
  t.true(count('right') > checked.length / 2, 'most are answered');
  const late = calm.filter(({ judged }) => judged.is === 'error');
  t.true(
    late.length < calm.length / 50 && late.every(isOfLoad),
    `errors when it was over: ${late.map(told).join(', ')}`,
  );
  // A busy machine's patience on top.
  t.true(longest(checked) < deadline + 4000, `a call took ${longest(checked)} ms`);
  await tookPart(t, all, checked);
});
