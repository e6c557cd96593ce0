import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { adminRig, token } from '../../../test/helpers/admin.ts';
import { exchange, fallbackExchange } from '../../../test/helpers/exchange.ts';
import { listen } from '../../../test/helpers/listen.ts';
import { usualBreaker } from '../../guard/schema.ts';
import { breaker } from './breaker.ts';
import { flip } from './flip.ts';
import { status } from './status.ts';
import type { ExecutionContext } from 'ava';
import type { FlipResult, OperationRow } from '../../admin/shapes.ts';
import type { FlipRequest } from '../../admin/source.ts';
import type { Io } from '../exit.ts';

const captured = (): Io & { out: () => string; err: () => string } => {
  const written = { out: '', err: '' };
  return {
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    out: () => written.out,
    err: () => written.err,
  };
};

const flipping = async (t: ExecutionContext, result: FlipResult, different: object = {}) => {
  const asked: unknown[] = [];
  const answer: FlipRequest = (...wanted) => {
    asked.push(wanted);
    return Promise.resolve(result);
  };
  const rig = await adminRig(t, { flip: answer });
  const io = captured();
  const options = { target: 'orders.GetOrder', weight: '25', why: 'looks good', admin: rig.url, token, ...different };
  return { exit: await flip(options, io), io, asked };
};
const done: FlipResult = {
  is: 'flipped',
  target: 'orders.GetOrder',
  before: 0,
  after: 25,
  file: 'routes.config.yaml',
  line: 34,
  revision: 8,
};

test('flip prints what was and what is', async (t) => {
  const { exit, io, asked } = await flipping(t, done);
  t.is(exit, 0);
  t.is(io.out(), 'orders.GetOrder: 0 % -> 25 % modern (routes.config.yaml:34, revision 8)\n');
  t.is(io.err(), '');
  t.deepEqual(asked, [['orders.GetOrder', 25, 'looks good']]);
});

test('flip against a read-only file exits 1 with nothing but the patch on stdout', async (t) => {
  const patch = '--- a/routes.config.yaml\n+++ b/routes.config.yaml\n@@ -34 +34 @@\n-weight: 0\n+weight: 25\n';
  const { exit, io } = await flipping(t, { ...done, is: 'read-only', patch });
  t.is(exit, 1);
  t.is(io.out(), patch);
  t.regex(io.err(), /^strangler: orders\.GetOrder stays at 0 %: routes\.config\.yaml may not be written.*\n$/);
});

test('flip of an unknown operation exits 2 with the nearest name', async (t) => {
  const { exit, io } = await flipping(t, { is: 'unknown', target: 'orders.GetOrdr', nearest: 'orders.GetOrder' });
  t.is(exit, 2);
  t.is(io.err(), "strangler: there is no operation 'orders.GetOrdr'; did you mean orders.GetOrder?\n");
});

for (const weight of ['101', '-1', 'abc', '1.234', '', '1e1', '25%%'])
  test(`flip to '${weight}' exits 2 with one line and asks nobody`, async (t) => {
    const { exit, io, asked } = await flipping(t, done, { weight });
    t.is(exit, 2);
    t.regex(io.err(), /^strangler: the weight is '.*'; expected a number from 0 to 100[^\n]*\n$/);
    t.deepEqual(asked, []);
  });

test('a weight may be typed with a percent sign', async (t) => {
  t.deepEqual((await flipping(t, done, { weight: '0.07%' })).asked, [['orders.GetOrder', 0.07, 'looks good']]);
});

test('a wrong token exits 4 and says so', async (t) => {
  const { exit, io } = await flipping(t, done, { token: 'other' });
  t.is(exit, 4);
  t.regex(io.err(), /^strangler: the gateway at .* refuses: this is not the admin token of this gateway\n$/);
});

test('nobody there exits 4 with one line', async (t) => {
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  await once(nobody, 'close');
  const io = captured();
  t.is(await status({ admin: `http://127.0.0.1:${port}` }, io), 4);
  t.regex(io.err(), /^strangler: no gateway answers at http:\/\/127\.0\.0\.1:\d+\/ \(ECONNREFUSED\)[^\n]*\n$/);
  t.is(io.out(), '');
});

