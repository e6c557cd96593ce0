// Paths that differ between clients and destinations, and the way back of addresses. See docs/reference/forwarded.md.
import test, { type ExecutionContext } from 'ava';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { isWhole, rawUpstream } from '../helpers/raw-upstream.ts';

const carriers = ['relay', 'proxy'] as const;
type Carrier = (typeof carriers)[number];

interface Rig {
  readonly route: string;
  readonly url?: string;
  readonly destination?: string;
  readonly gateway?: string;
}
interface Asked {
  /** First line that the destination got. */
  readonly line: string;
  /** Lines of the reply that are asked about, in lower case names; `PORT` is the destination's, `GATE` the gateway's. */
  readonly lines: readonly string[];
}

const rig = async (
  t: ExecutionContext,
  carrier: Carrier,
  { route, url = '', destination = '', gateway = 'drain: 0s' }: Rig,
) => {
  let reply: readonly string[] = [];
  const upstream = await rawUpstream(t, (socket, soFar) => {
    const lines = reply.map((line) => `${line.replaceAll('PORT', String(upstream.port))}\r\n`).join('');
    if (isWhole(soFar)) socket.write(`HTTP/1.1 302 Moved\r\n${lines}Content-Length: 5\r\n\r\nhello`);
  });
  const running = await gatewayHere(
    t,
    `destinations: { old: { adapter: http, url: 'http://127.0.0.1:${upstream.port}${url}', ${destination} } }
routes: { all: { ${route}, legacy: old, decisionHeader: ${carrier === 'relay'} } }\n`,
    { gateway },
  );
  const port = Number(new URL(running.url).port);
  return async (target: string, lines: readonly string[], host = `127.0.0.1:${port}`): Promise<Asked> => {
    reply = lines.map((line) => line.replaceAll('GATE', String(port)));
    const before = upstream.connections.join('').length;
    const client = rawClient(t, port);
    client.send(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const text = await client.until((got) => got.endsWith('hello'));
    return {
      line: upstream.connections.join('').slice(before).split('\r\n', 1)[0] ?? '',
      lines: text
        .split('\r\n')
        .filter((line) => /^(?:location|content-location|refresh|set-cookie):/i.test(line))
        .map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))
        .map((line) => line.replaceAll(`:${port}`, ':GATE').replaceAll(`:${upstream.port}`, ':PORT')),
    };
  };
};

for (const carrier of carriers) {
  test(`${carrier}: a Host that no address can be made of: addresses stay, and so does the gateway`, async (t) => {
    const ask = await rig(t, carrier, { route: 'match: { path: /** }' });
    const lines = ['location: http://other.example/x', 'set-cookie: a=1; Domain=example.com'];
    for (const odd of ['999.999.999.999', '1.2.3.4.5', 'gw.example:99999', '[:::]'])
      t.deepEqual((await ask('/a', lines, odd)).lines.toSorted(), lines);
  });
}

