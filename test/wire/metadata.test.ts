// Metadata through the gateway: whoever reads a WSDL there finds the gateway's addresses in it, and calls there.
// The ids are those of the wire checklist in docs/reference/wire.md.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text as bodyOf } from 'node:stream/consumers';
import { promisify } from 'node:util';
import test from 'ava';
import { compileCaller, startWcf } from '../../examples/orders/legacy-wcf/start.ts';
import { baskets, catalog, startBaskets, startCatalog } from '../helpers/catalog.ts';
import { component } from '../helpers/components.ts';
import { eventually, listeners, root, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';

const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing) await close();
});

interface Service {
  readonly wsdl: string;
  readonly path: string;
  /** Path that clients have where it is not the service's own. */
  readonly elsewhere: string;
  /** One operation, its argument, and what is in the answer. */
  readonly call: readonly [operation: string, name: string, value: string];
  readonly answer: RegExp;
  /** Paths of more endpoints that its WSDL announces. */
  readonly siblings?: readonly string[];
  readonly start: () => Promise<{ readonly url: string }>;
  readonly isAsOnWindows: boolean;
}
const services = {
  orders: {
    wsdl: join(root, 'examples/orders/contracts/OrderService.wsdl'),
    path: '/OrderService.svc',
    elsewhere: '/public/orders',
    call: ['GetOrder', 'orderId', '7'],
    answer: /"Number": ?7\b/,
    start: async () => {
      const service = await startWcf({ port: 0 });
      whole.teardown(() => service.close());
      return service;
    },
    isAsOnWindows: true,
  },
  catalog: {
    wsdl: catalog.wsdl,
    path: catalog.paths.soap11,
    elsewhere: '/shop.svc',
    siblings: [catalog.paths.soap12, catalog.paths.ws],
    call: ['Find', 'what', 'sku-1'],
    answer: /sku-1/,
    start: () => startCatalog(whole),
    isAsOnWindows: false,
  },
  baskets: {
    wsdl: baskets.wsdl,
    path: baskets.paths.soap11,
    elsewhere: '/shop/baskets.asmx',
    call: ['Join', 'left', 'a'],
    answer: /a\|\(null\)/,
    start: () => startBaskets(whole),
    isAsOnWindows: false,
  },
} satisfies Record<string, Service>;
type ServiceName = keyof typeof services;

const mex = (relatesTo: string, wsdl: string): string =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse</a:Action><a:RelatesTo>${relatesTo}</a:RelatesTo></s:Header><s:Body><Metadata xmlns="http://schemas.xmlsoap.org/ws/2004/09/mex"><MetadataSection Dialect="http://schemas.xmlsoap.org/wsdl/" Identifier="http://contoso.example/orders">${wsdl}</MetadataSection></Metadata></s:Body></s:Envelope>`;

/**
 * Stands before a service on Mono and does what .NET on Windows does otherwise. Mono has schemas import `?xsd=`, its help page, for the
 * namespace of XML Schema itself, which no client but its own reads; and what it exchanges over SOAP is empty. The service goes on to
 * announce its own origin, as IIS does its machine's name.
 */
const asOnWindows = async (origin: string, { wsdl, path }: Service): Promise<string> => {
  const snapshot = (await readFile(wsdl, 'utf8')).replace(/^<\?xml.*?\?>/, '');
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await bodyOf(req);
    if (body.includes('http://schemas.xmlsoap.org/ws/2004/09/transfer/Get')) {
      const own = snapshot.replace(/address location="[^"]*"/, `address location="${origin}${path}"`);
      const reply = mex(/MessageID>([^<]*)/.exec(body)?.[1] ?? '', own);
      res.writeHead(200, { 'Content-Type': 'application/soap+xml; charset=utf-8' }).end(reply);
      return;
    }
    const { expect: _, ...headers } = req.headers;
    const passed = request(new URL(req.url ?? '/', origin), { method: req.method, headers });
    const [reply] = (await once(passed.end(body), 'response')) as [IncomingMessage];
    const document = await bodyOf(reply);
    const tidy = document.replace(/<xsd:import schemaLocation="[^"]*\?xsd=" namespace="[^"]*XMLSchema" \/>/, '');
    res.writeHead(reply.statusCode ?? 502, { ...reply.headers, 'content-length': Buffer.byteLength(tidy) }).end(tidy);
  };
  const server = createServer((req, res) => void answer(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whole.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

interface Rig {
  /** Where the gateway asks. */
  readonly origin: string;
  /** What the service says of itself. */
  readonly announced: string;
  readonly gateway: Gateway;
}
const rigs = new Map<ServiceName, Promise<Rig>>();
const rigOf = (name: ServiceName): Promise<Rig> => {
  const made = rigs.get(name) ?? makeRig(services[name]);
  rigs.set(name, made);
  return made;
};
const makeRig = async (service: Service): Promise<Rig> => {
  const { wsdl, path, elsewhere, siblings = [], call } = service;
  const { origin: announced } = new URL((await service.start()).url);
  const origin = service.isAsOnWindows ? await asOnWindows(announced, service) : announced;
  const route = (name: string, covers: string, legacy: string): string => `
  ${name}:
    match: { path: ${covers} }
    protocol: soap
    legacy: ${legacy}
    decisionHeader: true
    operations: { ${call[0]}: { effect: read } }`;
  const gateway = await gatewayHere(
    whole,
    `
