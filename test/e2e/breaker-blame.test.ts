// Whose fault it is decides whether a breaker counts it, and bodies tell that late: over real sockets.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { isWhole, rawUpstream } from '../helpers/raw-upstream.ts';

const rig = async (t: ExecutionContext, answer: (socket: Socket) => void) => {
  let asked = 0;
  const modern = await rawUpstream(t, (socket, soFar) => {
    if (!isWhole(soFar)) return;
    asked += 1;
    answer(socket);
  });
  const legacy = await rawUpstream(t, (socket) =>
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nlegacy'),
  );
  const gateway = await gatewayHere(
    t,
    `destinations:
  old: { adapter: http, url: 'http://127.0.0.1:${legacy.port}' }
  new: { adapter: http, url: 'http://127.0.0.1:${modern.port}', keepAlive: false, breaker: { window: 5m, openFor: 1h } }
routes:
  all:
    match: { path: /** }
    legacy: old
    modern: new
    cohort: { header: X }
    operations: { GET /x: { weight: 100 } }
`,
  );
  const opened = () => gateway.metric('strangler_breaker_changes_total', { state: 'open' });
  const get = () => fetch(`${gateway.url}/x`, { headers: { x: '1' } });
  /** Asks, and leaves once `enough` of an answer came. */
  const leaveAfter = async (enough: (soFar: string) => boolean): Promise<void> => {
    const before = asked;
    const client = rawClient(t, Number(new URL(gateway.url).port));
    client.send('GET /x HTTP/1.1\r\nHost: x\r\nX: 1\r\n\r\n');
    await eventually(() => asked > before);
    await client.until(enough);
    client.socket.resetAndDestroy();
    await once(client.socket, 'close');
  };
  return { gateway, get, opened, leaveAfter, asked: () => asked };
};

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';

test('replies that break off after a good head open it, and legacy answers from then on', async (t) => {
  const { get, opened, asked } = await rig(t, (socket) => socket.end(`${head}only this`));
  for (let each = 0; each < 20; each += 1)
    await t.throwsAsync(async () => (await get()).text(), undefined, 'a reply that broke off was told as whole');
  await eventually(async () => (await opened()) === 1);
  t.is(await (await get()).text(), 'legacy');
  t.is(asked(), 20);
});

test('clients that leave before or amid the answer are no failure of modern', async (t) => {
  let say = '';
  const { opened, leaveAfter, asked } = await rig(t, (socket) => void (say !== '' && socket.write(say)));
  for (let each = 0; each < 25; each += 1) await leaveAfter(() => true);
  say = `${head}only this`;
  for (let each = 0; each < 25; each += 1) await leaveAfter((soFar) => soFar.includes('only this'));
  t.is(asked(), 50);
  t.is(await opened(), 0);
});

test('a flood of 404 neither opens it nor hides that all else fails', async (t) => {
  let count = 0;
  const { get, opened } = await rig(t, (socket) => {
    count += 1;
    const status = count % 10 === 0 ? '500 No' : '404 No';
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
  });
  for (let each = 0; each < 190; each += 1) await get();
  t.is(await opened(), 0);
  for (let each = 0; each < 10; each += 1) await get();
  await eventually(async () => (await opened()) === 1);
});

test('a body over the bound is its client’s fault, also where modern has begun to answer', async (t) => {
  let asked = 0;
  const modern = await rawUpstream(t, (socket, soFar) => {
    if (soFar.endsWith('hello\r\n')) socket.write(`${head}early`);
    asked = modern.connections.length;
  });
  const gateway = await gatewayHere(
    t,
    `destinations:
  new: { adapter: http, url: 'http://127.0.0.1:${modern.port}', keepAlive: false, breaker: { window: 5m, openFor: 1h } }
routes:
  all: { match: { path: /** }, modern: new, weight: 100, limits: { body: 1kb }, operations: { POST /x: {} } }
`,
  );
  for (let each = 0; each < 21; each += 1) {
    const client = rawClient(t, Number(new URL(gateway.url).port));
    client.send('POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    await client.until((soFar) => soFar.includes('early'));
    client.send(`800\r\n${'x'.repeat(0x800)}\r\n`);
    await client.until(() => false);
  }
  t.is(asked, 21);
  t.is(await gateway.metric('strangler_breaker_changes_total', { state: 'open' }), 0);
});
