// Answers given from memory: what may be, what must not be, and what takes them back.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { action, envelope, getOrder, namespace, post } from '../helpers/soap-post.ts';
import { eventually, root } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';
import { ordersRig, type OrdersRig } from '../helpers/orders-rig.ts';

const rigWith = (
  t: ExecutionContext,
  cache: string,
  more: { weight?: number; cancel?: string } = {},
): Promise<OrdersRig> =>
  ordersRig(t, {
    getOrder: `${more.weight ?? 0}, cache: ${cache}`,
    operations: `
      CancelOrder: { effect: write, invalidates: ['${more.cancel ?? 'GetOrder:{orderId}'}'] }`,
  });

const ask = (
  { url }: OrdersRig,
  id: number | string,
  headers: Record<string, string> = {},
  client: string | null = 'c',
) => post(url, getOrder(id, client), { soapaction: action('GetOrder'), ...headers });
const cancel = ({ url }: OrdersRig, id: number) =>
  post(url, envelope(`<CancelOrder xmlns="${namespace}"><orderId>${id}</orderId></CancelOrder>`), {
    soapaction: action('CancelOrder'),
  });
const results = ({ gateway }: OrdersRig, result: string) => gateway.metric('strangler_cache_total', { result });
const legacyAsked = ({ legacy }: OrdersRig) => legacy.counters['GetOrder'] ?? 0;

test('the same question is answered from memory, byte for byte, however it is spelt', async (t) => {
  const rig = await rigWith(t, '{ ttl: 1m }');
  const first = await ask(rig, 3);
  t.is(first.status, 200);
  const again = await ask(rig, 3);
  t.deepEqual({ ...again, side: null }, { ...first, side: null });
  const spelt = getOrder(3, 'c')
    .replace('<GetOrder xmlns=', '<o:GetOrder xmlns:o=')
    .replace('</GetOrder', '</o:GetOrder')
    .replaceAll('orderId>', 'o:orderId>')
    .replace('<s:Body>', '\n  <s:Body>\n  ');
  t.is((await post(rig.url, spelt, { soapaction: action('GetOrder') })).text, first.text);
  t.is(legacyAsked(rig), 1);
  await ask(rig, 4);
  t.is(legacyAsked(rig), 2);
  t.is(await results(rig, 'hit'), 2);
  t.is(await results(rig, 'miss'), 2);
  t.is(await rig.gateway.metric('strangler_requests_total', { side: 'cache', operation: 'GetOrder' }), 2);
});

test('a thousand callers of one cold key ask legacy once', async (t) => {
  const rig = await rigWith(t, '{ ttl: 1m }');
  const answers = await Promise.all(Array.from({ length: 1000 }, () => ask(rig, 5)));
  t.is(new Set(answers.map(({ text }) => text)).size, 1);
  t.is(legacyAsked(rig), 1);
});

test('a write takes back what it names, and nothing else', async (t) => {
  const rig = await rigWith(t, '{ ttl: 1m }');
  await ask(rig, 1);
  await ask(rig, 2);
  t.is((await cancel(rig, 1)).status, 200);
  await ask(rig, 2);
  t.is(legacyAsked(rig), 2);
  await ask(rig, 1);
  t.is(legacyAsked(rig), 3);
});

test('a call that nobody can look into takes back what it may have written, and no more', async (t) => {
  const rig = await rigWith(t, '{ ttl: 1m }');
  const opaque = (operation: string) =>
    post(rig.url, gzipSync(envelope(`<${operation}/>`)), {
      'content-encoding': 'gzip',
      ...(operation === '' ? {} : { soapaction: action(operation) }),
    });
  await ask(rig, 1);
  await opaque('ListOrders');
  await ask(rig, 1);
  t.is(await results(rig, 'hit'), 1);
  for (const operation of ['CancelOrder', '']) {
    await opaque(operation);
    await ask(rig, 1);
    t.is(await results(rig, 'hit'), 1, operation);
  }
});

test('callers with credentials share nothing that vary does not name', async (t) => {
  const rig = await rigWith(t, '{ ttl: 1m }');
  const headers = [{ authorization: 'Basic YTpi' }, { cookie: 'a=b' }, { 'x-api-key': 'k' }];
  for (const each of headers) for (let n = 0; n < 2; n += 1) await ask(rig, 6, each);
  t.is(legacyAsked(rig), 6);
  t.is(await results(rig, 'bypass'), 6);
  const varied = await rigWith(t, '{ ttl: 1m, vary: [basicUser] }');
  for (const word of ['YTpi', 'YTpi', 'YTpj', 'YTpj']) await ask(varied, 6, { authorization: `Basic ${word}` });
  t.is(legacyAsked(varied), 2, 'the password is part of it');
});

test('faults are not kept, but for those that are named', async (t) => {
  const unnamed = await rigWith(t, '{ ttl: 1m }');
  for (let n = 0; n < 2; n += 1) t.is((await ask(unnamed, 999_999)).status, 500);
  t.is(legacyAsked(unnamed), 2);
  const named = await rigWith(t, '{ ttl: 1m, faults: { OrderNotFoundFault: 1m } }');
  for (let n = 0; n < 2; n += 1) t.is((await ask(named, 999_999)).status, 500);
  t.is(legacyAsked(named), 1);
});

