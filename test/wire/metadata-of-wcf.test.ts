// Documents as WCF on Windows writes them, which Mono does not: exchanged over SOAP, of a machine with a name of its own, compressed.
// The ids are those of the wire checklist in docs/reference/wire.md.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';
import { action, getOrder } from '../helpers/soap-post.ts';

const contract = join(root, 'examples/orders/contracts/OrderService.wsdl');
/** A WSDL as it stands below `address`; the identity is that of the account under which the service runs. */
const wsdlAt = (address: string): string =>
  `<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:wsa10="http://www.w3.org/2005/08/addressing" targetNamespace="http://SRV01/OrderService.svc"><wsdl:import namespace="urn:x" location="${address}?wsdl=wsdl0"/><wsdl:service name="O"><wsdl:port name="W" binding="W"><soap12:address location="${address}/ws"/><wsa10:EndpointReference><wsa10:Address>${address}/ws</wsa10:Address><Identity xmlns="http://schemas.xmlsoap.org/ws/2006/02/addressingidentity"><Upn>svc@CONTOSO</Upn></Identity></wsa10:EndpointReference></wsdl:port></wsdl:service></wsdl:definitions>`;
const exchanged = (address: string, header = ''): string =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>${header}<a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse</a:Action><a:RelatesTo>urn:uuid:1</a:RelatesTo></s:Header><s:Body><Metadata xmlns="http://schemas.xmlsoap.org/ws/2004/09/mex"><wsx:MetadataSection Dialect="http://schemas.xmlsoap.org/wsdl/" Identifier="http://SRV01/OrderService.svc" xmlns:wsx="http://schemas.xmlsoap.org/ws/2004/09/mex">${wsdlAt(address)}</wsx:MetadataSection></Metadata></s:Body></s:Envelope>`;
const signed = '<o:Security xmlns:o="urn:o"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></o:Security>';
const get = 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get';
const asked = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">${get}</a:Action><a:MessageID>urn:uuid:1</a:MessageID></s:Header><s:Body/></s:Envelope>`;
const inner = 'http://SRV01.corp.local/OrderService.svc';

interface Answer {
  readonly bytes: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}
