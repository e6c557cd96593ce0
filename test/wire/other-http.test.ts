// All that is HTTP and no SOAP, over both carriers: a route with nothing to decide, and one that has operations.
import { createHash, randomBytes } from 'node:crypto';
import {
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';
import { frame, websocketEcho } from '../helpers/websocket-echo.ts';

const carriers = ['relay', 'proxy'] as const;
type Carrier = (typeof carriers)[number];

type Handler = (req: IncomingMessage, body: Buffer, res: ServerResponse) => void;

const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing.toReversed()) await close();
});

/** By the first segment of a path. */
const handlers = new Map<string, Handler>();
const hop =
  'HTTP/1.1 200 OK\r\nConnection: X-Theirs, Keep-Alive, close, Content-Length\r\nKeep-Alive: timeout=5\r\nX-Theirs: 1\r\nProxy-Authenticate: Basic\r\nProxy-Authentication-Info: a\r\nProxy-Connection: keep-alive\r\nUpgrade: h2c\r\nTrailer: X\r\nTE: x\r\nX-Stays: 2\r\nContent-Length: 5\r\n\r\nhello';

/** One gateway for all: the carrier goes by the Host, and for WebSockets, whose Host is no choice of ours, by the path. */
const begin = async () => {
  const upstream = await websocketEcho(whole, answer);
  const raw = await rawUpstream(whole, (socket, soFar) => {
    if (soFar.endsWith('\r\n\r\n')) socket.write(hop);
  });
  const operations = "operations: { 'GET /never': { effect: read } }";
  const routes = carriers.map((carrier) => {
    const rest = carrier === 'relay' ? `, ${operations}` : '';
    return `
  ${carrier}: { match: { path: /**, host: ${carrier}.example }, legacy: old${rest} }
  ${carrier}-moved: { match: { path: /${carrier}/** }, rewrite: { prefix: /${carrier}, to: / }, legacy: old${rest} }
  ${carrier}-hop: { match: { path: /hop, host: ${carrier}.example }, legacy: hop${rest} }`;
  });
  const gateway = await gatewayHere(
    whole,
    `destinations: { old: { adapter: http, url: '${upstream.origin}' }, hop: { adapter: http, url: 'http://127.0.0.1:${raw.port}' } }
routes:${routes.join('')}\n`,
  );
  return { upstream, raw, url: gateway.url, port: Number(new URL(gateway.url).port) };
};
let started: ReturnType<typeof begin> | null = null;
const rig = (): ReturnType<typeof begin> => (started ??= begin());

/** A path of the destination's that this handler answers. */
let handled = 0;
const behind = (handler: Handler): string => {
  const name = `h${handled++}`;
  handlers.set(name, handler);
  return `/${name}`;
};

const answer = (req: IncomingMessage, res: ServerResponse): void => {
  const pieces: Buffer[] = [];
  req.on('data', (piece: Buffer) => pieces.push(piece));
  req.on('end', () => {
    const handler = handlers.get(req.url?.split(/[/?]/)[1] ?? '') ?? handlers.get('*');
    handler?.(req, Buffer.concat(pieces), res);
  });
};
handlers.set('*', (req, _body, res) => res.writeHead(200, { Allow: 'GET, PATCH' }).end(req.url));

interface Answer {
  readonly res: IncomingMessage;
  readonly body: Buffer;
}
const ask = async (
  carrier: Carrier,
  path: string,
  { headers, ...options }: RequestOptions = {},
  body?: Buffer | readonly Buffer[],
): Promise<Answer> => {
  const { port } = await rig();
  const lines = { ...(headers as OutgoingHttpHeaders | undefined), Host: `${carrier}.example` };
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, agent: false, headers: lines, ...options }, (res) => {
      const pieces: Buffer[] = [];
      res.on('data', (piece: Buffer) => pieces.push(piece));
      res.on('end', () => resolve({ res, body: Buffer.concat(pieces) }));
      res.on('error', reject);
    });
    asked.on('error', reject);
    for (const piece of body instanceof Buffer ? [] : (body ?? [])) asked.write(piece);
    asked.end(body instanceof Buffer ? body : undefined);
  });
};
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

// --- WebSocket

