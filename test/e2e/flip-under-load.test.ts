// A saved number moves its share of clients within a second, under load, without a failed call; every client keeps its side.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { action, getOrder, post } from '../helpers/soap-post.ts';
import { eventually, startGateway } from '../helpers/gateway.ts';
import { ordersRig } from '../helpers/orders-rig.ts';

const callers = 2000;

/** Four standard deviations of a binomial share of `callers`: one run in 16,000 lies outside by chance. */
const spread = 4 * Math.sqrt(callers * 0.25 * 0.75);

const sides = async (ask: (client: string) => Promise<string | null>): Promise<(string | null)[]> => {
  const found = new Map<string, string | null>();
  const names = Array.from({ length: callers }, (_, i) => `client-${i}`);
  for (let at = 0; at < callers; at += 40) {
    await Promise.all(names.slice(at, at + 40).map(async (name) => found.set(name, await ask(name))));
  }
  return names.map((name) => found.get(name) ?? null);
};

const countModern = (found: readonly (string | null)[]) => found.filter((side) => side === 'modern').length;

/** Calls every 20 ms while `work` runs; answers the statuses that were not 200. */
const underLoad = async (ask: () => Promise<number>, work: () => Promise<void>): Promise<number[]> => {
  const bad: number[] = [];
  const underWay: Promise<void>[] = [];
  const timer = setInterval(() => underWay.push(ask().then((status) => void (status === 200 || bad.push(status)))), 20);
  try {
    await work();
  } finally {
    clearInterval(timer);
    await Promise.all(underWay);
  }
  return bad;
};

test.serial('SOAP: 0 to 25 and back, under 50 calls a second', async (t) => {
  const { gateway, url, file } = await ordersRig(t, { getOrder: 0 });
  const ask = (client: string) => post(url, getOrder(3, client), { soapaction: action('GetOrder') });
  const weight = () => gateway.metric('strangler_weight', { operation: 'GetOrder' });
  let n = 0;
  const flipTo = async (wanted: number) => {
    await gateway.save(file({ getOrder: wanted }));
    const took = await eventually(async () => (await weight()) === wanted, 3000);
    t.true(took < 1000, `live after ${took} ms`);
  };
  const bad = await underLoad(
    async () => (await ask(`client-${n++ % callers}`)).status,
    async () => {
      await flipTo(25);
      const first = await sides(async (client) => (await ask(client)).side);
      t.true(Math.abs(countModern(first) - callers / 4) < spread, `${countModern(first)} of ${callers}`);
      await flipTo(50);
      await flipTo(25);
      t.deepEqual(await sides(async (client) => (await ask(client)).side), first);
      await flipTo(0);
      t.is(countModern(await sides(async (client) => (await ask(client)).side)), 0);
    },
  );
  t.deepEqual(bad, []);
});

const named = async (t: ExecutionContext, name: string): Promise<string> => {
  const server: Server = createServer((req, res) => res.end(`${name} ${req.method} ${req.url}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test.serial('REST over two HTTP services: the same', async (t) => {
  const [old, young] = [await named(t, 'legacy'), await named(t, 'modern')];
  const file = (weight: number) => `
destinations:
  old: { adapter: http, url: '${old}' }
  young: { adapter: http, url: '${young}' }
routes:
  items:
    match: { path: /items/** }
    legacy: old
    modern: young
    cohort: { header: X-Client-Id }
    weight: ${weight}
  rest:
    match: { path: /** }
    legacy: old
`;
  const gateway = await startGateway(t, file(0));
  const ask = async (client: string) => {
    const reply = await fetch(`${gateway.url}/items/7?a=b`, { headers: { 'x-client-id': client } });
    const [side, ...rest] = (await reply.text()).split(' ');
    t.deepEqual(rest, ['GET', '/items/7?a=b']);
    return { status: reply.status, side: side ?? null };
  };
  t.is(await (await fetch(`${gateway.url}/elsewhere`)).text(), 'legacy GET /elsewhere');
  let n = 0;
  const bad = await underLoad(
    async () => (await ask(`client-${n++ % callers}`)).status,
    async () => {
      await gateway.save(file(25));
      const took = await eventually(
        async () => (await gateway.metric('strangler_weight', { route: 'items', operation: 'other' })) === 25,
        3000,
      );
      t.true(took < 1000, `live after ${took} ms`);
      const first = await sides(async (client) => (await ask(client)).side);
      t.true(Math.abs(countModern(first) - callers / 4) < spread, `${countModern(first)} of ${callers}`);
      t.deepEqual(await sides(async (client) => (await ask(client)).side), first);
    },
  );
  t.deepEqual(bad, []);
});
