import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
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
