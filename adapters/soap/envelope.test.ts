import test from 'ava';
import { EnvelopeReader } from './envelope.ts';
import { envelope11, envelope12, getOrder, goldenCalls, soap11, soap12, wsa } from '../../test/golden/envelopes.ts';
import type { Reading } from './envelope.ts';

const read = (text: string | Buffer, charset: string | null = null): Reading =>
  new EnvelopeReader(charset).read(Buffer.from(text), true);

const told = (reading: Reading): string =>
  reading.is === 'envelope'
    ? [reading.envelope.child ?? 'empty', ...reading.envelope.actions].join(' ')
    : reading.is === 'undecided'
      ? reading.reason
      : reading.is;

const tells = test.macro({
  exec: (t, text: string | Buffer, expected: string, charset: string | null = null) => {
    t.is(told(read(text, charset)), expected);
    // Whoever gets it byte by byte must see the same.
    const slow = new EnvelopeReader(charset);

    for (const byte of Buffer.from(text)) slow.read(Buffer.of(byte), false);
    t.is(told(slow.read(Buffer.alloc(0), true)), expected);
  },
  title: (name, _: string | Buffer, expected: string, _charset?: string | null) => `${name} is ${expected}`,
});

const A = '{urn:a}A';
const a = '<a:A xmlns:a="urn:a"/>';
const e = (inner: string): string => `<s:Envelope xmlns:s="${soap11}">${inner}</s:Envelope>`;
const header = (inner: string): string => `<s:Header xmlns:w="${wsa}">${inner}</s:Header>`;

test('a Body with one child', tells, envelope11(a), A);
test('a Body with a child in no namespace', tells, envelope11('<Bare/>'), 'Bare');
test('a Body with a child whose prefix is bound anew', tells, envelope11('<s:A xmlns:s="urn:a"/>'), A);
test(
  'a Body with an unrelated default namespace on its child',
  tells,
  envelope11('<a:A xmlns="urn:x" xmlns:a="urn:a"/>'),
  A,
);
test('an empty Body', tells, envelope11(''), 'empty');
test('a Body with white space and a comment', tells, envelope11(' \r\n<!-- x --> '), 'empty');
test('a Body that is an empty element', tells, e('<s:Body/>'), 'empty');
test('an instruction whose name runs into its text', tells, e(`<?p??><s:Body>${a}</s:Body>`), 'malformed');
test('a Header after an empty one', tells, e(`<s:Header/><s:Header/><s:Body>${a}</s:Body>`), 'malformed');
test('a Body in the Header', tells, envelope11(a, `<s:Header><s:Body><a:B xmlns:a="urn:a"/></s:Body></s:Header>`), A);
test(
  'a Body of another namespace before the Body',
  tells,
  e(`<x:Body xmlns:x="urn:x"><B/></x:Body><s:Body>${a}</s:Body>`),
  'malformed',
);
test('a Body of the other SOAP version', tells, e(`<x:Body xmlns:x="${soap12}">${a}</x:Body>`), 'malformed');
test('a second Body', tells, e(`<s:Body>${a}</s:Body><s:Body>${a}</s:Body>`), 'malformed');
test('a second child of Body', tells, envelope11(`${a}<B/>`), 'malformed');
test('text in Body', tells, envelope11(`x${a}`), 'malformed');
test('text after the child of Body', tells, envelope11(`${a}x`), 'malformed');
test('a character reference in Body', tells, envelope11(`&#65;${a}`), 'malformed');
test('CDATA in Body', tells, envelope11(`<![CDATA[${a}]]>`), 'malformed');
test('an empty CDATA in Body', tells, envelope11(`<![CDATA[]]>${a}`), 'malformed');
test('a comment that looks like an operation', tells, envelope11(`<!--<B/>-->${a}`), A);
test('a processing instruction that looks like an operation', tells, envelope11(`<?x <B/>?>${a}`), A);
test('text in Envelope', tells, e(`x<s:Body>${a}</s:Body>`), 'malformed');
test('text in Header', tells, envelope11(a, '<s:Header>x</s:Header>'), 'malformed');
test('an Envelope without a Body', tells, e('<s:Header/>'), 'malformed');
test('an element after Body', tells, e(`<s:Body>${a}</s:Body><x/>`), 'malformed');
test('a Header after Body', tells, e(`<s:Body>${a}</s:Body><s:Header/>`), 'malformed');
test('something else than an Envelope', tells, `<s:Envelop xmlns:s="${soap11}"/>`, 'malformed');
test('an Envelope of an unknown namespace', tells, '<s:Envelope xmlns:s="urn:x"><s:Body/></s:Envelope>', 'malformed');
test('an Envelope of no namespace', tells, '<Envelope><Body><A/></Body></Envelope>', 'malformed');
test('a namespace name with blanks around it', tells, envelope11('<A xmlns=" urn:a "/>'), 'malformed');
test('two messages in one', tells, envelope11(a) + envelope11(a), 'malformed');
test('text after the message', tells, `${envelope11(a)}x`, 'malformed');
test('a newline after the message', tells, `${envelope11(a)}\r\n`, A);
test('a newline before the XML declaration', tells, `\r\n<?xml version="1.0"?>${envelope11(a)}`, 'malformed');
test('XML 1.1', tells, `<?xml version="1.1"?>${envelope11(a)}`, 'malformed');
test('an unbound prefix', tells, envelope11('<q:A/>'), 'malformed');
test('an undeclared entity', tells, envelope11('<A>&x;</A>'), 'malformed');
test('the name of an object property as an entity', tells, envelope11('<A>&constructor;</A>'), 'malformed');
test('tags that cross', tells, envelope11('<A><B></A></B>'), 'malformed');
test('nothing', tells, '', 'empty');
test('white space', tells, ' \r\n', 'empty');
test('a message that is cut', tells, envelope11(getOrder).slice(0, -20), 'malformed');
test('a message that is cut before its Body', tells, envelope11(getOrder).slice(0, 60), 'malformed');
test('JSON', tells, '{"a":1}', 'malformed');

