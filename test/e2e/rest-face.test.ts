// One contract, REST in front: legacy SOAP and a modern JSON service behind, split as any other route.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { findOrder } from '../../examples/orders/data.ts';
import { eventually, root } from '../helpers/gateway.ts';
import { ordersRig } from '../helpers/orders-rig.ts';

const rest = (weight: number): string => `
  api:
    match: { path: /api/** }
    protocol: rest
    contract: old
    legacy: old
    modern: new
    cohort: [{ header: X-Client-Id }]
    decisionHeader: true
    operations:
      GetOrder: { call: 'GET /orders/{orderId}', weight: ${weight} }
      ListOrders: { call: 'GET /orders?customer={customer}&status={status}&max={max}', weight: ${weight} }
      PlaceOrder: { call: POST /orders, weight: ${weight} }
      CancelOrder: { weight: ${weight} }
`;

const rig = async (t: ExecutionContext, weight: number) => {
  const orders = await ordersRig(t, { getOrder: 0, more: rest(weight) });
  const api = `${orders.gateway.url}/api`;
  const ask = async (method: string, path: string, init: RequestInit = {}) => {
    const reply = await fetch(api + path, { method, ...init });
    const text = await reply.text();
    return {
      status: reply.status,
      headers: reply.headers,
      text,
      json: text === '' ? null : (JSON.parse(text) as Json),
    };
  };
  return { ...orders, ask };
};
type Json = Record<string, unknown>;

const post = (json: unknown): RequestInit => ({
  body: typeof json === 'string' ? json : JSON.stringify(json),
  headers: { 'content-type': 'application/json' },
});

test('both sides answer a GET alike, to the last digit', async (t) => {
  const [old, now] = [await rig(t, 0), await rig(t, 100)];
  const [legacy, modern] = [await old.ask('GET', '/orders/1001'), await now.ask('GET', '/orders/1001')];
  t.is(legacy.status, 200, legacy.text);
  t.is(legacy.headers.get('content-type'), 'application/json');
  t.regex(legacy.headers.get('x-strangler-decision') ?? '', /^api\/GetOrder; side=legacy/);
  t.regex(modern.headers.get('x-strangler-decision') ?? '', /^api\/GetOrder; side=modern/);
  t.deepEqual(modern.json, legacy.json);
  t.truthy(findOrder('1001'));
});

for (const [side, weight] of [
  ['legacy', 0],
  ['modern', 100],
] as const) {
  test(`${side}: a declared fault is a problem with the detail's members`, async (t) => {
    const { ask } = await rig(t, weight);
    const { status, headers, json } = await ask('GET', '/orders/900001');
    t.is(status, 422);
    t.is(headers.get('content-type'), 'application/problem+json');
    t.like(json, {
      type: 'urn:soap-fault:contoso.example/orders:OrderNotFoundFault',
      title: 'OrderNotFoundFault',
      status: 422,
      OrderId: '900001',
      soap: { detail: { OrderId: '900001' } },
    });
  });

  test(`${side}: a write is placed once, answered in the contract's form`, async (t) => {
    const { ask } = await rig(t, weight);
    const order = {
      ClientRef: 'r-1',
      CustomerCode: 'C0001',
      Lines: [{ Price: '1.10', Quantity: 3, Sku: 'A' }],
      Note: null,
    };
    const { status, json } = await ask('POST', '/orders', post({ order }));
    t.is(status, 200, JSON.stringify(json));
    t.like(json, { ClientRef: 'r-1', Total: '3.30' });
  });

  test(`${side}: parameters of the query become typed members, what is absent stays absent`, async (t) => {
    const { ask } = await rig(t, weight);
    const { status, json } = await ask('GET', '/orders?customer=C0007&max=2');
    t.is(status, 200, JSON.stringify(json));
    t.is((json as unknown as readonly unknown[]).length, 2);
  });

  test(`${side}: an operation without a call is at POST and its name; one-way is 202`, async (t) => {
    const { ask } = await rig(t, weight);
    t.deepEqual((await ask('POST', '/Ping', post({}))).json, { result: 'pong' });
    const input = { orderId: '7', shippedAt: '2026-01-02T03:04:05Z', carrier: null };
    const { status, text } = await ask('POST', '/NotifyShipment', post(input));
    t.deepEqual([status, text], [202, '']);
  });
}

test('what does not fit is 400 with the place, and nobody is asked', async (t) => {
  const { ask, gateway } = await rig(t, 0);
  const order = { ClientRef: null, CustomerCode: 'C1', Lines: [{ Price: 'dear', Quantity: 1, Sku: 'A' }] };
  const body = await ask('POST', '/orders', post({ order }));
  t.is(body.status, 400);
  t.like(body.json, { code: 'ERR_CONTRACT', errors: [{ pointer: '#/order/Lines/0/Price' }] });
  t.like((await ask('GET', '/orders/seven')).json, { status: 400, errors: [{ in: 'path', parameter: 'orderId' }] });
  t.like((await ask('GET', '/orders?max=many')).json, { status: 400, errors: [{ in: 'query', parameter: 'max' }] });
  t.like((await ask('GET', '/orders?top=1')).json, { status: 400, errors: [{ in: 'query', parameter: 'top' }] });
  t.like((await ask('GET', '/orders?max=1&max=2')).json, { status: 400, errors: [{ parameter: 'max' }] });
  t.like((await ask('POST', '/orders', post('{"order":'))).json, { status: 400, errors: [{ pointer: '#/order' }] });
  t.like((await ask('POST', '/orders', post({ order: null, rush: true }))).json, { errors: [{ pointer: '#/rush' }] });
  await eventually(async () => (await gateway.metric('strangler_requests_total', { route: 'api' })) === 7);
  t.is(await gateway.metric('strangler_requests_total', { route: 'api', side: 'gateway' }), 7);
  t.is(await gateway.metric('strangler_requests_total', { route: 'api', operation: 'PlaceOrder' }), 3);
});

