// A contract as wide as the world: callers of four stacks get the same values from the legacy service itself, through the gateway
// from legacy, and through the gateway from a JSON handler. One row is one call and often its value sent back as the caller writes it.
import test from 'ava';
import { decodeReply } from '../../adapters/soap/contract/codec.ts';
import { loadContract } from '../../adapters/soap/contract/contract.ts';
import { baskets, callers, callRows, catalog, startBaskets, startCatalog } from '../helpers/catalog.ts';
import type { CallerName, Version } from '../helpers/catalog.ts';
import { where } from '../helpers/components.ts';
import type { Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';

interface Service {
  readonly wsdl: string;
  readonly handlers: string;
  readonly paths: Readonly<Record<Version, string>>;
  readonly start: typeof startCatalog;
  readonly rows: readonly string[];
}
const echoed = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, row) => `Get${kind} row=${row + 1} > Echo${kind}`);

const services = {
  catalog: {
    ...catalog,
    start: startCatalog,
    rows: [
      ...echoed('Scalars', 7),
      ...echoed('Nullables', 4),
      ...echoed('Lists', 4),
      ...echoed('Texts', 6),
      ...echoed('Tree', 4),
      ...echoed('Shapes', 3),
      ...echoed('Any', 5),
      ...[1, 2, 3, 4, 5, 6].map((row) => `GetScalars row=${row} > Measure`),
      ...['missing', 'limit', 'bare-limit', 'strange', 'undeclared', 'nothing', 'é<&>'].map(
        (what) => `Find what=${what}`,
      ),
      'Price ^Token=t Sku=a Count=3',
      'PriceStamped ^Token=t Sku=a Count=3',
      'Bare Sku=x',
      'Tell text=hello',
    ],
  },
  baskets: {
    ...baskets,
    start: startBaskets,
    rows: [
      ...echoed('Basket', 4),
      'GetBaskets row=1 > EchoBaskets',
      'GetBaskets row=2 > EchoBaskets',
      'GetBaskets row=9',
      'Join left=a',
      'Join left=a right=',
      'Count ^Session.User=u of=abc',
      'Bare =4',
      'Tell text=hello',
      'Fail how=now',
    ],
  },
} satisfies Record<string, Service>;
type ServiceName = keyof typeof services;

const routes = async ({ wsdl, handlers, paths }: Service, origin: string, weight: number): Promise<string> => {
  const { operations } = await loadContract(wsdl);
  const moved = Object.keys((await import(handlers)) as object).flatMap((name) => operations.get(name) ?? []);
  const settings = moved.map(
    ({ name, oneWay }) => `      ${name}: { effect: ${oneWay ? 'write' : 'read'}, weight: ${weight} }`,
  );
  const route = (path: string): string => `
  r${path.replaceAll(/\W/g, '')}:
    match: { path: ${path} }
    protocol: soap
    legacy: old
    modern: new
    cohort: ip
    operations:
${settings.join('\n')}`;
  return `
destinations:
  old: { adapter: soap, url: '${origin}', wsdl: '${wsdl}' }
  asked: { adapter: soap, url: '${origin}${paths.soap11}', wsdl: '${wsdl}' }
  new: { adapter: handler, module: '${handlers}' }
routes:${[...new Set(Object.values(paths))].map(route).join('')}
  api:
    match: { path: /api/** }
    protocol: rest
    contract: asked
    legacy: asked
    modern: new
    cohort: ip
    operations:
${settings.join('\n')}`;
};

interface Rig {
  readonly origin: string;
  readonly atLegacy: Gateway;
  readonly atModern: Gateway;
}
const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
const rigs = new Map<ServiceName, Promise<Rig>>();
const rigOf = (name: ServiceName): Promise<Rig> => {
  const made = rigs.get(name) ?? makeRig(services[name]);
  rigs.set(name, made);
  return made;
};
const makeRig = async (service: Service): Promise<Rig> => {
  const { url: origin } = await service.start(whole);
  const [atLegacy, atModern] = await Promise.all(
    [0, 100].map(async (weight) => gatewayHere(whole, await routes(service, origin, weight))),
  );
  return { origin, atLegacy: atLegacy!, atModern: atModern! };
};
test.after.always(async () => {
  for (const close of closing) await close();
});

/** So far: calls of all routes, and how often legacy was asked after modern, by `operation reason`. */
const counted = async (gateway: Gateway): Promise<{ calls: number; fallbacks: Map<string, number> }> => {
  const text = await (await fetch(`${gateway.admin}/metrics`)).text();
  const fallbacks = new Map<string, number>();
  for (const line of text.split('\n').filter((each) => each.startsWith('strangler_fallbacks_total{'))) {
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const key = `${label('operation')} ${label('reason')}`;
    fallbacks.set(key, (fallbacks.get(key) ?? 0) + Number(line.slice(line.lastIndexOf(' '))));
  }
  return { calls: await gateway.metric('strangler_requests_total'), fallbacks };
};

/** Where lines differ, and how: from a little before the first character that does. */
const differences = (got: readonly string[], wanted: readonly string[]): string[] => {
  const lines = Array.from({ length: Math.max(got.length, wanted.length) }, (_, at) => [
    got[at] ?? '',
    wanted[at] ?? '',
  ]);
  return lines.flatMap(([one = '', other = '']) => {
    if (one === other) return [];
    const at = Math.max(0, Array.from(one, (_, place) => one[place] === other[place]).indexOf(false) - 60);
    return [`${one.slice(0, 40)} … ${one.slice(at, at + 120)} ≠ ${other.slice(at, at + 120)}`];
  });
};

