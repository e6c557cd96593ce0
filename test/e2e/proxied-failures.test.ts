// What a destination cannot do for a call is told alike, whoever carries it: http-proxy-middleware or our relay.
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';

interface Told {
  readonly status: string;
  readonly again: string | null;
  readonly error: unknown;
  readonly outcome: unknown;
}

const cut = { status: '', again: null, error: 'ERR_RESET', outcome: 'cut' };
const of = (status: number, error: string, again: string | null = null): Told => ({
  status: String(status),
  again,
  error,
  outcome: 'unavailable',
});

const alike = test.macro({
  exec: async (t, scheme: 'http' | 'https', does: ((socket: Socket) => void) | null, expected: Told) => {
    const up = await rawUpstream(t, (socket) => does?.(socket));
    const gateway = await gatewayHere(
      t,
      `
destinations: { up: { adapter: http, url: '${scheme}://127.0.0.1:${does === null ? 1 : up.port}', timeout: 600ms, connectTimeout: 300ms } }
routes:
  relayed: { match: { path: /relayed }, legacy: up, decisionHeader: true }
  proxied: { match: { path: /proxied }, legacy: up }
`,
    );
    for (const path of ['/relayed', '/proxied']) {
      const client = rawClient(t, Number(new URL(gateway.url).port));
      client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi`);
      const head = await client.until((text) => text.includes('\r\n\r\n{'));
      const lines = () => gateway.lines().filter((line) => line['path'] === path);
      await eventually(() => lines().length > 0);
      const told: Told = {
        status: head.slice(9, 12),
        again: /retry-after: *(\d+)/i.exec(head)?.[1] ?? null,
        error: lines()[0]!['error'],
        outcome: lines()[0]!['outcome'],
      };
      t.deepEqual(told, expected, path);
    }
  },
  title: (name = '') => `on both carriers: ${name}`,
});

const unreachable = of(503, 'ERR_CONNECT', '5');
test('nobody listens', alike, 'http', null, unreachable);
test(
  'a server that speaks no TLS',
  alike,
  'https',
  (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
  unreachable,
);
test('a handshake that is reset', alike, 'https', (socket) => void socket.resetAndDestroy(), unreachable);
test('a handshake that is hung up on', alike, 'https', (socket) => void socket.end(), unreachable);
test('a handshake that goes no further within connectTimeout', alike, 'https', () => undefined, unreachable);
test('no answer in time', alike, 'http', () => undefined, of(504, 'ERR_TIMEOUT'));
test('what is no HTTP', alike, 'http', (socket) => void socket.write('SSH-2.0-x\r\n\r\n'), of(502, 'ERR_MALFORMED'));
test('a connection that is reset before an answer', alike, 'http', (socket) => void socket.resetAndDestroy(), cut);
test('a connection that ends before an answer', alike, 'http', (socket) => void socket.end(), cut);

/** Both carriers before a destination with a short timeout; which carrier an upgrade comes by makes no difference. */
const impatient = async (t: ExecutionContext, does: (socket: Socket, soFar: string) => void) => {
  const up = await rawUpstream(t, does);
  const gateway = await gatewayHere(
    t,
    `
destinations: { up: { adapter: http, url: 'http://127.0.0.1:${up.port}', timeout: 300ms } }
routes:
  relayed: { match: { path: /relayed }, legacy: up, decisionHeader: true }
  proxied: { match: { path: /proxied }, legacy: up }
`,
  );
  return () => rawClient(t, Number(new URL(gateway.url).port));
};

for (const path of ['/relayed', '/proxied'])
  test(`${path}: a client that is slow to send is not the destination's fault`, async (t) => {
    const client = (
      await impatient(t, (socket, soFar) => {
        if (soFar.endsWith('hiho')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      })
    )();
    client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nhi`);
    await delay(900);
    client.send('ho');
    t.regex(await client.until((text) => text.endsWith('ok') || text.endsWith('}')), /^HTTP\/1\.1 200 /);
  });

const opening = 'GET /proxied HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

test('an upgrade that is not answered in time is over', async (t) => {
  for (const bytes of ['', 'HTTP/1.1 101 Switching']) {
    const client = (await impatient(t, (socket) => void socket.write(bytes)))();
    client.send(opening);
    t.regex(await client.until(() => false), /^HTTP\/1\.1 504 [^]*"code":"ERR_TIMEOUT"}$/);
  }
});

test('an upgrade that nobody is there for says when to come again', async (t) => {
  const up = `destinations: { up: { adapter: http, url: 'http://127.0.0.1:1' } }`;
  const gateway = await gatewayHere(t, `${up}\nroutes: { all: { match: { path: /** }, legacy: up } }\n`);
  const client = rawClient(t, Number(new URL(gateway.url).port));
  client.send(opening);
  t.regex(await client.until(() => false), /^HTTP\/1\.1 503 [^]*Retry-After: 5\r\n[^]*"code":"ERR_CONNECT"}$/);
});

test('an upgrade that is refused with half an answer is over', async (t) => {
  const client = (
    await impatient(t, (socket) => void socket.write('HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nno'))
  )();
  client.send(opening);
  t.regex(await client.until(() => false), /^HTTP\/1\.1 403 No\r\n[^]*\r\n\r\nno$/);
});

test('a connection that was upgraded may be silent for as long as it likes', async (t) => {
  const client = (
    await impatient(t, (socket, soFar) => {
      if (soFar.endsWith('\r\n\r\n'))
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      if (soFar.endsWith('ping')) socket.write('pong');
    })
  )();
  client.send(opening);
  await client.until((text) => text.includes('\r\n\r\n'));
  await delay(900);
  client.send('ping');
  t.regex(await client.until((text) => text.endsWith('pong')), /pong$/);
});

test('nothing of ours stands in an upgraded connection that its destination resets', async (t) => {
  const client = (
    await impatient(t, (socket, soFar) => {
      if (soFar.endsWith('\r\n\r\n'))
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
      else socket.resetAndDestroy();
    })
  )();
  client.send(opening);
  await client.until((text) => text.endsWith('hello'));
  client.send('ping');
  t.regex(await client.until(() => false), /\r\n\r\nhello$/);
});
