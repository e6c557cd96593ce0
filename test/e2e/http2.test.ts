// Clients that speak HTTP/2, before destinations that do not.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  connect,
  constants,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { authority } from '../helpers/certificates.ts';
import { where } from '../helpers/components.ts';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';
import { action, getOrder } from '../helpers/soap-post.ts';
import { strictRequests } from '../helpers/strict-requests.ts';

const secured = where(test, 'openssl');

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly trailers: IncomingHttpHeaders | null;
  readonly code: number;
}

const ask = (session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Buffer | string): Promise<Answer> =>
  new Promise((resolve) => {
    const stream = session.request(headers, { endStream: body === undefined });
    let [told, text]: [IncomingHttpHeaders, string] = [{}, ''];
    let trailers: IncomingHttpHeaders | null = null;
    stream.on('response', (found) => (told = found));
    stream.on('trailers', (found) => (trailers = found));
    stream.setEncoding('latin1');
    stream.on('data', (piece: string) => (text += piece));
    stream.on('error', () => undefined);
    stream.on('close', () =>
      resolve({ status: Number(told[':status']), headers: told, text, trailers, code: stream.rstCode ?? 0 }),
    );
    if (body !== undefined) stream.end(body);
  });

type Answering = (target: string, body: string) => string;
const ok: Answering = (_target, body) =>
  `HTTP/1.1 200 Fine\r\nX-Old: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: keep-alive\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const rig = async (t: ExecutionContext, answer: Answering = ok, requestTimeout = '30s', replyTimeout = '1m') => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-h2-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const ca = await authority(folder, 'authority');
  const own = await ca.issue('localhost');
  const told: number[] = [];
  const upstream = await rawUpstream(t, (socket, soFar, index) => {
    // Reading a large body anew for each piece would take longer than the call.
    if (soFar.length > 100_000 && !/(\r\n0\r\n\r\n|z)$/.test(soFar.slice(-10))) return;
    const { whole } = strictRequests(soFar);
    for (let n = told[index] ?? 0; n < whole.length; n++)
      socket.write(answer(whole[n]!.target, whole[n]!.body), 'latin1', () => {
        if (whole[n]!.target === '/cut') socket.destroy();
      });
    told[index] = whole.length;
  });
  const gateway = await gatewayHere(
    t,
    `
