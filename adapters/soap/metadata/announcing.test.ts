import test from 'ava';
import { bytesBody } from '../../wire/bytes.ts';
import { CallDeadline } from '../../wire/deadline.ts';
import { StreamBody } from '../../wire/stream-body.ts';
import { AdapterError, SendError } from '../../errors.ts';
import { plainCall } from '../../../test/helpers/plain-call.ts';
import { announcing } from './announcing.ts';
import type { Body, Call, Raw, Reply } from '../../adapter.ts';

const url = 'http://legacy:7001/Orders.svc';
const document = (address: string): string =>
  `<d:definitions xmlns:d="http://schemas.xmlsoap.org/wsdl/"><d:import location="${address}?wsdl=wsdl0"/></d:definitions>`;
const before = document(url);
const after = document('https://api.example.com/Orders.svc');

const replyOf = (raw: Raw, body: Body, status = 200): Reply => ({
  head: { status, reason: 'OK', raw },
  body,
  verdict: { blame: 'nobody' },
});
const xml = ['content-TYPE', 'text/xml; charset=utf-8', 'Set-Cookie', 'a=1', 'set-cookie', 'b=2'];
const measured = (text = before): Reply =>
  replyOf([...xml, 'Content-Length', String(text.length)], bytesBody(Buffer.from(text)));

const entrances = [
  { mount: { path: '', iis: false }, url: 'http://legacy:7001/Shared' },
  { mount: { path: '/second', iis: true }, url },
  { mount: { path: '/stock.svc', iis: true }, url: 'http://legacy:7001/Shared/Stock.svc/' },
];

interface Asked {
  readonly reply: Reply;
  /** As the destination got it. */
  readonly sent: Call;
  readonly asIs: boolean;
  readonly text: string;
}
const ask = async (given: Parameters<typeof plainCall>[0], reply = measured(), known = true): Promise<Asked> => {
  const sent: Call[] = [];
  const send = announcing(
    (call) => {
      sent.push(call);
      return Promise.resolve(reply);
    },
    {
      mount: { path: '/Orders.svc', iis: true },
      urls: [url],
      host: null,
      retarget: (target) => target,
      announced: { entrances },
      cameIn: () => (known ? 'https://api.example.com' : null),
    },
  );
  const call = plainCall({ method: 'GET', ...given });
  const got = await send(call, new CallDeadline());
  const bytes = await got.body.prefix(1 << 20, new CallDeadline());
  return { reply: got, sent: sent[0]!, asIs: sent[0] === call && got === reply, text: bytes.toString() };
};

test('only addresses and length change: all other lines stay, with their case and order', async (t) => {
  const { reply, text } = await ask({ target: '/Orders.svc?wsdl' });
  t.is(text, after);
  t.deepEqual(reply.head.raw, [...xml, 'Content-Length', String(after.length)]);
  t.deepEqual(reply.body.framing, { bytes: after.length });
});

const asks = test.macro({
  async exec(t, method: string, target: string, wanted: boolean) {
    const { asIs, text } = await ask({ method, target });
    t.is(asIs, !wanted);
    t.is(text, wanted ? after : before);
  },
  title: (_, method: string, target: string, wanted: boolean) =>
    `${method} ${target} ${wanted ? 'is metadata' : 'passes as it is'}`,
});
for (const query of [
  '?wsdl',
  '?WSDL',
  '?singleWsdl',
  '?wsdl=wsdl0',
  '?xsd=xsd2',
  '?disco',
  '?DISCO',
  '?op=GetOrder',
  '',
])
  test(asks, 'GET', `/Orders.svc${query}`, true);
for (const target of [
  '/orders.SVC/?wsdl',
  '/Orders.svc/',
  '/Orders.svc/mex',
  '/Orders.asmx?',
  '/Orders.wsdl',
  '/sub/x.xsd',
])
  test(asks, 'GET', target, true);
test(asks, 'POST', '/Orders.svc/mex', true);
for (const target of [
  '/Orders.svc/rest/orders/7',
  '/Orders.asmx/GetOrder?id=7',
  '/Orders.asmx/json',
  '/app/js',
  '/Orders.svc?id=wsdl',
  '/Orders.svc/x?y&wsdl',
])
  test(asks, 'GET', target, false);
test(asks, 'POST', '/Orders.svc', false);
test(asks, 'POST', '/Orders.svc?wsdl', false);
test(asks, 'PUT', '/Orders.svc?wsdl', false);

const get = 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get';
test('WS-MetadataExchange is known by its action, wherever that stands', async (t) => {
  const soap12 = ['Content-Type', `application/soap+xml; charset=utf-8; action="${get}"`];
  t.false((await ask({ method: 'POST', raw: soap12 })).asIs);
  t.false((await ask({ method: 'POST', raw: ['SOAPAction', `"${get}"`] })).asIs);
  t.true((await ask({ method: 'POST', raw: ['SOAPAction', '"urn:other"'] })).asIs);
});

