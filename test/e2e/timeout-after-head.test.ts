// `timeout` is the wait for the first byte of a reply, and then between two bytes: a head that came late leaves the body its own wait.
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import test from 'ava';
import { gatewayHere } from '../helpers/gateway-here.ts';

test('a body whose first byte comes in time after a late head is not cut', async (t) => {
  const late = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', async () => {
      await wait(700);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n');
      await wait(700);
      socket.end('late');
    });
  }).listen(0, '127.0.0.1');
  t.teardown(() => late.close());
  await once(late, 'listening');
  const gateway = await gatewayHere(
    t,
    `
destinations: { web: { adapter: http, url: 'http://127.0.0.1:${(late.address() as AddressInfo).port}', timeout: 1s } }
routes: { all: { match: { path: /** }, legacy: web, decisionHeader: true } }
`,
  );
  t.is(await (await fetch(gateway.url)).text(), 'late');
});
