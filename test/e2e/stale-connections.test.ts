// A destination closes a kept connection just when a call is written to it. Sent again, an order might be placed twice; not sent
// again, a client sees an error that it would not see without a gateway.
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { isWhole, rawUpstream } from '../helpers/raw-upstream.ts';
import { action, envelope, getOrder, namespace } from '../helpers/soap-post.ts';

const answer = envelope(`<GetOrderResponse xmlns="${namespace}"/>`);
const reply = `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`;
const placeOrder = envelope(`<PlaceOrder xmlns="${namespace}"/>`);

const call = (named: string, xml: string): string =>
  `POST /OrderService.svc HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: ${action(named)}\r\nContent-Length: ${xml.length}\r\n\r\n${xml}`;

/** Times the second call reached the destination: the connection dies under it, once. */
const timesSent = async (t: ExecutionContext, second: string, weight: number): Promise<number> => {
  let sent = 0;
  const upstream = await rawUpstream(t, (socket, soFar, index) => {
    const calls = soFar.split('POST ').length - 1;
    if (!isWhole(soFar.slice(soFar.lastIndexOf('POST ')))) return;
    if (index > 0 || calls > 1) sent++;
    if (index === 0 && calls > 1) socket.destroy();
    else socket.write(reply);
  });
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: 'http://127.0.0.1:${upstream.port}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  new: { adapter: http, url: 'http://127.0.0.1:1' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: new
    cohort: { header: X-Client-Id }
    exclude: [nobody]
    operations: { GetOrder: { effect: read, weight: ${weight} }, PlaceOrder: { effect: write } }
`,
  );
  const client = rawClient(t, Number(new URL(gateway.url).port));
  const excluded = (text: string) => text.replace('Host: x', 'Host: x\r\nX-Client-Id: nobody');
  client.send(excluded(call('GetOrder', getOrder(1))));
  await client.until((text) => text.includes('Envelope>'));
  client.send(excluded(second));
  await client.until((text) => text.split('HTTP/1.1 ').length > 2);
  return sent;
};

const row = test.macro({
  exec: async (t, second: string, times: number) => {
    for (const weight of [0, 50]) t.is(await timesSent(t, second, weight), times, `weight ${weight}`);
  },
  title: (name, _: string, times: number) => `${name} is sent ${times === 1 ? 'once' : 'twice'}`,
});
test('a read', row, call('GetOrder', getOrder(2)), 2);
test('a write', row, call('PlaceOrder', placeOrder), 1);
test('a write whose head names a read', row, call('GetOrder', placeOrder), 1);
test('a read whose head names a write', row, call('PlaceOrder', getOrder(2)), 1);

test('the proxy gives up an idle connection before a destination that keeps it for five seconds does', async (t) => {
  let [closed, ended] = [0, 0];
  const upstream = await rawUpstream(t, (socket, soFar) => {
    if (!isWhole(soFar)) return;
    socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok');
    ended = performance.now();
    socket.once('close', () => (closed = performance.now()));
  });
  const gateway = await gatewayHere(
    t,
    `destinations: { old: { adapter: http, url: 'http://127.0.0.1:${upstream.port}' } }
routes: { all: { match: { path: /** }, legacy: old } }\n`,
  );
  t.is(await (await fetch(gateway.url)).text(), 'ok');
  await eventually(() => closed > 0, 8000);
  t.true(closed - ended > 2000, 'it is kept for calls that follow');
});
