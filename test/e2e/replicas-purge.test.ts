// A purge by hand at one gateway, and what the others give afterwards: from their memories, from what they share, and what they were just
// reading.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import anyTest from 'ava';
import { where } from '../helpers/components.ts';
import { eventually, root, startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { callAs } from '../helpers/one-host.ts';
import { redisServer } from '../helpers/redis-server.ts';
import { sharedOrders } from '../helpers/shared-orders.ts';
import { getOrder } from '../helpers/soap-post.ts';
import { countOrders, versionedOrders } from '../helpers/versioned-orders.ts';

const test = where(anyTest, 'redis');
/** Milliseconds within which all gateways have lost it. */
const soon = 1000;

const byHand = {
  'the operation, by the CLI': async ({ admin, token }: RunningGateway) => {
    const args = ['cache', 'purge', '--operation', 'orders.CountOrders', '--why', 'a bad batch', '--admin', admin];
    const env = { ...process.env, STRANGLER_TOKEN: token };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, 'gateway/cli/main.ts'), ...args, '-o', 'json'],
      { env },
    );
    return (JSON.parse(stdout) as { purged: number }).purged;
  },
  'the route, by the API': async ({ admin, token }: RunningGateway) => {
    const answer = await fetch(`${admin}/api/v1/cache/purge`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ route: 'orders', why: 'a bad batch' }),
    });
    return ((await answer.json()) as { purged: number }).purged;
  },
};

for (const [what, purge] of Object.entries(byHand))
  test(`a purge of ${what} reaches every gateway, what they share, and what is being read`, async (t) => {
    const redis = await redisServer(t);
    const orders = await versionedOrders(t);
    const file = sharedOrders(redis.url, orders.url, [
      'GetOrder: { effect: read, cache: { ttl: 1m } }',
      'CountOrders: { effect: read, cache: { ttl: 1m } }',
    ]);
    const [a, b, c] = (await Promise.all([1, 2, 3].map(() => startGateway(t, file)))) as [
      RunningGateway,
      RunningGateway,
      RunningGateway,
    ];
    const count = ({ url }: RunningGateway, client = 'kept') => callAs(url, 'CountOrders', countOrders(client));
    const given = (one: RunningGateway, result: string) => one.metric('strangler_cache_total', { result });
    const asked = () => orders.asked.get('CountOrders') ?? 0;
    const isHit = async (one: RunningGateway, client?: string): Promise<boolean> => {
      const before = await given(one, 'hit');
      await count(one, client);
      return (await given(one, 'hit')) > before;
    };
    for (const each of [a, b, c]) await eventually(async () => (await each.metric('strangler_state_up')) === 1, 20_000);
    for (const each of [a, b, c]) await eventually(() => isHit(each));
    await callAs(b.url, 'GetOrder', getOrder(3));
    const held = orders.hold();
    const before = asked();
    const reading = count(b, 'read');
    await eventually(() => asked() > before);

    const told = performance.now();
    const purged = await purge(a);
    t.true(purged >= 1, `${purged} answers`);
    held.release();
    t.is((await reading).status, 200);
    t.false(await isHit(b, 'read'), 'what was being read is asked for anew');
    const was = asked();
    // Whoever asks first gets it for all: from then on it is newer than the purge.
    for (const each of [a, b, c]) await count(each);
    t.is(asked(), was + 1, 'neither memory nor what is shared has it');
    t.true(performance.now() - told < soon || what.includes('CLI'), `${performance.now() - told} ms`);
    t.is(await isHit(b, 'kept'), true);
  });

test('an answer is shown without its content', async (t) => {
  const orders = await versionedOrders(t);
  const gateway = await startGateway(
    t,
    `
destinations:
  old: { adapter: soap, url: '${orders.url}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    cacheStatus: true
    operations: { CountOrders: { effect: read, cache: { ttl: 1m, vary: [basicUser] } } }`,
  );
  const headers = {
    'content-type': 'text/xml; charset=utf-8',
    soapaction: '"http://contoso.example/orders/IOrderService/CountOrders"',
    authorization: `Basic ${Buffer.from('ann:hunter2').toString('base64')}`,
  };
  const answer = await fetch(`${gateway.url}/OrderService.svc`, {
    method: 'POST',
    headers,
    body: countOrders('secret'),
  });
  const body = await answer.text();
  const key = /key="([^"]*)"/.exec(answer.headers.get('cache-status') ?? '')![1]!;
  const args = ['cache', 'inspect', key, '--admin', gateway.admin, '-o', 'json'];
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'gateway/cli/main.ts'), ...args], {
    env: { ...process.env, STRANGLER_TOKEN: gateway.token },
  });
  t.like(JSON.parse(stdout), { key, target: 'orders.CountOrders', status: 200, length: Buffer.byteLength(body) });
  for (const secret of ['ann', 'hunter2', 'secret', 'Envelope', headers.authorization.slice(6)])
    t.false(stdout.includes(secret), `${secret} in ${stdout}`);
});
