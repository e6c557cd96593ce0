import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import test from 'ava';
import { closing } from './closing.ts';

test('what never ends is ended, also on connections that node:http knows nothing of, as those of HTTP/2', async (t) => {
  const http = createServer();
  http.removeAllListeners('connection');
  const close = closing(http, { isBusy: () => true });
  const arrived = new Promise<Socket>((resolve) => http.once('connection', resolve));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  t.teardown(() => client.destroy());
  (await arrived).write('for ever');
  await close(50);
  t.pass();
});
