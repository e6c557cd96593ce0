import test from 'ava';
import * as fc from 'fast-check';
import { EnvelopeReader } from './envelope.ts';
import { envelopeScan } from './scan.ts';
import {
  declaration,
  envelope11,
  envelope12,
  getOrder,
  goldenCalls,
  soap11,
  wsa,
} from '../../test/golden/envelopes.ts';

const scan = envelopeScan();

const agrees = (bytes: Buffer, last: boolean): boolean => {
  const fast = scan(bytes, last);
  if (fast === 'unsure') return true;
  const exact = new EnvelopeReader(null).read(bytes, last);
  return exact.is === 'envelope' && JSON.stringify(exact.envelope) === JSON.stringify(fast);
};

const messages = [
  ...Object.values(goldenCalls).map(({ body }) => body),
  ...[
    envelope12(
      '<o:A xmlns:o="urn:o"><o:b c="d" o:e="f">&amp;&#65;&quot;</o:b></o:A>',
      `<s:Header><Auth xmlns="urn:x"><User>u</User></Auth></s:Header>`,
    ),
    envelope11('', `<s:Header><a:Action xmlns:a="${wsa}"> urn:x </a:Action></s:Header>`),
    `${declaration}<Envelope xmlns="${soap11}"><Header><h xmlns="">t</h></Header><Body><x xmlns=""/></Body></Envelope>`,
    `<p:Envelope xmlns:p="${soap11}"><p:Body><p:Body xmlns:p="urn:other"><p:x/></p:Body></p:Body></p:Envelope>`,
    ...[60, 61, 62].map((deep) => envelope11(`<A>${'<d>'.repeat(deep)}${'</d>'.repeat(deep)}</A>`)),
  ].map((text) => Buffer.from(text)),
];

/** What attackers and careless clients put in: each can make a message mean something else, or nothing. */
const insertions = [
  '<!DOCTYPE s [<!ENTITY x "y">]>',
  '<!DOCTYPE',
  '<!-- c -->',
  '<!-- <s:Body> -->',
  '<!-- a -- b -->',
  '<!--',
  '-->',
  '<![CDATA[ <s:Body/> ]]>',
  '<![CDATA[',
  ']]>',
  '<?pi x?>',
  '<?xml version="1.0"?>',
  '<?xml-stylesheet href="x"?>',
  '&amp;',
  '&lt;',
  '&#32;',
  '&#x41;',
  '&x;',
  '&',
  '&amp',
  ';',
  '<',
  '>',
  '/',
  '"',
  "'",
  '=',
  ':',
  ' ',
  '\r\n',
  '\t',
  '\0',
  '\u0001',
  'xmlns="urn:evil"',
  ' xmlns:s="urn:evil"',
  ' xmlns:o=""',
  ' xmlns=""',
  ' xmlns:xml="urn:x"',
  ' xmlns:xmlns="urn:x"',
  ' xmlns:x=" urn:x "',
  ' xmlns:w="http://www.w3.org/2000/xmlns/"',
  ' xml:lang="en"',
  ' s:a="1" s:a="2"',
  ' a="1" a="2"',
  ' a=1',
  ' a',
  ' q:z="1"',
  ' a="<"',
  ' a="&amp;"',
  ' a=">"',
  `<s:Body xmlns:s="${soap11}"><B/></s:Body>`,
  `<s:Envelope xmlns:s="${soap11}"></s:Envelope>`,
  '<s:Body/>',
  '<s:Header/>',
  '<s:Header>',
  '</s:Header>',
  '</s:Body>',
  '</s:Envelope>',
  '<Body/>',
  '<B/>',
  '<B>',
  '</B>',
  '<b:B/>',
  '<s:Header><s:Body><Fake xmlns="urn:fake"/></s:Body></s:Header>',
  `<a:Action xmlns:a="${wsa}">urn:other</a:Action>`,
  `<a:Action xmlns:a="${wsa}" b=">">u</a:Action>`,
  `<s:Header><a:Action xmlns:a="${wsa}">urn:o<!-- x -->ther</a:Action></s:Header>`,
  `<s:Header><a:Action xmlns:a="${wsa}">u<b/></a:Action></s:Header>`,
  `<s:Header><a:Action xmlns:a="${wsa}"/></s:Header>`,
  '<r:Sequence xmlns:r="http://docs.oasis-open.org/ws-rx/wsrm/200702"/>',
  '<é/>',
  'é',
  '\ufeff',
  '\uffff',
  '\ufffd',
  '\ud83d\ude00',
  '\u00a0',
  '\u2028',
  'text',
  '1',
  '.',
  '-',
  '<1/>',
  '<a:1/>',
  '<:a/>',
  '<a:/>',
  '<a:b:c/>',
];

const bytesOf = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...insertions).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 3 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 4 }).map((text) => Buffer.from(text)) },
);

interface Edit {
  readonly at: number;
  readonly drop: number;
  readonly put: Buffer;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(3) },
    { weight: 1, arbitrary: fc.nat(40) },
  ),
  put: fc.oneof({ weight: 4, arbitrary: bytesOf }, { weight: 1, arbitrary: fc.constant(Buffer.alloc(0)) }),
});

