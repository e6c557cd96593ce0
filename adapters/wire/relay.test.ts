import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { AdapterError, SendError } from '../errors.ts';
import { rawClient } from '../../test/helpers/raw-client.ts';
import { answering, isWhole, rawUpstream, type RawUpstream } from '../../test/helpers/raw-upstream.ts';
import { Arrival, problemReply } from './accept.ts';
import { Pool } from './pool.ts';
import { relay, verdictByStatus } from './relay.ts';

interface Rig {
  readonly port: number;
  readonly errors: SendError[];
  readonly delivered: string[];
}

/** Our two edges with nothing between them. */
const rig = async (
  t: ExecutionContext,
  upstream: RawUpstream,
  how: { write?: boolean; repeatable?: boolean; timeout?: number } = {},
): Promise<Rig> => {
  const pool = new Pool({
    address: { host: '127.0.0.1', port: upstream.port, tls: null },
    connectTimeout: 1000,
    timeout: how.timeout ?? 5000,
    keepAlive: true,
  });
  const send = relay({
    pool,
    write: how.write ?? false,
    retarget: (target) => target,
    host: null,
    verdict: ({ status }) => verdictByStatus(status),
  });
  const errors: SendError[] = [];
  const delivered: string[] = [];
  const handle = async (req: IncomingMessage, res: ServerResponse, waits: boolean) => {
    const call = new Arrival(req, res, { waits });
    call.repeatable = how.repeatable ?? null;
    if (call.repeatable !== null) await call.body.whole(1024, call.deadline); // as the gateway waits for small ones
    try {
      delivered.push(await call.respond(await send(call, call.deadline)));
    } catch (error) {
      if (error instanceof AdapterError && error.code === 'ERR_ABORTED') return;
      if (!(error instanceof SendError)) throw error;
      errors.push(error);
      await call.respond(problemReply({ status: 502, code: error.code, message: '', blame: 'gateway' }));
    }
  };
  const server = createServer((req, res) => void handle(req, res, false));
  server.on('checkContinue', (req, res) => void handle(req, res, true));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    pool.close();
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, errors, delivered };
};

const ok = 'HTTP/1.1 200 Fine\r\nX-Odd-Case: a\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 5\r\n\r\nhello';
const complete = (text: string) => text.includes('hello');

test('a request goes up with its lines in case, order and number, but for hop-by-hop ones, and Via', async (t) => {
  const upstream = await rawUpstream(t, answering(ok));
  const { port } = await rig(t, upstream);
  const client = rawClient(t, port);
  client.send(
    'POST /a//b%2F?wsdl HTTP/1.1\r\nHost: x\r\nSOAPAction: "u"\r\nACCEPT: a\r\nAccept: b\r\nConnection: TE, x-mine\r\nTE: gzip\r\nX-Mine: 1\r\nContent-Length: 3\r\n\r\n<a>',
  );
  await client.until(complete);
  t.is(
    upstream.connections[0],
    'POST /a//b%2F?wsdl HTTP/1.1\r\nHost: x\r\nSOAPAction: "u"\r\nACCEPT: a\r\nAccept: b\r\nContent-Length: 3\r\nVia: 1.1 strangler\r\n\r\n<a>',
  );
});

