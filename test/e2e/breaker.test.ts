// Modern fails and goes on failing: after some calls it is left alone, legacy answers at once, and modern gets its calls back by itself.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { action, getOrder, post } from '../helpers/soap-post.ts';
import { eventually, root } from '../helpers/gateway.ts';
import { ordersRig, type OrdersRig } from '../helpers/orders-rig.ts';

const settings = (openFor: string): string => `    breaker: { window: 5m, openFor: ${openFor} }`;
const headers = { soapaction: action('GetOrder'), 'x-client-id': 'c' };
const read = ({ url }: OrdersRig, id = 3) => post(url, getOrder(id), headers);
const state = ({ gateway }: OrdersRig): Promise<number> =>
  gateway.metric('strangler_breaker_state', { destination: 'new', operation: 'GetOrder' });
const reads = async (rig: OrdersRig, times: number): Promise<void> => {
  for (let each = 0; each < times; each += 1) {
    const { status } = await read(rig);
    if (status !== 200) throw new Error(`HTTP ${status}`);
  }
};

test('20 failures open it: modern is not asked any more, and legacy answers', async (t) => {
  const rig = await ordersRig(t, { getOrder: 100, route: settings('1h') });
  const { modern, gateway } = rig;
  await modern.fault('hang'); // each call waits for 500 ms
  await Promise.all(Array.from({ length: 20 }, () => read(rig)));
  t.is(await state(rig), 2);
  const before = modern.counters['GetOrder'] ?? 0;
  await reads(rig, 10);
  t.is(modern.counters['GetOrder'] ?? 0, before);
  t.is(await gateway.metric('strangler_fallbacks_total', { operation: 'GetOrder', reason: 'open' }), 10);
});

test('probes close it when modern is well again, and the log tells all of it', async (t) => {
  const rig = await ordersRig(t, { getOrder: 100, route: settings('500ms') });
  const { modern, gateway } = rig;
  await modern.fault('500');
  await reads(rig, 20);
  await modern.fault('off');
  await eventually(async () => {
    await reads(rig, 1);
    return (await state(rig)) === 0;
  }, 30_000);
  const told = () => gateway.lines().filter(({ event }) => (event as { type?: string })?.type === 'breaker-changed');
  const states = () => told().map((line) => (line['event'] as { state: string }).state);
  await eventually(() => states().includes('closed')); // lines wait for up to a second
  t.deepEqual(states().slice(0, 2), ['open', 'half-open']);
  t.regex(String(told()[0]?.['msg']), /^the breaker of new\/GetOrder is open: 20 of 20 calls failed, the last by 5xx/);
  const changes = { destination: 'new', operation: 'GetOrder', state: 'closed' };
  t.is(await gateway.metric('strangler_breaker_changes_total', changes), 1);
});

test('declared faults never open it', async (t) => {
  const rig = await ordersRig(t, { getOrder: 100 });
  for (let each = 0; each < 100; each += 1) {
    const answer = await read(rig, 900001);
    t.is(answer.side, 'modern');
  }
  t.is(await rig.gateway.metric('strangler_breaker_changes_total'), 0);
});

test('it stays open over 50 flips, of its own settings too', async (t) => {
  const rig = await ordersRig(t, { getOrder: 100, route: settings('1h') });
  await rig.modern.fault('500');
  await reads(rig, 20);
  const before = rig.modern.counters['GetOrder'] ?? 0;
  for (let flip = 1; flip <= 50; flip += 1) {
    await rig.gateway.save(rig.file({ getOrder: 100, placeOrder: flip, route: settings(`${1 + (flip % 3)}h`) }));
    await eventually(async () => (await rig.gateway.metric('strangler_config_revision')) === flip + 1);
    await reads(rig, 1);
  }
  t.is(await state(rig), 2);
  t.is(rig.modern.counters['GetOrder'] ?? 0, before);
});

test('with nobody to fall back to, the client is told at once when to come again', async (t) => {
  const rig = await ordersRig(t, { getOrder: 100, route: `    fallback: off\n${settings('1h')}` });
  await rig.modern.fault('500');
  for (let each = 0; each < 20; each += 1) await read(rig);
  const answer = await fetch(rig.url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/xml' },
    body: getOrder(3),
  });
  t.is(answer.status, 500);
  t.true(Number(answer.headers.get('retry-after')) >= 3600);
  t.regex(await answer.text(), /<faultcode>s:Server<\/faultcode>/);
});

test('legacy has one where its destination says so: a dead legacy is answered for at once', async (t) => {
  const rig = await ordersRig(t, { getOrder: 0 });
  const dead = `  dead: { adapter: http, url: 'http://127.0.0.1:9', breaker: { window: 5m, openFor: 1h } }\nroutes:`;
  const file = rig.file({ getOrder: 0, more: '  spare: { match: { path: /spare/** }, legacy: dead }' });
  await rig.gateway.save(file.replace('routes:', dead));
  await eventually(async () => (await rig.gateway.metric('strangler_config_revision')) === 2);
  const answers = [];
  for (let each = 0; each < 21; each += 1) answers.push(await fetch(`${rig.gateway.url}/spare/x`));
  t.deepEqual(new Set(answers.map(({ status }) => status)), new Set([503]));
  t.is(answers[19]?.headers.get('retry-after'), '5');
  t.true(Number(answers[20]?.headers.get('retry-after')) >= 3600);
});

test('held open by the command modern is asked nothing; let go it is tried and taken back', async (t) => {
  const rig = await ordersRig(t, { getOrder: 100 });
  const { gateway, modern } = rig;
  const run = (...args: string[]) =>
    promisify(execFile)(
      process.execPath,
      [join(root, 'gateway/cli/main.ts'), 'breaker', ...args, '--admin', gateway.admin],
      {
        env: { ...process.env, STRANGLER_TOKEN: gateway.token },
      },
    );
  await reads(rig, 1);
  const before = modern.counters['GetOrder'];
  const { stdout } = await run('open', 'new/GetOrder', '--why', 'a migration');
  t.regex(stdout, /new\/GetOrder +open +open, by hand/);
  await reads(rig, 5);
  t.is(modern.counters['GetOrder'], before);
  t.is(await gateway.metric('strangler_fallbacks_total', { reason: 'open' }), 5);
  await gateway.save(rig.file({ getOrder: 99 }));
  await eventually(async () => (await gateway.metric('strangler_config_revision')) === 2);
  t.is(await state(rig), 2);
  await run('auto', 'new');
  await reads(rig, 2);
  t.is(await state(rig), 0);
});

test('a fault that the file calls a failure falls back, and opens it', async (t) => {
  const rig = await ordersRig(t, {
    getOrder: 100,
    route: `    treat: { OrderNotFoundFault: failure }\n${settings('1h')}`,
  });
  for (let each = 0; each < 21; each += 1) {
    const answer = await read(rig, 900001);
    t.regex(answer.text, /OrderNotFoundFault/);
  }
  const fallbacks = (reason: string) => rig.gateway.metric('strangler_fallbacks_total', { reason });
  t.deepEqual([await fallbacks('fault'), await fallbacks('open')], [20, 1]);
});