test('a DOCTYPE', tells, `<!DOCTYPE s>${envelope11(a)}`, 'doctype');
test(
  'a DOCTYPE with entities',
  tells,
  `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "b">]>${envelope11('<A>&a;</A>')}`,
  'doctype',
);
test('a DOCTYPE that does not end', tells, '<!DOCTYPE s [', 'doctype');
test('a DOCTYPE behind a comment and an instruction', tells, '<!-- <!DOCTYPE --><?x ?> <!DOCTYPE s>', 'doctype');
test('a DOCTYPE inside the message', tells, envelope11('<!DOCTYPE s>'), 'doctype');
test('a DOCTYPE far inside the message', tells, envelope11(`<A>${'x'.repeat(9000)}</A><!DOCTYPE s>`), 'doctype');
test('a comment that speaks of a DOCTYPE', tells, `<!-- <!DOCTYPE s> -->${envelope11(a)}`, A);
test('a DOCTYPE in UTF-16', tells, Buffer.from(`\ufeff<!DOCTYPE s>${envelope11(a)}`, 'utf16le'), 'doctype');
test('a DOCTYPE in CDATA', tells, envelope11('<A><![CDATA[<!DOCTYPE s>]]></A>'), 'A');
test('a prolog that is too long', tells, `<!--${'x'.repeat(20_000)}-->${envelope11(a)}`, 'limit');

const nested = (deep: number): string => envelope11('<d>'.repeat(deep) + '</d>'.repeat(deep));
const wide = (count: number): string =>
  envelope11(`<A ${Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ')}/>`);
test('64 levels', tells, nested(62), 'd');
test('65 levels', tells, nested(63), 'limit');
test('16 000 levels', tells, nested(16_000), 'limit');
test('16 000 levels in the Header', tells, envelope11(a, header(`<x>${'<d>'.repeat(16_000)}`)), 'limit');
test('256 attributes', tells, wide(256), 'A');
test('257 attributes', tells, wide(257), 'limit');

test('a wsa:Action', tells, envelope11(a, header('<w:Action>urn:x</w:Action>')), `${A} urn:x`);
test(
  'a wsa:Action in pieces',
  tells,
  envelope11(a, header('<w:Action> u<!-- -->rn<![CDATA[:]]>&#120; </w:Action>')),
  `${A} urn:x`,
);
test('an empty wsa:Action', tells, envelope11(a, header('<w:Action/>')), A);
test('two wsa:Actions', tells, envelope11(a, header('<w:Action>x</w:Action><w:Action>y</w:Action>')), `${A} x y`);
test('one wsa:Action twice', tells, envelope11(a, header('<w:Action>x</w:Action><w:Action>x</w:Action>')), `${A} x`);
test(
  'a wsa:Action of an older draft',
  tells,
  envelope11(a, '<s:Header><Action xmlns="http://schemas.xmlsoap.org/ws/2004/08/addressing">x</Action></s:Header>'),
  `${A} x`,
);
test('an Action of another namespace', tells, envelope11(a, header('<Action>x</Action>')), A);
test('a wsa:Action inside another block', tells, envelope11(a, header('<b><w:Action>x</w:Action></b>')), A);
test('a wsa:Action in the Body', tells, envelope11(`<A><w:Action xmlns:w="${wsa}">x</w:Action></A>`), 'A');
test('a wsa:Action with an element inside', tells, envelope11(a, header('<w:Action>x<y/></w:Action>')), 'malformed');
test(
  'an operation named after a property of objects',
  tells,
  envelope11('<__proto__ xmlns="urn:a"/>'),
  '{urn:a}__proto__',
);

