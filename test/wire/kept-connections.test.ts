// Two connections that live their own lives: the client's, and the one that its calls go on to.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { KeptClient } from '../helpers/kept-client.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { isWhole, rawUpstream } from '../helpers/raw-upstream.ts';
import { action, getOrder } from '../helpers/soap-post.ts';

const portOf = ({ url }: Gateway) => Number(new URL(url).port);

/** One place, by each way that leads there untouched; `/either` may also be answered by somebody else. */
const ways = (port: number, more = '') => `
destinations:
  old: { adapter: http, url: 'http://127.0.0.1:${port}'${more} }
  soap: { adapter: soap, url: 'http://127.0.0.1:${port}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}'${more} }
routes:
  relayed: { match: { path: /relayed/** }, legacy: old, decisionHeader: true }
  carried: { match: { path: /carried/** }, legacy: old }
  orders: { match: { path: /OrderService.svc }, protocol: soap, legacy: soap }
  moved: { match: { path: /moved/** }, legacy: old, modern: old, weight: 100, effect: read, fallback: off }
  either: { match: { path: /either/** }, legacy: old, modern: soap, weight: 100, effect: write }
`;
const requests: Readonly<Record<string, string>> = {
  relayed: 'GET /relayed/a HTTP/1.1\r\nHost: x\r\n\r\n',
  carried: 'GET /carried/a HTTP/1.1\r\nHost: x\r\n\r\n',
  orders: `POST /OrderService.svc HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nSOAPAction: ${action('GetOrder')}\r\nContent-Length: ${getOrder(1).length}\r\n\r\n${getOrder(1)}`,
  moved: 'GET /moved/a HTTP/1.1\r\nHost: x\r\n\r\n',
  either: 'POST /either/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx',
};

test('a connection ended before its reply is ended for the client, not answered for', async (t) => {
  const upstream = await rawUpstream(t, (socket, soFar) => {
    if (isWhole(soFar)) socket.destroy();
  });
  const gateway = await gatewayHere(t, ways(upstream.port));
  const untouched = ['relayed', 'carried', 'orders', 'moved'];
  for (const way of untouched) {
    const client = rawClient(t, portOf(gateway));
    client.send(requests[way]!);
    t.is(await client.until(() => false), '', way);
  }
  t.is(upstream.connections.length, untouched.length);
  const told = () => gateway.lines().filter(({ outcome }) => outcome === 'cut');
  await eventually(() => told().length === untouched.length);
  t.deepEqual(
    told().map(({ route }) => route),
    untouched,
  );
});

test('where somebody else might have been asked, the client is told instead', async (t) => {
  const upstream = await rawUpstream(t, (socket, soFar) => {
    if (isWhole(soFar)) socket.destroy();
  });
  const gateway = await gatewayHere(t, ways(upstream.port));
  const client = rawClient(t, portOf(gateway));
  client.send(requests['either']!);
  t.regex(await client.until((text) => text.includes('}')), /^HTTP\/1\.1 502 [\s\S]*ERR_RESET/);
  t.is(upstream.connections.length, 1, 'a write is not sent again');
});

test('nobody there is an answer, and the client’s connection goes on', async (t) => {
  const gateway = await gatewayHere(t, ways(1));
  for (const way of ['relayed', 'carried', 'orders']) {
    const client = rawClient(t, portOf(gateway));
    client.send(requests[way]!);
    t.regex(await client.until((text) => /[}>]$/.test(text)), /^HTTP\/1\.1 50[023] /, way);
    t.false(client.ended, way);
  }
});

const hello = (lines = '') => `HTTP/1.1 200 OK\r\n${lines}Content-Type: text/xml\r\nContent-Length: 5\r\n\r\nhello`;

const closes = test.macro({
  async exec(t: ExecutionContext, lines: string) {
    const upstream = await rawUpstream(t, (socket, soFar) => {
      if (isWhole(soFar)) socket.end(hello(lines));
    });
    const gateway = await gatewayHere(t, ways(upstream.port));
    for (const way of ['relayed', 'carried', 'orders']) {
      const before = upstream.connections.length;
      const client = rawClient(t, portOf(gateway));
      for (let n = 1; n <= 3; n++) {
        client.send(requests[way]!);
        const got = await client.until((text) => text.split('hello').length > n);
        t.is(got.split('hello').length - 1, n, way);
        t.notRegex(got, /connection: close/i, way);
      }
      t.false(client.ended, way);
      t.is(upstream.connections.length - before, 3, way);
    }
  },
  title: (name) => `A16: a destination that closes, and ${name}, does not end the client's connection`,
});
test('says so', closes, 'Connection: close\r\n');

/** Reads from one connection at a time, as some embedded servers do: whoever keeps it open keeps all others out. */
const oneAtATime = async (t: ExecutionContext) => {
  const waiting: Socket[] = [];
  const heads: string[] = [];
  let busy: Socket | null = null;
  const next = (): void => {
    busy = waiting.shift() ?? null;
    if (busy === null) return;
    const socket = busy;
    let got = '';
    socket.on('data', (bytes: Buffer) => {
      got += bytes.toString('latin1');
      if (!isWhole(got)) return;
      heads.push(got);
      got = '';
      socket.write(hello());
    });
    socket.resume();
  };
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (socket === busy) next();
    });
    waiting.push(socket);
    if (busy === null) next();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of [busy, ...waiting]) socket?.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, heads };
};

test('with keepAlive: false a server of one connection at a time serves everybody', async (t) => {
  const upstream = await oneAtATime(t);
  const gateway = await gatewayHere(t, ways(upstream.port, ', keepAlive: false, timeout: 5s'));
  for (const way of ['relayed', 'carried', 'orders']) {
    const [line = '', ...rest] = requests[way]!.split(' HTTP/1.1\r\n');
    const body = rest.join('').split('\r\n\r\n')[1] ?? '';
    const headers = way === 'orders' ? { 'Content-Type': 'text/xml', SOAPAction: action('GetOrder') } : {};
    const one = async (): Promise<void> => {
      const client = new KeptClient(portOf(gateway));
      for (let n = 0; n < 10; n++) t.is((await client.ask(line, headers, body))?.body, 'hello', way);
      client.end();
    };
    await Promise.all([one(), one(), one()]);
  }
  t.is(upstream.heads.length, 90);
  for (const head of upstream.heads) t.regex(head, /\r\nConnection: close\r\n/i);
});
