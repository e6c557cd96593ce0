// What a client may ask of the front door, and how it is told: a fault where it speaks SOAP, a problem otherwise.
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';
import { getOrder, post } from '../helpers/soap-post.ts';

const limits =
  'limits: { connections: 20, header: 16kb, uri: 2kb, headTimeout: 400ms, requestTimeout: 1200ms, idleTimeout: 5s }';

const start = async (t: ExecutionContext, gatewayLines = limits): Promise<Gateway & { readonly port: number }> => {
  const upstream = await listen(t, (req, res) => {
    req.resume();
    req.on('end', () => res.end('ok'));
  });
  const gateway = await gatewayHere(
    t,
    `
destinations: { up: { adapter: http, url: '${upstream}' } }
routes:
  soap: { match: { path: /soap }, protocol: soap, legacy: up, limits: { body: 1kb, header: 2kb } }
  http: { match: { path: /http }, legacy: up, limits: { body: 1kb, header: 2kb } }
  free: { match: { path: /free }, legacy: up, decisionHeader: true }
`,
    { gateway: gatewayLines },
  );
  return Object.assign(gateway, { port: Number(new URL(gateway.url).port) });
};

const turned = (gateway: Gateway, route: string, reason: string) =>
  gateway.metric('strangler_turned_away_total', { route, reason });

test('a body over the bound of its route is refused, by its length and as it comes, and the upstream gets no whole call', async (t) => {
  const gateway = await start(t);
  const large = getOrder(1).replace('</s:Body>', `${' '.repeat(2000)}</s:Body>`);
  const fault = await post(`${gateway.url}/soap`, large);
  t.is(fault.status, 500);
  t.regex(fault.text, /<faultcode>s:Client<\/faultcode>.*too large/);
  const problem = await fetch(`${gateway.url}/http`, { method: 'POST', body: large });
  t.is(problem.status, 413);
  t.is(((await problem.json()) as { code: string }).code, 'ERR_TOO_LARGE');
  for (const [path, told] of [
    ['/soap', /^HTTP\/1\.1 500 [^]*too large/],
    ['/http', /^HTTP\/1\.1 413 /],
  ] as const) {
    const client = rawClient(t, gateway.port);
    client.send(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n200\r\n${' '.repeat(512)}\r\n`,
    );
    client.send(`300\r\n${' '.repeat(768)}\r\n`);
    const answer = await client.until((text) => text.includes('\r\n\r\n'));
    t.regex(answer, told);
    t.regex(answer, /connection: close/i);
  }
  t.is(await turned(gateway, 'soap', 'body'), 2);
  t.is(await turned(gateway, 'http', 'body'), 2);
  t.is((await fetch(`${gateway.url}/http`, { method: 'POST', body: 'x'.repeat(1024) })).status, 200);
  t.is((await fetch(`${gateway.url}/free`, { method: 'POST', body: large })).status, 200);
});

test('a large body that is refused does not take the answer with it', async (t) => {
  const gateway = await start(t);
  const client = rawClient(t, gateway.port);
  client.send(`POST /http HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n`);
  client.send('x'.repeat(3_000_000));
  t.regex(await client.until((text) => text.includes('\r\n\r\n')), /^HTTP\/1\.1 413 /);
});

test('a client that waits to be asked for a large body is told before it sends it', async (t) => {
  const gateway = await start(t);
  const client = rawClient(t, gateway.port);
  client.send('POST /http HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3000000\r\n\r\n');
  t.regex(await client.until(() => false), /^HTTP\/1\.1 413 /);
});

test('headers over a bound are refused, of the route or of the gateway', async (t) => {
  const gateway = await start(t);
  const headers = { 'x-long': 'x'.repeat(3000) };
  t.regex((await post(`${gateway.url}/soap`, getOrder(1), headers)).text, /faultcode>s:Client/);
  t.is((await fetch(`${gateway.url}/http`, { headers })).status, 431);
  t.is((await fetch(`${gateway.url}/free`, { headers })).status, 200);
  const told = await fetch(`${gateway.url}/free`, { headers: { 'x-long': 'x'.repeat(20_000) } });
  t.is(told.status, 431);
  t.is(told.headers.get('content-type'), 'application/problem+json');
  t.is(await turned(gateway, 'http', 'header'), 1);
  t.is(await turned(gateway, 'soap', 'header'), 1);
  t.is(await turned(gateway, 'none', 'header'), 1);
});

test('a target over the bound is refused', async (t) => {
  const gateway = await start(t);
  const query = `?q=${'x'.repeat(3000)}`;
  t.is((await fetch(`${gateway.url}/free${query}`)).status, 414);
  t.regex((await post(`${gateway.url}/soap${query}`, getOrder(1))).text, /faultcode>s:Client/);
  t.is(await turned(gateway, 'free', 'uri'), 1);
});

test('a head that does not come in time is 408, and its connection ends', async (t) => {
  const gateway = await start(t);
  const client = rawClient(t, gateway.port);
  client.send('GET /free HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const drip = setInterval(() => client.send('x'), 50);
  t.teardown(() => clearInterval(drip));
  const answer = await client.until(() => false);
  t.regex(answer, /^HTTP\/1\.1 408 /);
  t.is(await turned(gateway, 'none', 'slow'), 1);
});

test('a body that does not come in time is told in the caller’s protocol, and the upstream is let go', async (t) => {
  const gateway = await start(t);
  const slow = async (path: string) => {
    const client = rawClient(t, gateway.port);
    client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n`);
    const drip = setInterval(() => client.send(' '), 50);
    t.teardown(() => clearInterval(drip));
    return client.until(() => false);
  };
  const [soap, http, free] = await Promise.all([slow('/soap'), slow('/http'), slow('/free')]);
  t.regex(soap, /^HTTP\/1\.1 500 [^]*faultcode>s:Client[^]*in time/);
  t.regex(http, /^HTTP\/1\.1 408 [^]*ERR_TIMEOUT/);
  t.regex(free, /^HTTP\/1\.1 408 /);
  for (const route of ['soap', 'http', 'free']) t.is(await turned(gateway, route, 'slow'), 1, route);
  t.is(await gateway.metric('strangler_in_flight', { destination: 'up' }), 0);
});

