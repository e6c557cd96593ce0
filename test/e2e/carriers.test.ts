// docs/reference/carriers.md says what each carrier leaves as it was. These are its rows, as bytes.
import type { Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';

type Carrier = 'relay' | 'proxy';
interface Wire {
  /** What the client sends; the destination answers once it has seen `until` at the end. */
  readonly request: string;
  readonly until: string;
  readonly reply: string;
}
interface Seen {
  readonly up: string;
  /** Without what only this test asks for. */
  readonly down: string;
}

const carried = async (t: ExecutionContext, carrier: Carrier, { request, until, reply }: Wire): Promise<Seen> => {
  const answer = (socket: Socket, soFar: string): void => {
    if (soFar.endsWith(until)) socket.end(reply, 'latin1');
  };
  const upstream = await rawUpstream(t, answer);
  const gateway = await gatewayHere(
    t,
    `destinations: { old: { adapter: http, url: 'http://127.0.0.1:${upstream.port}' } }
routes: { all: { match: { path: /** }, legacy: old, decisionHeader: ${carrier === 'relay'} } }\n`,
  );
  const client = rawClient(t, Number(new URL(gateway.url).port));
  client.send(request);
  const end = /\n0\r\n(?:.*\r\n)*\r\n$/;
  const down = await client.until((text) => (/chunked/i.test(text) ? end.test(text) : text.endsWith('hello')));
  return {
    up: upstream.connections[0]!.replaceAll(String(upstream.port), 'PORT'),
    down: down.replace(/X-Strangler-Decision: .*\r\n/, '').replace(/Date: .*GMT/, 'Date: …'),
  };
};

const row = test.macro({
  exec: async (t, carrier: Carrier, wire: Wire, expected: Partial<Seen>) => {
    const seen = await carried(t, carrier, wire);
    if (expected.up !== undefined) t.is(seen.up, expected.up);
    if (expected.down !== undefined) t.is(seen.down, expected.down);
  },
  title: (name, carrier: Carrier) => `${carrier}: ${name}`,
});

const headers: Wire = {
  request:
    'GET /a/b%20c?x=%7e&&y= HTTP/1.1\r\nHost: x\r\nACCEPT: a\r\nAccept: b\r\nCookie: a=1\r\nCookie: b=2\r\nUser-Agent: one\r\nUser-Agent: two\r\nConnection: x-mine\r\nX-Mine: 1\r\nX-Strangler-Pin: 1\r\nVia: 1.0 other\r\n\r\n',
  until: '\r\n\r\n',
  reply:
    'HTTP/1.1 200 Fine\r\nX-Odd-Case: a\r\nx-dup: 1\r\nX-Dup: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nKeep-Alive: timeout=5\r\nContent-Length: 5\r\n\r\nhello',
};
test('lines of a head', row, 'relay', headers, {
  up: 'GET /a/b%20c?x=%7e&&y= HTTP/1.1\r\nHost: x\r\nACCEPT: a\r\nAccept: b\r\nCookie: a=1\r\nCookie: b=2\r\nUser-Agent: one\r\nUser-Agent: two\r\nVia: 1.0 other\r\nVia: 1.1 strangler\r\n\r\n',
  down: 'HTTP/1.1 200 Fine\r\nX-Odd-Case: a\r\nx-dup: 1\r\nX-Dup: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 5\r\n\r\nhello',
});
test('lines of a head', row, 'proxy', headers, {
  up: 'GET /a/b%20c?x=%7e&&y= HTTP/1.1\r\nhost: x\r\naccept: a, b\r\ncookie: a=1; b=2\r\nuser-agent: one\r\nvia: 1.0 other, 1.1 strangler\r\nConnection: keep-alive\r\n\r\n',
  down: 'HTTP/1.1 200 Fine\r\nx-odd-case: a\r\nx-dup: 1, 2\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 5\r\nconnection: keep-alive\r\nDate: …\r\n\r\nhello',
});

const chunks: Wire = {
  request:
    'POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-T: q\r\n\r\n',
  until: '\r\n\r\n',
  reply: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5;e\r\nhello\r\n0\r\nX-T: v\r\n\r\n',
};
const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);
test('relay: chunks stay chunks, their extensions go, trailers stay', async (t) => {
  const { up, down } = await carried(t, 'relay', { ...chunks, until: 'X-T: q\r\n\r\n' });
  t.is(bodyOf(up), '3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: q\r\n\r\n');
  t.is(bodyOf(down), '5\r\nhello\r\n0\r\nX-T: v\r\n\r\n');
});
test('proxy: chunks stay chunks, their extensions go, trailers stay', async (t) => {
  const { up, down } = await carried(t, 'proxy', { ...chunks, until: 'X-T: q\r\n\r\n' });
  t.regex(up, /\r\ntransfer-encoding: chunked\r\n.*connection: close\r\n/s);
  t.is(bodyOf(up), '3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: q\r\n\r\n');
  t.is(bodyOf(down), '5\r\nhello\r\n0\r\nX-T: v\r\n\r\n');
});
for (const carrier of ['relay', 'proxy'] as const)
  test(`${carrier}: trailers that only a head may have go no further, either way; those of a byte beyond ASCII keep it`, async (t) => {
    const evil =
      'X-Strangler-Pin: 1\r\nX-Forwarded-For: 6.6.6.6\r\nAuthorization: Basic eA==\r\nHost: evil\r\nKeep-Alive: 9\r\nX-Own: \xe9\r\nx-own: 2\r\n\r\n';
    const { up, down } = await carried(t, carrier, {
      request: chunks.request.replace('X-T: q\r\n\r\n', evil),
      until: 'x-own: 2\r\n\r\n',
      reply: chunks.reply.replace('X-T: v\r\n\r\n', evil),
    });
    t.is(bodyOf(up), '3\r\nabc\r\n2\r\nde\r\n0\r\nX-Own: \xe9\r\nx-own: 2\r\n\r\n');
    t.is(bodyOf(down), '5\r\nhello\r\n0\r\nX-Own: \xe9\r\nx-own: 2\r\n\r\n');
  });

