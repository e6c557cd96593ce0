import test from 'ava';
import * as fc from 'fast-check';
import { meaningOf } from './meaning.ts';
import { enveloped, loadOrders, loadShapes, operationOf } from '../../test/helpers/contracts.ts';
import { jsonObjectOf, jsonOf, naiveXml } from '../../test/helpers/instances.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { ElementDeclaration } from './contract/schema/types.ts';
import type { Json, Meaning } from '../adapter.ts';
import type { SoapOperation } from './contract/contract.ts';

const numRuns = Number(process.env['LAW_RUNS'] ?? 300);
const orders = await loadOrders();
const shapes = await loadShapes();
const getOrder = operationOf(orders, 'GetOrder');
const ask = '<GetOrder xmlns="http://contoso.example/orders"><orderId>7</orderId></GetOrder>';
const wsa = 'http://www.w3.org/2005/08/addressing';
const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

const read = (operation: SoapOperation, xml: string, volatile: readonly string[] = []): Meaning | null =>
  meaningOf(operation, new Set(volatile), { header: () => 'text/xml; charset=utf-8' }, Buffer.from(xml));
const meant = (operation: SoapOperation, xml: string, volatile: readonly string[] = []): Meaning => {
  const meaning = read(operation, xml, volatile);
  if (meaning === null) throw new Error(`no meaning: ${xml}`);
  return meaning;
};
const withHeader = (header: string, volatile: readonly string[] = []): Meaning =>
  meant(getOrder, enveloped(ask, { header }), volatile);

const chances = (start: number): (() => number) => {
  let state = start;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};
const seed = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const valuesOf = (declared: ElementDeclaration): fc.Arbitrary<Json> =>
  declared.type.kind === 'complex' ? jsonObjectOf(declared.type) : jsonOf(declared);

for (const operation of [...orders.operations.values(), ...shapes.operations.values()]) {
  const { input } = operation;
  if (input === null || operation.passThroughOnly !== null) continue;
  const spelt = (json: Json, start: number) => enveloped(naiveXml(input.name, input, json, chances(start)));

  test(`${operation.name}: however a call is spelt, it means the same`, (t) => {
    fc.assert(
      fc.property(valuesOf(input), seed, seed, (json, one, other) => {
        t.is(meant(operation, spelt(json, one)).text, meant(operation, spelt(json, other)).text);
      }),
      { numRuns },
    );
  });

  test(`${operation.name}: calls that ask something else mean something else`, (t) => {
    fc.assert(
      fc.property(valuesOf(input), valuesOf(input), seed, (one, other, start) => {
        const isSame = canonicalJson(one) === canonicalJson(other);
        t.is(meant(operation, spelt(one, start)).text === meant(operation, spelt(other, start)).text, isSame);
      }),
      { numRuns },
    );
  });
}

test('the XML declaration, a byte order mark, comments and white space between elements mean nothing', (t) => {
  const plain = meant(getOrder, enveloped(ask)).text;
  const other = enveloped(`\n <!-- c --> <o:GetOrder xmlns:o='http://contoso.example/orders'>
    <o:orderId><![CDATA[7]]></o:orderId></o:GetOrder>`);
  t.is(meant(getOrder, `\ufeff<?xml version="1.0" encoding="utf-8"?>\n${other}`).text, plain);
});

test('a header block counts, by its full name, attributes in any order', (t) => {
  const one = withHeader('<c:ClientId xmlns:c="urn:c" a="1" b="2">x</c:ClientId>').text;
  t.is(withHeader('<ClientId b="2" a="1" xmlns="urn:c">x</ClientId>').text, one);
  for (const other of [
    '',
    '<c:ClientId xmlns:c="urn:d" a="1" b="2">x</c:ClientId>',
    '<c:ClientId xmlns:c="urn:c" a="1" b="2"/>',
  ])
    t.not(withHeader(other).text, one);
});

test('a message id means nothing, and is told for the reply', (t) => {
  const to = `<a:To xmlns:a="${wsa}">http://x/</a:To>`;
  const [one, other] = ['urn:1', 'urn:2'].map((id) =>
    withHeader(`<a:MessageID xmlns:a="${wsa}">${id}</a:MessageID>${to}`),
  );
  t.is(one!.text, other!.text);
  t.deepEqual([one!.messageId, other!.messageId], ['urn:1', 'urn:2']);
  t.not(withHeader(to.replace('http://x/', 'http://y/')).text, one!.text);
});

test('blocks that are said to be volatile mean nothing', (t) => {
  const header = (id: string) => `<RequestId xmlns="urn:ours">${id}</RequestId>`;
  t.not(withHeader(header('1')).text, withHeader(header('2')).text);
  t.is(withHeader(header('1'), ['RequestId']).text, withHeader(header('2'), ['RequestId']).text);
});