for (const carrier of carriers) {
  test(`${carrier}: a WebSocket speaks text and binary both ways, agrees on a protocol, and closes with its code`, async (t) => {
    const { upstream, url } = await rig();
    const room = `/chat/${randomBytes(4).toString('hex')}`;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/${carrier}${room}?room=%41`, ['one', 'two']);
    socket.binaryType = 'arraybuffer';
    const got: unknown[] = [];
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    t.is(socket.protocol, 'two');
    socket.addEventListener('message', ({ data }) => got.push(data));
    const large = 'ü'.repeat(100_000);
    for (const each of ['hello', Buffer.from([0, 255, 10]), '', large]) socket.send(each);
    await eventually(() => got.length === 4);
    t.deepEqual(got, ['hello', new Uint8Array([0, 255, 10]).buffer, '', large]);
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    socket.close(4001, 'enough');
    const { code, reason, wasClean } = await closed;
    t.deepEqual([code, reason, wasClean], [4001, 'enough', true]);
    t.true(upstream.heads.some((head) => head.startsWith(`GET ${room}?room=%41\r\n`)));
    await eventually(() => upstream.ended.includes(`${room}?room=%41`));
  });

  test(`${carrier}: frames pass as they are, in fragments and with control frames between; cookies follow; an end ends both`, async (t) => {
    const { upstream, port } = await rig();
    const client = rawClient(t, port);
    client.send(
      `GET /${carrier}/chat/frames-${carrier} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    const head = await client.until((text) => text.endsWith('\r\n\r\n'));
    t.regex(head, /sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/i);
    t.true(head.toLowerCase().includes(`set-cookie: a=1; path=/${carrier}/chat\r\n`), head);
    const mask = randomBytes(4);
    const frames: readonly (readonly [number, Buffer])[] = [
      [0x01, Buffer.from('Hel')], // text, more to come
      [0x89, Buffer.from('ping')],
      [0x00, randomBytes(70_000)],
      [0x8a, Buffer.alloc(0)],
      [0x80, Buffer.from('lo')],
      [0xc2, randomBytes(300)], // an extension's bit
    ];
    const sent = Buffer.concat(frames.map(([first, payload]) => frame(first, payload, mask)));
    for (let at = 0; at < sent.length; at += 9973) client.send(sent.subarray(at, at + 9973).toString('latin1'));
    const wanted = Buffer.concat(frames.map(([first, payload]) => frame(first, payload, null))).toString('latin1');
    t.is((await client.until((text) => text.length >= head.length + wanted.length)).slice(head.length), wanted);
    client.socket.destroy();
    await eventually(() => upstream.ended.includes(`/chat/frames-${carrier}`));
  });

  test(`${carrier}: a WebSocket that is refused gets the refusal`, async (t) => {
    const { port } = await rig();
    const client = rawClient(t, port);
    client.send(`GET /${carrier}/refused HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    t.regex(await client.until((text) => text.includes('no room')), /^HTTP\/1\.1 403 Forbidden\r\n[^]*x-why: no\r\n/i);
  });

  test(`${carrier}: what cannot open a WebSocket is answered as if it did not ask (RFC 9110 §7.8, RFC 6455 §4.1)`, async (t) => {
    const path = behind((req, body, res) =>
      res.end(`${req.method} ${req.headers.upgrade ?? ''}${body.toString()} all`),
    );
    for (const [method, version] of [
      ['POST', '1.1'],
      ['PUT', '1.1'],
      ['GET', '1.0'],
    ] as const) {
      const client = rawClient(t, (await rig()).port);
      client.send(
        `${method} ${path} HTTP/${version}\r\nHost: ${carrier}.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello`,
      );
      t.regex(await client.until((text) => text.includes('all')), new RegExp(`${method} hello all`));
    }
  });

  // --- server-sent events

  test(`${carrier}: each server-sent event arrives when it is sent, and a client that leaves ends the stream`, async (t) => {
    let stream: ServerResponse | null = null;
    let left = false;
    const path = behind((_req, _body, res) => {
      stream = res;
      res.on('close', () => (left = true));
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' }).flushHeaders();
    });
    const client = rawClient(t, (await rig()).port);
    client.send(`GET ${path} HTTP/1.1\r\nHost: ${carrier}.example\r\nAccept: text/event-stream\r\n\r\n`);
    t.regex(await client.until((text) => text.includes('\r\n\r\n')), /content-type: text\/event-stream\r\n/i);
    for (let n = 1; n <= 5; n++) {
      const event = `id: ${n}\ndata: {"n":${n}}\n\n`;
      stream!.write(event);
      // The next is not sent before this one has come.
      t.true((await client.until((text) => text.includes(event))).includes(event));
    }
    t.false(left);
    client.socket.destroy();
    await eventually(() => left);
  });

  // --- ranges

  test(`${carrier}: ranges, If-Range and multipart/byteranges pass as they are`, async (t) => {
    const parts =
      '--sep\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n--sep\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n--sep--\r\n';
    const path = behind((req, _body, res) => {
      const { range, 'if-range': tag } = req.headers;
      if (range === undefined || (tag !== undefined && tag !== '"v1"')) return res.writeHead(200).end('0123456789');
      if (range.includes('99')) return res.writeHead(416, { 'Content-Range': 'bytes */10', 'Content-Length': 0 }).end();
      if (range.includes(','))
        return res.writeHead(206, { 'Content-Type': 'multipart/byteranges; boundary=sep' }).end(parts);
      return res.writeHead(206, { 'Content-Range': 'bytes 2-4/10', 'Content-Length': 3, ETag: '"v1"' }).end('234');
    });
    const got = async (headers: Record<string, string>) => {
      const { res, body } = await ask(carrier, `${path}/file`, { headers });
      return [res.statusCode, res.headers['content-range'], body.toString()];
    };
    t.deepEqual(await got({ Range: 'bytes=2-4' }), [206, 'bytes 2-4/10', '234']);
    t.deepEqual(await got({ Range: 'bytes=2-4', 'If-Range': '"v1"' }), [206, 'bytes 2-4/10', '234']);
    t.deepEqual(await got({ Range: 'bytes=2-4', 'If-Range': '"v0"' }), [200, undefined, '0123456789']);
    t.deepEqual(await got({ Range: 'bytes=0-1,-2' }), [206, undefined, parts]);
    t.deepEqual(await got({ Range: 'bytes=99-' }), [416, 'bytes */10', '']);
  });

  // --- bodies

  test(`${carrier}: an upload of several parts, with a length and chunked, arrives byte for byte`, async (t) => {
    const path = behind((req, body, res) =>
      res.end(
        `${req.headers['content-type']} ${req.headers['content-length'] ?? req.headers['transfer-encoding']} ${digest(body)}`,
      ),
    );
    const type = 'multipart/form-data; boundary="--=_x y"';
    const file = randomBytes(3_000_000);
    const body = Buffer.concat([
      Buffer.from('----=_x y\r\nContent-Disposition: form-data; name="a"; filename="ü.bin"\r\n\r\n'),
      file,
      Buffer.from('\r\n----=_x y--\r\n'),
    ]);
    const measured = { 'Content-Type': type, 'Content-Length': body.length };
    const { body: one } = await ask(carrier, `${path}/up`, { method: 'POST', headers: measured }, body);
    t.is(one.toString(), `${type} ${body.length} ${digest(body)}`);
    const pieces = Array.from({ length: 40 }, (_, n) =>
      body.subarray((n * body.length) / 40, ((n + 1) * body.length) / 40),
    );
    const { body: other } = await ask(
      carrier,
      `${path}/up`,
      { method: 'PUT', headers: { 'Content-Type': type } },
      pieces,
    );
    t.is(other.toString(), `${type} chunked ${digest(Buffer.concat(pieces))}`);
  });

  test(`${carrier}: a large reply arrives whole, with a length and chunked`, async (t) => {
    const large = randomBytes(8_000_000);
    const path = behind((req, _body, res) => {
      if (req.url?.endsWith('/measured')) res.setHeader('Content-Length', large.length);
      else res.write(large.subarray(0, 1000));
      res.end(req.url?.endsWith('/measured') ? large : large.subarray(1000));
    });
    for (const [way, length] of [
      ['/measured', String(large.length)],
      ['/chunked', undefined],
    ] as const) {
      const { res, body } = await ask(carrier, path + way);
      t.is(res.headers['content-length'], length);
      t.is(digest(body), digest(large));
    }
  });

  test(`${carrier}: compressed bodies pass untouched, both ways, under whatever coding they say`, async (t) => {
    const text = Buffer.from('{"a":1}'.repeat(1000));
    const coded = new Map([
      ['gzip', gzipSync(text)],
      ['br', brotliCompressSync(text)],
      ['x-own', randomBytes(50)],
    ]);
    const path = behind((req, body, res) => {
      const coding = String(req.headers['accept-encoding']);
      res.writeHead(200, { 'Content-Encoding': coding, ETag: 'W/"1"', Vary: 'Accept-Encoding', 'X-Got': digest(body) });
      res.end(coded.get(coding));
    });
    for (const [coding, bytes] of coded) {
      const headers = { 'Accept-Encoding': coding, 'Content-Encoding': coding };
      const { res, body } = await ask(carrier, `${path}/x`, { method: 'POST', headers }, bytes);
      t.deepEqual(
        [res.headers['content-encoding'], res.headers['etag'], res.headers.vary],
        [coding, 'W/"1"', 'Accept-Encoding'],
      );
      t.is(res.headers['x-got'], digest(bytes));
      t.true(body.equals(bytes));
    }
  });

  test(`${carrier}: HEAD, 204 and 304 have no body, and the connection goes on`, async (t) => {
    const path = behind((req, _body, res) => {
      if (req.url?.endsWith('/204')) return res.writeHead(204).end();
      if (req.url?.endsWith('/304')) return res.writeHead(304, { ETag: '"a"', 'Content-Length': 5 }).end();
      return res.writeHead(200, { 'Content-Length': 5 }).end(req.method === 'HEAD' ? undefined : 'hello');
    });
    const client = rawClient(t, (await rig()).port);
    for (const line of [`HEAD ${path}`, `GET ${path}/204`, `GET ${path}/304`, `GET ${path}`])
      client.send(`${line} HTTP/1.1\r\nHost: ${carrier}.example\r\n\r\n`);
    const text = await client.until((soFar) => soFar.endsWith('hello'));
    const replies = text.split(/(?=HTTP\/1\.1)/);
    t.deepEqual(
      replies.map((reply) => reply.slice(9, 12)),
      ['200', '204', '304', '200'],
    );
    t.deepEqual(
      replies.map((reply) => reply.split('\r\n\r\n')[1]),
      ['', '', '', 'hello'],
    );
    t.regex(replies[0]!, /content-length: 5\r\n/i);
    t.regex(replies[2]!, /etag: "a"\r\n/i);
  });

  // --- methods

  for (const method of ['PATCH', 'DELETE', 'PROPFIND', 'REPORT', 'M-SEARCH', 'QUERY', 'OPTIONS', 'PURGE'])
    test(`${carrier}: ${method} passes with its body`, async (t) => {
      const path = behind((req, body, res) => res.end(`${req.method} ${body.toString()}`));
      const headers = { 'Content-Length': 3 };
      const { body } = await ask(carrier, `${path}/x`, { method, headers }, Buffer.from('abc'));
      t.is(body.toString(), `${method} abc`);
    });

  test(`${carrier}: OPTIONS * asks the destination itself`, async (t) => {
    const { res, body } = await ask(carrier, '*', { method: 'OPTIONS' });
    t.is(res.headers.allow, 'GET, PATCH');
    t.is(body.toString(), '*');
  });

  // --- one hop

  test.serial(`${carrier}: headers of one hop stay there, both ways`, async (t) => {
    const { raw } = await rig();
    const earlier = raw.connections.length;
    const client = rawClient(t, (await rig()).port);
    client.send(
      `GET /hop HTTP/1.1\r\nHost: ${carrier}.example\r\nConnection: TE, X-Mine, Upgrade, Cookie2, Host, Authorization\r\nTE: trailers, deflate\r\nKeep-Alive: 300\r\nX-Mine: 1\r\nCookie2: 1\r\nAuthorization: Basic eDp5\r\nProxy-Authorization: Basic eDp5\r\nProxy-Connection: close\r\nUpgrade: h2c\r\nTrailer: X\r\nX-Stays: 2\r\n\r\n`,
    );
    const down = await client.until((text) => text.endsWith('hello'));
    const up = raw.connections.slice(earlier).join('');
    const names = (text: string): string[] =>
      text
        .split('\r\n\r\n', 1)[0]!
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(':', 1)[0]!.toLowerCase())
        .filter((name) => name !== 'connection' && name !== 'date')
        .toSorted();
    t.deepEqual(names(up), ['authorization', 'host', 'via', 'x-stays']);
    t.deepEqual(names(down), ['content-length', 'x-stays']);
    t.notRegex(up, /connection:.*(?:te|mine|upgrade)/i);
    t.notRegex(down, /connection:.*theirs/i);
  });
}

test('relay: trailers pass both ways', async (t) => {
  const path = behind((req, _body, res) => {
    res.writeHead(200, { Trailer: 'X-Sum' });
    res.write('hello');
    res.addTrailers({ 'X-Sum': `${req.trailers['x-mine']}` });
    res.end();
  });
  const client = rawClient(t, (await rig()).port);
  client.send(
    `POST ${path} HTTP/1.1\r\nHost: relay.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Mine: 7\r\n\r\n`,
  );
  t.regex(
    await client.until((text) => text.endsWith('\r\n\r\n') && text.includes('X-Sum: ')),
    /\r\n0\r\nX-Sum: 7\r\n\r\n$/,
  );
});
