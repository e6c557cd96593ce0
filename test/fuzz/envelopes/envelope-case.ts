// Calls as SOAP clients send them: envelopes by their grammar, real ones, and either with something wrong put in.
import { readdirSync, readFileSync } from 'node:fs';
import { mutated, someCuts, type FuzzCase } from '../fuzzer.ts';
import type { Random } from '../random.ts';
import { multipartType, packed } from './root-part.ts';

export interface EnvelopeCase extends FuzzCase {
  /** Content-Type, SOAPAction; null: no such line. */
  readonly type: string | null;
  readonly action: string | null;
}

export const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
export const soap12 = 'http://www.w3.org/2003/05/soap-envelope';
const wsa = ['http://www.w3.org/2005/08/addressing', 'http://schemas.xmlsoap.org/ws/2004/08/addressing'];
const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const actions = [
  'urn:orders/IOrders/GetOrder',
  'urn:orders/IOrders/ListOrders',
  'urn:orders/IOrders/Ping',
  'urn:sum',
  'urn:any',
  'urn:unknown',
];

export const envelopeCase = (random: Random): EnvelopeCase => {
  const is12 = random.once(4);
  let text = random.once(4) ? random.pick(recorded()) : envelope(random, is12 ? soap12 : soap11);
  if (random.once(2)) text = mutated(random, text, insertions);
  if (random.once(400)) text = text.replace(/>/, `>${' '.repeat(random.pick([65_400, 65_536, 70_000]))}`);
  const encoding = random.mostly(3, 'utf-8', [...encodings]);
  const mark = random.mostly(12, '', ['\ufeff', '\ufeff', '\ufeff\ufeff']);
  const bytes = encoded(mark + text, encoding);
  const charset = random.mostly(8, random.pick([null, encoding]), labels);
  const action = random.mostly(4, random.pick(actions), [
    '',
    '""',
    'urn:%6frders',
    'urn:sum ',
    "'urn:sum'",
    ...actions,
  ]);
  const media = random.mostly(12, is12 ? 'application/soap+xml' : 'text/xml', [
    'text/xml',
    'application/soap+xml',
    'application/xml',
    'text/plain',
    'Text/XML',
  ]);
  const type = `${media}${charset === null ? '' : `; charset=${random.mostly(4, charset, [charset.toUpperCase(), `"${charset}"`])}`}`;
  if (random.once(8)) return multipartCase(random, bytes, { action, encoding });
  return {
    type: random.once(40) ? null : is12 && random.once(2) ? `${type}; action="${action}"` : type,
    action: is12 || random.once(15) ? null : random.mostly(4, `"${action}"`, [action]),
    bytes: bytes.toString('latin1'),
    cuts: someCuts(random, bytes.length),
  };
};

/** The envelope as the root of a multipart message, whose own lines may be changed too. */
const multipartCase = (
  random: Random,
  envelope: Buffer,
  { action, encoding }: { readonly action: string; readonly encoding: string },
): EnvelopeCase => {
  const start = random.pick([null, 'root']);
  const charset = random.mostly(8, encoding, labels.slice(0, 8));
  const whole = packed(envelope.toString('latin1'), { start, charset });
  const bytes = random.once(3) ? mutated(random, whole, multipartTokens) : whole;
  return { type: multipartType(start), action: `"${action}"`, bytes, cuts: someCuts(random, bytes.length) };
};

const multipartTokens = [
  '\r\n',
  '\n',
  '--',
  '\r\n--',
  '\r\n--uuid:8e1d+id=1',
  '\r\n--uuid:8e1d+id=1--',
  '\r\n--uuid:8e1d+id=1\r\n\r\n',
  '--uuid:8e1d+id=1 \r\n',
  '\r\n--uuid:8e1d+id=12\r\n',
  '\r\n\r\n',
  'Content-ID: <root>\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  ' ',
  '\r',
];

const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'iso-8859-1', 'windows-1252', 'us-ascii'] as const;
const labels = [
  'utf-8',
  'utf8',
  'utf-16',
  'utf-16le',
  'iso-8859-1',
  'latin1',
  'windows-1252',
  'us-ascii',
  'iso-8859-15',
  'utf-7',
  'x',
  '',
];

const encoded = (text: string, encoding: (typeof encodings)[number]): Buffer => {
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  return encoding === 'utf-8' ? Buffer.from(text) : Buffer.from(text, 'latin1');
};

