// What a destination hears of where a call comes from, over both carriers and by every way in. See docs/reference/forwarded.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { authority } from '../helpers/certificates.ts';
import { where } from '../helpers/components.ts';
import { eventually, listeners, root, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { answering, rawUpstream, type RawUpstream } from '../helpers/raw-upstream.ts';

const carriers = ['relay', 'proxy'] as const;
type Carrier = (typeof carriers)[number];
interface Rig {
  readonly upstream: RawUpstream;
  readonly gateway: Gateway;
  readonly port: number;
}

const rig = async (t: ExecutionContext, carrier: Carrier, forwarded: string, gateway?: string): Promise<Rig> => {
  const upstream = await rawUpstream(t, answering('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'));
  const running = await gatewayHere(
    t,
    `destinations: { old: { adapter: http, url: 'http://127.0.0.1:${upstream.port}', forwarded: ${forwarded} } }
routes: { all: { match: { path: /** }, legacy: old, decisionHeader: ${carrier === 'relay'} } }\n`,
    gateway === undefined ? {} : { gateway },
  );
  return { upstream, gateway: running, port: Number(new URL(running.url).port) };
};

/** Lines that tell of a call's origin, names in lower case. */
const told = ({ connections }: RawUpstream): string[] =>
  connections
    .join('')
    .split('\r\n')
    .filter((line) => /^(?:x-forwarded|forwarded|x-real|x-original|x-rewrite)/i.test(line))
    .map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))
    .toSorted();

const ask = async (t: ExecutionContext, { port, upstream }: Rig, lines = ''): Promise<string[]> => {
  const client = rawClient(t, port);
  client.send(`GET /a HTTP/1.1\r\nHost: api.example.com\r\n${lines}\r\n`);
  await client.until((text) => text.endsWith('hello'));
  return told(upstream);
};

const spoofed =
  'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 7.7.7.7\r\nForwarded: for=6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Prefix: /evil\r\nX-Real-IP: 6.6.6.6\r\nX-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\nConnection: x-forwarded-for, forwarded\r\n';
const element = 'for=127.0.0.1;host=api.example.com;proto=http';
const older = ['x-forwarded-for: 127.0.0.1', 'x-forwarded-host: api.example.com', 'x-forwarded-proto: http'];