test('methods, addresses and media types that are not there are told as HTTP tells them', async (t) => {
  const { ask } = await rig(t, 0);
  const wrong = await ask('PUT', '/orders/7');
  t.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'GET, HEAD, OPTIONS']);
  const options = await ask('OPTIONS', '/orders');
  t.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, HEAD, OPTIONS, POST']);
  t.is(options.headers.get('content-length'), null);
  t.is(options.headers.get('transfer-encoding'), null);
  t.is((await ask('GET', '/nothing')).status, 404);
  const form = await ask('POST', '/orders', {
    body: 'a=b',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  t.deepEqual([form.status, form.headers.get('accept-post')], [415, 'application/json']);
  t.is(
    (await ask('POST', '/orders', { body: 'x', headers: { 'content-type': 'application/json; charset=latin1' } }))
      .status,
    415,
  );
  const long = JSON.stringify({ order: { Note: 'x'.repeat(1_100_000) } });
  t.is((await ask('POST', '/orders', post(long))).status, 413);
});

test('HEAD is GET without its body', async (t) => {
  const { ask } = await rig(t, 0);
  const [get, head] = [await ask('GET', '/orders/7'), await ask('HEAD', '/orders/7')];
  t.deepEqual([head.status, head.text], [200, '']);
  t.is(head.headers.get('content-length'), get.headers.get('content-length'));
});

test('a modern that fails is replaced by legacy, and counted', async (t) => {
  const { ask, modern, gateway } = await rig(t, 100);
  await modern.fault('500');
  const { status, json } = await ask('GET', '/orders/7');
  t.is(status, 200);
  t.truthy(json?.['Amount']);
  await eventually(
    async () =>
      (await gateway.metric('strangler_fallbacks_total', { route: 'api', operation: 'GetOrder', reason: '5xx' })) === 1,
  );
  const order = await ask('POST', '/orders', post({ order: null }));
  t.is(order.status, 502);
  t.like(order.json, { status: 502, code: 'ERR_STATUS' });
});

test('the same call is on the same side on both faces', async (t) => {
  const orders = await ordersRig(t, {
    getOrder: 100,
    more: `
  api:
    match: { path: /api/** }
    protocol: rest
    legacy: old
    modern: new
    operations: { from: orders }`,
  });
  const reply = await fetch(`${orders.gateway.url}/api/orders/7`);
  t.is(reply.status, 200);
});

const problems = async (t: ExecutionContext, api: string): Promise<string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'rest-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'routes.config.yaml');
  await writeFile(
    file,
    `destinations:
  old: { adapter: soap, url: 'http://127.0.0.1:1/x', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  new: { adapter: http, url: 'http://127.0.0.1:2' }
routes:
  api:
    match: { path: /api/** }
    protocol: rest
    contract: old
    legacy: old
    modern: new
    cohort: { header: X }
    operations:
${api}`,
  );
  const run = promisify(execFile)(process.execPath, [join(root, 'gateway/cli/main.ts'), 'check', '--config', file]);
  const told = await run.catch((error: unknown) => error as { stdout: string; stderr: string });
  return (told.stdout + told.stderr)
    .split('\n')
    .filter((line) => line.includes('  error  '))
    .map((line) => line.replace(/^.*yaml:(\d+):\d+\s+error\s+/, '$1 '));
};

test('what is wrong with an operation’s place is told at its line, all at once', async (t) => {
  t.deepEqual(
    await problems(
      t,
      `      GetOrder: { call: GET /orders }
      ListOrders: { call: 'GET /orders/{orderId}' }
      PlaceOrder: { call: 'POST /orders/{order}' }
      CancelOrder: { call: { request: 'POST /x', body: '{all}' } }
`,
    ),
    [
      '13 routes.api.operations.GetOrder.call: GET has no body, and nothing says where {orderId} stands; expected it in path, query or headers',
      "14 routes.api.operations.ListOrders.call: {orderId} is no member of the operation's input; it has customer, status, max",
      '15 routes.api.operations.PlaceOrder.call: {order} is a structure; expected it in the body',
      "16 routes.api.operations.CancelOrder.call: {all} is no member of the operation's input; it has orderId, reason",
    ],
  );
  t.deepEqual(await problems(t, '      Ping: { call: POST /a }\n      CountOrders: { call: POST /a }\n'), [
    '5 routes.api: CountOrders and Ping are both at POST /a',
  ]);
  t.deepEqual(await problems(t, "      GetOrder: { call: 'GET /o/{orderId}', effect: write }\n"), [
    '13 routes.api.operations.GetOrder.call: GET is for reading (RFC 9110 §9.2.1), and the effect is write; expected effect: read, or another method',
  ]);
});