test('a value that may be a name keeps what its prefix means', (t) => {
  const block = (prefix: string, ns: string) => `<k xmlns="urn:k" xmlns:${prefix}="${ns}">${prefix}:name</k>`;
  t.not(withHeader(block('p', 'urn:1')).text, withHeader(block('p', 'urn:2')).text);
});

test('a type without a prefix is of the default namespace', (t) => {
  const block = (ns: string) =>
    withHeader(`<k:k xmlns:k="urn:k" xmlns="${ns}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="T"/>`)
      .text;
  t.not(block('urn:1'), block('urn:2'));
});

test('WS-Security is a credential, and no part of what is asked', (t) => {
  const token = (inside: string) => `<w:Security xmlns:w="${wsse}">${inside}</w:Security>`;
  const user = (password: string, type = '#PasswordText') =>
    token(
      `<w:UsernameToken><w:Username>ann</w:Username><w:Password Type="${type}">${password}</w:Password></w:UsernameToken>`,
    );
  const text = withHeader(user('one'));
  t.is(text.text, meant(getOrder, enveloped(ask)).text);
  t.is(text.credentials[0]?.user, 'ann');
  t.not(text.credentials[0]?.proof, withHeader(user('two')).credentials[0]?.proof);
  t.is(text.credentials[0]?.proof, withHeader(user('one')).credentials[0]?.proof);
  t.is(withHeader(user('x', '#PasswordDigest')).credentials[0]?.proof, null, 'a digest is good for one call');
  t.is(withHeader(token('<w:BinarySecurityToken>x</w:BinarySecurityToken>')).credentials[0]?.proof, null);
});

const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const plainToken = '<w:Username>ann</w:Username><w:Password>one</w:Password>';
const proofOf = (token: string, beside = ''): string | null | undefined =>
  withHeader(
    `<w:Security xmlns:w="${wsse}" xmlns:u="${wsu}"><w:UsernameToken>${token}</w:UsernameToken>${beside}</w:Security>`,
  ).credentials[0]?.proof;

test('a user and a password prove who calls, stamped or not', (t) => {
  const stamp = '<u:Timestamp><u:Created>2026-01-01T00:00:00Z</u:Created></u:Timestamp>';
  const once = '<w:Nonce>bm8=</w:Nonce><u:Created>2026-01-01T00:00:00Z</u:Created>';
  t.is(typeof proofOf(plainToken), 'string');
  t.is(proofOf(plainToken, stamp), proofOf(plainToken));
  t.is(proofOf(plainToken + once), proofOf(plainToken));
});

test('a time stamp alone is no credential, and what it says is no part of what is asked', (t) => {
  const stamped = (at: string, more = '') =>
    withHeader(
      `<w:Security xmlns:w="${wsse}"${more}><u:Timestamp xmlns:u="${wsu}"><u:Created>${at}</u:Created></u:Timestamp></w:Security>`,
    );
  t.deepEqual(stamped('2026-01-01T00:00:00Z').credentials, []);
  t.is(stamped('2026-01-01T00:00:00Z').text, stamped('2026-01-01T00:00:01Z').text);
  t.not(stamped('2026-01-01T00:00:00Z').text, stamped('2026-01-01T00:00:00Z', ' e:actor="urn:x"').text);
  t.not(stamped('2026-01-01T00:00:00Z').text, withHeader('').text, 'a service may want one');
});

for (const [what, token, beside] of [
  ['a signature', plainToken, '<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"/>'],
  ['an assertion of who calls', plainToken, '<a:Assertion xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"/>'],
  ['another token', plainToken, '<w:BinarySecurityToken>x</w:BinarySecurityToken>'],
  ['a claim of its service', `${plainToken}<k:Tenant xmlns:k="urn:k">a</k:Tenant>`, ''],
  ['a second user', `${plainToken}<w:Username>bob</w:Username>`, ''],
] as const)
  test(`a password beside ${what} does not say all of who calls`, (t) => t.is(proofOf(token, beside), null));

for (const [what, xml] of [
  [
    'does not fit the contract',
    enveloped(ask.replace('7', 'seven').replace('orderId>', 'other>').replace('orderId>', 'other>')),
  ],
  [
    'has a block that only its service understands',
    enveloped(ask, { header: '<k xmlns="urn:k" e:mustUnderstand="1"/>' }),
  ],
  ['has text beside elements in a block', enveloped(ask, { header: '<k xmlns="urn:k">a<b/>c</k>' })],
  ['is no XML', 'GetOrder'],
] as const)
  test(`a call that ${what} has no meaning`, (t) => t.is(read(getOrder, xml), null));