/** Edits land at a tag's edge as often as anywhere: that is where they hurt. */
const edited = (bytes: Buffer, { at, drop, put }: Edit, snap: boolean): Buffer => {
  const position = Math.floor(at * bytes.length);
  const edge = snap ? bytes.indexOf((at * 1000) % 2 < 1 ? '<' : '>', position) : -1;
  const from = edge < 0 ? position : edge + (bytes[edge] === 0x3e && drop > 0 ? 1 : 0);
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + drop)]);
};

const runs = Number(process.env['STRANGLER_LAW_RUNS'] ?? 300);

test('a mutated message is left to the exact reader, or read as it reads it', (t) => {
  const mutated = fc.record({
    message: fc.constantFrom(...messages),
    edits: fc.array(fc.tuple(edit, fc.boolean()), { maxLength: 4 }),
    cut: fc.oneof(
      { weight: 3, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
    last: fc.boolean(),
  });
  const law = fc.property(mutated, ({ message, edits, cut, last }) => {
    const bytes = edits.reduce((before, [change, snap]) => edited(before, change, snap), message);
    return agrees(bytes.subarray(0, Math.ceil(cut * bytes.length)), last);
  });
  t.notThrows(() => fc.assert(law, { numRuns: runs }));
});

test('every insertion between any two bytes of a plain message is judged as the exact reader does', (t) => {
  const plain = [
    envelope11(getOrder, '<s:Header><h>1</h></s:Header>'),
    envelope11('<o:A xmlns:o="urn:o"/>', `<s:Header xmlns:a="${wsa}"><a:Action>urn:x y</a:Action></s:Header>`),
    envelope11('<A><p:b xmlns:p="urn:p" c="d" p:c="e"/><p xmlns:q="urn:q"></p></A>'),
  ].map((text) => Buffer.from(text));
  const disagreed: string[] = [];
  for (const message of plain) {
    for (const text of [...insertions, '<p:x/>', '<q:x/>', ' p:d="e"']) {
      for (let at = 0; at <= message.length; at++) {
        const bytes = Buffer.concat([message.subarray(0, at), Buffer.from(text), message.subarray(at)]);
        if (!agrees(bytes, true))
          disagreed.push(`${JSON.stringify(text)} at ${at}: ${JSON.stringify(scan(bytes, true))}`);
      }
    }
  }
  t.deepEqual(disagreed, []);
});

test('a long prolog is judged as the exact reader does', (t) => {
  for (const length of [16_300, 16_370, 16_376, 16_377, 16_378, 16_390, 20_000, 70_000]) {
    const bytes = Buffer.from(`<!--${'x'.repeat(length)}-->${envelope11(getOrder)}`);
    t.true(agrees(bytes, true), String(length));
  }
});

test('many attributes are judged as the exact reader does', (t) => {
  for (const count of [8, 31, 32, 33, 255, 256, 257]) {
    const attributes = Array.from({ length: count }, (_, index) => ` a${index}="1"`).join('');
    const twice = `${attributes} a${count - 1}="2"`;
    for (const text of [attributes, twice]) {
      t.true(agrees(Buffer.from(envelope11(`<A${text}/>`)), true));
    }
  }
});

test('a message cut anywhere is judged as the exact reader does, whether or not more may come', (t) => {
  const disagreed: string[] = [];
  for (const message of messages) {
    for (let end = 0; end <= message.length; end++) {
      const bytes = message.subarray(0, end);
      if (!agrees(bytes, false) || !agrees(bytes, true)) disagreed.push(bytes.toString());
    }
  }
  t.deepEqual(disagreed, []);
});

const plain = [
  'WCF basicHttp',
  'WCF 1.2 with addressing, a byte order mark and no action parameter',
  'ASMX proxy',
  'SOAP::Lite',
  'PHP, with a newline at the end',
  'zeep, with addressing because the WSDL says so',
  'gSOAP 1.2, with the action in both places',
  'WCF with a user name token and a signed timestamp',
  'a client that writes comments, CDATA and white space',
];

for (const name of plain) {
  test(`the fast scan reads what is sent by ${name}`, (t) => {
    const found = scan(goldenCalls[name]?.body ?? Buffer.alloc(0), true);
    t.is(found === 'unsure' ? found : found.child, '{urn:orders}GetOrder');
  });
}

test('a scan leaves nothing behind for the next one', (t) => {
  const first = Buffer.from(
    envelope11('<a:A xmlns:a="urn:a"/>', `<s:Header><w:Action xmlns:w="${wsa}">u</w:Action></s:Header>`),
  );
  const second = Buffer.from(envelope12('<a:A/>'));
  scan(first.subarray(0, first.length - 30), false);
  t.is(scan(second, true), 'unsure');
  t.deepEqual(scan(Buffer.from(envelope12('')), true), {
    version: '1.2',
    child: null,
    actions: [],
    session: false,
    header: false,
  });
});
