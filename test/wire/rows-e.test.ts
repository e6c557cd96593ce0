// Rows E1–E8 of the wire checklist in docs/reference/wire-payload.md over bare sockets. Real services and clients stand in metadata.test.ts
// and metadata-of-wcf.test.ts, every side door in side-doors.test.ts.
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { importContract } from '../../gateway/cli/commands/import.ts';
import { inspecting } from '../../gateway/cli/commands/compiled.ts';
import { catalog } from '../helpers/catalog.ts';
import type { Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { bindingOf, folderWith, wsdlOf } from '../helpers/wsdl.ts';
import {
  cannedUpstream,
  decisionOf,
  exchanged,
  field,
  latin1,
  utf8,
  wsa,
  type Canned,
  type Request,
  type Upstream,
} from './payload-rig.ts';

interface Rig {
  readonly gateway: Gateway;
  readonly legacy: Upstream;
  readonly modern: Upstream;
  readonly answers: { legacy: Canned; modern: Canned };
}
const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing) await close();
});
const metadata = (body: string): Canned => ({
  lines: 'Content-Type: text/xml; charset=UTF-8\r\nServer: Legacy/1\r\n',
  body,
});
const nothing = metadata('');

let started: Promise<Rig> | null = null;
const rig = (): Promise<Rig> => (started ??= makeRig());
const makeRig = async (): Promise<Rig> => {
  const answers = { legacy: nothing, modern: nothing };
  const legacy = await cannedUpstream(whole, () => answers.legacy);
  const modern = await cannedUpstream(whole, () => answers.modern);
  const route = (name: string, weight: number): string => `
  ${name}:
    match: { path: /${name}.svc }
    protocol: soap
    legacy: old
    modern: new
    decisionHeader: true
    cohort: ip
    operations: { Find: { effect: read, weight: ${weight} } }`;
  const gateway = await gatewayHere(
    whole,
    `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${catalog.wsdl}' }
  new: { adapter: http, url: '${modern.url}' }
  old-bytes: { adapter: http, url: '${legacy.url}' }
routes:${route('kept', 0)}${route('moved', 100)}
  bytes: { match: { path: /bytes.svc }, protocol: http, legacy: old-bytes, modern: new, cohort: ip, weight: 100, decisionHeader: true }`,
    { gateway: 'trustedProxies: [127.0.0.1]' },
  );
  return { gateway, legacy, modern, answers };
};

const get = (path: string, lines: readonly string[] = []): Request => ({ method: 'GET', path, lines, body: '' });
const wsdl = '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"/>';
const queries = ['?wsdl', '?WSDL', '?singleWsdl', '?wsdl=wsdl0', '?xsd=xsd12', '?disco', '', '/', '?xsd=', '?x=%2F&&y'];
for (const query of queries) {
  test.serial(
    `E1 GET of ${query === '' ? 'the help page' : query} gets legacy’s answer and headers, moved or not`,
    async (t) => {
      const { gateway, legacy, modern, answers } = await rig();
      answers.legacy = metadata(wsdl);
      for (const route of ['kept', 'moved']) {
        const reply = await exchanged(gateway, get(`/${route}.svc${query}`));
        t.is(legacy.asked().at(-1)?.line, `GET /${route}.svc${query} HTTP/1.1`);
        t.is(reply.line, 'HTTP/1.1 200 OK');
        t.deepEqual(
          ['Content-Type', 'Server', 'Content-Length'].map((name) => field(reply, name)),
          ['text/xml; charset=UTF-8', 'Legacy/1', String(wsdl.length)],
        );
        t.is(reply.body, wsdl);
      }
      t.is(modern.asked().length, 0);
    },
  );
}