for (const carrier of carriers) {
  test(`${carrier}: by default nothing is added, and what a client says of itself is replaced`, async (t) => {
    const one = await rig(t, carrier, 'none');
    t.deepEqual(await ask(t, one), []);
    t.deepEqual(await ask(t, one, spoofed), [`forwarded: ${element}`, ...older]);
  });

  for (const [setting, lines] of [
    ['forwarded', [`forwarded: ${element}`]],
    ['x-forwarded', older],
    ['both', [`forwarded: ${element}`, ...older]],
  ] as const)
    test(`${carrier}: forwarded: ${setting} tells the peer`, async (t) => {
      t.deepEqual(await ask(t, await rig(t, carrier, setting)), [...lines]);
    });

  test(`${carrier}: what trusted proxies say is extended`, async (t) => {
    const one = await rig(t, carrier, 'none', 'trustedProxies: [127.0.0.1]');
    const lines =
      'X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\n';
    t.deepEqual(await ask(t, one, lines), [
      `forwarded: for=192.0.2.1, ${element}`,
      'x-forwarded-for: 192.0.2.1, 127.0.0.1',
      'x-forwarded-proto: https',
      'x-real-ip: 192.0.2.1',
    ]);
  });

  test(`${carrier}: a PROXY header tells the client`, async (t) => {
    const one = await rig(t, carrier, 'both', 'trustedProxies: [127.0.0.1], proxyProtocol: true');
    const client = rawClient(t, one.port);
    client.send(`PROXY TCP6 2001:db8::7 ::1 4711 80\r\nGET /a HTTP/1.1\r\nHost: x\r\n${spoofed}\r\n`);
    await client.until((text) => text.endsWith('hello'));
    t.deepEqual(told(one.upstream), [
      'forwarded: for="[2001:db8::7]";host=x;proto=http',
      'x-forwarded-for: 2001:db8::7',
      'x-forwarded-host: x',
      'x-forwarded-proto: http',
    ]);
  });

  test(`${carrier}: a flip of trustedProxies holds for calls from then on`, async (t) => {
    const one = await rig(t, carrier, 'none');
    const line = 'X-Forwarded-For: 192.0.2.1\r\n';
    t.deepEqual(await ask(t, one, line), ['x-forwarded-for: 127.0.0.1']);
    const [, ...rest] = (await readFile(one.gateway.file, 'utf8')).split('\n');
    await writeFile(one.gateway.file, [listeners('trustedProxies: [127.0.0.1]'), ...rest].join('\n'));
    await eventually(async () => (await one.gateway.metric('strangler_config_revision')) === 2);
    t.deepEqual(await ask(t, one, line), ['x-forwarded-for: 127.0.0.1', 'x-forwarded-for: 192.0.2.1, 127.0.0.1']);
    if (carrier === 'proxy') t.is(one.upstream.connections.length, 1); // the relay uses none that was idle for a second
  });

  test(`${carrier}: a WebSocket's opening request tells the same, and Via`, async (t) => {
    const upstream = await rawUpstream(t, (socket, soFar) => {
      if (soFar.endsWith('\r\n\r\n'))
        socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
    });
    const gateway = await gatewayHere(
      t,
      `destinations: { old: { adapter: http, url: 'http://127.0.0.1:${upstream.port}', forwarded: forwarded } }
routes: { all: { match: { path: /** }, legacy: old, decisionHeader: ${carrier === 'relay'} } }\n`,
    );
    const client = rawClient(t, Number(new URL(gateway.url).port));
    const lines = spoofed.replace('Connection:', 'Connection: Upgrade, x-mine,');
    client.send(
      `GET /a HTTP/1.1\r\nHost: api.example.com\r\nUpgrade: websocket\r\nX-Mine: 1\r\nTE: trailers\r\nVia: 1.0 a\r\n${lines}\r\n`,
    );
    await client.until((text) => text.endsWith('hello'));
    t.deepEqual(told(upstream), [`forwarded: ${element}`, ...older]);
    const [up = ''] = upstream.connections;
    t.regex(up, /\r\nvia: 1\.0 a, 1\.1 strangler\r\n/i);
    t.notRegex(up, /x-mine|^te:/im);
    t.regex(up, /\r\nconnection: Upgrade\r\n/i);
    t.regex(up, /\r\nupgrade: websocket\r\n/i);
  });
}

const secured = where(test, 'openssl');
for (const carrier of carriers)
  secured(`${carrier}: over TLS the scheme is https, in HTTP/1.1 and HTTP/2`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'strangler-forwarded-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const ca = await authority(folder, 'authority');
    const { cert, key } = await ca.issue('localhost');
    const one = await rig(t, carrier, 'forwarded', `tls: { cert: '${cert}', key: '${key}' }, http2: true`);
    await new Promise<void>((resolve) => {
      const asked = request(
        { port: one.port, path: '/a', rejectUnauthorized: false, headers: { host: 'api.example.com' } },
        (res) => res.resume().on('end', () => resolve()),
      );
      asked.end();
    });
    const session = connectHttp2(`https://localhost:${one.port}`, { rejectUnauthorized: false });
    t.teardown(() => session.destroy());
    await new Promise<void>((resolve) => {
      const stream = session.request({ ':path': '/a', ':authority': 'api.example.com', 'x-forwarded-for': '6.6.6.6' });
      stream.resume().on('end', () => resolve());
    });
    const line = (address: string): string => `forwarded: for=${address};host=api.example.com;proto=https`;
    const lines = told(one.upstream).map((each) =>
      each.replace('"[::1]"', '127.0.0.1').replace(/: ::1$/, ': 127.0.0.1'),
    );
    t.deepEqual(lines, [line('127.0.0.1'), line('127.0.0.1'), 'x-forwarded-for: 127.0.0.1']);
  });