const expects: Wire = {
  request: 'POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc',
  until: 'abc',
  reply: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
};
test('an expectation goes on', row, 'relay', expects, {
  up: 'POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\nVia: 1.1 strangler\r\n\r\nabc',
});
test('an expectation ends at the gateway', row, 'proxy', expects, {
  up: 'POST /p HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nvia: 1.1 strangler\r\nConnection: keep-alive\r\n\r\nabc',
});

const old: Wire = { request: 'GET /p HTTP/1.0\r\n\r\n', until: '\r\n\r\n', reply: 'HTTP/1.1 200 OK\r\n\r\nhello' };
test('a call without Host gets one', row, 'relay', old, {
  up: 'GET /p HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nVia: 1.0 strangler\r\n\r\n',
  down: 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello',
});
test('a call without Host gets one', row, 'proxy', old, {
  up: 'GET /p HTTP/1.1\r\nvia: 1.0 strangler\r\nHost: 127.0.0.1:PORT\r\nConnection: keep-alive\r\n\r\n',
  down: 'HTTP/1.1 200 OK\r\nconnection: close\r\nDate: …\r\n\r\nhello',
});

const endless = { ...old, request: 'GET /p HTTP/1.1\r\nHost: x\r\n\r\n' };
test('a reply without length becomes chunked', row, 'relay', endless, {
  down: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
});
test('a reply without length becomes chunked', row, 'proxy', endless, {
  down: 'HTTP/1.1 200 OK\r\nconnection: keep-alive\r\nDate: …\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
});

const cut = { ...endless, reply: 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello' };
for (const carrier of ['relay', 'proxy'] as const) {
  test(`${carrier}: a body cut short cuts the client's connection`, async (t) => {
    const upstream = await rawUpstream(t, (socket) => void socket.end(cut.reply));
    const gateway = await gatewayHere(
      t,
      `destinations: { old: { adapter: http, url: 'http://127.0.0.1:${upstream.port}' } }
routes: { all: { match: { path: /** }, legacy: old, decisionHeader: ${carrier === 'relay'} } }\n`,
    );
    const client = rawClient(t, Number(new URL(gateway.url).port));
    client.send(cut.request);
    await client.until(() => false);
    t.true(client.ended);
  });
}

for (const carrier of ['relay', 'proxy'] as const) {
  test(`${carrier}: a client that asks for it, or comes while the gateway stops, gets its connection closed`, async (t) => {
    const upstream = await rawUpstream(t, (socket, soFar) => {
      if (soFar.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
    });
    const gateway = await gatewayHere(
      t,
      `destinations: { old: { adapter: http, url: 'http://127.0.0.1:${upstream.port}' } }
routes: { all: { match: { path: /** }, legacy: old, decisionHeader: ${carrier === 'relay'} } }\n`,
      { gateway: 'drain: 3s' },
    );
    const port = Number(new URL(gateway.url).port);
    const get = 'GET / HTTP/1.1\r\nHost: x\r\n';
    const [asking, kept] = [rawClient(t, port), rawClient(t, port)];
    asking.send(`${get}Connection: close\r\n\r\n`);
    t.regex(await asking.until(() => false), /connection: close[^]*hello$/i);
    kept.send(`${get}\r\n`);
    await kept.until((text) => text.endsWith('hello'));
    const stopped = gateway.stop();
    await eventually(async () => (await fetch(`${gateway.admin}/readyz`)).status === 503);
    kept.send(`${get}\r\n`);
    t.regex(await kept.until(() => false), /hello[^]*connection: close[^]*hello$/i);
    await stopped;
  });
}

test('a WebSocket opens in lower case, and headers of our own stay here', async (t) => {
  const reply = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-A: hello\r\n\r\n';
  const upstream = await rawUpstream(t, (socket) => void socket.write(reply));
  const gateway = await gatewayHere(
    t,
    `destinations: { old: { adapter: http, url: 'http://127.0.0.1:${upstream.port}' } }
routes: { all: { match: { path: /** }, legacy: old, decisionHeader: true } }\n`,
  );
  const client = rawClient(t, Number(new URL(gateway.url).port));
  client.send(
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Odd: 1\r\nX-Strangler-Pin: 1\r\n\r\n',
  );
  const down = await client.until((text) => text.endsWith('\r\n\r\n'));
  t.is(
    upstream.connections[0],
    'GET /ws HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nx-odd: 1\r\nvia: 1.1 strangler\r\n\r\n',
  );
  t.is(
    down,
    reply
      .toLowerCase()
      .replace('http/1.1 101 switching protocols', 'HTTP/1.1 101 Switching Protocols')
      .replace('upgrade\r\nu', 'Upgrade\r\nu'),
  );
});
