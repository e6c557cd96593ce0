// Gateways that share a Redis, as processes: what their clients get, and what they say of themselves.
import anyTest, { type ExecutionContext } from 'ava';
import { startLegacy, type Legacy } from '../../examples/orders/legacy.ts';
import { where } from '../helpers/components.ts';
import { eventually, startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { callAs } from '../helpers/one-host.ts';
import { redisServer } from '../helpers/redis-server.ts';
import { sharedOrders } from '../helpers/shared-orders.ts';
import { envelope, getOrder, namespace } from '../helpers/soap-post.ts';

const test = where(anyTest, 'redis');

const gateways = async (t: ExecutionContext, state: string, count: number): Promise<[Legacy, RunningGateway[]]> => {
  const legacy = await startLegacy({ port: 0 });
  t.teardown(() => legacy.close());
  const file = sharedOrders(state, legacy.url, [
    'GetOrder: { effect: read, cache: { ttl: 1m } }',
    "CancelOrder: { effect: write, invalidates: ['GetOrder:{orderId}'] }",
  ]);
  return [legacy, await Promise.all(Array.from({ length: count }, () => startGateway(t, file)))];
};
const call = ({ url }: RunningGateway, operation: string, xml: string) => callAs(url, operation, xml);
const read = (gateway: RunningGateway, id: number) => call(gateway, 'GetOrder', getOrder(id, 'c'));
const cancel = (gateway: RunningGateway, id: number) =>
  call(gateway, 'CancelOrder', envelope(`<CancelOrder xmlns="${namespace}"><orderId>${id}</orderId></CancelOrder>`));
const stateOf = async ({ admin }: RunningGateway): Promise<{ status: number; state: unknown }> => {
  const answer = await fetch(`${admin}/readyz`);
  return { status: answer.status, state: ((await answer.json()) as { state: unknown }).state };
};
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('one asks legacy for both; a write by one is a write for the other', async (t) => {
  const redis = await redisServer(t);
  const [legacy, [a, b]] = await gateways(t, redis.url, 2);
  const asked = () => legacy.counters['GetOrder'] ?? 0;
  for (const each of [a!, b!]) await eventually(async () => (await each.metric('strangler_state_up')) === 1, 20_000);
  // Until both believe the news; and a busy machine may be too slow for the budget.
  let id = 10;
  await eventually(async () => {
    const one = await read(a!, (id += 1));
    await wait(50);
    t.is((await read(b!, id)).text, one.text);
    return (await b!.metric('strangler_cache_total', { result: 'state' })) > 0;
  }, 20_000);
  const first = await read(a!, 3);
  t.is((await read(b!, 3)).text, first.text);
  const before = asked();
  await Promise.all(Array.from({ length: 300 }, (_, n) => read(n % 2 === 0 ? a! : b!, 3)));
  t.is(asked(), before);
  t.is((await cancel(a!, 3)).status, 200);
  await read(a!, 3);
  t.is(asked(), before + 1);
  const hits = () => b!.metric('strangler_cache_total', { result: 'hit' });
  await eventually(async () => {
    const until = await hits();
    await read(b!, 3);
    return (await hits()) === until;
  }, 3000);
  const was = asked();
  const purge = await fetch(`${a!.admin}/api/v1/cache/purge`, {
    method: 'POST',
    headers: { authorization: `Bearer ${a!.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ tag: 'GetOrder:3', why: 'a bad batch' }),
  });
  t.is(purge.status, 200);
  await read(a!, 3);
  t.is(asked(), was + 1, 'what was purged here does not come back from there');
  await eventually(async () => {
    const until = await hits();
    await read(b!, 3);
    return (await hits()) === until;
  }, 3000);
  t.deepEqual(await stateOf(a!), { status: 200, state: 'up' });
});

test('a Redis that is not there at start keeps nobody waiting', async (t) => {
  const [, [a]] = await gateways(t, 'redis://:hunter2@127.0.0.1:1', 1);
  t.is((await read(a!, 1)).status, 200);
  await eventually(async () => (await stateOf(a!)).state === 'down');
  t.is((await read(a!, 1)).status, 200);
  a!.signal('SIGTERM');
  t.is(await a!.exited, 0);
  t.false(JSON.stringify(a!.lines()).includes('hunter2'));
});