/** A document of each kind, with its own address in the one place. */
const places: Readonly<Record<string, (address: string) => string>> = {
  'soap:address': (at) =>
    `<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"><s:address xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" location='${at}'/></w:definitions>`,
  'soap12:address': (at) =>
    `<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"><s:address xmlns:s="http://schemas.xmlsoap.org/wsdl/soap12/" location="${at}/ws"/></w:definitions>`,
  'http:address': (at) =>
    `<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"><h:address xmlns:h="http://schemas.xmlsoap.org/wsdl/http/" location="${at}"/></w:definitions>`,
  'wsa10:Address': (at) =>
    `<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"><a:Address xmlns:a="${wsa}">\n${at}\n</a:Address></w:definitions>`,
  'wsdl:import': (at) =>
    `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import namespace="urn:x" location="${at}?wsdl=wsdl0"/></definitions>`,
  'xsd:import in a WSDL': (at) =>
    `<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"><w:types><x:schema xmlns:x="http://www.w3.org/2001/XMLSchema"><x:import schemaLocation="${at}?xsd=xsd0&amp;a=b" namespace="${at}"/></x:schema></w:types></w:definitions>`.replace(
      `namespace="${at}"`,
      'namespace="urn:n"',
    ),
  'xsd:include': (at) =>
    `<schema xmlns="http://www.w3.org/2001/XMLSchema"><include schemaLocation="${at}?xsd=xsd1"/></schema>`,
  contractRef: (at) =>
    `<discovery xmlns="http://schemas.xmlsoap.org/disco/"><contractRef ref="${at}?wsdl" docRef="${at}" xmlns="http://schemas.xmlsoap.org/disco/scl/"/></discovery>`,
};
for (const [place, document] of Object.entries(places)) {
  test.serial(`E2 behind TLS that ended before it, ${place} announces where the client came in`, async (t) => {
    const { gateway, legacy, answers } = await rig();
    for (const route of ['kept', 'moved']) {
      answers.legacy = metadata(document(`${legacy.url}/${route}.svc`));
      const forwarded = ['X-Forwarded-Proto: https', 'X-Forwarded-Host: api.example.com'];
      const reply = await exchanged(gateway, get(`/${route}.svc?wsdl`, forwarded));
      t.is(reply.body, document(`https://api.example.com/${route}.svc`));
      t.is(field(reply, 'Content-Length'), String(reply.body.length));
    }
  });
}

const transfer = 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get';
const envelope12 = (header: string, body: string): string =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header><a:Action xmlns:a="${wsa}">${transfer}</a:Action>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>';
for (const [says, header] of [
  ['rewritten by its tokens, and all else in it kept', ''],
  ['left alone where it is signed', `<o:Security xmlns:o="urn:o">${signature}</o:Security>`],
] as const) {
  test.serial(`E3 metadata exchanged over SOAP is ${says}`, async (t) => {
    const { gateway, legacy, modern, answers } = await rig();
    const answer = (address: string): string =>
      envelope12(
        header,
        `<m:Metadata xmlns:m="http://schemas.xmlsoap.org/ws/2004/09/mex"><m:MetadataSection>${places['soap:address']!(address)}</m:MetadataSection></m:Metadata><!-- ${legacy.url}/kept.svc -->`,
      );
    for (const route of ['kept', 'moved']) {
      answers.legacy = {
        ...metadata(answer(`${legacy.url}/${route}.svc`)),
        lines: 'Content-Type: application/soap+xml; charset=utf-8\r\n',
      };
      const body = envelope12('', '');
      const lines = ['Content-Type: application/soap+xml; charset=utf-8'];
      const reply = await exchanged(gateway, { path: `/${route}.svc/mex`, lines, body });
      t.is(legacy.asked().at(-1)?.body, body);
      t.is(reply.body, answer(header === '' ? `${gateway.url}/${route}.svc` : `${legacy.url}/${route}.svc`));
    }
    t.is(modern.asked().length, 0);
  });
}

test.serial('E4 the WSDL of an operation that has moved is the one of before, but for its path', async (t) => {
  const { gateway, legacy, answers } = await rig();
  const document = (address: string): string =>
    `\uFEFF<?xml version='1.0'?>\r\n<!-- odd -->${places['wsdl:import']!(address)}\n<?pi ?>`;
  for (const route of ['kept', 'moved']) {
    answers.legacy = metadata(latin1(document(`${legacy.url}/${route}.svc`)));
    const reply = await exchanged(gateway, get(`/${route}.svc?wsdl`));
    t.is(utf8(reply.body), document(`${gateway.url}/${route}.svc`));
  }
});

