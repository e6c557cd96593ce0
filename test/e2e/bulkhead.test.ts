// One bound for a destination: over all its routes, both carriers, fallbacks and flips. What is over it waits a little, then is told at once.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { action, envelope, getOrder, namespace } from '../helpers/soap-post.ts';

const place = envelope(`<PlaceOrder xmlns="${namespace}"/>`);

/** Answers when it is told to, in the order in which it was asked. */
const upstream = async (t: ExecutionContext) => {
  const open: { readonly name: string; readonly res: ServerResponse }[] = [];
  const seen = { most: 0, connections: 0, all: [] as string[] };
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (text: string) => (body += text));
    req.on('end', () => {
      const name = `${/<(GetOrder|PlaceOrder) /.exec(body)?.[1] ?? ''}${req.url}`;
      seen.all.push(name);
      open.push({ name, res });
      seen.most = Math.max(seen.most, open.length);
      res.once('close', () => {
        const at = open.findIndex((one) => one.res === res);
        if (at !== -1) open.splice(at, 1);
      });
    });
  });
  server.on('connection', () => seen.connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const answer = (status = 200): void => {
    const [first] = open.splice(0, 1);
    first?.res.writeHead(status, { 'Content-Type': 'text/xml' }).end(envelope('<Done/>'));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, open, seen, answer };
};

const wsdl = join(root, 'examples/orders/contracts/OrderService.wsdl');

const rig = async (t: ExecutionContext, queue: string) => {
  const old = await upstream(t);
  const file = (maxInFlight: number, more = '') => `
destinations:
  old: { adapter: soap, url: '${old.url}', wsdl: '${wsdl}', maxInFlight: ${maxInFlight}, ${queue} }
  gone: { adapter: http, url: 'http://127.0.0.1:1' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: gone
    operations:
      GetOrder: { effect: read, weight: 0 }
      PlaceOrder: { effect: write, weight: 0 }
  moved:
    match: { path: /Moved.svc }
    protocol: soap
    legacy: old
    modern: gone
    operations: { GetOrder: { effect: read, weight: 100, call: 'GET /orders/{orderId}' } }
  relayed: { match: { path: /relayed/** }, legacy: old, decisionHeader: true }
  proxied: { match: { path: /proxied/** }, legacy: old }
${more}`;
  const gateway = await gatewayHere(t, file(2));
  const soap = (path: string, operation: string, signal?: AbortSignal) =>
    fetch(gateway.url + path, {
      method: 'POST',
      body: operation === 'GetOrder' ? getOrder(3) : place,
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: action(operation) },
      ...(signal === undefined ? {} : { signal }),
    });
  const get = (path: string, method = 'GET') => fetch(gateway.url + path, { method });
  const waiting = (calls: number) =>
    eventually(async () => (await gateway.metric('strangler_queue_depth', { destination: 'old' })) === calls);
  return { old, gateway, file, soap, get, waiting };
};

test('one bound holds over relay, proxy, SOAP and fallbacks', async (t) => {
  const { old, soap, get, gateway } = await rig(t, '');
  const calls = [soap('/OrderService.svc', 'GetOrder'), get('/proxied/a')];
  await eventually(() => old.open.length === 2);
  for (const [path, status] of [
    ['/relayed/a', 503],
    ['/proxied/b', 503],
  ] as const) {
    const answer = await get(path);
    t.is(answer.status, status, path);
    t.is(answer.headers.get('retry-after'), '1', path);
  }
  for (const path of ['/OrderService.svc', '/Moved.svc']) {
    const answer = await soap(path, 'GetOrder');
    t.is(answer.status, 500, path);
    t.is(answer.headers.get('retry-after'), '1', path);
    t.regex(await answer.text(), /<faultcode>s:Server<\/faultcode>.*as many calls under way as it takes/);
  }
  t.is(old.seen.most, 2);
  t.is(await gateway.metric('strangler_shed_total', { destination: 'old', priority: 'low' }), 4);
  t.is(await gateway.metric('strangler_bulkhead_in_flight', { destination: 'old' }), 2);
  old.answer();
  old.answer();
  t.deepEqual(await Promise.all(calls.map(async (call) => (await call).status)), [200, 200]);
  const told = () => gateway.lines().filter(({ msg }) => /destination old is full/.test(String(msg))).length;
  await eventually(() => told() > 0);
  t.is(told(), 1);
  await eventually(async () => (await gateway.metric('strangler_bulkhead_in_flight', { destination: 'old' })) === 0);
  const moved = soap('/Moved.svc', 'GetOrder');
  await eventually(() => old.open.length === 1);
  old.answer();
  t.is((await moved).status, 200);
});

