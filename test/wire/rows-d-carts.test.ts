// A service that keeps carts in its sessions, as ASP.NET does, on both sides: what is in a cart is known only where its session began.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { eventually, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';

const ns = 'urn:carts';
const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;

const operation = (name: string) => ({
  schema: `<x:element name="${name}"><x:complexType><x:sequence><x:element name="sku" type="x:string" minOccurs="0"/></x:sequence></x:complexType></x:element>
    <x:element name="${name}Response"><x:complexType><x:sequence><x:element name="cart" type="x:string"/></x:sequence></x:complexType></x:element>`,
  messages: `<message name="${name}In"><part name="parameters" element="t:${name}"/></message><message name="${name}Out"><part name="parameters" element="t:${name}Response"/></message>`,
  port: `<operation name="${name}"><input message="t:${name}In"/><output message="t:${name}Out"/></operation>`,
  binding: `<operation name="${name}"><s:operation soapAction="${ns}/${name}"/><input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation>`,
});
const all = ['Add', 'Show'].map(operation);
const wsdl = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:t="${ns}" targetNamespace="${ns}">
  <types><x:schema targetNamespace="${ns}" elementFormDefault="qualified">${all.map(({ schema }) => schema).join('')}</x:schema></types>
  ${all.map(({ messages }) => messages).join('')}
  <portType name="Carts">${all.map(({ port }) => port).join('')}</portType>
  <binding name="CartsSoap" type="t:Carts"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>${all.map(({ binding }) => binding).join('')}</binding>
  <service name="Carts"><port name="CartsSoap" binding="t:CartsSoap"><s:address location="http://localhost/Carts.asmx"/></port></service>
</definitions>`;

/** Like ASP.NET's state in process: a session is there from the call that first puts something into it, under a name of the service's own. */
const carts = async (t: Pick<ExecutionContext, 'teardown'>, side: string): Promise<string> => {
  const sessions = new Map<string, string[]>();
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (bytes: Buffer) => (body += bytes.toString()));
    req.on('end', () => {
      const [, name = '', sku = ''] = /<(Add|Show) [^>]*>(?:<sku>(.*?)<\/sku>)?/.exec(body) ?? [];
      let id = /ASP\.NET_SessionId=([^;]+)/.exec(req.headers.cookie ?? '')?.[1] ?? '';
      if (name === 'Add' && !sessions.has(id)) {
        // A name that it does not know it takes over, as ASP.NET does.
        if (id === '') res.setHeader('Set-Cookie', `ASP.NET_SessionId=${(id = randomUUID())}; path=/; HttpOnly`);
        sessions.set(id, []);
      }
      if (name === 'Add') sessions.get(id)!.push(sku);
      const cart = `${side}:${sessions.get(id)?.join(',') ?? ''}`;
      res.setHeader('Content-Type', 'text/xml; charset=utf-8');
      res.end(envelope(`<${name}Response xmlns="${ns}"><cart>${cart}</cart></${name}Response>`));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

interface Rig {
  readonly gateway: Gateway;
  readonly weigh: (add: number, show: number) => Promise<void>;
}

const rig = async (t: ExecutionContext, add: number, show: number, legacies = 1): Promise<Rig> => {
  const legacy = await Promise.all(Array.from({ length: legacies }, (_, i) => carts(t, `legacy${i}`)));
  const modern = await carts(t, 'modern');
  const file = (addWeight: number, showWeight: number): string => `
destinations:
  old: { adapter: soap, urls: [${legacy.join(', ')}], wsdl: carts.wsdl }
  new: { adapter: soap, url: ${modern}, wsdl: carts.wsdl }
