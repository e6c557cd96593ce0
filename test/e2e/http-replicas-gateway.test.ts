// Gateways that share what they keep of plain HTTP, as processes: what their clients get, and what takes it back everywhere.
import { execFile } from 'node:child_process';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import anyTest, { type ExecutionContext } from 'ava';
import { where } from '../helpers/components.ts';
import { eventually, root, startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { redisServer } from '../helpers/redis-server.ts';

const test = where(anyTest, 'redis');
const run = promisify(execFile);

interface Got {
  readonly status: number;
  readonly text: string;
  readonly cache: string;
  readonly key: string;
  readonly type: string | undefined;
}
interface Rig {
  readonly a: RunningGateway;
  readonly b: RunningGateway;
  readonly asked: IncomingMessage[];
  readonly get: (
    on: RunningGateway,
    path: string,
    more?: { method?: string; headers?: Record<string, string> },
  ) => Promise<Got>;
  /** Both have it in memory. Answers what it is. */
  readonly known: (path: string) => Promise<Got>;
  /** Both ask for it again. */
  readonly forgotten: (path: string, was: Got) => Promise<void>;
}

const rig = async (t: ExecutionContext): Promise<Rig> => {
  const redis = await redisServer(t);
  const asked: IncomingMessage[] = [];
  const origin = createServer((req, res) => {
    const n = asked.push(req);
    const send = () => res.writeHead(200, { 'Cache-Control': 'max-age=600' }).end(`answer ${n}`);
    if (req.url!.startsWith('/slow')) setTimeout(send, 300);
    else send();
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    origin.closeAllConnections();
    origin.close();
  });
  const file = `
state: ${redis.url}
destinations:
  api: { adapter: http, url: 'http://127.0.0.1:${(origin.address() as AddressInfo).port}' }
routes:
  api:
    match: { path: /** }
    legacy: api
    cacheStatus: true
    cache: origin
    operations:
      GET /orders/{id}:
      GET /orders:
      GET /slow/{id}:
      POST /orders/{id}/cancel: { invalidates: ['GET /orders/{id}:{id}', GET /orders] }`;
  const [a, b] = await Promise.all([startGateway(t, file), startGateway(t, file)]);
  const get: Rig['get'] = ({ url }, path, { method = 'GET', headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const out = request(`${url}${path}`, { method, headers: { host: 'api.example', ...headers } }, async (reply) => {
        const cache = String(reply.headers['cache-status'] ?? '');
        resolve({
          status: reply.statusCode!,
          text: await text(reply),
          cache: cache.replace(/; (?:key="[^"]*"|ttl=\d+)/g, ''),
          key: /key="([^"]*)"/.exec(cache)?.[1] ?? '',
          type: reply.headers['content-type'],
        });
      });
      out.on('error', reject).end();
    });
  for (const each of [a, b]) await eventually(async () => (await each.metric('strangler_state_up')) === 1, 20_000);
  // Until both believe the news.
  let n = 0;
  await eventually(async () => {
    n += 1;
    for (const each of [a, b]) await get(each, `/orders/first${n}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return (await b.metric('strangler_cache_total', { result: 'state' })) > 0;
  }, 20_000);
  const known: Rig['known'] = async (path) => {
    await eventually(async () => {
      for (const each of [a, b]) await get(each, path);
      const [one, other] = [await get(a, path), await get(b, path)];
      if (one.text === other.text && [one, other].every(({ cache }) => cache === 'strangler; hit')) return true;
      // Redis was too slow for one of them, and both asked.
      await get(a, path, { method: 'PUT' });
      return false;
    }, 20_000);
    return await get(a, path);
  };
  const forgotten: Rig['forgotten'] = async (path, was) => {
    t.not((await get(a, path)).text, was.text, `${path}: the one that was told`);
    await eventually(async () => (await get(b, path)).text !== was.text, 3000);
  };
  return { a, b, asked, get, known, forgotten };
};

test('one asks for both; what one takes back is gone everywhere; who wants what is kept asks nobody; who leaves is replaced by one', async (t) => {
  const { a, b, asked, get, known, forgotten } = await rig(t);
  // A busy machine may be too slow for the budget that Redis has.
  let id = 0;
  await eventually(async () => {
    id += 1;
    const before = asked.length;
    const all = await Promise.all(Array.from({ length: 100 }, (_, n) => get(n % 2 === 0 ? a : b, `/slow/${id}`)));
    return asked.length === before + 1 && new Set(all.map((each) => each.text)).size === 1;
  }, 20_000);

  let was = await known('/orders/7');
  await get(a, '/orders/7', { method: 'PUT' });
  await forgotten('/orders/7', was);

  was = await known('/orders/7');
  const [other, list] = [await known('/orders/8'), await known('/orders?page=2')];
  await get(a, '/orders/7/cancel', { method: 'POST' });
  await forgotten('/orders/7', was);
  await forgotten('/orders?page=2', list);
  for (const each of [a, b]) t.is((await get(each, '/orders/8')).text, other.text);

  const purge = (what: object) =>
    fetch(`${a.admin}/api/v1/cache/purge`, {
      method: 'POST',
      headers: { authorization: `Bearer ${a.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(what),
    });
  was = await known('/orders/7');
  for (const what of [
    { key: was.key },
    { tag: '/orders/7' },
    { tag: 'GET /orders/{id}:7' },
    { operation: 'api.GET /orders/{id}' },
    { route: 'api' },
    { all: true },
  ]) {
    was = await known('/orders/7');
    t.is((await purge(what)).status, 200, JSON.stringify(what));
    await forgotten('/orders/7', was);
  }
  was = await known('/orders/7');
  const kept = await known('/orders?page=2');
  const args = ['gateway/cli/main.ts', 'cache', 'purge', '--tag', '/orders/7', '--admin', a.admin, '--token', a.token];
  t.regex(
    (
      await run(
        process.execPath,
        args.map((each) => each.replace('gateway', join(root, 'gateway'))),
      )
    ).stdout,
    /^purged 1: /,
  );
  await forgotten('/orders/7', was);
  t.is((await get(b, '/orders?page=2')).text, kept.text);

  const headers = { 'cache-control': 'only-if-cached' };
  const none = await get(a, '/orders/1', { headers });
  t.deepEqual(none, {
    status: 504,
    text: none.text,
    cache: 'strangler; detail=only-if-cached',
    key: '',
    type: 'application/problem+json',
  });
  await eventually(async () => {
    id += 1;
    await get(b, `/orders/only${id}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return (await get(a, `/orders/only${id}`, { headers })).status === 200;
  }, 20_000);

  await eventually(async () => {
    id += 1;
    const before = asked.length;
    const leaving = request(`${a.url}/slow/${id}`, { headers: { host: 'api.example' } }).on('error', () => undefined);
    leaving.end();
    await eventually(() => asked.length === before + 1);
    const others = Array.from({ length: 30 }, (_, n) => get(n % 2 === 0 ? a : b, `/slow/${id}`));
    await new Promise((resolve) => setTimeout(resolve, 100));
    leaving.destroy();
    const given = await Promise.all(others);
    return asked.length === before + 2 && new Set(given.map((each) => each.text)).size === 1;
  }, 20_000);
});