const rig = async (
  t: ExecutionContext,
  answer: Answer,
  weight = 0,
): Promise<{ gateway: Gateway; heads: string[][] }> => {
  const heads: string[][] = [];
  const origin = await listen(t, (req, res) => {
    heads.push(req.rawHeaders);
    req.resume();
    req.on('end', () =>
      res.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8', ...answer.headers }).end(answer.bytes),
    );
  });
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: '${origin}/OrderService.svc', wsdl: '${contract}' }
  new: { adapter: handler, module: '${join(root, 'examples/orders/handlers.ts')}' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: new
    cohort: ip
    operations: { GetOrder: { effect: read, weight: ${weight} } }`,
  );
  return { gateway, heads };
};
const soap12 = { 'Content-Type': 'application/soap+xml; charset=utf-8' };

for (const [what, path, headers] of [
  ['by its path', '/OrderService.svc/mex', soap12],
  ['by the action of its head', '/OrderService.svc/meta', { 'Content-Type': `application/soap+xml; action="${get}"` }],
  ['by its own action', '/OrderService.svc', soap12],
] as const) {
  test(`E3: metadata exchanged over SOAP, told ${what}`, async (t) => {
    const { gateway } = await rig(t, { bytes: Buffer.from(exchanged(inner)), headers: soap12 });
    const reply = await fetch(gateway.url + path, { method: 'POST', headers, body: asked });
    t.is(await reply.text(), exchanged(`${gateway.url}/OrderService.svc`));
    t.is(await gateway.metric('strangler_undecided_total'), 0);
  });
}

test('E3: what is signed stays as it is', async (t) => {
  const { gateway } = await rig(t, { bytes: Buffer.from(exchanged(inner, signed)), headers: soap12 });
  const reply = await fetch(`${gateway.url}/OrderService.svc/mex`, { method: 'POST', headers: soap12, body: asked });
  t.is(await reply.text(), exchanged(inner, signed));
});

test('E2, D15: the name that a machine gives itself is replaced, namespaces and identity stay', async (t) => {
  const { gateway, heads } = await rig(t, { bytes: Buffer.from(wsdlAt(inner)) });
  const reply = await fetch(`${gateway.url}/orderservice.SVC?WSDL`, { headers: { 'Accept-Encoding': 'gzip' } });
  t.is(await reply.text(), wsdlAt(`${gateway.url}/OrderService.svc`));
  const [head = []] = heads;
  t.is(head[head.findIndex((name) => name.toLowerCase() === 'accept-encoding') + 1], 'identity');
});

test('E2: UTF-16 with its byte order mark', async (t) => {
  const written = (address: string): Buffer =>
    Buffer.from(`\uFEFF<?xml version="1.0" encoding="utf-16"?>\r\n${wsdlAt(address)}`, 'utf16le');
  const { gateway } = await rig(t, { bytes: written(inner) });
  const reply = await fetch(`${gateway.url}/OrderService.svc?singleWsdl`);
  t.deepEqual(Buffer.from(await reply.arrayBuffer()), written(`${gateway.url}/OrderService.svc`));
});

test('A3: what is compressed although nobody asked for it stays as it is', async (t) => {
  const { gateway } = await rig(t, { bytes: gzipSync(wsdlAt(inner)), headers: { 'Content-Encoding': 'gzip' } });
  t.is(await (await fetch(`${gateway.url}/OrderService.svc?wsdl`)).text(), wsdlAt(inner));
});

test('E4: the WSDL of an operation that has moved is still that of legacy', async (t) => {
  const answer = { bytes: Buffer.from(wsdlAt(inner)) };
  for (const weight of [0, 100]) {
    const { gateway } = await rig(t, answer, weight);
    for (const query of ['?wsdl', '?singleWsdl', '?wsdl=wsdl0', '?xsd=xsd0', '?disco', '']) {
      const reply = await fetch(`${gateway.url}/OrderService.svc${query}`);
      t.is(await reply.text(), wsdlAt(`${gateway.url}/OrderService.svc`), `${query} at ${weight}`);
    }
    t.is(await gateway.metric('strangler_requests_total', { side: 'modern' }), 0);
  }
});

test('E4: a flip to modern leaves every byte of it', async (t) => {
  const { gateway } = await rig(t, { bytes: Buffer.from(wsdlAt(inner)) });
  const queries = ['?wsdl', '?singleWsdl', '?wsdl=wsdl0', '?xsd=xsd0', '?disco', '', '/mex'];
  const hashes = async (): Promise<string[]> => {
    const all: string[] = [];
    for (const query of queries) {
      const reply = await fetch(`${gateway.url}/OrderService.svc${query}`);
      const bytes = Buffer.from(await reply.arrayBuffer());
      all.push(`${query} ${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`);
    }
    return all;
  };
  const before = await hashes();
  const text = await readFile(gateway.file, 'utf8');
  await gateway.save(text.slice(text.indexOf('\n') + 1).replace('weight: 0', 'weight: 100'));
  await eventually(async () => (await gateway.metric('strangler_config_revision')) === 2);
  const call = await fetch(`${gateway.url}/OrderService.svc`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: action('GetOrder') },
    body: getOrder(7),
  });
  await call.text();
  t.is(await gateway.metric('strangler_requests_total', { side: 'modern' }), 1);
  t.deepEqual(await hashes(), before);
});

test('E6: the program that a script service makes for browsers calls where the client came in', async (t) => {
  const program = (path: string): Buffer =>
    Buffer.from(`var O=function(){};\r\nO.set_path("${path}");\r\n// ü ${inner}`);
  const headers = { 'Content-Type': 'application/x-javascript' };
  const { gateway } = await rig(t, { bytes: program(inner), headers });
  for (const path of ['/OrderService.svc/js', '/OrderService.svc/ajax/jsdebug']) {
    const reply = await fetch(gateway.url + path);
    t.is(await reply.text(), program(`${gateway.url}/OrderService.svc`).toString());
  }
});

test('A2: a document that only looks like metadata passes byte for byte', async (t) => {
  const answer = `<Order xmlns="http://SRV01.corp.local/OrderService.svc">${inner}</Order>`;
  const { gateway } = await rig(t, { bytes: Buffer.from(answer) });
  for (const path of ['?wsdl', '/rest/orders/7', '/GetOrder?orderId=7'])
    t.is(await (await fetch(`${gateway.url}/OrderService.svc${path}`)).text(), answer);
});
