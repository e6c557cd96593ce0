import test from 'ava';
import { soapProtocol } from './protocol.ts';
import { Caught, PiecesBody, noDeadline, soapCall } from '../../test/helpers/soap-call.ts';
import {
  declaration,
  envelope11,
  envelope12,
  getAction,
  getOrder,
  goldenCalls,
  listAction,
  listOrders,
  orderNames,
  soap11,
  wsa,
} from '../../test/golden/envelopes.ts';
import type { Call, Contract, Framing, Identified, Protocol } from '../adapter.ts';
import type { Names } from './names.ts';
import type { SoapProtocolOptions } from './protocol.ts';

const contract: Contract & { names: Names } = { hash: 'h', operations: new Map(), names: orderNames };
const protocol = (options: Partial<SoapProtocolOptions> = {}): Protocol =>
  soapProtocol({ contract, prefix: 524_288, dispatch: 'both', mismatch: 'legacy', ...options });

const short = (found: Identified): string => {
  if (found.is === 'operation') return found.name;
  if (found.is === 'refused') return `refused ${found.error.code}`;
  return found.is === 'undecided' ? [found.reason, ...found.names].join(' ') : found.is;
};

const text = 'text/xml; charset=utf-8';
const action = ['Content-Type', text, 'SOAPAction', `"${getAction}"`];

interface Sent {
  readonly method?: string;
  readonly raw?: readonly string[];
  readonly body: string | Buffer;
}

/** The same call in one piece, in pieces of known length, and in chunks; all at once and byte by byte. */
const ways = (body: Buffer): readonly (Buffer | PiecesBody)[] => {
  const framings: readonly Framing[] = body.length === 0 ? ['none'] : [{ bytes: body.length }, 'chunked'];
  const sizes = body.length > 100_000 ? [1000, body.length] : [1, 2, 13, Math.max(1, body.length)];
  return [body, ...framings.flatMap((framing) => sizes.map((size) => new PiecesBody(body, size, framing)))];
};

const identified = test.macro({
  exec: async (
    t,
    { method = 'POST', raw = action, body }: Sent,
    expected: string,
    options: Partial<SoapProtocolOptions> = {},
  ) => {
    for (const way of ways(Buffer.from(body))) {
      const call = soapCall({ method, raw, body: way });
      t.is(short(await protocol(options).identify(call, noDeadline)), expected);
    }
  },
  title: (name, _: Sent, expected: string, _options?: Partial<SoapProtocolOptions>) => `${name}: ${expected}`,
});

for (const [name, { raw, body }] of Object.entries(goldenCalls)) test(name, identified, { raw, body }, 'GetOrder');

const is = (value: string): readonly string[] => ['Content-Type', text, 'SOAPAction', value];
const get = envelope11(getOrder);
test('a quoted action', identified, { raw: is(`"${getAction}"`), body: get }, 'GetOrder');
test('a bare action', identified, { raw: is(getAction), body: get }, 'GetOrder');
test('a padded action', identified, { raw: is(`  "${getAction}" `), body: get }, 'GetOrder');
test('an empty action', identified, { raw: is('""'), body: get }, 'GetOrder');
test('an action of nothing', identified, { raw: is(''), body: get }, 'GetOrder');
test('no action', identified, { raw: ['Content-Type', text], body: get }, 'GetOrder');
test('a percent-encoded action', identified, { raw: is('"urn:orders/IOrders/Get%4Frder"'), body: get }, 'GetOrder');
test('an unknown action', identified, { raw: is('"GetOrder"'), body: get }, 'unknown GetOrder');
test('an action of another operation', identified, { raw: is(listAction), body: get }, 'mismatch ListOrders GetOrder');
test(
  'an action of another operation, refusing',
  identified,
  { raw: is(listAction), body: get },
  'refused ERR_REFUSED',
  { mismatch: 'refuse' },
);
test(
  'two SOAPAction lines that differ',
  identified,
  { raw: [...action, 'SOAPAction', listAction], body: get },
  'mismatch GetOrder ListOrders',
);
test(
  'two SOAPAction lines that agree',
  identified,
  { raw: [...action, 'SOAPAction', getAction], body: get },
  'GetOrder',
);
test('two Content-Type lines', identified, { raw: [...action, 'Content-Type', text], body: get }, 'malformed GetOrder');
test('a doubled charset', identified, { raw: ['Content-Type', `${text}; charset=utf-8`], body: get }, 'malformed');