test('is asked for whole and as it is: identity in place of what the client would take, no ranges', async (t) => {
  const raw = ['Host', 'x', 'accept-ENCODING', 'gzip', 'Range', 'bytes=0-9', 'If-Range', '"a"', 'X', 'y'];
  const { sent } = await ask({ target: '/Orders.svc?wsdl', raw });
  t.deepEqual(sent.head.raw, ['Host', 'x', 'accept-ENCODING', 'identity', 'X', 'y']);
  t.is(sent.header('accept-encoding'), 'identity');
  t.is(sent.header('range'), null);
  t.true(sent.repeatable);
});

test('a client of which nobody knows where it came in gets the document as it is', async (t) => {
  const { reply, text } = await ask({ target: '/Orders.svc?wsdl' }, measured(), false);
  t.is(text, before);
  t.is(reply.head.raw.at(-1), String(before.length));
});

test('compressed all the same, an error, nothing of ours: the reply stays as it is', async (t) => {
  const bytes = bytesBody(Buffer.from(before));
  for (const reply of [
    replyOf([...xml, 'Content-Encoding', 'gzip'], bytes),
    replyOf(xml, bytes, 404),
    replyOf(xml, bytesBody(Buffer.from('<a/>'))),
  ])
    t.is((await ask({ target: '/Orders.svc?wsdl' }, reply)).reply, reply);
});

test('chunked stays chunked; digests of other bytes go', async (t) => {
  const body = new StreamBody('chunked', { pause() {}, resume() {} });
  body.push(Buffer.from(before));
  body.finish([]);
  const raw = ['Transfer-Encoding', 'chunked', 'Content-MD5', 'x', 'ETag', '"a"'];
  const { reply, text } = await ask({ target: '/Orders.svc?wsdl' }, replyOf(raw, body));
  t.is(text, after);
  t.is(reply.body.framing, 'chunked');
  t.deepEqual(reply.head.raw, ['Transfer-Encoding', 'chunked', 'ETag', '"a"']);
});

test('HEAD is told no length: that of the document is not what GET brings', async (t) => {
  const { reply } = await ask({ method: 'HEAD', target: '/Orders.svc?wsdl' });
  t.deepEqual(reply.head.raw, xml);
});

test('a document longer than 16 MiB flows on as it is', async (t) => {
  const body = new StreamBody('chunked', { pause() {}, resume() {} });
  body.push(Buffer.from(before));
  body.push(Buffer.alloc(16 * 1024 * 1024));
  const reply = replyOf(['Transfer-Encoding', 'chunked'], body);
  t.is((await ask({ target: '/Orders.svc?wsdl' }, reply)).reply, reply);
});

test('a document that breaks off is an error, and no document', async (t) => {
  const body = new StreamBody('chunked', { pause() {}, resume() {} });
  body.push(Buffer.from(before));
  body.fail(new AdapterError('ERR_TRUNCATED', 'cut'));
  const error = await t.throwsAsync(ask({ target: '/Orders.svc?wsdl' }, replyOf([], body)));
  t.true(error instanceof SendError && error.reason === 'truncated' && error.reached === 'all');
});

test('what other routes lead to at that host is announced as theirs, by the longest path; the rest stays', async (t) => {
  const addresses = ['/Orders.svc', '/shared/x.xsd', '/Shared/x.xsd', '/SHARED/stock.SVC?wsdl', '/Other.svc'];
  const wsdl = (of: readonly string[]): string =>
    `<d:definitions xmlns:d="http://schemas.xmlsoap.org/wsdl/">${of.map((each) => `<d:import location="${each}"/>`).join('')}</d:definitions>`;
  const { text } = await ask(
    { target: '/Orders.svc?wsdl' },
    measured(wsdl(addresses.map((each) => `http://legacy:7001${each}`))),
  );
  t.is(
    text,
    wsdl([
      'https://api.example.com/Orders.svc',
      'http://legacy:7001/shared/x.xsd',
      'https://api.example.com/x.xsd',
      'https://api.example.com/stock.svc?wsdl',
      'http://legacy:7001/Other.svc',
    ]),
  );
});

test("the name of the client's Host with the destination's own port is the destination, and with another port it is not", async (t) => {
  const wsdl = (of: readonly string[]): string =>
    `<d:definitions xmlns:d="http://schemas.xmlsoap.org/wsdl/">${of.map((each) => `<d:import location="${each}"/>`).join('')}</d:definitions>`;
  const stock = ['http://API.example.com:7001/Shared/Stock.svc', 'http://api.example.com:7002/Shared/Stock.svc'];
  const { text } = await ask(
    { target: '/Orders.svc?wsdl', raw: ['Host', 'api.example.com:8443'] },
    measured(wsdl(stock)),
  );
  t.is(text, wsdl(['https://api.example.com/stock.svc', 'http://api.example.com:7002/Shared/Stock.svc']));
});