destinations: { up: { adapter: http, url: 'http://127.0.0.1:${upstream.port}' } }
routes:
  soap: { match: { path: /soap }, protocol: soap, legacy: up, limits: { body: 10kb } }
  host: { match: { path: /host, host: orders.example }, legacy: up }
  all: { match: { path: /** }, legacy: up }
  small: { match: { path: /small }, legacy: up, limits: { body: 1kb } }
  late: { match: { path: /late/** }, legacy: up, deadline: 300ms }
`,
    {
      gateway: `http2: true, tls: { cert: '${own.cert}', key: '${own.key}' }, limits: { requestTimeout: ${requestTimeout}, replyTimeout: ${replyTimeout} }`,
    },
  );
  const port = new URL(gateway.url).port;
  const session = connect(`https://localhost:${port}`, { ca: ca.pem, lookup: undefined });
  session.on('error', () => undefined);
  t.teardown(() => session.destroy());
  const seen = () => upstream.connections.flatMap((bytes) => strictRequests(bytes).whole);
  return { session, gateway, seen, ca, port };
};

secured('a call on a stream goes on as HTTP/1.1 has it, and its answer comes back as HTTP/2 has it', async (t) => {
  const { session, seen, port } = await rig(t);
  const got = await ask(session, { ':path': '/a?b=%20c', 'x-one': '1', cookie: ['a=1', 'b=2'], te: 'trailers' });
  t.is(got.status, 200);
  t.is(got.headers['x-old'], '1');
  t.deepEqual(got.headers['set-cookie'], ['a=1', 'b=2']);
  t.false('connection' in got.headers);
  const [call] = seen();
  t.is(call?.target, '/a?b=%20c');
  t.deepEqual(call?.headers, [`host: localhost:${port}`, 'x-one: 1', 'cookie: a=1; b=2', 'Via: 2.0 strangler']);
});

secured('bodies stream both ways, with a length and without, and many at once', async (t) => {
  const { session, seen } = await rig(t);
  const large = Buffer.alloc(3_000_000, 'x');
  large[2_999_999] = 'z'.charCodeAt(0);
  const answers = await Promise.all([
    ask(session, { ':method': 'POST', ':path': '/1' }, large),
    ask(session, { ':method': 'POST', ':path': '/2', 'content-length': large.length }, large),
    ...Array.from({ length: 30 }, (_, n) => ask(session, { ':method': 'PUT', ':path': `/n${n}` }, `body ${n}`)),
  ]);
  t.deepEqual(
    answers.map(({ text }) => text.length),
    [3_000_000, 3_000_000, ...answers.slice(2).map((_, n) => `body ${n}`.length)],
  );
  const framing = (target: string) =>
    seen()
      .find((call) => call.target === target)
      ?.headers.filter((line) => /^(content-length|transfer-encoding)/.test(line));
  t.deepEqual(framing('/1'), ['transfer-encoding: chunked']);
  t.deepEqual(framing('/2'), ['content-length: 3000000']);
});

/** Lines that HTTP/1.1 knows nothing wrong with; `http2-settings` is of connections (RFC 9113 §8.2.2). */
const odd = [
  'X-Content-Type-Options: nosniff',
  'X-Content-Type-Options: nosniff',
  'ETag: "a"',
  'ETag: "b"',
  'constructor: 1',
  '__proto__: 2',
  'Te: x',
  'HTTP2-Settings: 3',
  '',
].join('\r\n');

secured('lines that HTTP/2 thinks little of fail no answer', async (t) => {
  const { session } = await rig(t, (target) =>
    target === '/head'
      ? `HTTP/1.1 200 OK\r\n${odd}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`
      : `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${odd}\r\n`,
  );
  const head = await ask(session, { ':path': '/head' });
  t.like(head, { status: 200, text: 'ok', code: 0 });
  t.is(head.headers['x-content-type-options'], 'nosniff');
  t.is(String(head.headers['constructor']), '1');
  const trailers = await ask(session, { ':path': '/trailers' });
  t.like(trailers, { status: 200, text: 'ok', code: 0 });
  t.is(String(trailers.trailers?.['constructor']), '1');
  t.deepEqual(
    Object.keys(trailers.trailers ?? {}).filter((name) => /^(?:te|http2-settings)$/.test(name)),
    [],
  );
});

secured('NTLM and Negotiate, which say who calls on a connection, are told to come by HTTP/1.1', async (t) => {
  const { session, seen, gateway } = await rig(t);
  for (const authorization of ['NTLM TlRMTVNTUAAB', 'negotiate YII=']) {
    const { code } = await ask(session, { ':path': '/a', authorization });
    t.is(code, constants.NGHTTP2_HTTP_1_1_REQUIRED);
  }
  t.deepEqual(seen(), []);
  t.is(await gateway.metric('strangler_turned_away_total', { reason: 'http2' }), 2);
  t.is((await ask(session, { ':path': '/a', authorization: 'Basic YTpi' })).status, 200);
});

secured('SOAP is answered, and told in faults', async (t) => {
  const { session } = await rig(
    t,
    () => 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\nok',
    '1s',
  );
  const headers = {
    ':method': 'POST',
    ':path': '/soap',
    'content-type': 'text/xml; charset=utf-8',
    soapaction: action('GetOrder'),
  };
  const good = await ask(session, headers, getOrder(1));
  t.is(good.text, 'ok');
  const doctype = await ask(session, headers, getOrder(1).replace('<s:Envelope', '<!DOCTYPE x><s:Envelope'));
  t.is(doctype.status, 500);
  t.regex(doctype.text, /faultcode>s:Client/);
  const large = await ask(session, headers, getOrder(1) + ' '.repeat(20_000));
  t.is(large.status, 500);
  t.regex(large.text, /too large/);
  const slow = session.request({ ...headers, 'content-length': 1000 });
  slow.write('<s:');
  let text = '';
  slow.setEncoding('utf8');
  slow.on('data', (piece: string) => (text += piece));
  slow.on('error', () => undefined);
  await new Promise((resolve) => slow.on('close', resolve));
  t.regex(text, /in time/);
});

secured('a reply that is cut is seen as cut; one without a length ends; HEAD and 204 have no body', async (t) => {
  const { session } = await rig(t, (target) => {
    if (target === '/cut') return 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf';
    if (target === '/empty') return 'HTTP/1.1 204 No Content\r\n\r\n';
    if (target === '/head') return 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
    return 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n';
  });
  const cut = await ask(session, { ':path': '/cut' });
  t.is(cut.code, constants.NGHTTP2_INTERNAL_ERROR);
  const chunked = await ask(session, { ':path': '/x' });
  t.is(chunked.text, 'ok');
  t.is(chunked.trailers?.['x-sum'], '7');
  t.is((await ask(session, { ':path': '/empty' })).status, 204);
  const head = await ask(session, { ':path': '/head', ':method': 'HEAD' });
  t.deepEqual([head.status, head.headers['content-length'], head.text, head.code], [200, '5', '', 0]);
});

secured('what HTTP/1.1 would read otherwise goes nowhere', async (t) => {
  const { session, seen, gateway } = await rig(t);
  /** What nghttp2 itself refuses is reset. */
  const status = async (headers: OutgoingHttpHeaders) => {
    const told = await ask(session, headers);
    return told.code === constants.NGHTTP2_PROTOCOL_ERROR ? 400 : told.status;
  };
  t.is(await status({ ':path': '/', ':authority': 'localhost', host: 'other' }), 400);
  t.is(await status({ ':path': '/#x' }), 400);
  t.is(await status({ ':path': 'x' }), 400);
  t.is(await status({ ':path': '/', ':method': 'TRACE' }), 405);
  t.is(await status({ ':path': '/', ':authority': 'a b' }), 400);
  t.is(await status({ ':path': `/${'x'.repeat(17_000)}` }), 414);
  t.is(await status({ ':path': '/', soapaction: ['a', 'b'] }), 400);
  t.deepEqual(seen(), []);
  t.true((await gateway.metric('strangler_turned_away_total')) >= 4);
  t.is(await status({ ':path': '/host', ':authority': 'orders.example' }), 200);
  t.is(await status({ ':path': '/nowhere' }), 200);
});

secured('HTTP/1.1 goes on beside it', async (t) => {
  const { ca, port } = await rig(t);
  const agent = new Agent({ ca: ca.pem });
  t.teardown(() => agent.destroy());
  const status = await new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', servername: 'localhost', port, path: '/x', agent }, (reply) => {
      reply.resume();
      resolve([reply.httpVersion, reply.statusCode]);
    });
    asked.on('error', reject);
    asked.end();
  });
  t.deepEqual(status, ['1.1', 200]);
});