test(
  'a wsa:Action of another operation',
  identified,
  { body: envelope11(getOrder, `<s:Header><Action xmlns="${wsa}">${listAction}</Action></s:Header>`) },
  'mismatch GetOrder ListOrders',
);
test(
  'a fake Body in the Header',
  identified,
  { body: envelope11(getOrder, `<s:Header><s:Body>${listOrders}</s:Body></s:Header>`) },
  'GetOrder',
);
test(
  'a comment with another operation',
  identified,
  { body: envelope11(`<!-- ${listOrders} -->${getOrder}`) },
  'GetOrder',
);
test(
  'CDATA with another operation',
  identified,
  { body: envelope11(`<![CDATA[${listOrders}]]>${getOrder}`) },
  'malformed GetOrder',
);
test('two operations', identified, { body: envelope11(getOrder + listOrders) }, 'malformed GetOrder');
test(
  'two operations, the second hidden behind 50 kB',
  identified,
  { body: envelope11(`${getOrder}${' '.repeat(50_000)}${listOrders}`) },
  'malformed GetOrder',
);
test(
  'two Bodies',
  identified,
  { body: get.replace('</s:Body>', `</s:Body><s:Body>${listOrders}</s:Body>`) },
  'malformed GetOrder',
);
test(
  'a prefix bound to another namespace',
  identified,
  { body: envelope11('<s:GetOrder xmlns:s="urn:evil"/>') },
  'unknown GetOrder',
);
test('a message that is cut', identified, { body: get.slice(0, -9) }, 'malformed GetOrder');
test('a message without a body', identified, { body: '' }, 'empty GetOrder');
test('no body and no action', identified, { raw: ['Content-Type', text], body: '' }, 'empty');
test('a DOCTYPE', identified, { body: `<!DOCTYPE s>${get}` }, 'refused ERR_REFUSED');
test(
  'a DOCTYPE that grows attributes',
  identified,
  { body: `${declaration}<!DOCTYPE s:Envelope [<!ATTLIST GetOrder xmlns CDATA "urn:evil">]>${get}` },
  'refused ERR_REFUSED',
);
test(
  'a DOCTYPE with an odd content type',
  identified,
  { raw: ['Content-Type', `${text}; charset=utf-8`], body: `<!DOCTYPE s>${get}` },
  'refused ERR_REFUSED',
);
test(
  'a DOCTYPE under application/xml',
  identified,
  { raw: ['Content-Type', 'application/xml'], body: `<!DOCTYPE s>${get}` },
  'refused ERR_REFUSED',
);
test(
  'a DOCTYPE under text/plain with an action',
  identified,
  { raw: ['Content-Type', 'text/plain', 'SOAPAction', getAction], body: `<!DOCTYPE s>${get}` },
  'refused ERR_REFUSED',
);
test(
  'a DOCTYPE in a root part',
  identified,
  {
    raw: ['Content-Type', 'multipart/related; type="text/xml"; boundary=b'],
    body: `--b\r\n\r\n<!DOCTYPE s>${get}\r\n--b--`,
  },
  'refused ERR_REFUSED',
);
test(
  'a billion laughs',
  identified,
  { body: `${declaration}<!DOCTYPE l [<!ENTITY a "${'&b;'.repeat(10)}">]>${envelope11('<A>&a;</A>')}` },
  'refused ERR_REFUSED',
);
test('a depth bomb', identified, { body: envelope11('<d>'.repeat(20_000)) }, 'limit GetOrder');
test(
  'a wide element',
  identified,
  { body: envelope11(`<d ${Array.from({ length: 5000 }, (_, n) => `a${n}=""`).join(' ')}/>`) },
  'limit GetOrder',
);
test(
  'headers over the limit',
  identified,
  { body: envelope11(getOrder, `<s:Header><a>${'x'.repeat(600_000)}</a></s:Header>`) },
  'limit GetOrder',
);
test(
  'headers of 300 kB',
  identified,
  { body: envelope11(getOrder, `<s:Header><a>${'x'.repeat(300_000)}</a></s:Header>`) },
  'GetOrder',
);
test(
  'a million entities',
  identified,
  { body: envelope11(`<GetOrder xmlns="urn:orders">${'&amp;'.repeat(200_000)}</GetOrder>`) },
  'GetOrder',
);
test(
  'a body of 2 MB',
  identified,
  { body: envelope11(`<GetOrder xmlns="urn:orders">${'x'.repeat(2_000_000)}</GetOrder>`) },
  'GetOrder',
);