test('past its time an answer is given once more while a new one is asked for', async (t) => {
  const rig = await rigWith(t, '{ ttl: 100ms, staleWhileRevalidate: 1m }');
  const first = (await ask(rig, 7)).text;
  await new Promise((resolve) => setTimeout(resolve, 150));
  t.is((await ask(rig, 7)).text, first);
  await eventually(() => legacyAsked(rig) === 2);
  t.is(await results(rig, 'stale'), 1);
});

test('where nobody can answer, an old answer stands in', async (t) => {
  const rig = await rigWith(t, '{ ttl: 50ms, staleIfError: 1m }');
  const first = await ask(rig, 8);
  await rig.legacy.close();
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.is((await ask(rig, 8)).text, first.text);
  t.is(await results(rig, 'stale-if-error'), 1);
  t.is((await ask(rig, 9)).status, 500);
});

test('a page of the only side is no answer where an old one may stand in; a fault of it is one', async (t) => {
  const soap = (inner: string) => [`text/xml; charset=utf-8`, envelope(inner)] as const;
  const good = soap(
    `<CountOrdersResponse xmlns="${namespace}"><CountOrdersResult>7</CountOrdersResult></CountOrdersResponse>`,
  );
  let now: { readonly status: number; readonly of: readonly [string, string] } = { status: 200, of: good };
  const origin = await listen(t, (req, res) => {
    req.resume();
    res.writeHead(now.status, { 'content-type': now.of[0] }).end(now.of[1]);
  });
  const { url } = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: '${origin}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    operations: { CountOrders: { effect: read, cache: { ttl: 20ms, staleIfError: 1m } } }`,
  );
  const count = (query = '') =>
    post(`${url}/OrderService.svc${query}`, envelope(`<CountOrders xmlns="${namespace}"/>`), {
      soapaction: action('CountOrders'),
    });
  const fault = (code: string) =>
    soap(`<s:Fault><faultcode>s:${code}</faultcode><faultstring>x</faultstring></s:Fault>`);
  await count();
  for (const [status, of] of [
    [500, ['text/html', '<h1>Internal Server Error</h1>']],
    [200, ['text/html', '<h1>Please log in</h1>']],
    [200, ['text/xml', '']],
  ] as const) {
    now = { status, of };
    await new Promise((resolve) => setTimeout(resolve, 50));
    t.is((await count()).text, good[1], of[1]);
    const cold = await count('?no=old&answer');
    t.deepEqual([cold.status, cold.text], [status, of[1]], 'where there is none, it is passed on');
  }
  for (const code of ['Client', 'Server']) {
    now = { status: 500, of: fault(code) };
    t.is((await count()).text, now.of[1], code);
  }
});

test('who is to be answered by modern never gets an answer of legacy, unless they share', async (t) => {
  const side = async (cache: string) => {
    const rig = await rigWith(t, cache, { weight: 0 });
    await ask(rig, 3);
    await rig.gateway.save(rig.file({ getOrder: `100, cache: ${cache}` }));
    await eventually(async () => (await rig.gateway.metric('strangler_weight', { operation: 'GetOrder' })) === 100);
    await ask(rig, 3);
    return rig.modern.counters['GetOrder'] ?? 0;
  };
  t.is(await side('{ ttl: 1m }'), 1);
  t.is(await side('{ ttl: 1m, sides: shared }'), 1, 'a change of weight makes new keys there');
});

test('a write that the file gives something to take back only later takes back what was kept before', async (t) => {
  const rig = await ordersRig(t, {
    getOrder: '0, cache: { ttl: 1m }',
    operations: '\n      CancelOrder: { effect: write }',
  });
  await ask(rig, 1);
  const invalidates = "\n      CancelOrder: { effect: write, invalidates: ['GetOrder:{orderId}'] }";
  await rig.gateway.save(rig.file({ getOrder: '0, cache: { ttl: 1m }', operations: invalidates }));
  await eventually(async () => (await rig.gateway.metric('strangler_config_revision')) === 2);
  await ask(rig, 1);
  await cancel(rig, 1);
  const before = legacyAsked(rig);
  await ask(rig, 1);
  t.is(legacyAsked(rig), before + 1);
});

test('a key that a rule of the route looks for is a credential', async (t) => {
  const rig = await ordersRig(t, {
    getOrder: '0, cache: { ttl: 1m }',
    route:
      "    require: [{ apiKey: { header: X-Partner-Key, keys: { a: 'aaaaaaaaaaaaaaaa', b: 'bbbbbbbbbbbbbbbb' } } }]",
  });
  for (const key of ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'])
    t.is((await ask(rig, 3, { 'x-partner-key': key })).status, 200);
  t.is(legacyAsked(rig), 2);
  t.is(await results(rig, 'bypass'), 2);
});