const binary = Buffer.concat([
  Buffer.from([0x56, 0x02, 0x0b, 0x01, 0x73, 0x04]),
  Buffer.from(Array.from({ length: 256 }, (_, at) => at)),
]);
for (const [what, type, bytes, lines] of [
  ['binary XML', 'application/soap+msbin1', binary, []],
  ['compressed binary XML', 'application/soap+msbin1+gzip', gzipSync(binary), []],
  ['binary XML with a content coding', 'application/soap+msbin1', gzipSync(binary), ['Content-Encoding: gzip']],
  ['binary XML of a session', 'application/soap+msbinsession1', binary, []],
] as const) {
  test.serial(`E7 ${what} passes as it is: to legacy by operations, to modern only as a whole endpoint`, async (t) => {
    const { gateway, legacy, modern, answers } = await rig();
    const body = bytes.toString('latin1');
    answers.legacy = { lines: `Content-Type: ${type}\r\n`, body: Buffer.from(bytes.toReversed()).toString('latin1') };
    answers.modern = answers.legacy;
    const before = modern.asked().length;
    const request = (route: string): Request => ({
      path: `/${route}.svc`,
      lines: [`Content-Type: ${type}`, ...lines],
      body,
    });
    for (const route of ['kept', 'moved']) {
      const reply = await exchanged(gateway, request(route));
      if (route === 'moved') t.is(decisionOf(reply), 'other legacy undecided');
      t.is(legacy.asked().at(-1)?.body, body);
      t.is(reply.body, answers.legacy.body);
    }
    t.is(modern.asked().length, before);
    t.is((await exchanged(gateway, request('bytes'))).body, answers.modern.body);
    t.is(modern.asked().at(-1)?.body, body);
    t.is(modern.asked().length, before + 1);
  });
}

const imported = async (t: ExecutionContext, document: string): Promise<string> => {
  const folder = await folderWith(t, {});
  const file = join(folder, 'service.wsdl');
  await writeFile(file, document);
  let out = '';
  const io = { stdout: { write: (text: string) => (out += text) }, stderr: { write: (text: string) => (out += text) } };
  await importContract({ wsdl: file, output: 'table', allowHosts: [], root: null, out: null }, inspecting, io);
  return out;
};
const port = (binding: string, address: string): string =>
  `<w:port name="${binding}" binding="t:${binding}"><s12:address location="${address}"/></w:port>`;
for (const [transport, address] of [
  ['http://schemas.microsoft.com/soap/tcp', 'net.tcp://srv:808/S.svc'],
  ['http://schemas.microsoft.com/soap/named-pipe', 'net.pipe://localhost/S.svc'],
  ['http://schemas.microsoft.com/soap/msmq', 'net.msmq://srv/private/s'],
] as const) {
  const binding = bindingOf('Other', { soap: 's12', transport });
  test(`E8 import says of ${address} alone that it cannot be translated`, async (t) => {
    const out = await imported(t, wsdlOf({ binding, service: port('Other', address) }));
    t.regex(out, new RegExp(`\\nDo +no +the transport ${transport}`));
    t.true(out.includes(`never through this gateway: S.Other (${address})\n`), out);
  });
  test(`E8 import says of ${address} beside HTTP that it does not come this way`, async (t) => {
    const web = '<w:port name="Web" binding="t:B"><s:address location="http://srv/S.svc"/></w:port>';
    const out = await imported(t, wsdlOf({ binding: binding + bindingOf('B'), service: port('Other', address) + web }));
    t.true(out.includes(`never through this gateway: S.Other (${address})\n`), out);
    t.false(/never.*Web/.test(out));
    t.regex(out, /\nDo +yes/);
  });
}
test('E8 import says of a duplex binding why it cannot be translated', async (t) => {
  const inside = '<p:Policy><d:CompositeDuplex xmlns:d="http://schemas.microsoft.com/net/2006/06/duplex"/></p:Policy>';
  const out = await imported(t, wsdlOf({ binding: bindingOf('B', { inside }) }));
  t.regex(out, /\nDo +no +a duplex binding: the service calls the client/);
});
