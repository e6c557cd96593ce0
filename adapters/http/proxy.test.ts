import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { proxy } from './proxy.ts';

const listening = async (t: ExecutionContext, listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

// Node calls the listener that it happens in: thrown there, it would end the process.
test('a bug of ours in what becomes of a reply ends its call, and is told to whoever carries it', async (t) => {
  const origin = await listening(t, (_, res) => void res.setHeader('Location', '/there').end('whole'));
  const carrier = proxy({
    origin,
    retarget: (target) => target,
    host: null,
    timeout: 1000,
    connectTimeout: 1000,
    keepAlive: true,
    tls: null,
    vitals: null,
    outOfFiles: () => undefined,
  });
  const bug = new Error('a bug');
  const carried = carrier({
    lines: ({ head }) => head.raw,
    follow() {
      throw bug;
    },
    request: null,
  });
  const told = Promise.withResolvers<unknown>();
  const front = await listening(t, (req, res) => {
    carried.carry(req, res).then(told.reject, told.resolve);
  });
  await t.throwsAsync(fetch(front));
  t.is(await told.promise, bug);
});