routes:
  carts:
    match: { path: /Carts.asmx }
    protocol: soap
    legacy: old
    modern: new
    cohort: { header: X-Nobody-Has-It }
    session: { cookie: ASP.NET_SessionId }
    operations: { Add: { weight: ${addWeight} }, Show: { weight: ${showWeight}, effect: read } }`;
  const gateway = await gatewayHere(t, file(add, show), {
    prepare: (folder) => writeFile(join(folder, 'carts.wsdl'), wsdl),
  });
  let revision = 1;
  const weigh = async (addWeight: number, showWeight: number): Promise<void> => {
    await gateway.save(file(addWeight, showWeight));
    revision += 1;
    await eventually(async () => (await gateway.metric('strangler_config_revision')) === revision);
  };
  return { gateway, weigh };
};

/** A client that keeps its cookie. */
const shopper = ({ gateway }: Rig) => {
  let cookie: string | null = null;
  const ask = async (name: 'Add' | 'Show', sku = ''): Promise<string> => {
    const reply = await fetch(`${gateway.url}/Carts.asmx`, {
      method: 'POST',
      headers: {
        'Content-Type': 'text/xml; charset=utf-8',
        SOAPAction: `"${ns}/${name}"`,
        ...(cookie === null ? {} : { Cookie: cookie }),
      },
      body: envelope(`<${name} xmlns="${ns}">${sku === '' ? '' : `<sku>${sku}</sku>`}</${name}>`),
    });
    cookie = reply.headers.get('set-cookie')?.split(';', 1)[0] ?? cookie;
    return /<cart>(.*?)<\/cart>/.exec(await reply.text())?.[1] ?? `HTTP ${reply.status}`;
  };
  return { add: (sku: string) => ask('Add', sku), show: () => ask('Show') };
};
type Shopper = ReturnType<typeof shopper>;

/** `count` carts that have been begun, and where. */
const begun = async (on: Rig, count: number): Promise<{ at: Shopper; side: string }[]> => {
  const found: { at: Shopper; side: string }[] = [];
  for (let i = 0; i < count; i++) {
    const at = shopper(on);
    const [side = ''] = (await at.add('a')).split(':');
    found.push({ at, side });
  }
  return found;
};
const sidesOf = (shoppers: readonly { side: string }[]): string[] =>
  [...new Set(shoppers.map(({ side }) => side))].toSorted();

test('D14 carts stay whole on the side where they began, over both operations and over flips in both directions', async (t) => {
  const on = await rig(t, 50, 50);
  const shoppers = await begun(on, 24);
  t.deepEqual(sidesOf(shoppers), ['legacy0', 'modern']);
  const whole = async (expected: string): Promise<void> => {
    for (const { at, side } of shoppers) t.is(await at.show(), `${side}:${expected}`);
  };
  await whole('a');
  await on.weigh(100, 100);
  for (const { at, side } of shoppers) t.is(await at.add('b'), `${side}:a,b`);
  await whole('a,b');
  await on.weigh(1, 1);
  for (const { at, side } of shoppers) t.is(await at.add('c'), `${side}:a,b,c`);
  await whole('a,b,c');
});

test('D14 new sessions go to modern only as far as every operation does', async (t) => {
  const on = await rig(t, 100, 0);
  t.deepEqual(sidesOf(await begun(on, 8)), ['legacy0']);
  const warned = () => on.gateway.lines().some(({ msg }) => /no session goes to modern.*: Show/.test(String(msg)));
  await eventually(warned);
  await on.weigh(100, 100);
  t.deepEqual(sidesOf(await begun(on, 8)), ['modern']);
});

test('D14 a weight of 0 takes all sessions back at once, and none goes back and forth after it', async (t) => {
  const on = await rig(t, 100, 100);
  const [shopping] = await begun(on, 1);
  t.is(shopping!.side, 'modern');
  await on.weigh(0, 100);
  t.is(await shopping!.at.add('b'), 'legacy0:b');
  await on.weigh(100, 100);
  t.is(await shopping!.at.add('c'), 'legacy0:b,c');
});

test('a session stays at one of several urls, the one that began it', async (t) => {
  const on = await rig(t, 0, 0, 3);
  const shoppers = await begun(on, 30);
  t.deepEqual(sidesOf(shoppers), ['legacy0', 'legacy1', 'legacy2']);
  await Promise.all(
    shoppers.map(async ({ at, side }) => {
      t.is(await at.add('b'), `${side}:a,b`);
      t.is(await at.show(), `${side}:a,b`);
    }),
  );
});
