// What a legacy service may answer, as bytes on a socket: which of it is given again, and which never.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startLegacy } from '../../examples/orders/legacy.ts';
import { startModern } from '../../examples/orders/modern.ts';
import { root, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { action, getOrder, namespace, post } from '../helpers/soap-post.ts';

/** Bytes of a reply to this request. */
type Replying = (request: string) => string;

interface Rig {
  readonly gateway: Gateway;
  readonly url: string;
  /** The same operation with JSON, from the same service. */
  readonly api: string;
  /** The same with SOAP, from a service that speaks JSON. */
  readonly modern: string;
  /** The same bytes as plain HTTP. */
  readonly plain: string;
  /** How often each order was asked for. */
  readonly asked: Map<string, number>;
}

const isWhole = (request: string): boolean => {
  const head = request.indexOf('\r\n\r\n');
  return head !== -1 && request.length >= head + 4 + Number(/content-length: *(\d+)/i.exec(request)?.[1] ?? 0);
};

/** A service that answers each order as `replies` has it; connections end with each reply. */
const rig = async (t: ExecutionContext, cache: string, replies: Readonly<Record<string, Replying>>): Promise<Rig> => {
  const asked = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let request = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      request += bytes.toString('latin1');
      if (!isWhole(request)) return;
      const id = /(?:orderId>|orders\/)(\d+)/.exec(request)?.[1] ?? '';
      asked.set(id, (asked.get(id) ?? 0) + 1);
      socket.end(replies[id]!(request), 'latin1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: 'http://127.0.0.1:${port}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  new: { adapter: http, url: 'http://127.0.0.1:${port}' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    cacheStatus: true
    operations: { GetOrder: { effect: read, cache: ${cache} } }
  api:
    match: { path: /api/** }
    protocol: rest
    contract: old
    legacy: old
    cacheStatus: true
    operations: { GetOrder: { call: 'GET /orders/{orderId}', cache: ${cache} } }
  modern:
    match: { path: /Modern.svc }
    protocol: soap
    legacy: old
    modern: new
    fallback: off
    breaker: off
    weight: 100
    cacheStatus: true
    operations: { GetOrder: { effect: read, call: 'GET /orders/{orderId}', cache: ${cache} } }
  plain:
    match: { path: /orders/** }
    legacy: new
    cacheStatus: true
    operations: { 'GET /orders/{id}': { cache: ${withoutFaults(cache)} } }`,
  );
  const at = (path: string): string => gateway.url + path;
  return {
    gateway,
    url: at('/OrderService.svc'),
    api: at('/api/orders'),
    modern: at('/Modern.svc'),
    plain: at('/orders'),
    asked,
  };
};

/** Plain HTTP has none. */
const withoutFaults = (cache: string): string => cache.replace(/, faults: \{[^}]*\}/, '');

const http = (
  body: string,
  { status = '200 OK', lines = [] as string[], type = 'text/xml; charset=utf-8', length = body.length } = {},
): string =>
  [
    `HTTP/1.1 ${status}`,
    `Content-Type: ${type}`,
    ...lines,
    `Content-Length: ${length}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');

/** A real answer of the service to this order, as text of one byte a character. */
const realAnswer = async (t: ExecutionContext, id = 3): Promise<string> => {
  const legacy = await startLegacy({ port: 0 });
  t.teardown(() => legacy.close());
  const reply = await fetch(legacy.url, {
    method: 'POST',
    body: getOrder(id),
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: action('GetOrder') },
  });
  return Buffer.from(await reply.arrayBuffer()).toString('latin1');
};

const faultOf = (code: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:${code}</faultcode><faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>`;
const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const stamped = `<s:Header><o:Security xmlns:o="${wsse}"><u:Timestamp xmlns:u="${wsu}"><u:Created>2026-01-01T00:00:00Z</u:Created><u:Expires>2026-01-01T00:05:00Z</u:Expires></u:Timestamp></o:Security></s:Header>`;
const soap = { soapaction: action('GetOrder') };

const chunked = (body: string, end: string, type = 'text/xml'): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n${end}`;

type Bad = readonly (readonly [what: string, bytes: string, onlySoap?: 'only SOAP'])[];

/** Of a SOAP service. */
const badSoap = (good: string, notFound: string): Bad => [
  ['a fault', http(faultOf('Server'), { status: '500 Internal Server Error' })],
  ['a declared fault that no policy names', http(notFound, { status: '500 Internal Server Error' })],
  ['a 500 with a value', http(good, { status: '500 Internal Server Error' })],
  ['a 500 with a page', http('<html/>', { status: '500 Oh', type: 'text/html' })],
  ['a 200 with a page', http('<html/>', { type: 'text/html' })],
  ['a reply cut by its length', http(good.slice(0, -50), { length: good.length })],
  ['a reply cut in its chunks', chunked(good, '')],
  ['half an envelope, whole by its length', http(good.slice(0, good.length / 2))],
  ['a reply outside the contract', http(good.replaceAll('GetOrderResult', 'GetOrderOutcome'))],
  ["another operation's reply", http(good.replaceAll('GetOrderRes', 'ListOrdersRes'))],
  ['a reply with a cookie', http(good, { lines: ['Set-Cookie: session=a'] })],
  ['a reply that forbids it', http(good, { lines: ['Cache-Control: private, No-Store'] })],
  ['a reply that varies', http(good, { lines: ['Vary: X-Whatever'] })],
  ['a coded reply', http(good, { lines: ['Content-Encoding: identity'] })],
  [
    'a multipart reply',
    http(`--x\r\nContent-Type: text/xml\r\n\r\n${good}\r\n--x--`, {
      type: 'multipart/related; boundary=x; type="text/xml"',
    }),
  ],
  ['an empty reply', http('')],
  ['two envelopes', http(good + good.replace(/<\?xml[^>]*>/, ''))],
  ['a reply with a DOCTYPE', http(good.replace(/^(<\?xml[^>]*>)?/, '$1<!DOCTYPE a>'))],
  ['a stamped reply', http(good.replace('<s:Body', `${stamped}<s:Body`)), 'only SOAP'],
  ['a reply longer than maxBytes', http(good.replace('</s:Body>', `</s:Body>${' '.repeat(70_000)}`)), 'only SOAP'],
  [
    'a long reply that does not say so',
    chunked(good.replace('</s:Body>', `</s:Body>${' '.repeat(70_000)}`), '0\r\n\r\n'),
    'only SOAP',
  ],
];

/** Of a JSON service. */
const badJson = (good: string): Bad => {
  const type = 'application/json';
  const json = (body: string, more: Parameters<typeof http>[1] = {}) => http(body, { type, ...more });
  return [
    ['a 500', json('{"title":"no"}', { status: '500 Internal Server Error' })],
    ['a 404', json('{"title":"no"}', { status: '404 Not Found' })],
    ['a 503 with a value', json(good, { status: '503 Service Unavailable' })],
    ['a page', http('<html/>', { type: 'text/html' })],
    ['a reply cut by its length', json(good.slice(0, -20), { length: good.length })],
    ['a reply cut in its chunks', chunked(good, '', type)],
    ['half of it', json(good.slice(0, good.length / 2))],
    ['a reply outside the contract', json(good.replace('"Amount":', '"Amount":"much","Amounts":'))],
    ['a reply with a cookie', json(good, { lines: ['Set-Cookie: session=a'] })],
    ['a reply that forbids it', json(good, { lines: ['Cache-Control: no-store'] })],
    ['a reply that varies', json(good, { lines: ['Vary: Accept-Language'] })],
    [
      'a multipart reply',
      http(`--x\r\nContent-Type: ${type}\r\n\r\n${good}\r\n--x--`, { type: 'multipart/mixed; boundary=x' }),
    ],
    ['an empty reply', json('')],
  ];
};

/** Of plain HTTP, whatever its content: only what tells of itself. */
const badPlain = (good: string): Bad => {
  const fresh = 'Cache-Control: public, max-age=60';
  return [
    ['a 500', http('no', { status: '500 Internal Server Error' })],
    ['a reply cut by its length', http(good.slice(0, -20), { length: good.length, lines: [fresh] })],
    ['a reply cut in its chunks', chunked(good, '')],
    ['a reply with a cookie', http(good, { lines: [fresh, 'Set-Cookie: session=a'] })],
    ['a reply that forbids it', http(good, { lines: ['Cache-Control: no-store'] })],
    ['a reply that varies by whatever', http(good, { lines: [fresh, 'Vary: *'] })],
    [
      'parts of a reply',
      http(`--x\r\nContent-Range: bytes 0-1/9\r\n\r\n${good.slice(0, 2)}\r\n--x--`, {
        status: '206 Partial Content',
        type: 'multipart/byteranges; boundary=x',
        lines: [fresh],
      }),
    ],
  ];
};

const cached = '{ ttl: 1h, staleIfError: 1h, maxBytes: 64kb }';
/** Asks for each of them twice, and for good ones, with numbers from 900 on. */
const neverAgain = test.macro<
  [{ of: (t: ExecutionContext) => Promise<{ bad: Bad; good: readonly string[] }>; by: By }]
>(async (t, { of, by }) => {
  const { bad, good } = await of(t);
  const all = [...bad.map(([, bytes], n) => [n, bytes]), ...good.map((bytes, n) => [900 + n, bytes])] as const;
  const made = await rig(t, cached, Object.fromEntries(all.map(([id, bytes]) => [id, () => bytes as string])));
  for (const [id] of all) for (let n = 0; n < 2; n += 1) await asks[by](made, Number(id)).catch(() => null);
  for (const [n, [what]] of bad.entries()) t.is(made.asked.get(String(n)), 2, what);
  for (const n of good.keys()) t.is(made.asked.get(String(900 + n)), 1, 'a good one');
});

const asks = {
  soap: ({ url }: Rig, id: number) => post(url, getOrder(id), soap),
  api: ({ api }: Rig, id: number) => fetch(`${api}/${id}`).then((reply) => reply.text()),
  modern: ({ modern }: Rig, id: number) => post(modern, getOrder(id), soap),
  plain: ({ plain }: Rig, id: number) => fetch(`${plain}/${id}`).then((reply) => reply.text()),
};
type By = keyof typeof asks;

const ofSoap = async (t: ExecutionContext) => {
  const good = await realAnswer(t);
  const bad = badSoap(good, await realAnswer(t, 999_999));
  t.regex(good, /<s:Body/);
  return { bad, good: [http(good), chunked(good, '0\r\n\r\n')] };
};
/** As a JSON client gets it: what the stamp and the white space were about is gone. */
const ofSoapAsJson = async (t: ExecutionContext) => {
  const { bad, good } = await ofSoap(t);
  return { bad: bad.filter(([, , where]) => where === undefined), good };
};
const jsonAnswer = async (t: ExecutionContext): Promise<string> => {
  const modern = await startModern({ port: 0 });
  t.teardown(() => modern.close());
  return Buffer.from(await (await fetch(`${modern.url}/orders/3`)).arrayBuffer()).toString('latin1');
};
const ofJson = async (t: ExecutionContext) => {
  const good = await jsonAnswer(t);
  const type = 'application/json';
  t.regex(good, /"Amount":/);
  const vary = { type, lines: ['Vary: Accept, Accept-Encoding, Origin'] };
  return { bad: badJson(good), good: [http(good, { type }), http(good, vary)] };
};
const ofPlain = async (t: ExecutionContext) => {
  const good = await jsonAnswer(t);
  return { bad: badPlain(good), good: [http(good), http(good, { lines: ['Cache-Control: max-age=60'] })] };
};

test('none of these is ever given again: SOAP from SOAP', neverAgain, { of: ofSoap, by: 'soap' });
test('none of these is ever given again: JSON from SOAP', neverAgain, { of: ofSoapAsJson, by: 'api' });
test('none of these is ever given again: SOAP from JSON', neverAgain, { of: ofJson, by: 'modern' });
test('none of these is ever given again: plain HTTP', neverAgain, { of: ofPlain, by: 'plain' });

test('a declared fault that its policy names is kept, and no other', async (t) => {
  const notFound = await realAnswer(t, 999_999);
  const { url, asked } = await rig(t, '{ ttl: 1h, faults: { OrderNotFoundFault: 1h } }', {
    1: () => http(notFound, { status: '500 Internal Server Error' }),
    2: () => http(faultOf('Client'), { status: '500 Internal Server Error' }),
    3: () => http(notFound, { status: '500 Internal Server Error', lines: ['Set-Cookie: a=b'] }),
  });
  for (const id of [1, 2, 3]) for (let n = 0; n < 2; n += 1) t.is((await post(url, getOrder(id), soap)).status, 500);
  t.deepEqual([asked.get('1'), asked.get('2'), asked.get('3')], [1, 2, 2]);
});

const wsa = 'http://www.w3.org/2005/08/addressing';
const addressed = (id: string | null): string => {
  const messageId = id === null ? '' : `<a:MessageID>${id}</a:MessageID>`;
  return getOrder(3).replace(
    '<s:Body>',
    `<s:Header xmlns:a="${wsa}"><a:Action>${action('GetOrder').slice(1, -1)}</a:Action>${messageId}<a:ReplyTo><a:Address>${wsa}/anonymous</a:Address></a:ReplyTo></s:Header><s:Body>`,
  );
};

test('each caller gets the kept answer related to its own message', async (t) => {
  const good = await realAnswer(t);
  const replying: Replying = (request) => {
    const id = /MessageID>([^<]*)</.exec(request)?.[1];
    const relates = id === undefined ? '' : `<a:RelatesTo>${id}</a:RelatesTo>`;
    const header = `<s:Header xmlns:a="${wsa}"><a:Action>${namespace}/IOrderService/GetOrderResponse</a:Action>${relates}</s:Header>`;
    return http(good.replace(/<s:Header.*<\/s:Header>/s, '').replace('<s:Body', `${header}<s:Body`));
  };
  const { url, asked } = await rig(t, '{ ttl: 1h }', { 3: replying });
  const ids = ['urn:uuid:1', 'urn:uuid:two-and-more', 'urn:&amp;3'];
  for (const id of ids) {
    const { status, text } = await post(url, addressed(id), soap);
    t.is(status, 200);
    t.is(/RelatesTo>([^<]*)</.exec(text)?.[1], id);
    t.is(
      text.replace(id, ''),
      (await post(url, addressed('urn:x'), soap)).text.replace('urn:x', ''),
      'all else is the same',
    );
  }
  t.is(asked.get('3'), 1);
  t.notRegex((await post(url, addressed(null), soap)).text, /RelatesTo/);
  t.is(asked.get('3'), 2);
});

test('a call with a Timestamp gets an answer of its own', async (t) => {
  const good = await realAnswer(t);
  const { url, asked } = await rig(t, '{ ttl: 1h }', { 3: () => http(good.replace('<s:Body', `${stamped}<s:Body`)) });
  const call = getOrder(3).replace('<s:Body>', `${stamped}<s:Body>`);
  for (let n = 0; n < 3; n += 1) await post(url, call, soap);
  t.is(asked.get('3'), 3);
});