test('a 1.2 envelope as text/xml', identified, { body: envelope12(getOrder) }, 'version GetOrder');
test(
  'a 1.1 envelope as application/soap+xml',
  identified,
  { raw: ['Content-Type', 'application/soap+xml'], body: get },
  'version GetOrder',
);
test(
  'a 1.2 envelope',
  identified,
  { raw: ['Content-Type', `application/soap+xml; action="${getAction}"`], body: envelope12(getOrder) },
  'GetOrder',
);
test(
  'an action parameter against the SOAPAction',
  identified,
  {
    raw: ['Content-Type', `application/soap+xml; action="${getAction}"`, 'SOAPAction', listAction],
    body: envelope12(getOrder),
  },
  'mismatch GetOrder ListOrders',
);
test(
  'an envelope as application/xml',
  identified,
  { raw: ['Content-Type', 'application/xml'], body: get },
  'version GetOrder',
);
test('an envelope without a content type', identified, { raw: [], body: get }, 'version GetOrder');
test(
  'binary XML',
  identified,
  { raw: ['Content-Type', 'application/soap+msbin1', 'SOAPAction', getAction], body: 'V\u0002' },
  'opaque GetOrder',
);
test(
  'a compressed body',
  identified,
  { raw: [...action, 'Content-Encoding', 'gzip'], body: '\u001f' },
  'opaque GetOrder',
);
test(
  'a body that is not compressed',
  identified,
  { raw: [...action, 'Content-Encoding', 'identity'], body: get },
  'GetOrder',
);
test(
  'an encrypted Body',
  identified,
  { body: envelope11('<x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/>') },
  'opaque GetOrder',
);
test(
  'a charset against the declaration',
  identified,
  { body: `<?xml version="1.0" encoding="iso-8859-1"?>${get}` },
  'encoding GetOrder',
);
test('an unknown charset', identified, { raw: ['Content-Type', 'text/xml; charset=utf-7'], body: get }, 'encoding');
test(
  'a root part of the other version',
  identified,
  {
    raw: ['Content-Type', 'multipart/related; start-info="text/xml"; boundary=b'],
    body: `--b\r\nContent-Type: application/xop+xml; type="application/soap+xml"\r\n\r\n${envelope12(getOrder)}\r\n--b--`,
  },
  'version GetOrder',
);
test(
  'a multipart of two versions',
  identified,
  {
    raw: ['Content-Type', 'multipart/related; start-info="application/soap+xml"; boundary=b'],
    body: `--b\r\nContent-Type: application/xop+xml; type="text/xml"\r\n\r\n${envelope12(getOrder)}\r\n--b--`,
  },
  'version GetOrder',
);
test(
  'a multipart whose root has another action',
  identified,
  {
    raw: ['Content-Type', `multipart/related; start-info="application/soap+xml"; action="${getAction}"; boundary=b`],
    body: `--b\r\nContent-Type: application/xop+xml; type="application/soap+xml; action=\\"${listAction}\\""\r\n\r\n${envelope12(getOrder)}\r\n--b--`,
  },
  'mismatch GetOrder ListOrders',
);
test(
  'SOAP with attachments',
  identified,
  {
    raw: ['Content-Type', 'multipart/related; type="text/xml"; boundary=b; start="<r>"', 'SOAPAction', getAction],
    body: `--b\r\nContent-Type: image/png\r\nContent-ID: <i>\r\n\r\n\u0000\r\n--b\r\nContent-ID: <r>\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n${get}\r\n--b--`,
  },
  'GetOrder',
);