let real: readonly string[] | null = null;
/** Bodies of the recorded calls of real clients. */
const recorded = (): readonly string[] => {
  if (real !== null) return real;
  const folder = new URL('../../recorded/', import.meta.url);
  const found: string[] = [];
  for (const file of readdirSync(folder).toSorted()) {
    if (!file.endsWith('.json')) continue;
    const { connections } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Recording;
    for (const { body } of connections.flat()) if (body !== '') found.push(body);
  }
  return (real = found);
};
interface Recording {
  readonly connections: readonly (readonly { readonly body: string }[])[];
}

// --- the grammar

const envelope = (random: Random, uri: string): string => {
  const p = random.mostly(3, 's:', ['', 'soap:', 'SOAP-ENV:', 'a:', 'é:', '_-.0:']);
  const declared = p === '' ? `xmlns=${quoted(random, uri)}` : `xmlns:${p.slice(0, -1)}=${quoted(random, uri)}`;
  const more = Array.from({ length: random.below(3) }, () => ` ${random.pick(attributes)}`).join('');
  const header = random.once(2) ? `${gap(random)}${headerOf(random, p)}` : '';
  const body = `<${p}Body${random.mostly(5, '', [' Id="b"', ' xmlns="urn:orders"', ` ${random.pick(attributes)}`])}>${gap(random)}${child(random)}${gap(random)}</${p}Body>`;
  const root = `<${p}Envelope ${declared}${more}>${header}${gap(random)}${random.mostly(20, body, [`<${p}Body/>`, ''])}${gap(random)}</${p}Envelope>`;
  return `${prolog(random)}${root}${random.once(8) ? random.pick(misc) : ''}`;
};

const quoted = (random: Random, text: string): string => random.mostly(4, `"${text}"`, [`'${text}'`]);

const prolog = (random: Random): string =>
  random.pick([
    '',
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="utf-8"?>',
    '<?xml version="1.0" encoding="utf-8"?>\r\n',
    "<?xml version='1.0' encoding='UTF-8' standalone='no'?>",
    '<?xml version="1.0" encoding="utf-16"?>',
    '<?xml version="1.0" encoding="iso-8859-1"?>',
    '<?xml version="1.1"?>',
    '<?xml  version = "1.0" ?>',
    random.pick(misc),
  ]);

const misc = [
  '\n',
  ' ',
  '<!-- c -->',
  '<!---->',
  '<?pi x?>',
  '<?xml-stylesheet href="x"?>',
  '<!DOCTYPE s>',
  '<!DOCTYPE s [<!ENTITY x "<o:GetOrder xmlns:o=\'urn:orders\'/>">]>',
  'text',
  '<x/>',
  '\0',
];

const gap = (random: Random): string =>
  random.mostly(5, '', [
    '\n  ',
    '\r\n',
    ' ',
    '\t',
    '<!-- <s:Body> -->',
    '<?p?>',
    '<![CDATA[ ]]>',
    'x',
    '&#32;',
    '<!-- -- -->',
    '\u00a0',
    '\ufeff',
  ]);

const headerOf = (random: Random, p: string): string => {
  const blocks = Array.from({ length: random.below(4) }, () => random.pick(headers)(random, p)).join(gap(random));
  return random.mostly(12, `<${p}Header>${gap(random)}${blocks}${gap(random)}</${p}Header>`, [
    `<${p}Header/>`,
    `<${p}Header ${random.pick(attributes)}></${p}Header>`,
    `<Header>${blocks}</Header>`,
  ]);
};

const headers: readonly ((random: Random, p: string) => string)[] = [
  (random) => `<ClientId xmlns="urn:h">${leaf(random)}</ClientId>`,
  (random) => `<h:ClientId xmlns:h="urn:h">${leaf(random)}</h:ClientId>`,
  (random, p) =>
    `<h:Auth xmlns:h='urn:h' ${p === '' ? '' : `${p}mustUnderstand="1"`}><h:User>${leaf(random)}</h:User><h:Tenant/></h:Auth>`,
  (random) =>
    `<a:Action xmlns:a="${random.pick(wsa)}">${random.pick(['', ' ', '\n'])}${random.pick(actions)}${random.pick(['', ' '])}</a:Action>`,
  (random) => `<Action xmlns="${random.pick(wsa)}">${leaf(random)}</Action>`,
  () => `<a:MessageID xmlns:a="${wsa[0]}">urn:uuid:1</a:MessageID>`,
  (random) =>
    `<w:Security xmlns:w="${wsse}"><w:UsernameToken><w:Username>${leaf(random)}</w:Username><w:Password>p</w:Password></w:UsernameToken></w:Security>`,
  () => '<r:Sequence xmlns:r="http://docs.oasis-open.org/ws-rx/wsrm/200702"/>',
  (random) => `<Header><Body>${leaf(random)}</Body></Header>`,
  (random) => `<x ${random.pick(attributes)}>${leaf(random)}</x>`,
];

