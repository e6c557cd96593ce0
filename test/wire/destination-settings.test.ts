// What the file says of single destinations and routes, as it stands on the wire: framing, headers, addresses.
import test, { type ExecutionContext } from 'ava';
import { eventually, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { answering, rawUpstream } from '../helpers/raw-upstream.ts';

const ok = 'HTTP/1.1 200 OK\r\nServer: old\r\nX-Powered-By: ASP.NET\r\nContent-Length: 2\r\n\r\nok';
const portOf = (gateway: Gateway): number => Number(new URL(gateway.url).port);

/** The reply's bytes, once its body is there. */
const exchange = (t: ExecutionContext, gateway: Gateway, bytes: string, until = /ok$|<\/\w+:Envelope>$|}$/) => {
  const client = rawClient(t, portOf(gateway));
  client.send(bytes);
  return client.until((soFar) => until.test(soFar));
};

const routes = (port: number, destination: string, route = ''): string => `
destinations:
  soap: { adapter: soap, url: 'http://127.0.0.1:${port}/Orders.svc', ${destination} }
  http: { adapter: http, url: 'http://127.0.0.1:${port}', ${destination} }
routes:
  soap: { match: { path: /Orders.svc }, protocol: soap, legacy: soap, ${route} }
  http: { match: { path: /http/** }, legacy: http, ${route} }
`;

const chunkedPost = (path: string, more = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\n${more}Transfer-Encoding: chunked\r\nX-Last: 1\r\n\r\n` +
  '3\r\n<a \r\n2\r\n/>\r\n0\r\nX-Trailer: t\r\n\r\n';

test('requestFraming: length: chunked calls reach a destination with their length, on routes of every kind', async (t) => {
  const up = await rawUpstream(t, answering(ok));
  const gateway = await gatewayHere(t, routes(up.port, 'requestFraming: length'));
  for (const path of ['/Orders.svc', '/http/1'])
    t.regex(await exchange(t, gateway, chunkedPost(path)), /^HTTP\/1\.1 200 OK/);
  t.is(
    up.connections.join(''),
    ['/Orders.svc', '/http/1']
      .map(
        (path) =>
          `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 5\r\nX-Last: 1\r\nVia: 1.1 strangler\r\n\r\n<a />`,
      )
      .join(''),
  );
});

test('requestFraming: same, which is the default, leaves them chunked, trailers and all', async (t) => {
  const up = await rawUpstream(t, (socket, soFar) => {
    if (soFar.endsWith('X-Trailer: t\r\n\r\n')) socket.write(ok);
  });
  const gateway = await gatewayHere(t, routes(up.port, 'requestFraming: same'));
  t.regex(await exchange(t, gateway, chunkedPost('/Orders.svc')), /^HTTP\/1\.1 200 OK/);
  t.regex(up.connections.join(''), /Transfer-Encoding: chunked[^]*0\r\nX-Trailer: t\r\n\r\n$/);
});

test('requestFraming: length: a client that waits is told to go on, and its destination is not asked to', async (t) => {
  const up = await rawUpstream(t, answering(ok));
  const gateway = await gatewayHere(t, routes(up.port, 'requestFraming: length'));
  const client = rawClient(t, portOf(gateway));
  const [head = '', body = ''] = chunkedPost('/Orders.svc', 'Expect: 100-continue\r\n').split(/(?<=\r\n\r\n)(?=3\r\n)/);
  client.send(head);
  t.is(await client.until((soFar) => soFar.endsWith('\r\n\r\n')), 'HTTP/1.1 100 Continue\r\n\r\n');
  t.deepEqual(up.connections, []);
  client.send(body);
  t.regex(await client.until((soFar) => soFar.endsWith('ok')), /200 OK/);
  t.notRegex(up.connections.join(''), /expect/i);
});

test('requestFraming: length: more than 16 MiB in chunks gets 411, a fault for SOAP callers, and the same with a length goes through', async (t) => {
  const up = await rawUpstream(t, (socket, soFar) => {
    if (soFar.length > 17 * 1024 * 1024) socket.write(ok);
  });
  const gateway = await gatewayHere(t, routes(up.port, 'requestFraming: length'));
  const size = 17 * 1024 * 1024;
  const chunk = `${size.toString(16)}\r\n${'a'.repeat(size)}\r\n0\r\n\r\n`;
  const head = (path: string, more: string) =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\n${more}\r\n\r\n`;
  const plain = await exchange(t, gateway, head('/http/1', 'Transfer-Encoding: chunked') + chunk);
  t.regex(plain, /^HTTP\/1\.1 411 /);
  t.regex(plain, /ERR_LENGTH/);
  t.regex(plain, /a chunked body of more than 16777216 bytes is not taken here; send it with Content-Length/);
  const soap = await exchange(t, gateway, head('/Orders.svc', 'Transfer-Encoding: chunked') + chunk);
  t.regex(soap, /^HTTP\/1\.1 500 /);
  t.regex(soap, /Client<\/faultcode>[^]*send it with Content-Length/);
  t.deepEqual(up.connections, []);
  t.regex(await exchange(t, gateway, head('/http/1', `Content-Length: ${size}`) + 'a'.repeat(size)), /200 OK/);
  t.is(await gateway.metric('strangler_turned_away_total', { reason: 'body' }), 2);
});

const edits = `headers: {
    request: { set: { X-Tenant: north, authorization: Basic eDp5 }, remove: [Cookie] },
    response: { set: { Server: gateway }, remove: [x-powered-by] } }`;