test('a GET for the WSDL', identified, { method: 'GET', raw: [], body: '' }, 'other');
test('a GET with an action', identified, { method: 'GET', body: '' }, 'other');
test('a form', identified, { raw: ['Content-Type', 'application/x-www-form-urlencoded'], body: 'orderId=42' }, 'other');
test('JSON', identified, { raw: ['Content-Type', 'application/json'], body: '{}' }, 'other');
test('a document without an envelope', identified, { raw: ['Content-Type', 'application/xml'], body: '<a/>' }, 'other');
test('text/xml without an envelope', identified, { raw: ['Content-Type', text], body: '<a/>' }, 'malformed');
test(
  'metadata exchange',
  identified,
  {
    raw: ['Content-Type', 'application/soap+xml'],
    body: envelope12(
      '',
      `<s:Header><Action xmlns="${wsa}">http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</Action></s:Header>`,
    ),
  },
  'other',
);
test('a contract that is not known', identified, { body: get }, 'unknown', { contract: null });

test('a body is waited for no longer than it takes', async (t) => {
  const body = new PiecesBody(
    Buffer.from(envelope11(`<GetOrder xmlns="urn:orders">${'x'.repeat(900_000)}`)),
    1000,
    'chunked',
  );
  await protocol().identify(soapCall({ raw: action, body }), noDeadline);
  t.true(body.arrived <= 66_000);
});

test('a side door is told without its body', async (t) => {
  const body = new PiecesBody(Buffer.from('{}'), 1);
  await protocol().identify(soapCall({ raw: ['Content-Type', 'application/json'], body }), noDeadline);
  t.is(body.arrived, 0);
});

test('a call tells its version and headers once it is identified', async (t) => {
  const call = soapCall({
    raw: ['Content-Type', 'application/soap+xml'],
    body: envelope12(getOrder, '<s:Header><ClientId>7</ClientId></s:Header>'),
  });
  t.is(call.message, null);
  await protocol().identify(call, noDeadline);
  t.is(call.message?.version, '1.2');
  t.is(call.message?.header('ClientId'), '7');
  t.is(call.message?.username(), null);
});

test('headers of a multipart are those of its root', async (t) => {
  const envelope = envelope11(getOrder, '<s:Header><ClientId>7</ClientId></s:Header>');
  const raw = ['Content-Type', 'multipart/related; type="text/xml"; boundary=b'];
  const call = soapCall({ raw, body: `--b\r\nContent-Type: text/xml\r\n\r\n${envelope}\r\n--b--` });
  await protocol().identify(call, noDeadline);
  t.is(call.message?.header('ClientId'), '7');
});

test('a side door has no message', async (t) => {
  const call = soapCall({ method: 'GET' });
  await protocol().identify(call, noDeadline);
  t.is(call.message, null);
});

const named = test.macro({
  exec: (t, raw: readonly string[], expected: string | null) => {
    const call = soapCall({ raw });
    t.is(
      protocol().named(call.head, (name) => call.header(name)),
      expected,
    );
  },
  title: (name, _: readonly string[], expected: string | null) => `${name} names ${expected ?? 'nothing'}`,
});
test('a known action', named, is(`"${getAction}"`), 'GetOrder');
test('an unknown action', named, is('urn:x'), null);
test('no action', named, ['Content-Type', text], null);
test('an action of several operations', named, is('urn:any'), null);
test('an action parameter', named, ['Content-Type', `application/soap+xml; action="${getAction}"`], 'GetOrder');
test(
  'an action parameter against the SOAPAction',
  named,
  ['Content-Type', `application/soap+xml; action="${getAction}"`, 'SOAPAction', listAction],
  null,
);
test('a doubled Content-Type', named, [...action, 'Content-Type', 'text/plain'], null);

interface Watched {
  readonly reports: readonly string[];
  readonly sink: Caught;
}

const watched = (call: Call, options: Partial<SoapProtocolOptions> = {}): Watched => {
  const reports: string[] = [];
  protocol(options).watch(call, (found) => reports.push(short(found)));
  const sink = new Caught();
  call.body.pour(sink);
  return { reports, sink };
};