const leaf = (random: Random): string =>
  random.pick([
    'c-1',
    ' c-1 ',
    '',
    ' ',
    'a&amp;b',
    'a<!-- x -->b',
    '<![CDATA[a<b]]>',
    '&#65;',
    '&#x42;',
    'é',
    '<i/>',
    'a<i/>b',
    ']]',
    '\u00a0x\u00a0',
    'urn:sum',
    '&lt;s:Body&gt;',
    '😀',
    'a\r\nb',
  ]);

const child = (random: Random): string =>
  random.pick([
    '<GetOrder xmlns="urn:orders"><orderId>42</orderId></GetOrder>',
    '<o:GetOrder xmlns:o="urn:orders"/>',
    '<o:ListOrders xmlns:o="urn:orders" xmlns:s="urn:other"><s:Body/></o:ListOrders>',
    '<AddUp xmlns="urn:orders"><a>1</a></AddUp>',
    '<Bare/>',
    '<Bare xmlns=""/>',
    '<Unknown xmlns="urn:orders"/>',
    '',
    ' ',
    '<Shared xmlns="urn:orders"/>',
    '<GetOrder xmlns="urn:orders"/><GetOrder xmlns="urn:orders"/>',
    '<o:GetOrder xmlns:o="urn:&#111;rders"/>',
    '<o:GetOrder xmlns:o=" urn:orders "/>',
    '<GetOrder/>',
    `<GetOrder xmlns="urn:orders">${leaf(random)}</GetOrder>`,
    `<GetOrder xmlns="urn:orders" ${random.pick(attributes)}>${leaf(random)}</GetOrder>`,
    `<GetOrder xmlns="urn:orders">${'<d>'.repeat(63)}${'</d>'.repeat(63)}</GetOrder>`,
  ]);

const attributes = [
  'a="1"',
  "a='1'",
  'xml:lang="en"',
  'xmlns:o="urn:orders"',
  'xmlns="urn:orders"',
  'xmlns=""',
  'xmlns:x=""',
  'xmlns:xml="http://www.w3.org/XML/1998/namespace"',
  'xmlns:xmlns="u"',
  'xmlns:__proto__="urn:p"',
  'a="&amp;&#10;"',
  'a=">"',
  'a="<"',
  'a="1" a="2"',
  'q:a="1"',
  'a = "1"',
  'a=1',
  'a',
  'xmlns:s="urn:evil"',
  'é="1"',
  'a="\n\t"',
  'xmlns:p="urn:p" xmlns:q="urn:p" p:a="1" q:a="2"',
  'xmlns:h="urn:&#104;"',
];

const insertions = [
  ...attributes.map((text) => ` ${text}`),
  ...misc,
  '<',
  '>',
  '/',
  '"',
  "'",
  '=',
  ':',
  '&',
  ';',
  '&amp;',
  '&#65;',
  '&#0;',
  '&#xD800;',
  '&#x10FFFF;',
  '&x;',
  '&amp',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '?>',
  '<!',
  '<!D',
  '<!DOCTYPE',
  '<!DOC',
  '<!ELEMENT a>',
  '</',
  '/>',
  '<s:Body>',
  '</s:Body>',
  '<s:Body/>',
  '<s:Header>',
  '</s:Header>',
  '<s:Header/>',
  '</s:Envelope>',
  '<Body/>',
  '<B/>',
  '<B>',
  '</B>',
  '<s:B/>',
  '<x:B/>',
  '<:B/>',
  '<s:/>',
  '<a:b:c/>',
  '<1/>',
  '<xml/>',
  '<?xml version="1.0"?>',
  '<é/>',
  '\r',
  '\n',
  '\t',
  ' ',
  '\0',
  '\x01',
  '\x7f',
  '\x85',
  '\u00a0',
  '\u2028',
  '\ufffe',
  '\uffff',
  '\ufffd',
  '\ufeff',
  '\ud800',
  '😀',
  '\xc0\x80',
  '\xed\xa0\x80',
  '\xf4\x90\x80\x80',
  '\xff',
  `<s:Body xmlns:s="${soap11}"><GetOrder xmlns="urn:orders"/></s:Body>`,
  `<a:Action xmlns:a="${wsa[0]}">urn:sum</a:Action>`,
];
