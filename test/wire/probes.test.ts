// Urls are asked how they are; what they say decides which of them are asked first, and nothing else.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { catalog } from '../helpers/catalog.ts';
import { eventually, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { find, findCall } from './moved-rig.ts';
import { envelope, exchanged } from './payload-rig.ts';
import { catalogNs, dataNs } from './payload-rows.ts';

interface Place {
  readonly url: string;
  readonly host: string;
  /** Of `/healthz`; null: never answered. */
  health: number | null;
  /** Instead of an answer to an operation, a fault. */
  faults: boolean;
  readonly probes: IncomingMessage[];
  /** Bodies of operations asked. */
  readonly asked: string[];
  calls: number;
}

const place = async (t: ExecutionContext): Promise<Place> => {
  const probes: IncomingMessage[] = [];
  const asked: string[] = [];
  const server = createServer((req, res) => {
    if (req.url === '/healthz') {
      probes.push(req);
      if (self.health !== null) res.writeHead(self.health).end('x');
      return;
    }
    self.calls += 1;
    let body = '';
    req.on('data', (bytes: Buffer) => (body += bytes.toString()));
    req.on('end', () => {
      asked.push(body);
      if (req.method === 'GET') return res.end('answered');
      const fault = '<s:Fault><faultcode>s:Server</faultcode><faultstring>down</faultstring></s:Fault>';
      const found = `<c:FindResponse xmlns:c="${catalogNs}"><c:FindResult xmlns:d="${dataNs}"><d:Sku>s</d:Sku></c:FindResult></c:FindResponse>`;
      res.writeHead(self.faults ? 500 : 200, { 'Content-Type': 'text/xml; charset=utf-8' });
      return res.end(envelope(self.faults ? fault : found));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const self: Place = { url: `http://${host}`, host, health: 200, faults: false, probes, asked, calls: 0 };
  return self;
};

const quick = 'every: 40ms, timeout: 300ms, unhealthyAfter: 2, healthyAfter: 2, slowStart: 0s';
const file = (places: readonly Place[], health: string, more = ''): string => `
destinations:
  old: { adapter: http, urls: [${places.map(({ url }) => url).join(', ')}], health: { ${health} } ${more} }
routes:
  all: { match: { path: /** }, legacy: old }`;

const get = async (gateway: Gateway): Promise<number> => (await fetch(gateway.url)).status;
const isHealthy = (gateway: Gateway, { host }: Place): Promise<number> =>
  gateway.metric('strangler_upstream_healthy', { destination: 'old', url: host });
const becomes = (gateway: Gateway, at: Place, value: number): Promise<unknown> =>
  eventually(async () => (await isHealthy(gateway, at)) === value, 20_000);

const sick: readonly (readonly [string, Partial<Place>])[] = [
  ['says that it is not', { health: 503 }],
  ['answers with another status', { health: 302 }],
  ['does not answer', { health: null }],
];
for (const [what, how] of sick)
  test(`a url that ${what} is left out until it is well again, and everybody is told`, async (t) => {
    const all = [await place(t), await place(t)] as const;
    const [one, two] = all;
    const gateway = await gatewayHere(t, file(all, `path: /healthz, ${quick}`));
    await eventually(() => one.probes.length > 1 && two.probes.length > 1);
    t.is(one.probes[0]!.headers.host, one.host);
    Object.assign(one, how);
    await becomes(gateway, one, 0);
    t.is(await isHealthy(gateway, two), 1);
    const { urls } = (await (await fetch(`${gateway.admin}/api/v1/status`)).json()) as { urls: object[] };
    t.like(urls, [
      { destination: 'old', url: one.host, state: 'unhealthy', share: 0 },
      { destination: 'old', url: two.host, state: 'healthy', share: 1 },
    ]);
    const before = one.calls;
    for (let call = 0; call < 10; call++) t.is(await get(gateway), 200);
    t.is(one.calls, before);
    one.health = 200;
    await becomes(gateway, one, 1);
    for (let call = 0; call < 20; call++) await get(gateway);
    t.true(one.calls > before);
    const told = () => gateway.lines().map(({ msg }) => String(msg));
    await eventually(() => told().some((msg) => msg.includes(`${one.host} of old is healthy: its probes say so`)));
    t.true(told().some((msg) => msg.startsWith(`${one.host} of old is unhealthy: its probes say so: `)));
  });

test('where probes say that all are down all are asked, and what answers is still the side that was decided', async (t) => {
  const [legacy, modern] = [await place(t), await place(t)];
  const gateway = await gatewayHere(
    t,
    `
destinations:
  legacy: { adapter: http, url: ${legacy.url} }
  old: { adapter: http, url: ${modern.url}, health: { path: /healthz, ${quick} } }
routes:
  all: { match: { path: /** }, legacy: legacy, modern: old, weight: 100 }`,
  );
  modern.health = 500;
  await becomes(gateway, modern, 0);
  for (let call = 0; call < 10; call++) t.is(await get(gateway), 200);
  t.deepEqual([legacy.calls, modern.calls], [0, 10]);
  t.is(await gateway.metric('strangler_fallbacks_total'), 0);
});

test('what is known outlives flips, and probes end with their destination', async (t) => {
  const all = [await place(t), await place(t)] as const;
  const [one, two] = all;
  const gateway = await gatewayHere(t, file(all, `path: /healthz, ${quick}`));
  one.health = 503;
  await becomes(gateway, one, 0);
  const health = `path: /healthz, ${quick}`;
  for (let flip = 0; flip < 5; flip++) {
    await gateway.save(`${file(all, health)}\n  more${flip}: { match: { path: /more }, legacy: old }`);
    await eventually(async () => (await gateway.metric('strangler_config_revision')) === flip + 2);
    t.is(await isHealthy(gateway, one), 0);
  }
  await gateway.save(file([two], health));
  await eventually(async () => (await gateway.metric('strangler_config_revision')) === 7);
  await new Promise((resolve) => setTimeout(resolve, 400)); // one may be under way
  const probes = one.probes.length;
  const others = two.probes.length;
  await eventually(() => two.probes.length > others + 5);
  t.is(one.probes.length, probes);
});

test('an operation is asked with its input; a fault that the contract does not declare says that all is not well', async (t) => {
  const one = await place(t);
  const yaml = (input: string, effect = 'effect: read'): string => `
destinations:
  old: { adapter: soap, url: ${one.url}, wsdl: '${catalog.wsdl}', health: { operation: Find, input: ${input}, ${quick} } }
routes:
  all: { match: { path: /catalog }, protocol: soap, legacy: old, operations: { Find: { ${effect} } } }`;
  const gateway = await gatewayHere(t, yaml('{ what: probe }'));
  await eventually(() => one.asked.length > 2);
  t.regex(one.asked[0]!, /<Find [^>]*>.*probe/s);
  t.is(await isHealthy(gateway, one), 1);
  one.faults = true;
  await becomes(gateway, one, 0);
  one.faults = false;
  await becomes(gateway, one, 1);
  t.regex((await exchanged(gateway, findCall('/catalog', { content: find }))).body, /FindResponse/);
  const refusals = async (saved: string): Promise<string> => {
    const before = gateway.lines().length;
    await gateway.save(saved);
    const told = () =>
      gateway
        .lines()
        .slice(before)
        .find(({ msg }) => String(msg).startsWith('the file was rejected'));
    await eventually(() => told() !== undefined);
    return String(told()!['msg']);
  };
  t.regex(await refusals(yaml('{ nothing: 1 }')), /Find cannot be asked with this/);
  t.regex(await refusals(yaml('{ what: x }', 'effect: write')), /Find may change something/);
  t.regex(
    await refusals(yaml('{ what: x }').replace('operation: Find', 'operation: Fnid, effect: read')),
    /Fnid is no operation of it/,
  );
});