test('calls wait for a place: writes before reads', async (t) => {
  const { old, soap, get, waiting, gateway } = await rig(t, 'queue: { size: 4, maxWait: 20s }');
  const calls = [get('/relayed/1'), get('/relayed/2')];
  await eventually(() => old.open.length === 2);
  calls.push(get('/proxied/read'));
  await waiting(1);
  calls.push(soap('/OrderService.svc', 'GetOrder'));
  await waiting(2);
  calls.push(get('/proxied/put', 'PUT'));
  await waiting(3);
  calls.push(soap('/OrderService.svc', 'PlaceOrder'));
  await waiting(4);
  for (let answered = 0; answered < 6; answered += 1) {
    await eventually(() => old.seen.all.length >= Math.min(6, answered + 2));
    old.answer();
  }
  t.deepEqual(await Promise.all(calls.map(async (call) => (await call).status)), Array(6).fill(200));
  t.deepEqual(old.seen.all.slice(2), [
    'PlaceOrder/OrderService.svc',
    '/proxied/put',
    '/proxied/read',
    'GetOrder/OrderService.svc',
  ]);
  t.is(old.seen.most, 2);
  t.is(await gateway.metric('strangler_queue_waits_total', { destination: 'old', outcome: 'sent' }), 4);
});

test('the connection that is freed carries the next that waited', async (t) => {
  const { old, get, waiting } = await rig(t, 'queue: { size: 9, maxWait: 20s }');
  const calls = Array.from({ length: 6 }, (_, index) => get(`/relayed/${index}`));
  await waiting(4);
  for (let answered = 0; answered < 6; answered += 1) {
    await eventually(() => old.open.length > 0);
    old.answer();
  }
  await Promise.all(calls);
  t.is(old.seen.connections, 2);
});

test('where the queue is full a read goes for a write, and a client that leaves frees its place', async (t) => {
  const { old, soap, get, waiting } = await rig(t, 'queue: { size: 1, maxWait: 20s }');
  const calls = [get('/relayed/1'), get('/relayed/2')];
  await eventually(() => old.open.length === 2);
  const read = soap('/OrderService.svc', 'GetOrder');
  await waiting(1);
  const leaving = new AbortController();
  const write = soap('/OrderService.svc', 'PlaceOrder', leaving.signal);
  t.is((await read).status, 500);
  t.is((await get('/proxied/a')).status, 503);
  leaving.abort();
  await t.throwsAsync(write);
  await waiting(0);
  old.answer();
  old.answer();
  await Promise.all(calls);
  t.is(old.seen.all.length, 2);
});

test('who has waited for maxWait is told', async (t) => {
  const { old, get, gateway } = await rig(t, 'queue: { size: 9, maxWait: 100ms }');
  const calls = [get('/relayed/1'), get('/relayed/2')];
  await eventually(() => old.open.length === 2);
  const began = performance.now();
  t.is((await get('/relayed/3')).status, 503);
  t.true(performance.now() - began >= 99);
  t.is(await gateway.metric('strangler_queue_waits_total', { destination: 'old', outcome: 'late' }), 1);
  old.answer();
  old.answer();
  await Promise.all(calls);
});

test('a flip of the bound counts the calls that are under way', async (t) => {
  const { old, get, waiting, gateway, file } = await rig(t, 'queue: { size: 9, maxWait: 20s }');
  const calls = [get('/relayed/1'), get('/relayed/2'), get('/relayed/3'), get('/relayed/4')];
  await waiting(2);
  await gateway.save(file(3, '  more: { match: { path: /more/** }, legacy: old, decisionHeader: true }'));
  await eventually(() => old.open.length === 3);
  await waiting(1);
  await gateway.save(file(1));
  await eventually(async () => (await gateway.metric('strangler_max_in_flight', { destination: 'old' })) === 1);
  old.answer();
  old.answer();
  await waiting(1);
  t.is(old.open.length, 1);
  old.answer();
  await eventually(() => old.open.length === 1);
  old.answer();
  t.deepEqual(await Promise.all(calls.map(async (call) => (await call).status)), Array(4).fill(200));
  t.is(old.seen.most, 3);
});