for (const [name, { raw, body }] of Object.entries(goldenCalls)) {
  test(`in passing: ${name}`, (t) => {
    for (const way of ways(body)) {
      const { reports, sink } = watched(soapCall({ raw, body: way }));
      t.deepEqual(reports, ['GetOrder']);
      t.true(sink.ended);
      t.deepEqual(Buffer.concat(sink.bytes), body);
    }
  });
}

const passing = test.macro({
  exec: (
    t,
    { method = 'POST', raw = action, body }: Sent,
    expected: string,
    options: Partial<SoapProtocolOptions> = {},
  ) => {
    const bytes = Buffer.from(body);
    const pieces = new PiecesBody(bytes, 7);
    const whole = new PiecesBody(bytes, Math.max(1, bytes.length));
    for (const way of [bytes, whole, pieces, new PiecesBody(bytes, 7, 'chunked')]) {
      t.deepEqual(watched(soapCall({ method, raw, body: way }), options).reports, [expected]);
    }
  },
  title: (name, _: Sent, expected: string, _options?: Partial<SoapProtocolOptions>) =>
    `in passing, ${name}: ${expected}`,
});
test('a message that is cut', passing, { body: get.slice(0, 60) }, 'malformed GetOrder');
test('an empty body', passing, { body: '' }, 'empty GetOrder');
test('a side door', passing, { method: 'GET', body: '' }, 'other');
test('binary XML', passing, { raw: ['Content-Type', 'application/soap+msbin1'], body: 'x' }, 'opaque');
test('a mismatch', passing, { raw: is(listAction), body: get }, 'mismatch ListOrders GetOrder');
test(
  'too much',
  passing,
  { body: envelope11(getOrder, `<s:Header><a>${'x'.repeat(2000)}</a></s:Header>`) },
  'limit GetOrder',
  { prefix: 1000 },
);

test('a root part that is cut is told when the part is over, though the body goes on', (t) => {
  const raw = ['Content-Type', 'multipart/related; type="text/xml"; boundary=b'];
  const body = Buffer.from(`--b\r\n\r\n${get.slice(0, 60)}\r\n--b\r\n\r\n${'x'.repeat(900)}`);
  const { reports } = watched(soapCall({ raw, body: new PiecesBody(body, 100, 'chunked') }));
  t.deepEqual(reports, ['malformed']);
});

test('a DOCTYPE cuts the flow, and what came before it was all that left', (t) => {
  const body = Buffer.from(`${declaration}<!DOCTYPE s>${get}`);
  const { reports, sink } = watched(soapCall({ raw: action, body: new PiecesBody(body, 1) }));
  t.deepEqual(reports, ['refused ERR_REFUSED']);
  t.is(sink.why?.code, 'ERR_REFUSED');
  t.false(sink.ended);
  t.is(Buffer.concat(sink.bytes).toString(), `${declaration}<!`);
});

test('a fault is in the version of the message, then of the content type, then 1.1', async (t) => {
  const trouble = { status: 503, code: 'ERR_X', message: 'no', blame: 'gateway' as const };
  const typeFor = (call: Call): string | undefined => protocol().fault(trouble, call).head.raw[1];
  const call = soapCall({ raw: action, body: envelope12(getOrder) });
  t.is(typeFor(call), 'text/xml; charset=utf-8');
  await protocol().identify(call, noDeadline);
  t.is(typeFor(call), 'application/soap+xml; charset=utf-8');
  t.is(typeFor(soapCall({ raw: ['Content-Type', 'application/soap+xml'] })), 'application/soap+xml; charset=utf-8');
  t.is(typeFor(soapCall({})), 'text/xml; charset=utf-8');
  t.is(typeFor(soapCall({ method: 'GET' })), 'application/problem+json');
  t.is(typeFor(soapCall({ raw: ['Content-Type', 'application/json'] })), 'application/problem+json');
});

test(
  'a namespace is compared as it stands',
  identified,
  { body: `<s:Envelope xmlns:s="${soap11.slice(0, -1)}"><s:Body/></s:Envelope>` },
  'malformed GetOrder',
);