destinations:
  here: { adapter: soap, url: '${origin}${path}', wsdl: '${wsdl}' }
${siblings.map((each, index) => `  there${index}: { adapter: soap, url: '${origin}${each}', wsdl: '${wsdl}' }`).join('\n')}
routes:${route('same', path, 'here')}${route('moved', elsewhere, 'here')}
${siblings.map((each, index) => route(`sibling${index}`, `${each.replace('.svc', '')}/moved`, `there${index}`)).join('')}`,
    { gateway: 'trustedProxies: [127.0.0.1]' },
  );
  return { origin, announced, gateway };
};

const fetchText = async (url: string, headers: Record<string, string> = {}): Promise<string> => {
  const reply = await fetch(url, { headers });
  const bytes = Buffer.from(await reply.arrayBuffer());
  if (reply.status !== 200) throw new Error(`${url}: ${reply.status} ${bytes.toString()}`);
  if (Number(reply.headers.get('content-length')) !== bytes.length) throw new Error(`${url}: another length`);
  return bytes.toString();
};

/** A document and all that it imports, by address as the client knows it. */
const crawl = async (entry: string): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  const waiting = [entry];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (found.has(url)) continue;
    const text = await fetchText(url);
    found.set(url, text);
    const links = text.matchAll(/<(?:\w+:)?(?:import|contractRef)\b[^>]*?(?:ocation|ref)="([^"]+)"/g);
    waiting.push(...[...links].map(([, link = '']) => link));
  }
  return found;
};

const has = { orders: component('mono'), catalog: component('mono'), baskets: component('asmx') };

const announces = test.macro<[ServiceName, 'same' | 'moved', string]>({
  async exec(t, name, way, query) {
    const { origin, announced, gateway } = await rigOf(name);
    const { path, elsewhere, siblings = [] }: Service = services[name];
    const [own, there] = [announced + path, gateway.url + (way === 'same' ? path : elsewhere)];
    const all = await crawl(`${there}${query}`);
    t.true(all.size >= (name === 'baskets' ? 1 : 4));
    for (const [url, text] of all) {
      t.true(url.startsWith(there), url);
      t.false(text.includes(announced), url);
      // Nothing but addresses has changed.
      const direct = await fetchText(url.replace(there, origin + path));
      let back = text.replaceAll(there, own);
      for (const each of siblings)
        back = back.replaceAll(`${gateway.url}${each.replace('.svc', '')}/moved`, announced + each);
      t.is(back, direct, url);
    }
    t.true(all.get(`${there}${query}`)?.includes(`"${there}`));
  },
  title: (_, name, way, query) => `E1, E2: ${query} of ${name}, and all that it imports, by a path that is ${way}`,
});
for (const name of ['orders', 'catalog'] as const) {
  for (const way of ['same', 'moved'] as const)
    (has[name] === null ? test.serial.skip : test.serial)(announces, name, way, '?wsdl');
}
for (const way of ['same', 'moved'] as const) {
  for (const query of ['?WSDL', '?disco'])
    (has.baskets === null ? test.serial.skip : test.serial)(announces, 'baskets', way, query);
}

const withMono = has.orders === null ? test.serial.skip : test.serial;
withMono('E2: behind a proxy that ends TLS, no address has another scheme or an inner host', async (t) => {
  const { gateway, announced } = await rigOf('orders');
  const headers = {
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'api.example.com',
    'X-Forwarded-Prefix': '/soap',
  };
  for (const query of ['?wsdl', '?wsdl=wsdl0', '']) {
    const text = await fetchText(`${gateway.url}/OrderService.svc${query}`, headers);
    t.false(text.includes(announced));
    t.false(text.includes(gateway.url));
    t.true(text.includes('"https://api.example.com/soap/OrderService.svc?'));
  }
});

withMono('E2: publicUrl is what is announced, whoever asks, and from the moment in which it is saved', async (t) => {
  const { origin, announced } = await rigOf('orders');
  const routes = `
destinations: { old: { adapter: soap, url: '${origin}/OrderService.svc', wsdl: '${services.orders.wsdl}' } }
routes: { orders: { match: { path: /OrderService.svc }, protocol: soap, legacy: old } }`;
  const gateway = await gatewayHere(t, routes, { gateway: "publicUrl: 'https://api.example.com/'" });
  const get = () => fetchText(`${gateway.url}/OrderService.svc?wsdl`, { Host: 'other.example' });
  const first = await get();
  t.true(first.includes('soap:address location="https://api.example.com/OrderService.svc"'));
  t.false(first.includes(announced));
  await writeFile(gateway.file, `${listeners("publicUrl: 'https://new.example.com/soap'")}${routes}`);
  await eventually(async () => (await get()).includes('"https://new.example.com/soap/OrderService.svc"'));
});