secured('a client that leaves is counted as such; a stop finishes the streams under way', async (t) => {
  const { session, gateway } = await rig(t, (target) => {
    if (target === '/held') return '';
    return ok(target, 'x');
  });
  const left = session.request({ ':path': '/held' });
  left.on('error', () => undefined);
  await eventually(async () => (await gateway.metric('strangler_in_flight', { destination: 'up' })) === 1);
  left.close(constants.NGHTTP2_CANCEL);
  await eventually(async () => (await gateway.metric('strangler_requests_total', { outcome: 'client-left' })) === 1);
  const slow = session.request({ ':path': '/x', ':method': 'POST' }, { endStream: false });
  slow.on('error', (error) => t.log(error.message));
  slow.write('a');
  await eventually(async () => (await gateway.metric('strangler_in_flight', { destination: 'up' })) === 1);
  const stopped = gateway.stop();
  await new Promise((resolve) => setTimeout(resolve, 300));
  slow.end('b');
  let text = '';
  slow.setEncoding('utf8');
  slow.on('data', (piece: string) => (text += piece));
  await new Promise((resolve) => slow.on('close', resolve));
  t.is(text.length, 1);
  await stopped;
});

secured('a body whose end comes by itself is answered, and its client has not left', async (t) => {
  const { session, gateway } = await rig(t, (target) => ok(target, 'x'));
  const stream = session.request({ ':path': '/x', ':method': 'POST' }, { endStream: false });
  stream.end('body');
  stream.resume();
  await new Promise((resolve) => stream.on('close', resolve));
  t.is(stream.rstCode, constants.NGHTTP2_NO_ERROR);
  const counted = (outcome: string) => gateway.metric('strangler_requests_total', { outcome });
  await eventually(async () => (await counted('ok')) + (await counted('client-left')) === 1);
  t.is(await counted('client-left'), 0);
});

secured('a stream ends with its deadline: with an error before an answer, reset amid one', async (t) => {
  const { session } = await rig(t, (target) =>
    target === '/late/half' ? 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf' : '',
  );
  const silent = await ask(session, { ':path': '/late' });
  t.is(silent.status, 504);
  t.regex(silent.text, /ERR_DEADLINE/);
  const half = await ask(session, { ':path': '/late/half' });
  t.is(half.status, 200);
  t.is(half.code, constants.NGHTTP2_INTERNAL_ERROR);
  const dripped = session.request({ ':path': '/late', ':method': 'POST' }, { endStream: false });
  const [told] = (await once(dripped, 'response')) as [IncomingHttpHeaders];
  t.is(Number(told[':status']), 504);
});

secured('a client that keeps the window of its stream shut gives the place of its call back in time', async (t) => {
  const { session, gateway } = await rig(t, (target) => ok(target, 'x'.repeat(1_000_000)), undefined, '300ms');
  const stream = session.request({ ':path': '/x' }).pause();
  stream.on('error', () => undefined);
  const inFlight = () => gateway.metric('strangler_in_flight', { destination: 'up' });
  await eventually(async () => (await inFlight()) === 1);
  await eventually(async () => (await inFlight()) === 0);
  t.is(await gateway.metric('strangler_requests_total', { outcome: 'client-left' }), 1);
  t.is((await ask(session, { ':path': '/x' })).status, 200, 'its other streams go on');
});
