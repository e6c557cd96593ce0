// REST in front of a real WCF service, and of services that want to see who asks.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { where } from '../helpers/components.ts';
import { eventually, root } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { startWcf } from '../helpers/wcf.ts';

const wsdl = join(root, 'examples/orders/contracts/OrderService.wsdl');
const withMono = where(test, 'mono');

withMono('a real WCF service and a handler in the gateway give REST clients the same answers', async (t) => {
  const wcf = await startWcf(t);
  const route = (name: string, weight: number): string => `
  ${name}:
    match: { path: /${name}/** }
    protocol: rest
    legacy: old
    modern: own
    cohort: { header: X }
    decisionHeader: true
    operations:
      GetOrder: { call: 'GET /orders/{orderId}', weight: ${weight} }`;
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: '${wcf.url}', wsdl: '${wsdl}' }
  own: { adapter: handler, module: '${join(root, 'examples/orders/handlers.ts')}' }
routes:${route('before', 0)}${route('after', 100)}`,
  );
  for (const id of [1, 2, 3, 4, 5, 6, 7, 8, 11, 899_999, 900_001]) {
    const [before, after] = await Promise.all(
      ['before', 'after'].map(async (face) => {
        const reply = await fetch(`${gateway.url}/${face}/orders/${id}`);
        t.regex(reply.headers.get('x-strangler-decision') ?? '', face === 'before' ? /side=legacy/ : /side=modern/);
        return { status: reply.status, json: await reply.json() };
      }),
    );
    t.deepEqual(after, before, String(id));
    t.is(before?.status, id > 900_000 ? 422 : 200);
  }
  const list = await fetch(`${gateway.url}/before/ListOrders`, {
    method: 'POST',
    body: '{"customer":null,"status":"Paid","max":3}',
    headers: { 'content-type': 'application/json' },
  });
  const orders: unknown = await list.json();
  t.is(Array.isArray(orders) && orders.length, 3);
  const ping = await fetch(`${gateway.url}/before/Ping`, { method: 'POST' });
  t.deepEqual(await ping.json(), { result: 'pong' });
});

/** A SOAP service that answers Ping and keeps what it was sent. */
const recorder = async (t: ExecutionContext) => {
  const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => (body += bytes.toString()));
    request.on('end', () => {
      seen.push({ headers: request.headers, body });
      response.setHeader('content-type', 'text/xml; charset=utf-8');
      response.end(
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' +
          '<PingResponse xmlns="http://contoso.example/orders"><PingResult>pong</PingResult></PingResponse></s:Body></s:Envelope>',
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/Svc` };
};

test('each kind of auth goes to its destination, on the gateway’s own calls only, and is told nowhere', async (t) => {
  const { seen, url } = await recorder(t);
  const auths = {
    basic: '{ basic: { user: gw, password: "${SECRET_ONE}" } }',
    text: '{ usernameToken: { user: gw, passwordFile: secret-two } }',
    digest: '{ usernameToken: { user: gw, password: "${SECRET_ONE}", send: digest } }',
  };
  const names = Object.keys(auths);
  const file = `
destinations:
${Object.entries(auths)
  .map(([name, auth]) => `  ${name}: { adapter: soap, url: '${url}', wsdl: '${wsdl}', auth: ${auth} }`)
  .join('\n')}
routes:
${names.map((name) => `  ${name}: { match: { path: /${name}/** }, protocol: rest, legacy: ${name} }`).join('\n')}
  soap: { match: { path: /Svc }, protocol: soap, legacy: text }`;
  const empty = `destinations: { old: { adapter: http, url: '${url}' } }\nroutes: { all: { match: { path: /** }, legacy: old } }`;
  const gateway = await gatewayHere(t, empty, { env: { SECRET_ONE: 'hidden-1' } });
  await writeFile(join(gateway.folder, 'secret-two'), 'hidden-2\n');
  await gateway.save(file);
  await eventually(async () => (await fetch(`${gateway.url}/basic/Ping`)).status === 405);
  seen.length = 0;
  for (const name of names) {
    const reply = await fetch(`${gateway.url}/${name}/Ping`, { method: 'POST' });
    t.deepEqual(await reply.json(), { result: 'pong' });
  }
  const [basic, text, digest] = seen;
  t.is(basic?.headers.authorization, `Basic ${Buffer.from('gw:hidden-1').toString('base64')}`);
  t.notRegex(basic?.body ?? '', /Header/);
  t.regex(text?.body ?? '', /<wsse:Security s:mustUnderstand="1".*#PasswordText">hidden-2</);
  t.regex(digest?.body ?? '', /#PasswordDigest">/);
  t.notRegex(digest?.body ?? '', /hidden/);

  const envelope = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>';
  await fetch(`${gateway.url}/Svc`, { method: 'POST', body: envelope, headers: { 'content-type': 'text/xml' } });
  t.is(seen.at(-1)?.body, envelope);
  t.false(JSON.stringify(gateway.lines()).includes('hidden'));
});
