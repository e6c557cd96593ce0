// Which address a client counts under when the gateway stands behind a balancer.
import test, { type ExecutionContext } from 'ava';
import type { Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';

const split = async (t: ExecutionContext): Promise<string> => {
  const [old, young] = [
    await listen(t, (_req, res) => res.end('legacy')),
    await listen(t, (_req, res) => res.end('modern')),
  ];
  return `
destinations: { old: { adapter: http, url: '${old}' }, young: { adapter: http, url: '${young}' } }
routes:
  items: { match: { path: /items/** }, legacy: old, modern: young, cohort: ip, weight: 50, exclude: [192.0.2.9] }
`;
};

const sideOf = async (gateway: Gateway, forwardedFor: string): Promise<string> =>
  (await fetch(`${gateway.url}/items/1`, { headers: { 'x-forwarded-for': forwardedFor } })).text();

const clients = Array.from({ length: 40 }, (_, n) => `198.51.100.${n + 1}`);
const sidesOf = async (gateway: Gateway, written: (client: string) => string): Promise<string[]> => {
  const sides: string[] = [];
  for (const client of clients) sides.push(await sideOf(gateway, written(client)));
  return sides;
};

test('behind a trusted proxy each client has its own side, whatever it wrote itself', async (t) => {
  const gateway = await gatewayHere(t, await split(t), { gateway: 'trustedProxies: [127.0.0.0/8, 10.0.0.0/8]' });
  const sides = await sidesOf(gateway, (client) => client);
  t.is(new Set(sides).size, 2);
  t.deepEqual(await sidesOf(gateway, (client) => `203.0.113.77, ${client}`), sides);
  t.deepEqual(await sidesOf(gateway, (client) => `${client}:4711, 10.1.2.3`), sides);
  t.is(await sideOf(gateway, '192.0.2.9'), 'legacy');
});

test('without trusted proxies nobody is believed: all that come from one address are one client', async (t) => {
  const gateway = await gatewayHere(t, await split(t));
  t.is(new Set(await sidesOf(gateway, (client) => client)).size, 1);
});