test('a slow answer is no slow request', async (t) => {
  const upstream = await rawUpstream(t, (socket) =>
    setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 1800),
  );
  const gateway = await gatewayHere(
    t,
    `
destinations: { up: { adapter: http, url: 'http://127.0.0.1:${upstream.port}' } }
routes: { free: { match: { path: /free }, legacy: up, decisionHeader: true } }
`,
    { gateway: limits },
  );
  t.is((await fetch(`${gateway.url}/free`, { method: 'POST', body: 'x' })).status, 200);
});

test('a connection over the bound is closed at once, and one that ends makes room', async (t) => {
  const gateway = await start(t, 'limits: { connections: 20 }');
  const held = Array.from({ length: 20 }, () => rawClient(t, gateway.port));
  for (const client of held) client.send('GET /free HTTP/1.1\r\nHost: x\r\n\r\n');
  await Promise.all(held.map((client) => client.until((text) => text.includes('ok'))));
  const over = rawClient(t, gateway.port);
  over.send('GET /free HTTP/1.1\r\nHost: x\r\n\r\n');
  t.is(await over.until(() => false), '');
  t.is(await turned(gateway, 'none', 'connections'), 1);
  held[0]!.socket.destroy();
  await eventually(
    () =>
      new Promise((resolve) => {
        const again = connect(gateway.port, '127.0.0.1', () => again.write('GET /free HTTP/1.1\r\nHost: x\r\n\r\n'));
        again.on('data', () => resolve(true));
        again.on('close', () => resolve(false));
        again.on('error', () => undefined);
        t.teardown(() => again.destroy());
      }),
  );
});

