// What a service keeps for one session, or tells the owner of one key, is in its answers: nobody else is given them.
import test, { type ExecutionContext } from 'ava';
import { ordersRig } from '../helpers/orders-rig.ts';
import { action, getOrder, post } from '../helpers/soap-post.ts';

const told = test.macro({
  async exec(t: ExecutionContext, route: string, vary: string, [misses, hits, bypasses]: readonly number[]) {
    const { gateway, legacy, url } = await ordersRig(t, {
      getOrder: `0, cache: { ttl: 1m${vary} }`,
      route: `    ${route}`,
    });
    const ask = (who: string) => post(url, getOrder(3, null), { soapaction: action('GetOrder'), 'x-who': who });
    for (const who of ['alice', 'bob', 'alice']) t.is((await ask(who)).status, 200);
    const count = (result: string) => gateway.metric('strangler_cache_total', { result });
    t.deepEqual([await count('miss'), await count('hit'), await count('bypass')], [misses, hits, bypasses]);
    t.is(legacy.counters['GetOrder'], 3 - hits!);
  },
  title: (title) => title ?? '',
});
test(
  'a call whose header names a session is not answered from memory',
  told,
  'session: { header: X-Who }',
  '',
  [0, 0, 3],
);
test(
  'with vary each session has answers of its own',
  told,
  'session: { header: X-Who }',
  ', vary: [{ header: X-Who }]',
  [2, 1, 0],
);
test(
  'so it is with a key that rates are counted by',
  told,
  'rateLimit: { calls: 9, per: 1m, by: { apiKey: X-Who } }',
  '',
  [0, 0, 3],
);
