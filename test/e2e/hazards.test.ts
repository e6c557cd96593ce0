// Found by trying to break it: each of these ended the process, hung a call, or disarmed the kill switch.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startLegacy } from '../../examples/orders/legacy.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { eventually, root, startGateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { ordersRig } from '../helpers/orders-rig.ts';
import { action, getOrder, post } from '../helpers/soap-post.ts';

const portOf = (url: string) => Number(new URL(url).port);

test('a refused upgrade whose client resets does not end the process', async (t) => {
  const { gateway, url } = await ordersRig(t, { getOrder: 0 });
  for (const path of ['/OrderService.svc', '/nowhere']) {
    const client = rawClient(t, portOf(url));
    client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    await client.until((text) => text.includes('501'));
    client.send('more');
    client.socket.resetAndDestroy();
  }
  t.is((await post(url, getOrder(3), { soapaction: action('GetOrder') })).status, 200);
  t.is((await fetch(`${gateway.admin}/healthz`)).status, 200);
});

test('an upgrade that is no WebSocket goes on as HTTP/1.1', async (t) => {
  const { url } = await ordersRig(t, { getOrder: 0 });
  const xml = getOrder(3);
  const client = rawClient(t, portOf(url));
  client.send(
    `POST /OrderService.svc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: ${action('GetOrder')}\r\nContent-Length: ${xml.length}\r\n\r\n${xml}`,
  );
  t.regex(await client.until((text) => text.includes('Envelope>')), /^HTTP\/1\.1 200/);
});

const counting = async (t: ExecutionContext): Promise<string> => {
  const server: Server = createServer((req, res) => {
    let bytes = 0;
    req.on('data', (part: Buffer) => (bytes += part.length));
    req.on('end', () => res.end(String(bytes)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('an upload over a route with nothing to decide arrives whole', async (t) => {
  const gateway = await gatewayHere(
    t,
    `destinations: { old: { adapter: http, url: '${await counting(t)}' } }\nroutes: { all: { match: { path: /** }, legacy: old } }\n`,
  );
  const reply = await fetch(`${gateway.url}/up`, {
    method: 'POST',
    body: Buffer.alloc(3_000_000),
    signal: AbortSignal.timeout(10_000),
  });
  t.is(await reply.text(), '3000000');
});

test('an absolute target is taken by its path', async (t) => {
  const gateway = await gatewayHere(
    t,
    `destinations: { old: { adapter: http, url: '${await counting(t)}' } }\nroutes: { all: { match: { path: /** }, legacy: old } }\n`,
  );
  const client = rawClient(t, portOf(gateway.url));
  client.send('GET http://x/up HTTP/1.1\r\nHost: x\r\n\r\n');
  t.regex(await client.until((text) => text.includes('\r\n\r\n')), /^HTTP\/1\.1 200/);
});

test('a large request that is answered early is read to its end, and the connection lives', async (t) => {
  const { url } = await ordersRig(t, { getOrder: 0 });
  const client = rawClient(t, portOf(url));
  const xml = `<!DOCTYPE x>${'<a>'.padEnd(3_000_000, 'x')}`;
  const head = `POST /OrderService.svc HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: ${action('GetOrder')}\r\n`;
  client.send(`${head}Content-Length: ${xml.length}\r\n\r\n${xml}`);
  client.send(`GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n`);
  const got = await client.until((text) => text.includes('HTTP/1.1 404'));
  t.regex(got, /^HTTP\/1\.1 500[\s\S]*s:Client[\s\S]*HTTP\/1\.1 404/);
});

test('a kill is honoured though the WSDL is gone', async (t) => {
  const legacy = await startLegacy({ port: 0 });
  const modern = await counting(t);
  t.teardown(() => legacy.close());
  const wsdl = join(root, 'examples/orders/contracts/OrderService.wsdl');
  const file = (path: string) => `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${path}' }
  new: { adapter: http, url: '${modern}' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: new
    operations: { GetOrder: { effect: read, weight: 100 } }
`;
  const gateway = await startGateway(t, file(wsdl));
  const copy = join(gateway.folder, 'copy.wsdl');
  await copyFile(wsdl, copy);
  await gateway.save(file(copy));
  await eventually(async () => (await gateway.metric('strangler_config_revision')) >= 2);
  await rm(copy);
  gateway.signal('SIGUSR2');
  await eventually(async () => (await gateway.metric('strangler_killed', { operation: 'GetOrder' })) === 1, 1000);
  t.is((await post(`${gateway.url}/OrderService.svc`, getOrder(3), { soapaction: action('GetOrder') })).status, 200);
});

test('SIGTERM ends though a WebSocket is open', async (t) => {
  const server = createServer();
  server.on(
    'upgrade',
    (_req, socket) =>
      void socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const port = (server.address() as AddressInfo).port;
  const gateway = await startGateway(
    t,
    `destinations: { old: { adapter: http, url: 'http://127.0.0.1:${port}' } }\nroutes: { all: { match: { path: /** }, legacy: old } }\n`,
  );
  const client = rawClient(t, portOf(gateway.url));
  client.send('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  t.regex(await client.until((text) => text.includes('\r\n\r\n')), /^HTTP\/1\.1 101/);
  gateway.signal('SIGTERM');
  t.is(await gateway.exited, 0);
});