interface Case {
  readonly service: ServiceName;
  readonly caller: CallerName;
  readonly version: Version;
  /** What legacy answers, and why. */
  readonly legacy: readonly string[];
}
const equal = test.macro({
  async exec(t, { service, caller, version, legacy }: Case) {
    const { origin, atLegacy, atModern } = await rigOf(service);
    const { wsdl, paths, rows } = services[service];
    const before = await counted(atModern);
    const urls = [origin, atLegacy.url, atModern.url].map((from) => from + paths[version]);
    const [direct, relayed, translated] = await callRows(caller, { version, wsdl, urls, rows });
    t.true(direct!.length >= rows.length);
    t.deepEqual(differences(relayed!, direct!), [], 'through the gateway, from legacy');
    t.deepEqual(differences(translated!, direct!), [], 'through the gateway, from the handler');
    const after = await counted(atModern);
    t.true(after.calls - before.calls >= rows.length);
    const fallbacks = [...after.fallbacks].filter(([key, count]) => count > (before.fallbacks.get(key) ?? 0));
    t.deepEqual(fallbacks.map(([key]) => key).toSorted(), legacy);
    // What the caller sent and the contract does not have is a fault to legacy as well: nothing is refused that legacy takes.
    const refused = fallbacks.filter(([key]) => key.endsWith(' request'));
    const times = refused.reduce((sum, [key, count]) => sum + count - (before.fallbacks.get(key) ?? 0), 0);
    t.true(times <= direct!.filter((line) => /: fault /.test(line)).length);
  },
  title: (_, { service, caller, version }: Case) =>
    `${service}: ${caller} over ${version} gets equal values of all three`,
});

// `request`: PHP writes `NAN` and 1.8446744073709552E+19, zeep `nan`, and legacy has no better use for these.
const undeclared = ['Find 5xx'];
const wrong = ['EchoNullables request', 'EchoScalars request', 'Find 5xx', 'Measure request'];
// `EchoAny`: neither says of which type the value is; it stays XML, which has the name of what was asked, not of the answer.
const phpCatalog = ['EchoAny contract', ...wrong];
const zeepCatalog = ['EchoAny contract', 'EchoLists 5xx', ...wrong];
const asmxBaskets = ['Fail 5xx'];
const phpBaskets = ['EchoBasket request', 'EchoBaskets request', ...asmxBaskets];
const zeepBaskets = ['EchoBasket request', ...asmxBaskets];

const cases: readonly Case[] = [
  { service: 'catalog', caller: 'wcf', version: 'soap11', legacy: undeclared },
  { service: 'catalog', caller: 'wcf', version: 'soap12', legacy: undeclared },
  { service: 'catalog', caller: 'wcf', version: 'ws', legacy: undeclared },
  { service: 'catalog', caller: 'php', version: 'soap11', legacy: phpCatalog },
  { service: 'catalog', caller: 'php', version: 'soap12', legacy: phpCatalog },
  { service: 'catalog', caller: 'zeep', version: 'soap11', legacy: zeepCatalog },
  { service: 'catalog', caller: 'zeep', version: 'soap12', legacy: zeepCatalog },
  { service: 'baskets', caller: 'asmx', version: 'soap11', legacy: asmxBaskets },
  { service: 'baskets', caller: 'asmx', version: 'soap12', legacy: asmxBaskets },
  { service: 'baskets', caller: 'php', version: 'soap11', legacy: phpBaskets },
  { service: 'baskets', caller: 'php', version: 'soap12', legacy: phpBaskets },
  { service: 'baskets', caller: 'zeep', version: 'soap11', legacy: zeepBaskets },
  { service: 'baskets', caller: 'zeep', version: 'soap12', legacy: zeepBaskets },
];
const hosts = { catalog: 'mono', baskets: 'asmx' } as const;
for (const each of cases) {
  where(test.serial, hosts[each.service], callers[each.caller].runtime)(equal, each);
}

const stamped = where(test.serial, hosts.catalog);
stamped('catalog: callers of REST read the header of a reply, of legacy and of the handler', async (t) => {
  const { atLegacy, atModern } = await rigOf('catalog');
  for (const { url } of [atLegacy, atModern]) {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ Sku: 'a', Count: 3 });
    const reply = await fetch(`${url}/api/PriceStamped`, { method: 'POST', headers, body });
    t.is(reply.status, 200);
    t.deepEqual(await reply.json(), { $headers: { Stamp: 'stamp of a' }, Total: '3.30' });
  }
});

test('an item that is nil has no attributes, also where its type requires some', async (t) => {
  const operation = (await loadContract(baskets.wsdl)).operations.get('GetBaskets')!;
  const result = '<GetBasketsResult><Basket xsi:nil="true" /></GetBasketsResult>';
  const body = `<GetBasketsResponse xmlns="http://contoso.example/baskets">${result}</GetBasketsResponse>`;
  const names =
    'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  const envelope = `<soap:Envelope ${names}><soap:Body>${body}</soap:Body></soap:Envelope>`;
  const reply = decodeReply(operation, Buffer.from(envelope), 'text/xml; charset=utf-8');
  t.deepEqual(reply, { kind: 'value', json: [null] });
});