test('clients that send half of what has to be read take no more memory than there is', async (t) => {
  const upstream = await listen(t, (req, res) => void req.resume().on('end', () => res.end('ok')));
  const wsdl = join(root, 'examples/orders/contracts/OrderService.wsdl');
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: '${upstream}', wsdl: '${wsdl}' }
  new: { adapter: http, url: '${upstream}' }
routes: { orders: { match: { path: /orders }, protocol: soap, legacy: old, modern: new, operations: { GetOrder: { effect: read, weight: 100 } } } }
`,
    { gateway: 'limits: { held: 100kb }' },
  );
  const port = Number(new URL(gateway.url).port);
  const [before, after] = getOrder(1).split('<s:Body>') as [string, string];
  const half = (bytes: number) => {
    const client = rawClient(t, port);
    client.send(`POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 400000\r\n\r\n`);
    client.send(`${before}<s:Header><Big>${'x'.repeat(bytes)}`);
    return client;
  };
  const reading = () => gateway.metric('strangler_reading_bytes');
  const first = half(150_000);
  await eventually(async () => (await reading()) > 50_000);
  const answer = await half(150_000).until(() => false);
  t.regex(answer, /^HTTP\/1\.1 500 [^]*Retry-After: 1\r\n[^]*<faultcode>s:Server<\/faultcode>[^]*being read/);
  t.is(await turned(gateway, 'orders', 'memory'), 1);
  t.is((await post(`${gateway.url}/orders`, `${before}<s:Body>${after}`)).status, 200);
  first.socket.destroy();
  await eventually(async () => (await reading()) === 0);
});

const large = 20_000_000;
const reading = async (t: ExecutionContext, replyTimeout: string) => {
  const upstream = await listen(t, (req, res) => {
    if (req.url!.endsWith('large')) res.end(Buffer.alloc(large, 'x'));
    else setTimeout(() => res.end('ok'), 100);
  });
  const gateway = await gatewayHere(
    t,
    `
destinations: { old: { adapter: http, url: '${upstream}', maxInFlight: 2, timeout: 500ms } }
routes:
  relay: { match: { path: /relay/** }, legacy: old, decisionHeader: true }
  proxy: { match: { path: /proxy/** }, legacy: old }
`,
    { gateway: `limits: { replyTimeout: ${replyTimeout} }` },
  );
  return (...paths: string[]) => {
    const client = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    t.teardown(() => client.destroy());
    client.on('error', () => undefined);
    const call = (path: string, n: number) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\n${n === paths.length - 1 ? 'Connection: close\r\n' : ''}\r\n`;
    client.write(paths.map(call).join(''));
    const inFlight = () => gateway.metric('strangler_bulkhead_in_flight', { destination: 'old' });
    return { client: client.pause(), inFlight, url: gateway.url };
  };
};
for (const carrier of ['relay', 'proxy']) {
  test(`a client that takes nothing of its answer gives its place back in time (${carrier})`, async (t) => {
    const { inFlight, url } = (await reading(t, '300ms'))(`/${carrier}/large`);
    await eventually(async () => (await inFlight()) === 1);
    await eventually(async () => (await inFlight()) === 0);
    t.is((await fetch(`${url}/${carrier}/small`)).status, 200);
  });
  test(`also where that answer waited for another (${carrier})`, async (t) => {
    const { inFlight } = (await reading(t, '300ms'))(`/${carrier}/small`, `/${carrier}/large`);
    await eventually(async () => (await inFlight()) === 2);
    await eventually(async () => (await inFlight()) === 0);
    t.is(await inFlight(), 0);
  });
  test(`one that rests is served to the end, for longer than its destination may (${carrier})`, async (t) => {
    const { client } = (await reading(t, '5s'))(`/${carrier}/large`);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    let bytes = 0;
    for await (const one of client) bytes += (one as Buffer).length;
    t.true(bytes > large, String(bytes));
  });
}