withMono('E1: the help page leads to the WSDL here', async (t) => {
  const { gateway, announced } = await rigOf('orders');
  const page = await fetchText(`${gateway.url}/OrderService.svc?disco`); // Mono answers with its help page
  t.true(page.includes(`<a href="${gateway.url}/OrderService.svc?wsdl">${gateway.url}/OrderService.svc?wsdl</a>`));
  t.false(page.includes(announced));
});

const callers = {
  php: { runtime: component('php'), program: 'php/announced.php' },
  zeep: { runtime: component('zeep'), program: 'zeep/announced.py' },
} as const;
type Caller = keyof typeof callers;

const called = async (caller: Caller, wsdl: string, call: Service['call']): Promise<string> => {
  const { runtime, program } = callers[caller];
  const file = join(root, 'test/clients', program);
  const { stdout } = await promisify(execFile)(runtime!, [file, wsdl, ...call], { timeout: 60_000 });
  return stdout;
};

const calls = test.macro<[Caller, ServiceName, 'same' | 'moved']>({
  async exec(t, caller, name, way) {
    const { gateway } = await rigOf(name);
    const { path, elsewhere, call, answer } = services[name];
    const counted = async (operation: string): Promise<number> =>
      gateway.metric('strangler_requests_total', { route: way, operation, side: 'legacy', outcome: 'ok' });
    const before = [await counted(call[0]), await counted('other')];
    const here = await called(caller, `${gateway.url}${way === 'same' ? path : elsewhere}?wsdl`, call);
    t.is(await counted(call[0]), before[0]! + 1, 'the call came through the gateway');
    t.true((await counted('other')) >= before[1]! + (name === 'baskets' ? 1 : 4), 'and so did every document');
    t.regex(here, answer);
  },
  title: (_, caller, name, way) =>
    `E2: ${caller} reads the WSDL of ${name} here, by a path that is ${way}, and calls where that sends it`,
});
for (const caller of ['php', 'zeep'] as const) {
  for (const name of ['orders', 'baskets'] as const) {
    for (const way of ['same', 'moved'] as const) {
      const isHere = has[name] !== null && callers[caller].runtime !== null;
      (isHere ? test.serial : test.serial.skip)(calls, caller, name, way);
    }
  }
}

/** Status and body. */
const asked = async (url: string, how: RequestInit = {}): Promise<string> => {
  const reply = await fetch(url, how);
  return `${reply.status} ${await reply.text()}`;
};
const withAsmx = has.baskets === null ? test.serial.skip : test.serial;
withAsmx(
  'E5: HTTP GET and POST of ASMX answer here what they answer there, and are counted as no operation',
  async (t) => {
    const { origin, gateway } = await rigOf('baskets');
    const form = {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'left=a&right=b',
    };
    for (const [here, there, how] of [
      ['/Baskets.asmx/Join?left=a&right=b', '/Baskets.asmx/Join?left=a&right=b', {}],
      ['/shop/BASKETS.asmx/Join', '/Baskets.asmx/Join', form],
    ] as const) {
      const before = await gateway.metric('strangler_requests_total', { operation: 'other', side: 'legacy' });
      const reply = await asked(gateway.url + here, how);
      t.is(reply, await asked(origin + there, how));
      t.regex(reply, /^200 [^]*>a\|b<\/string>/);
      t.is(await gateway.metric('strangler_requests_total', { operation: 'other', side: 'legacy' }), before + 1);
    }
  },
);

for (const where of ['/OrderService.svc/mex', '/OrderService.svc/metadata', '/public/orders/mex']) {
  withMono(`E3: WCF exchanges metadata at ${where}, waiting for 100, and calls where that sends it`, async (t) => {
    const { gateway } = await rigOf('orders');
    const program = await compileCaller('Announced', join(root, 'test/clients/announced'));
    const before = await gateway.metric('strangler_requests_total', { operation: 'GetOrder', side: 'legacy' });
    const { stdout } = await promisify(execFile)('mono', [program, gateway.url + where, '7'], { timeout: 60_000 });
    t.is(stdout, `${gateway.url}${where.slice(0, where.lastIndexOf('/'))}\n7\n`);
    t.is(await gateway.metric('strangler_requests_total', { operation: 'GetOrder', side: 'legacy' }), before + 1);
    t.is(await gateway.metric('strangler_undecided_total'), 0);
  });
}