const asked = (path: string) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nX-TENANT: mine\r\nAuthorization: Basic YTpi\r\nCookie: a=1\r\ncookie: b=2\r\nX-Other: 1\r\nConnection: X-Tenant\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>`;

for (const whose of ['destination', 'route'] as const) {
  test(`headers of a ${whose} are set and removed on their way there and back, on routes of every kind`, async (t) => {
    const up = await rawUpstream(t, answering(ok));
    const gateway = await gatewayHere(t, whose === 'route' ? routes(up.port, '', edits) : routes(up.port, edits));
    for (const path of ['/Orders.svc', '/http/1']) {
      const reply = await exchange(t, gateway, asked(path));
      t.regex(reply, /^HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\nServer: gateway\r\n/);
      t.notRegex(reply, /X-Powered-By/i);
    }
    t.is(
      up.connections.join(''),
      ['/Orders.svc', '/http/1']
        .map(
          (path) =>
            `POST ${path} HTTP/1.1\r\nHost: a\r\nX-Other: 1\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n` +
            'X-Tenant: north\r\nauthorization: Basic eDp5\r\nVia: 1.1 strangler\r\n\r\n<a/>',
        )
        .join(''),
    );
  });
}

test("a destination's headers come over those of the route on the way there, the route's over it on the way back", async (t) => {
  const up = await rawUpstream(t, answering(ok));
  const own =
    'headers: { request: { set: { X-A: destination }, remove: [X-B] }, response: { set: { X-C: destination } } }';
  const over =
    'headers: { request: { set: { X-A: route, X-B: route, X-D: route } }, response: { set: { X-C: route } } }';
  const gateway = await gatewayHere(t, routes(up.port, own, over));
  const reply = await exchange(t, gateway, asked('/http/1'));
  t.regex(up.connections[0] ?? '', /\r\nX-D: route\r\nX-A: destination\r\nVia/);
  t.notRegex(up.connections[0] ?? '', /X-B/);
  t.regex(reply, /X-C: route/);
  t.notRegex(reply, /X-C: destination/);
});

test('answers of the gateway itself have what the route sets in its answers', async (t) => {
  const gateway = await gatewayHere(
    t,
    routes(1, '', 'headers: { response: { set: { Strict-Transport-Security: max-age=1 } } }'),
  );
  t.regex(
    await exchange(t, gateway, asked('/http/1')),
    /^HTTP\/1\.1 503 [^]*\r\nStrict-Transport-Security: max-age=1\r\n/,
  );
});

test('a WebSocket is asked for with the headers that are set', async (t) => {
  const up = await rawUpstream(t, (socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nok');
  });
  const gateway = await gatewayHere(
    t,
    routes(
      up.port,
      'headers: { request: { set: { X-Own: d } } }',
      'headers: { request: { set: { X-Tenant: north }, remove: [Cookie] } }',
    ),
  );
  const upgrade =
    'GET /http/1 HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nX-Tenant: mine\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  t.regex(await exchange(t, gateway, upgrade), /101 /);
  const got = up.connections[0] ?? '';
  for (const line of [/\r\nx-tenant: north\r\n/i, /\r\nx-own: d\r\n/i]) t.regex(got, line);
  for (const line of [/cookie/i, /mine/]) t.notRegex(got, line);
});

const wsa = 'http://www.w3.org/2005/08/addressing';
const envelope = (to: string, security = ''): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="${wsa}"><s:Header><a:To>${to}</a:To>${security}</s:Header><s:Body/></s:Envelope>`;

test('rewriteTo: an unsigned wsa:To becomes the destination’s own address, a signed one stays, and all other bytes do', async (t) => {
  const up = await rawUpstream(t, answering(ok));
  const gateway = await gatewayHere(
    t,
    `
destinations: { soap: { adapter: soap, url: 'http://127.0.0.1:${up.port}/Legacy/Orders.svc', rewriteTo: true } }
routes: { soap: { match: { path: /Orders.svc }, protocol: soap, legacy: soap } }
`,
  );
  const post = (body: string) =>
    `POST /Orders.svc/ws HTTP/1.1\r\nhost: a\r\nContent-Type: text/xml; charset=utf-8\r\ncontent-LENGTH: ${body.length}\r\nSOAPAction: ""\r\n\r\n${body}`;
  const arrived = (body: string) =>
    `POST /Legacy/Orders.svc/ws HTTP/1.1\r\nhost: a\r\nContent-Type: text/xml; charset=utf-8\r\ncontent-LENGTH: ${body.length}\r\nSOAPAction: ""\r\nVia: 1.1 strangler\r\n\r\n${body}`;
  const signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>';
  const clients = `http://127.0.0.1:${portOf(gateway)}/Orders.svc/ws`;
  for (const body of [envelope(clients), envelope(clients, signature), envelope(clients, signature)])
    t.regex(await exchange(t, gateway, post(body)), /200 OK/);
  t.is(
    up.connections.join(''),
    arrived(envelope(`http://127.0.0.1:${up.port}/Legacy/Orders.svc/ws`)) +
      arrived(envelope(clients, signature)).repeat(2),
  );
  const told = () => gateway.lines().filter(({ msg }) => String(msg).startsWith('destination soap: wsa:To stays'));
  await eventually(() => told().length > 0);
  t.is(told().length, 1);
});