const rewrite = 'match: { path: /legacy/** }, rewrite: { prefix: /legacy, to: / }';
for (const carrier of carriers) {
  test(`${carrier}: a prefix is taken away on the way there and comes back on the way back`, async (t) => {
    const ask = await rig(t, carrier, { route: rewrite });
    const { line, lines } = await ask('/legacy//a%2Fb/c?x=/legacy&&', [
      'Location: /next?x#y',
      'Content-Location: http://127.0.0.1:PORT/c',
      'Refresh: 5; url=/next',
      'Set-Cookie: a=/legacy; Path=/',
      'Set-Cookie: b=2; path=/app; HttpOnly',
    ]);
    t.is(line, 'GET //a%2Fb/c?x=/legacy&& HTTP/1.1');
    t.deepEqual(lines.toSorted(), [
      'content-location: http://127.0.0.1:GATE/legacy/c',
      'location: /legacy/next?x#y',
      'refresh: 5; url=/legacy/next',
      'set-cookie: a=/legacy; Path=/legacy',
      'set-cookie: b=2; path=/legacy/app; HttpOnly',
    ]);
    t.is((await ask('/legacy', [])).line, 'GET / HTTP/1.1');
    t.is((await ask('/legacy?a', [])).line, 'GET /?a HTTP/1.1');
  });

  test(`${carrier}: an absolute Location leads to the public origin if it names the destination's`, async (t) => {
    const ask = await rig(t, carrier, { route: rewrite, gateway: "publicUrl: 'https://api.example.com'" });
    for (const [said, wanted] of [
      ['http://127.0.0.1:PORT/a', 'https://api.example.com/legacy/a'],
      ['http://127.0.0.1:GATE/a', 'https://api.example.com/legacy/a'],
      ['http://elsewhere.example/a', 'http://elsewhere.example/a'],
      ['//elsewhere.example/a', '//elsewhere.example/a'],
      ['next', 'next'],
    ] as const)
      t.deepEqual((await ask('/legacy/x', [`Location: ${said}`])).lines, [`location: ${wanted}`]);
  });

  test(`${carrier}: where the url has a path, addresses and cookies follow as well`, async (t) => {
    const ask = await rig(t, carrier, {
      route: 'match: { path: /orders/** }',
      url: '/App/v1',
      destination: 'host: destination',
    });
    const { line, lines } = await ask(
      '/orders/7',
      [
        'Location: http://127.0.0.1:PORT/App/v1/8',
        'Set-Cookie: a=1; Path=/App; Domain=127.0.0.1',
        'Set-Cookie: b=2; Path=/',
      ],
      'api.example.com',
    );
    t.is(line, 'GET /App/v1/7 HTTP/1.1');
    t.deepEqual(lines, [
      'location: http://api.example.com/orders/8',
      'set-cookie: a=1; Path=/orders; Domain=api.example.com',
      'set-cookie: b=2; Path=/',
    ]);
  });

  test(`${carrier}: paths get what the client has before all of the gateway's, once`, async (t) => {
    const ask = await rig(t, carrier, { route: rewrite, gateway: "publicUrl: 'https://api.example.com/soap/'" });
    const { lines } = await ask('/legacy/a', [
      'Location: /next?x=/y',
      'Content-Location: /c',
      'Refresh: 5; url=/r',
      'Set-Cookie: a=1; Path=/app',
      'Set-Cookie: b=2; Path=/',
    ]);
    t.deepEqual(lines.toSorted(), [
      'content-location: /soap/legacy/c',
      'location: /soap/legacy/next?x=/y',
      'refresh: 5; url=/soap/legacy/r',
      'set-cookie: a=1; Path=/soap/legacy/app',
      'set-cookie: b=2; Path=/soap/legacy',
    ]);
    const same = await rig(t, carrier, {
      route: 'match: { path: /** }',
      gateway: "publicUrl: 'https://api.example.com/soap'",
    });
    for (const [said, wanted] of [
      ['/orders/1', '/soap/orders/1'],
      ['/', '/soap/'],
      ['/soapy', '/soap/soapy'],
      ['/soap/orders/1', '/soap/orders/1'], // of a service that has been told of it
      ['/soap', '/soap'],
      ['orders/1', 'orders/1'],
      ['?page=2', '?page=2'],
      ['//elsewhere.example/a', '//elsewhere.example/a'],
      ['http://127.0.0.1:PORT/a', 'https://api.example.com/soap/a'],
      ['http://127.0.0.1:PORT/soap/a', 'https://api.example.com/soap/a'],
      ['http://127.0.0.1:PORT', 'https://api.example.com/soap'],
      ['http://api.example.com/a', 'http://api.example.com/soap/a'],
    ] as const)
      t.deepEqual((await same('/orders', [`Location: ${said}`])).lines, [`location: ${wanted}`]);
    const cookies = [
      'Set-Cookie: a=1; Path=/',
      'Set-Cookie: b=2; Path=/orders',
      'Set-Cookie: c=3; Path=/soap/orders',
      'Set-Cookie: d=4; Path=orders',
    ];
    t.deepEqual((await same('/orders', cookies)).lines, [
      'set-cookie: a=1; Path=/',
      'set-cookie: b=2; Path=/soap/orders',
      'set-cookie: c=3; Path=/soap/orders',
      'set-cookie: d=4; Path=orders', // none, to clients
    ]);
  });

  test(`${carrier}: where nothing is replaced, only the destination's own origin is`, async (t) => {
    const ask = await rig(t, carrier, { route: 'match: { path: /** }' });
    const stay = ['Location: /a', 'Set-Cookie: a=1;  Path=/x ;Domain=other.example', 'Refresh: 5'];
    t.deepEqual((await ask('/a', stay)).lines.toSorted(), [
      'location: /a',
      'refresh: 5',
      'set-cookie: a=1;  Path=/x ;Domain=other.example',
    ]);
    t.deepEqual((await ask('/a', ['Location: http://127.0.0.1:PORT/a'])).lines, ['location: http://127.0.0.1:GATE/a']);
  });
}

test('metadata of a SOAP service behind a rewrite announces where clients reach it', async (t) => {
  const upstream = await rawUpstream(t, (socket, soFar) => {
    const text = `<d:definitions xmlns:d="http://schemas.xmlsoap.org/wsdl/"><d:import location="http://127.0.0.1:${upstream.port}/Orders.svc?wsdl=wsdl0"/></d:definitions>`;
    if (isWhole(soFar))
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  });
  const { url } = await gatewayHere(
    t,
    `destinations: { old: { adapter: soap, url: 'http://127.0.0.1:${upstream.port}' } }
routes: { all: { match: { path: /old/Orders.svc }, rewrite: { prefix: /old, to: / }, protocol: soap, legacy: old } }\n`,
  );
  const text = await (await fetch(`${url}/old/Orders.svc?wsdl`)).text();
  t.is(upstream.connections[0]!.split('\r\n', 1)[0], 'GET /Orders.svc?wsdl HTTP/1.1');
  t.true(text.includes(`location="${url}/old/Orders.svc?wsdl=wsdl0"`), text);
});
