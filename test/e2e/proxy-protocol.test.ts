// A balancer that tells whose connection it passes on, before HTTP or TLS says a word.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { authority } from '../helpers/certificates.ts';
import { where } from '../helpers/components.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';
import { rawClient } from '../helpers/raw-client.ts';

const start = async (t: ExecutionContext, gateway = '') => {
  const upstream = await listen(t, (_req, res) => res.end('ok'));
  const yaml = `
destinations: { up: { adapter: http, url: '${upstream}' } }
routes: { all: { match: { path: /** }, legacy: up, rateLimit: { calls: 1, per: 1h, by: ip } } }
`;
  const more = `proxyProtocol: true, limits: { headTimeout: 400ms }${gateway}`;
  return gatewayHere(t, yaml, { gateway: more.includes('trusted') ? more : `trustedProxies: [127.0.0.1], ${more}` });
};

const request = 'GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const status = (text: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);

const v2 = (command: number, family: number, address: Buffer): string =>
  Buffer.concat([
    Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
    Buffer.from([0x20 | command, family, address.length >> 8, address.length & 255]),
    address,
  ]).toString('latin1');
const four = (last: number) => Buffer.from([198, 51, 100, last, 10, 0, 0, 1, 0x1f, 0x90, 0, 80]);
const six = (last: number) =>
  Buffer.concat([Buffer.from('20010db9000000', 'hex'), Buffer.from([last]), Buffer.alloc(28, 1)]);

test('version 1 and 2 tell the client, whole or byte by byte, and each client counts by itself', async (t) => {
  const gateway = await start(t);
  const port = Number(new URL(gateway.url).port);
  const ask = async (header: string, pieces = false) => {
    const client = rawClient(t, port);
    if (pieces)
      for (const byte of header + request) {
        client.send(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
    else client.send(header + request);
    return status(await client.until(() => false));
  };
  const headers = (n: number) => [
    `PROXY TCP4 192.0.2.${n} 10.0.0.1 4711 80\r\n`,
    `PROXY TCP6 2001:db8:0:${n}::1 ::1 4711 80\r\n`,
    v2(1, 0x11, four(n)),
    v2(1, 0x11, Buffer.concat([four(n + 100), Buffer.from([4, 0, 1, 0])])),
    v2(1, 0x21, six(n)),
  ];
  for (const header of headers(1))
    t.deepEqual([await ask(header), await ask(header)], [200, 429], JSON.stringify(header));
  for (const header of headers(3)) t.deepEqual([await ask(header, true), await ask(header, true)], [200, 429]);
  // The balancer's own checks count as its own.
  t.deepEqual([await ask('PROXY UNKNOWN\r\n'), await ask(v2(0, 0, Buffer.alloc(0)))], [200, 429]);
});

const malformed = [
  'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  'PROXY TCP4 192.0.2.1 10.0.0.1 4711\r\n',
  'PROXY TCP4 192.0.2.256 10.0.0.1 4711 80\r\n',
  'PROXY TCP4 192.0.2.1 10.0.0.1 70000 80\r\n',
  'PROXY TCP4  192.0.2.1 10.0.0.1 4711 80\r\n',
  'PROXY TCP6 192.0.2.1 10.0.0.1 4711 80\r\n',
  'PROXY TCP4 192.0.2.1 10.0.0.1 4711 80\n',
  'proxy TCP4 192.0.2.1 10.0.0.1 4711 80\r\n',
  `PROXY TCP4 ${'1'.repeat(200)}\r\n`,
  '\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0',
  '\r\n\r\n\0\r\nQUIT\n\x22\x11\0\0',
  v2(1, 0x11, Buffer.alloc(4)),
  v2(1, 0x21, Buffer.alloc(12)),
  '\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff',
  '\r\n\r\nGET / HTTP/1.1\r\n',
  '\x16\x03\x01',
];
test('what is no proper header ends the connection without a word, and nothing is asked', async (t) => {
  const gateway = await start(t);
  const port = Number(new URL(gateway.url).port);
  for (const header of malformed) {
    const client = rawClient(t, port);
    client.send(header + request);
    t.is(await client.until(() => false), '', JSON.stringify(header));
  }
  const silent = rawClient(t, port);
  silent.send('PROXY TCP4 ');
  t.is(await silent.until(() => false), '');
  t.is(await gateway.metric('strangler_turned_away_total', { reason: 'proxy-header' }), malformed.length + 1);
  t.is(await gateway.metric('strangler_requests_total'), 0);
});

test('who is not trusted speaks HTTP, and its PROXY header is a malformed request', async (t) => {
  const gateway = await start(t, ', trustedProxies: [10.0.0.0/8]');
  const port = Number(new URL(gateway.url).port);
  const client = rawClient(t, port);
  client.send(`PROXY TCP4 192.0.2.1 10.0.0.1 4711 80\r\n${request}`);
  t.is(status(await client.until(() => false)), 400);
  t.is((await fetch(gateway.url)).status, 200);
});

const secured = where(test, 'openssl');

secured('the header comes before TLS, and the client that it tells counts', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-proxy-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const ca = await authority(folder, 'authority');
  const own = await ca.issue('localhost');
  const gateway = await start(t, `, tls: { cert: '${own.cert}', key: '${own.key}' }`);
  const ask = async (client: string) => {
    const socket = await new Promise<Socket>((resolve) => {
      const raw = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => resolve(raw));
    });
    t.teardown(() => socket.destroy());
    socket.write(`PROXY TCP4 ${client} 10.0.0.1 4711 443\r\n`);
    const tls = connectTls({ socket, ca: ca.pem, servername: 'localhost' }, () => tls.write(request));
    let text = '';
    tls.on('data', (bytes) => (text += bytes.toString()));
    await new Promise((resolve) => tls.on('close', resolve));
    return status(text);
  };
  t.deepEqual([await ask('192.0.2.1'), await ask('192.0.2.1'), await ask('192.0.2.2')], [200, 429, 200]);
});