test('a reply comes down byte for byte, with nothing added', async (t) => {
  const { port } = await rig(t, await rawUpstream(t, answering(ok)));
  const client = rawClient(t, port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  t.is(await client.until(complete), ok);
});

test('chunked stays chunked both ways, trailers too', async (t) => {
  const upstream = await rawUpstream(
    t,
    answering(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-T: v\r\n\r\n',
    ),
  );
  const { port } = await rig(t, upstream);
  const client = rawClient(t, port);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n0\r\n\r\n');
  const got = await client.until((text) => text.endsWith('0\r\nX-T: v\r\n\r\n'));
  t.true(got.includes('\r\nTransfer-Encoding: chunked\r\n'));
  t.is(got.slice(got.indexOf('\r\n\r\n') + 4), '5\r\nabcde\r\n0\r\nX-T: v\r\n\r\n');
  t.true(upstream.connections[0]!.endsWith('4\r\n1234\r\n0\r\n\r\n'));
});

test('a client that closes is told so, and an HTTP/1.0 client gets a framed answer', async (t) => {
  const { port } = await rig(t, await rawUpstream(t, answering(ok)));
  const closing = rawClient(t, port);
  closing.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  t.regex(await closing.until(() => false), /\r\nConnection: close\r\n[\s\S]*hello$/);
  const old = rawClient(t, port);
  old.send('GET / HTTP/1.0\r\n\r\n');
  t.regex(await old.until(() => false), /^HTTP\/1\.1 200 Fine[\s\S]*hello$/);
});

test('connections are used again', async (t) => {
  const upstream = await rawUpstream(t, (socket, soFar) => {
    if (soFar.endsWith('\r\n\r\n')) socket.write(ok);
  });
  const { port } = await rig(t, upstream);
  for (let i = 0; i < 3; i++) {
    const client = rawClient(t, port);
    client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.until(complete);
  }
  t.is(upstream.connections.length, 1);
});

test('an HTTP/1.0 client, whose reply ends with its connection, is told of a cut by a reset', async (t) => {
  const cut = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
  const upstream = await rawUpstream(t, (socket) => void socket.write(cut, () => setTimeout(() => socket.end(), 50)));
  const { port, delivered } = await rig(t, upstream);
  const client = rawClient(t, port);
  const broken = new Promise<NodeJS.ErrnoException>((resolve) => client.socket.on('error', resolve));
  client.send('GET / HTTP/1.0\r\n\r\n');
  await client.until(() => false);
  t.is((await broken).code, 'ECONNRESET');
  t.deepEqual(delivered, ['cut']);
});

test('a reply cut inside its body is cut for the client, never completed', async (t) => {
  const upstream = await rawUpstream(t, (socket) =>
    socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
  );
  const { port, delivered } = await rig(t, upstream);
  const client = rawClient(t, port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const got = await client.until(() => false);
  t.false(got.endsWith('0\r\n\r\n'));
  t.true(client.ended);
  t.deepEqual(delivered, ['cut']);
});

const failing = test.macro({
  async exec(t, reply: string, expected: { reason: string; reached: string; code: string }) {
    const upstream = await rawUpstream(t, (socket, soFar) => {
      if (isWhole(soFar)) socket.end(reply);
    });
    const { port, errors } = await rig(t, upstream, { write: true });
    const client = rawClient(t, port);
    client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx');
    await client.until((text) => text.includes('502'));
    t.like(errors[0], expected);
  },
  title: (name) => `${name} is refused`,
});
test('no reply at all', failing, '', { reason: 'reset', reached: 'all', code: 'ERR_RESET' });
for (const [name, reply] of [
  [
    'both Content-Length and Transfer-Encoding',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['two lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'],
  ['a bare LF', 'HTTP/1.1 200 OK\nA: b\r\n\r\n'],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n'],
  ['101 nobody asked for', 'HTTP/1.1 101 Switching\r\n\r\n'],
  ['garbage', 'SSH-2.0-OpenSSH\r\n\r\n'],
] as const) {
  test(name, failing, reply, { reason: '5xx', reached: 'all', code: 'ERR_MALFORMED' });
}

test('silence ends by the timeout', async (t) => {
  const { port, errors } = await rig(t, await rawUpstream(t, () => undefined), { timeout: 100 });
  const client = rawClient(t, port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.until((text) => text.includes('502'));
  t.like(errors[0], { reason: 'timeout', reached: 'all', code: 'ERR_TIMEOUT' });
});

test('a client that takes its time to send is not the destination’s silence', async (t) => {
  const upstream = await rawUpstream(t, answering(ok));
  const { port, errors } = await rig(t, upstream, { timeout: 1000 });
  const slowly = async (...pieces: string[]) => {
    const client = rawClient(t, port);
    for (const piece of pieces) {
      client.send(piece);
      await new Promise((resolve) => setTimeout(resolve, 1300));
    }
    t.regex(await client.until(complete), /^HTTP\/1\.1 200 Fine/);
  };
  const head = 'POST / HTTP/1.1\r\nHost: x\r\n';
  await Promise.all([
    slowly(`${head}Content-Length: 4\r\n\r\n`, 'ab', 'cd'),
    slowly(`${head}Transfer-Encoding: chunked\r\n\r\n`, '2\r\nab\r\n', '0\r\n\r\n'),
  ]);
  t.deepEqual(errors, []);
});

test('a destination that does not read ends by the timeout, and so does one that never says to go on', async (t) => {
  const upstream = await rawUpstream(t, (socket) => void socket.pause());
  const { port, errors } = await rig(t, upstream, { timeout: 300 });
  const [much, waiting] = [rawClient(t, port), rawClient(t, port)];
  much.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n${'x'.repeat(50_000_000)}`);
  waiting.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n');
  for (const client of [much, waiting]) t.regex(await client.until((text) => text.includes('}')), /ERR_TIMEOUT/);
  t.is(errors.length, 2);
});

test('nobody listening: nothing was reached', async (t) => {
  const upstream = await rawUpstream(t, () => undefined);
  const { port, errors } = await rig(t, { ...upstream, port: 1 }, {});
  const client = rawClient(t, port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.until((text) => text.includes('502'));
  t.like(errors[0], { reason: 'connect', reached: 'nothing', code: 'ERR_CONNECT' });
});

/** The first connection answers once, and dies without a word when it is used again. */
const dying = (t: ExecutionContext): Promise<RawUpstream> =>
  rawUpstream(t, (socket, soFar, index) => {
    const first = index === 0 ? soFar.indexOf('the first') + 9 : 0;
    if (first > 9 && soFar.length > first) socket.destroy();
    else if (isWhole(soFar)) socket.write(ok);
  });
const post = (body: string): string => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (body: string): string =>
  `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

interface Stale {
  readonly second: string;
  readonly write?: boolean;
  /** As what it was identified. */
  readonly repeatable?: boolean;
  readonly again: boolean;
}
const stale = test.macro({
  async exec(t, { second, again, ...how }: Stale) {
    const upstream = await dying(t);
    const { port, errors } = await rig(t, upstream, how);
    const client = rawClient(t, port);
    client.send(post('the first'));
    await client.until(complete);
    client.send(second);
    const got = await client.until((text) => text.split('HTTP/1.1 ').length === 3);
    t.deepEqual(
      errors.map(({ reason, reached }) => ({ reason, reached })),
      again ? [] : [{ reason: 'reset', reached: 'all' }],
    );
    t.is(got.split('hello').length - 1, again ? 2 : 1);
    t.is(upstream.connections.length, again ? 2 : 1);
    if (again) t.is(upstream.connections[1], upstream.connections[0]!.split('the first')[1]);
  },
  title: (name, { again }: Stale) =>
    `on a kept connection that dies without a word, ${name} is ${again ? '' : 'not '}sent again`,
});
test('a read', stale, { second: post('y'), again: true });
test('a read without a body', stale, { second: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', again: true });
test('a chunked read', stale, { second: chunked('abcd'), again: true });
test('a write', stale, { second: post('y'), write: true, again: false });
test('what a head calls a read and its body a write', stale, { second: post('y'), repeatable: false, again: false });
test('what a head calls a write and its body a read', stale, {
  second: post('y'),
  write: true,
  repeatable: true,
  again: true,
});
const wss = 'xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"';
test('a read with WS-Security', stale, { second: post(`<s:Envelope ${wss}/>`), again: false });
test('a read too large to be held', stale, { second: post('y'.repeat(70_000)), again: false });

test('a read that meets one dead connection after another is sent twice, no more', async (t) => {
  let calls = 0;
  const upstream = await rawUpstream(t, (socket, soFar) => {
    if (!isWhole(soFar)) return;
    calls++;
    if (calls === 1) socket.write(ok);
    else socket.destroy();
  });
  const { port, errors } = await rig(t, upstream);
  const client = rawClient(t, port);
  client.send(post('x'));
  await client.until(complete);
  client.send(post('y'));
  await client.until((text) => text.split('HTTP/1.1 ').length === 3);
  t.is(errors.length, 1);
  t.is(calls, 3);
});

test('a call of which a reply had begun is not sent again', async (t) => {
  let calls = 0;
  const upstream = await rawUpstream(t, (socket, soFar) => {
    if (!isWhole(soFar)) return;
    calls++;
    if (calls === 1) socket.write(ok);
    else socket.end('HTTP/1.1 20');
  });
  const { port, errors } = await rig(t, upstream);
  const client = rawClient(t, port);
  client.send(post('x'));
  await client.until(complete);
  client.send(post('y'));
  await client.until((text) => text.split('HTTP/1.1 ').length === 3);
  t.is(errors.length, 1);
  t.is(calls, 2);
});

test('100-continue goes end to end: the client is told to send only when the destination is', async (t) => {
  const upstream = await rawUpstream(t, (socket, soFar) => {
    if (soFar.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    else if (soFar.endsWith('abc')) socket.write(ok);
  });
  const { port } = await rig(t, upstream);
  const client = rawClient(t, port);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  await client.until((text) => text.includes('100 Continue\r\n\r\n'));
  t.true(upstream.connections[0]!.includes('\r\nExpect: 100-continue\r\n'));
  client.send('abc');
  const got = await client.until(complete);
  t.is(got.split('100 Continue').length, 2);
});

test('a final answer before the body comes without a 100, and closes', async (t) => {
  const upstream = await rawUpstream(t, (socket) => socket.write('HTTP/1.1 401 Who\r\nContent-Length: 5\r\n\r\nhello'));
  const { port } = await rig(t, upstream);
  const client = rawClient(t, port);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  const got = await client.until(() => false);
  t.regex(got, /^HTTP\/1\.1 401 Who[\s\S]*\r\nConnection: close\r\n[\s\S]*hello$/);
});

test('a client that leaves ends its call at the destination', async (t) => {
  let closed: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const upstream = await rawUpstream(t, (socket) => socket.on('close', closed));
  const { port } = await rig(t, upstream);
  const client = rawClient(t, port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  while (upstream.connections.length === 0) await new Promise((resolve) => setImmediate(resolve));
  client.socket.destroy();
  await gone;
  t.pass('the destination saw its connection end');
});

test('a large body flows both ways whole', async (t) => {
  const size = 8 * 1024 * 1024;
  const upstream = await rawUpstream(t, (socket, soFar) => {
    if (isWhole(soFar)) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'z'.repeat(size)}`);
  });
  const { port } = await rig(t, upstream);
  const client = rawClient(t, port);
  client.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n${'y'.repeat(size)}`);
  const got = await client.until((text) => text.length > size && text.length >= text.indexOf('\r\n\r\n') + 4 + size);
  t.is(got.length, got.indexOf('\r\n\r\n') + 4 + size);
  t.true(upstream.connections[0]!.endsWith('y'.repeat(100)));
});
