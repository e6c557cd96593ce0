// What a service keeps for one session, or tells the owner of one key, is in its answers: nobody else is given them.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { ordersRig } from '../helpers/orders-rig.ts';
import { action, envelope, getOrder, namespace, post } from '../helpers/soap-post.ts';
import { root } from '../helpers/gateway.ts';
import { join } from 'node:path';

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

const getOrderReply = envelope(`<GetOrderResponse xmlns="${namespace}"/>`);

const begins = test.macro({
  async exec(t: ExecutionContext, soap: boolean) {
    let asked = 0;
    const service = createServer((req, res) => {
      asked += 1;
      const known = req.headers['x-who'];
      if (known === undefined) res.setHeader('X-Who', `session-${asked}`);
      res.setHeader('Cache-Control', 'max-age=60');
      req
        .resume()
        .on('end', () =>
          soap
            ? res.setHeader('Content-Type', 'text/xml; charset=utf-8').end(getOrderReply)
            : res.setHeader('Content-Type', 'text/plain').end('one'),
        );
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    t.teardown(() => void service.close());
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const gateway = await gatewayHere(
      t,
      soap
        ? `
destinations: { old: { adapter: soap, url: '${url}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' } }
routes:
  orders:
    match: { path: / }
    protocol: soap
    legacy: old
    session: { header: X-Who }
    operations: { GetOrder: { effect: read, cache: { ttl: 1m, vary: [{ header: X-Who }] } } }`
        : `
destinations: { old: { adapter: http, url: '${url}' } }
routes:
  orders:
    match: { path: /** }
    legacy: old
    session: { header: X-Who }
    operations: { GET /one: { cache: { ttl: 1m, vary: [{ header: X-Who }] } } }`,
    );
    const ask = async (who: string | null) => {
      const named: Record<string, string> = who === null ? {} : { 'x-who': who };
      const headers = { ...named, 'content-type': 'text/xml; charset=utf-8', soapaction: action('GetOrder') };
      const reply = await (soap
        ? fetch(gateway.url, { method: 'POST', body: getOrder(3, null), headers })
        : fetch(`${gateway.url}/one`, { headers: named }));
      await reply.arrayBuffer();
      return reply.headers.get('x-who');
    };
    t.deepEqual([await ask(null), await ask(null)], ['session-1', 'session-2']);
    await ask('session-1');
    await ask('session-1');
    t.is(asked, 3, 'and what begins none is kept');
  },
  title: (title) => title ?? '',
});
test('an answer that begins a session begins it for one', begins, true);
test('an answer that begins a session begins it for one (plain HTTP)', begins, false);
