// Gateways as processes while their Redis is killed, comes back with nothing in it, or hangs: no call fails, and nobody is given what a
// write has taken back.
import anyTest, { type ExecutionContext } from 'ava';
import { where } from '../helpers/components.ts';
import { eventually, startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { callAs } from '../helpers/one-host.ts';
import { redisServer } from '../helpers/redis-server.ts';
import { sharedOrders } from '../helpers/shared-orders.ts';
import { getOrder } from '../helpers/soap-post.ts';
import {
  cancelOrder,
  countOrders,
  versionedOrders,
  versionIn,
  type VersionedOrders,
} from '../helpers/versioned-orders.ts';

const test = where(anyTest.serial, 'redis');
/** Milliseconds: what replicas may lag behind each other. */
const staleness = 1000;

const gateways = (
  t: ExecutionContext,
  state: string,
  { url }: VersionedOrders,
  count: number,
): Promise<RunningGateway[]> => {
  const file = sharedOrders(state, url, [
    'GetOrder: { effect: read, cache: { ttl: 1m } }',
    'CountOrders: { effect: read, cache: { ttl: 1m } }',
    "CancelOrder: { effect: write, invalidates: ['GetOrder:{orderId}'] }",
  ]);
  return Promise.all(Array.from({ length: count }, () => startGateway(t, file)));
};
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const isUp = async ({ admin }: RunningGateway): Promise<boolean> => {
  const answer = await fetch(`${admin}/readyz`);
  return answer.status === 200 && ((await answer.json()) as { state: string }).state === 'up';
};
const given = (gateway: RunningGateway, result: string) => gateway.metric('strangler_cache_total', { result });

/** What one gateway has from another: both trust the news. */
const isShared = async (one: RunningGateway, other: RunningGateway, id: number): Promise<boolean> => {
  await callAs(one.url, 'GetOrder', getOrder(id));
  await wait(30);
  const before = await given(other, 'state');
  await callAs(other.url, 'GetOrder', getOrder(id));
  return (await given(other, 'state')) > before;
};

test('Redis killed and back empty under load: no call fails, and no write is forgotten', async (t) => {
  const redis = await redisServer(t);
  const all = await gateways(t, redis.url, await versionedOrders(t), 3);
  for (const each of all) await eventually(() => isUp(each), 20_000);
  let fresh = 1000;
  await eventually(() => isShared(all[0]!, all[1]!, (fresh += 1)), 20_000);

  const writes: { readonly id: number; readonly on: number; readonly version: number; readonly at: number }[] = [];
  const versions = new Map<number, number>();
  const wrong: string[] = [];
  const over = new AbortController();
  const read = async (on: number, id: number): Promise<void> => {
    const began = performance.now();
    const due = writes.filter((each) => each.id === id && (each.on === on || began - each.at > staleness));
    const { status, text } = await callAs(all[on]!.url, 'GetOrder', getOrder(id));
    if (status !== 200) return void wrong.push(`${status} from ${on}`);
    const late = due.find(({ version }) => version > versionIn(text));
    if (late !== undefined || Number.isNaN(versionIn(text)))
      wrong.push(`${on} gave ${id}=${versionIn(text)}, ${late?.version} was written on ${late?.on}`);
  };
  // One writer an order, so that its versions are known.
  const write = async (on: number, id: number): Promise<void> => {
    const { status } = await callAs(all[on]!.url, 'CancelOrder', cancelOrder(id));
    if (status !== 200) wrong.push(`${status} from ${on}, to a write`);
    versions.set(id, (versions.get(id) ?? 0) + 1);
    writes.push({ id, on, version: versions.get(id)!, at: performance.now() });
  };
  let calls = 0;
  const load = async (on: number, lane: number): Promise<void> => {
    for (let n = 0; !over.signal.aborted; n += 1, calls += 1) {
      if (lane === 0 && n % 25 === 24) await write(on, on + 3 * (n % 2));
      else await read(on, n % 6);
      await wait(5);
    }
  };
  const loads = all.flatMap((_, on) => [load(on, 0), load(on, 1)]);
  await wait(500);
  await redis.kill();
  for (const each of all) await eventually(async () => !(await isUp(each)), 20_000);
  for (const each of all) t.is(await each.metric('strangler_state_up'), 0);
  const answer = await fetch(`${all[0]!.admin}/readyz`);
  t.deepEqual([answer.status, ((await answer.json()) as { state: string }).state], [200, 'down']);
  await wait(1500);
  await redis.start();
  for (const each of all) await eventually(() => isUp(each), 20_000);
  await wait(500);
  await eventually(() => isShared(all[2]!, all[0]!, (fresh += 1)), 20_000);
  // Enough to have met all of it, on a slow machine too.
  await eventually(() => calls > 300 && writes.length > 10, 20_000);
  over.abort();
  await Promise.all(loads);
  t.deepEqual(wrong, []);
  const events = () =>
    all[0]!
      .lines()
      .map(({ event }) => event as { type: string; isUp: boolean; why: string } | undefined)
      .filter((event) => event?.type === 'state-changed');
  await eventually(() => events().length >= 3);
  const told = events().map((event) => event!.isUp);
  t.deepEqual(told.slice(0, 3), [true, false, true]);
  t.regex(events()[1]!.why, /ECONN|ended|no answer/);
  const hits = await given(all[0]!, 'hit');
  await callAs(all[0]!.url, 'GetOrder', getOrder(fresh));
  t.is(await given(all[0]!, 'hit'), hits + 1, 'it answers from memory again');
});

test('Redis hung: memory answers what no write takes back, the rest is asked for, and a miss waits 50 ms at most', async (t) => {
  const redis = await redisServer(t);
  const orders = await versionedOrders(t);
  const [gateway] = await gateways(t, redis.url, orders, 1);
  const { url } = gateway!;
  await eventually(() => isUp(gateway!), 20_000);
  await eventually(async () => {
    for (let n = 0; n < 2; n += 1) await callAs(url, 'GetOrder', getOrder(7));
    return (await given(gateway!, 'hit')) > 0;
  }, 20_000);
  await callAs(url, 'CountOrders', countOrders('kept'));
  const timed = async (operation: string, xml: string): Promise<number> => {
    const began = performance.now();
    t.is((await callAs(url, operation, xml)).status, 200);
    return performance.now() - began;
  };
  /** Milliseconds of misses, shortest first: a busy machine makes some of them longer, and none shorter. */
  const together = async (name: string): Promise<number[]> => {
    const all = Array.from({ length: 30 }, (_, n) => timed('CountOrders', countOrders(`${name} ${n}`)));
    return (await Promise.all(all)).toSorted((one, other) => one - other);
  };
  await together('first');
  const usual = await together('well');
  redis.freeze();
  const hung = await together('hung');
  const [more = Number.NaN, middle] = [0, 15].map((at) => hung[at]! - usual[at]!);
  t.log(`misses while Redis hangs: ${more.toFixed(1)} ms more, ${middle!.toFixed(1)} in the middle`);
  t.true(more < 50, `${more} ms`);
  let waited = 0;
  for (let n = 0; n < 30; n += 1) {
    if ((await timed('CountOrders', countOrders(`later ${n}`))) > usual[0]! + 35) waited += 1;
    await wait(10);
  }
  t.true(waited < 10, `${waited} of 30 waited for what had just not answered`);
  await eventually(async () => !(await isUp(gateway!)));
  await wait(staleness + 100);
  const [hits, asked] = [await given(gateway!, 'hit'), orders.asked.get('CountOrders')];
  for (let n = 0; n < 10; n += 1) await timed('CountOrders', countOrders('kept'));
  t.deepEqual([await given(gateway!, 'hit'), orders.asked.get('CountOrders')], [hits + 10, asked]);
  const before = orders.asked.get('GetOrder') ?? 0;
  for (let n = 0; n < 5; n += 1) await timed('GetOrder', getOrder(7));
  t.is(orders.asked.get('GetOrder'), before + 5, 'what a write takes back is not believed');
  redis.thaw();
  await eventually(async () => {
    const was = await given(gateway!, 'hit');
    for (let n = 0; n < 2; n += 1) await callAs(url, 'GetOrder', getOrder(7));
    return (await given(gateway!, 'hit')) > was;
  }, 20_000);
});