const decl = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>`;
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const umlaut = '<é/>';
test('latin-1 by declaration', tells, latin(`${decl('ISO-8859-1')}${envelope11(umlaut)}`), 'é');
test('latin-1 by charset', tells, latin(envelope11(umlaut)), 'é', 'iso-8859-1');
test('windows-1252 by declaration', tells, latin(`${decl('windows-1252')}${envelope11(umlaut)}`), 'é');
test('latin-1 called UTF-8', tells, latin(envelope11(umlaut)), 'encoding', 'utf-8');
test('latin-1 without a word', tells, latin(envelope11(umlaut)), 'encoding');
test('latin-1 called ASCII', tells, latin(envelope11(umlaut)), 'encoding', 'us-ascii');
test('ASCII called ASCII', tells, envelope11(a), A, 'us-ascii');
test('a charset against the declaration', tells, `${decl('iso-8859-1')}${envelope11(a)}`, 'encoding', 'utf-8');
test('a charset that agrees with the declaration', tells, `${decl('UTF-8')}${envelope11(a)}`, A, 'utf-8');
test('a byte order mark against the charset', tells, `\ufeff${envelope11(a)}`, 'encoding', 'iso-8859-1');
test('a byte order mark against the declaration', tells, `\ufeff${decl('iso-8859-1')}${envelope11(a)}`, 'encoding');
test('a byte order mark and nothing else', tells, `\ufeff${envelope11(a)}`, A);
test('two byte order marks', tells, `\ufeff\ufeff${envelope11(a)}`, 'malformed');
test('an unknown charset', tells, envelope11(a), 'encoding', 'utf-7');
test('an unknown declaration', tells, `${decl('ebcdic-cp-us')}${envelope11(a)}`, 'encoding');
const sheet = '<?xml-stylesheet href="a" encoding="iso-8859-1"?>';
test('an instruction that merely begins like a declaration', tells, `${sheet}${envelope11(umlaut)}`, 'é');
test('an overlong slash', tells, Buffer.concat([Buffer.from('<a>'), Buffer.of(0xc0, 0xaf)]), 'encoding');
const wide16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
test('UTF-16 with a mark', tells, wide16(`\ufeff${decl('utf-16')}${envelope11(a)}`), A);
test('UTF-16 with a mark and a charset', tells, wide16(`\ufeff${envelope11(a)}`), A, 'utf-16');
test('UTF-16 by charset alone', tells, wide16(envelope11(a)), A, 'utf-16');
test('UTF-16BE with a mark', tells, wide16(`\ufeff${envelope11(a)}`).swap16(), A);
test('UTF-16BE by charset', tells, wide16(envelope11(a)).swap16(), A, 'utf-16be');
test('UTF-16 that says it is UTF-8', tells, wide16(`\ufeff${decl('utf-8')}${envelope11(a)}`), 'encoding');
test('UTF-16 without a mark or a charset', tells, wide16(envelope11(a)), 'malformed');
test('UTF-8 that says it is UTF-16', tells, `${decl('utf-16')}${envelope11(a)}`, 'encoding');
test('UTF-32', tells, Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]), 'encoding');
test('half a character at the end', tells, Buffer.concat([Buffer.from(envelope11(a)), Buffer.of(0xc3)]), 'encoding');

test('a header of reliable messaging makes a session', (t) => {
  const block =
    '<r:Sequence xmlns:r="http://schemas.xmlsoap.org/ws/2005/02/rm"><r:Identifier>u</r:Identifier></r:Sequence>';
  const reading = read(envelope11(a, header(block)));
  t.true(reading.is === 'envelope' && reading.envelope.session);
});

test('a security context token inside a Security header makes a session', (t) => {
  const token = '<c:SecurityContextToken xmlns:c="http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512"/>';
  const reading = read(envelope12(a, header(`<Security>${token}</Security>`)));
  t.true(reading.is === 'envelope' && reading.envelope.session);
});

for (const [name, { body }] of Object.entries(goldenCalls)) {
  if (name.includes('MTOM')) continue;
  test(`the exact reader reads what is sent by ${name}`, (t) => {
    const charset = name.includes('UTF-16') ? 'utf-16' : null;
    const reading = new EnvelopeReader(charset).read(body, true);
    t.is(reading.is === 'envelope' ? reading.envelope.child : reading.is, '{urn:orders}GetOrder');
  });
}

test('more is asked for until the child of Body has begun', (t) => {
  const text = envelope11(getOrder);
  const reader = new EnvelopeReader(null);
  const until = text.indexOf('><orderId>');
  t.is(reader.read(Buffer.from(text.slice(0, until)), false).is, 'more');
  t.is(reader.read(Buffer.from('>'), false).is, 'envelope');
});

test('300 kB of headers before the Body are read', (t) => {
  const big = header(`<b>${'x'.repeat(300_000)}</b><w:Action>urn:x</w:Action>`);
  t.is(told(read(envelope11(a, big))), `${A} urn:x`);
});
