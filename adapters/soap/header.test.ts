import test from 'ava';
import { soapMessage } from './message.ts';
import { envelope11, envelope12, getOrder, goldenCalls, soap11 } from '../../test/golden/envelopes.ts';
import type { Message } from '../adapter.ts';

const message = (header: string, body = getOrder): Message =>
  soapMessage('1.1', {
    bytes: Buffer.from(envelope11(body, `<s:Header>${header}</s:Header>`)),
    charset: null,
    header: true,
  });

const client = test.macro({
  exec: (t, header: string, expected: string | null) => t.is(message(header).header('ClientId'), expected),
  title: (name) => name ?? '',
});

test('a block is found by its local name', client, '<x:ClientId xmlns:x="urn:x">42</x:ClientId>', '42');
test('a member of a block is found', client, '<Auth xmlns="urn:x"><User>u</User><ClientId>42</ClientId></Auth>', '42');
test(
  'a block of the same name as its member gives the member',
  client,
  '<ClientId><ClientId>42</ClientId></ClientId>',
  '42',
);
test('the first that has text counts', client, '<ClientId/><ClientId>1</ClientId><ClientId>2</ClientId>', '1');
test(
  'text is joined over comments, CDATA and entities',
  client,
  '<ClientId> 4<!-- x -->2<![CDATA[<3]]>&amp;<?p i?>5 </ClientId>',
  '42<3&5',
);
test('an empty text is none', client, '<ClientId>  </ClientId>', null);
test(
  'a block with elements and text between them has no text of its own',
  client,
  '<ClientId>5<x>1</x>6</ClientId>',
  null,
);
test('a member of a member is not looked at', client, '<a><b><ClientId>42</ClientId></b></a>', null);
test('another case is another name', client, '<clientid>42</clientid>', null);
test('an attribute is no text', client, '<a ClientId="42"/>', null);

test('what stands in the Body is no header', (t) => {
  t.is(message('<a/>', '<A><ClientId>1</ClientId></A>').header('ClientId'), null);
  t.is(message('<a/>', '<ClientId>1</ClientId>').header('ClientId'), null);
  const bytes = Buffer.from(envelope11('<s:Header><ClientId>1</ClientId></s:Header>'));
  t.is(soapMessage('1.1', { bytes, charset: null, header: true }).header('ClientId'), null);
});

test('names of object properties are no headers', (t) => {
  t.is(message('<a/>').header('constructor'), null);
  t.is(message('<constructor>1</constructor>').header('constructor'), '1');
});

test('a header is read in the encoding of its message', (t) => {
  const bytes = Buffer.from(
    `<s:Envelope xmlns:s="${soap11}"><s:Header><a>ü</a></s:Header><s:Body/></s:Envelope>`,
    'latin1',
  );
  t.is(soapMessage('1.1', { bytes, charset: 'iso-8859-1', header: true }).header('a'), 'ü');
});

test('a message without header blocks is not read', (t) => {
  const bytes = Buffer.from(envelope12(getOrder, '<s:Header><a>1</a></s:Header>'));
  t.is(soapMessage('1.2', { bytes, charset: null, header: false }).header('a'), null);
});

test('a message that goes wrong tells the headers that came before', (t) => {
  const bytes = Buffer.from(`<s:Envelope xmlns:s="${soap11}"><s:Header><a>1</a><b></c>`);
  t.is(soapMessage(null, { bytes, charset: null, header: true }).header('a'), '1');
});

test('the user of a user name token is found', (t) => {
  const { body } = goldenCalls['WCF with a user name token and a signed timestamp'] ?? { body: Buffer.alloc(0) };
  const found = soapMessage('1.1', { bytes: body, charset: null, header: true });
  t.is(found.username(), 'alice');
  t.is(found.header('Username'), null);
});

test('a user name token outside of Security is none', (t) => {
  const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
  const token = '<UsernameToken><Username>alice</Username></UsernameToken>';
  t.is(message(`<Else xmlns="${wsse}">${token}</Else>`).username(), null);
  t.is(message(`<Security xmlns="${wsse}">${token}</Security>`).username(), 'alice');
});

test('a user name of another namespace is none', (t) => {
  t.is(message('<Security><UsernameToken><Username>alice</Username></UsernameToken></Security>').username(), null);
});
