// One of three urls of a destination is ended or frozen under load: clients see no more of it than calls that were under way there.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root, startGateway } from '../helpers/gateway.ts';
import { executions, steadyLoad, verdictOn } from './checker.ts';
import { countingService, type CountingService } from './rig.ts';

/** A busy machine's patience, in milliseconds. */
const slow = 20_000;
const clients = 8;
/** Failures in a row for which a url is left out. */
const ejectAfter = 5;

const rig = async (t: ExecutionContext, timeout: string) => {
  const services: CountingService[] = [];
  for (let i = 0; i < 3; i++) {
    const folder = await mkdtemp(join(tmpdir(), 'strangler-urls-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    services.push(await countingService(t, { side: 'legacy', folder, flags: [] }));
  }
  const urls = services.map(({ port }) => `'http://127.0.0.1:${port}/ledger'`).join(', ');
  const gateway = await startGateway(
    t,
    `
destinations:
  legacy: { adapter: soap, urls: [${urls}], wsdl: '${join(root, 'test/chaos/Ledger.wsdl')}', timeout: ${timeout} }
routes:
  all:
    match: { path: /ledger }
    protocol: soap
    legacy: legacy
    operations: { Read: { effect: read }, Write: { effect: write } }`,
    { env: { LOG_LEVEL: 'warn' } },
  );
  const load = steadyLoad({ port: Number(new URL(gateway.url).port), path: '/ledger', clients, writes: 3 });
  await eventually(() => load.checked.length >= 60, slow);
  return { services, gateway, load };
};

const judged = async (t: ExecutionContext, { services, load }: Awaited<ReturnType<typeof rig>>) => {
  const checked = await load.stop();
  const verdict = verdictOn(checked, executions(services.map(({ file }) => file)));
  t.deepEqual(verdict.wrong, [], 'wrong, mixed, duplicated or lost');
  t.deepEqual(verdict.twice, [], 'carried out twice');
  t.deepEqual(verdict.never, [], 'told as done, never carried out');
  return verdict;
};

test.serial('kill -9 of one: only calls that were under way there may fail, and it gets its share back', async (t) => {
  const all = await rig(t, '10s');
  const { load, services } = all;
  const [dead] = services as [CountingService];
  const from = performance.now();
  dead.signal('SIGKILL');
  await dead.ended();
  const to = performance.now();
  const before = load.checked.length;
  await eventually(() => load.checked.length >= before + 100, slow);
  await dead.start();
  const written = executions([dead.file]).size;
  await eventually(() => executions([dead.file]).size > written + 3, slow);
  const { errors } = await judged(t, all);
  // The gateway may take a moment on a busy machine to see that a connection has ended.
  const late = errors.filter(({ began, ended }) => ended < from || began > to + 150);
  t.deepEqual(late, []);
  t.true(errors.length <= clients, `${errors.length} errors, at most ${clients} calls were under way`);
});

test.serial('SIGSTOP of one: no more calls fail than it takes to leave it out, and those under way then', async (t) => {
  const all = await rig(t, '700ms');
  const { load, services, gateway } = all;
  const [frozen] = services as [CountingService];
  frozen.signal('SIGSTOP');
  t.teardown(() => frozen.signal('SIGCONT'));
  const from = performance.now();
  await eventually(() => load.checked.filter(({ began }) => began > from + 2500).length > 50, slow);
  frozen.signal('SIGCONT');
  const { errors } = await judged(t, all);
  t.log(`${load.checked.length} calls, ${errors.length} errors`);
  t.true(errors.length > 0, 'the harm took place');
  t.true(errors.length <= ejectAfter - 1 + clients, `${errors.length} errors`);
  t.is(await gateway.metric('strangler_in_flight'), 0);
});