const wsdl = join(root, 'examples/orders/contracts/OrderService.wsdl');
const ping =
  '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Ping xmlns="http://contoso.example/orders"/></Body></Envelope>';

/** Calls that the gateway makes anew: what their clients speak, and what their destination does. */
const anew = {
  'SOAP to JSON': { protocol: 'soap', side: 'modern', adapter: 'http' },
  'REST to JSON': { protocol: 'rest', side: 'modern', adapter: 'http' },
  'REST to SOAP': { protocol: 'rest', side: 'legacy', adapter: 'soap' },
} as const;

for (const [way, { protocol, side, adapter }] of Object.entries(anew)) {
  const made = async (t: ExecutionContext, forwarded: string, gateway?: string, call = 'POST /Ping') => {
    const upstream = await rawUpstream(t, answering('HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n'));
    const running = await gatewayHere(
      t,
      `destinations:
  wsdl: { adapter: soap, url: 'http://127.0.0.1:1', wsdl: '${wsdl}' }
  up: { adapter: ${adapter}, url: 'http://127.0.0.1:${upstream.port}', forwarded: ${forwarded}${adapter === 'soap' ? `, wsdl: '${wsdl}'` : ''} }
routes:
  orders:
    match: { path: /orders/** }
    protocol: ${protocol}
    legacy: ${side === 'legacy' ? 'up' : 'wsdl\n    modern: up'}
    operations: { Ping: { weight: ${side === 'modern' ? 100 : 0}, call: ${call} } }\n`,
      gateway === undefined ? {} : { gateway },
    );
    const sent = async (lines = ''): Promise<string[]> => {
      const client = rawClient(t, Number(new URL(running.url).port));
      const [type, body] = protocol === 'soap' ? ['text/xml', ping] : ['application/json', '{}'];
      client.send(
        `POST /orders/Ping HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${lines}\r\n${body}`,
      );
      await client.until((text) => text.includes('\r\n\r\n'));
      return told(upstream);
    };
    return { sent, upstream };
  };

  test(`${way}: by default nothing is added, and what a client says of itself is replaced`, async (t) => {
    const { sent, upstream } = await made(t, 'none');
    t.deepEqual(await sent(), []);
    t.is(upstream.connections.length, 1);
    t.deepEqual(await sent(spoofed), [`forwarded: ${element}`, ...older]);
  });

  test(`${way}: forwarded: both tells the peer`, async (t) => {
    t.deepEqual(await (await made(t, 'both')).sent(), [`forwarded: ${element}`, ...older]);
  });

  test(`${way}: what trusted proxies say is extended, but of paths, which are others here`, async (t) => {
    const { sent } = await made(t, 'none', 'trustedProxies: [127.0.0.1]');
    const lines =
      'X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Prefix: /soap\r\nX-Real-IP: 192.0.2.1\r\nX-Original-URL: /Orders.svc\r\nForwarded: for=192.0.2.1\r\n';
    t.deepEqual(await sent(lines), [
      `forwarded: for=192.0.2.1, ${element}`,
      'x-forwarded-for: 192.0.2.1, 127.0.0.1',
      'x-forwarded-proto: https',
      'x-real-ip: 192.0.2.1',
    ]);
  });

  if (adapter === 'http')
    test(`${way}: a header that \`call\` itself writes is written once`, async (t) => {
      const { sent } = await made(
        t,
        'x-forwarded',
        undefined,
        `{ request: POST /Ping, headers: { X-Forwarded-Host: mine } }`,
      );
      t.deepEqual(await sent(), [older[0], 'x-forwarded-host: mine', older[2]]);
    });
}
