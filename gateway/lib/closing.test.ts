import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import test from 'ava';
import { closing } from './closing.ts';

test('a call that never ends is ended after the longest that it is given, and no sooner', async (t) => {
  const http = createServer(() => undefined);
  const close = closing(http, { grace: 10 });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const asked = get({ port, host: '127.0.0.1' });
  const ended = once(asked, 'error');
  await once(http, 'request');
  const began = performance.now();
  await close(300);
  t.true(performance.now() - began >= 290);
  const [error] = (await ended) as [NodeJS.ErrnoException];
  t.is(error.code, 'ECONNRESET');
});

test('so is one on a connection that node:http knows nothing of, as those of HTTP/2', async (t) => {
  const http = createServer();
  http.removeAllListeners('connection');
  const close = closing(http, { grace: 10, isBusy: () => true });
  const connected = once(http, 'connection');
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  t.teardown(() => client.destroy());
  const [socket] = (await connected) as [Socket];
  await close(100);
  t.true(socket.destroyed);
});