test('something else listening there exits 4', async (t) => {
  const io = captured();
  const admin = await listen(t, (_, response) => response.end('hello'));
  t.is(await status({ admin }, io), 4);
  t.regex(io.err(), /is no strangler \(HTTP 200\)/);
});

test('an address that is none exits 2', async (t) => {
  const io = captured();
  t.is(await status({ admin: 'localhost:9090' }, io), 2);
  t.regex(io.err(), /expected a URL such as/);
});

test('status names urls that are left out, and says where none is left', async (t) => {
  const url = (destination: string, host: string, state: 'healthy' | 'ejected' | 'unhealthy') =>
    ({ destination, url: host, state, share: 1, inFlight: 0 }) as const;
  const urls = [url('old', 'a:1', 'healthy'), url('old', 'b:1', 'ejected'), url('new', 'c:1', 'unhealthy')];
  const rig = await adminRig(t, { urls });
  rig.swap({ orders: [{ operation: 'GetOrder', weight: 25 }] });
  const io = captured();
  t.is(await status({ admin: rig.url }, io), 0);
  t.deepEqual(io.out().split('\n').slice(1, 3), [
    '! b:1 of old is ejected',
    '! c:1 of new is unhealthy, and so are all others: all are asked',
  ]);
});

test('status shows wanted and measured shares and fallbacks by reason', async (t) => {
  const rig = await adminRig(t);
  rig.swap({ orders: [{ operation: 'GetOrder', weight: 25 }] });
  for (let call = 0; call < 3; call += 1) rig.account(exchange());
  rig.account(fallbackExchange());
  const io = captured();
  t.is(await status({ admin: rig.url }, io), 0);
  t.regex(io.out(), /^strangler 0\.0\.0-test, ready, revision 1 for \d s, up \d s\n/);
  t.regex(io.out(), /^orders\.GetOrder +canary +- +25 % +25\.0 % +0\.0 % +\d.* 5xx 1 +0$/m);
});

test('status exits 1 and tells place and reason while the file is rejected', async (t) => {
  const rig = await adminRig(t);
  rig.swap({ orders: [{ operation: 'GetOrder', weight: 25 }] });
  const problem = { file: 'r.yaml', line: 3, column: 7, path: 'x', message: 'found y', severity: 'error' } as const;
  rig.events.emit({ type: 'config-rejected', at: 1, problems: [problem] });
  const io = captured();
  t.is(await status({ admin: rig.url }, io), 1);
  t.regex(io.out(), /^! rejected, the table before it serves: r\.yaml:3:7 found y$/m);
});

test('status as JSON is one document', async (t) => {
  const rig = await adminRig(t);
  rig.swap({ orders: [{ operation: 'GetOrder', weight: 25 }] });
  const io = captured();
  t.is(await status({ admin: rig.url, output: 'json' }, io), 0);
  const read = JSON.parse(io.out()) as { status: { revision: number }; operations: OperationRow[] };
  t.is(read.status.revision, 1);
  t.is(read.operations[0]?.weight, 25);
});

test('breaker prints what it holds, and names the nearest where there is none', async (t) => {
  const rig = await adminRig(t);
  const draft = rig.breakers.draft();
  draft.of({ destination: 'new', operation: 'GetOrder', address: '', patience: 1, settings: usualBreaker() });
  draft.keep();
  const options = { admin: rig.url, token, why: 'a test' };
  const [well, wrong] = [captured(), captured()];
  t.is(await breaker({ ...options, how: 'close', target: 'new' }, well), 0);
  t.regex(well.out(), /^BREAKER +STATE +HELD +OPENED\nnew\/GetOrder +closed +closed, by hand +0\n$/);
  t.is(await breaker({ ...options, how: 'open', target: 'nee' }, wrong), 2);
  t.is(wrong.err(), "strangler: there is no breaker of 'nee'; did you mean new?\n");
  const none = captured();
  t.is(await breaker({ ...options, how: 'open', target: 'legacy' }, none), 2);
  t.regex(none.err(), /there is no breaker of 'legacy'; .*such as a legacy, only where the file says breaker: at it/);
});
