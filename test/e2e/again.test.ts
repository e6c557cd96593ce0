// A destination is asked once more: after a failure, or while it is silent. Over real sockets, counted where they arrive.
import type { Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { isWhole, rawUpstream } from '../helpers/raw-upstream.ts';
import { action, envelope, getOrder, namespace, post } from '../helpers/soap-post.ts';

type Answer = (socket: Socket, asked: number, request: string) => void;

const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const busy = 'HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno';

const rig = async (t: ExecutionContext, answer: Answer, { destination = '', route = '' }) => {
  const requests: string[] = [];
  let closed = 0;
  const modern = await rawUpstream(t, (socket, soFar) => {
    if (!isWhole(soFar)) return;
    requests.push(soFar);
    socket.on('close', () => (closed += 1));
    answer(socket, requests.length, soFar);
  });
  const legacy = await rawUpstream(t, (socket) => socket.end(ok('legacy')));
  const gateway = await gatewayHere(
    t,
    `destinations:
  old: { adapter: http, url: 'http://127.0.0.1:${legacy.port}', keepAlive: false }
  new: { adapter: http, url: 'http://127.0.0.1:${modern.port}', keepAlive: false${destination} }
routes:
  all:
    match: { path: /** }
    legacy: old
    modern: new
    cohort: { header: X }
    weight: 100
${route}
`,
  );
  const ask = async (how: RequestInit = {}) =>
    (await fetch(`${gateway.url}/x`, { ...how, headers: { x: '1' } })).text();
  const attempts = async (): Promise<unknown> => {
    await eventually(() => gateway.lines().some(({ msg }) => msg === 'call'));
    const { attempts: found } = gateway.lines().find(({ msg }) => msg === 'call')!;
    return (found as string[]).map((each) => each.replace(/ [\d.]+ms/, ''));
  };
  return { gateway, ask, attempts, requests, closed: () => closed };
};

test('a read that was reset is sent to the same destination once more, and the line shows both', async (t) => {
  const { ask, attempts, requests, gateway } = await rig(
    t,
    (socket, asked) => (asked === 1 ? socket.resetAndDestroy() : socket.end(ok('modern'))),
    { destination: ', retries: 1' },
  );
  t.is(await ask(), 'modern');
  t.is(requests.length, 2);
  t.is(requests[0], requests[1]);
  t.deepEqual(await attempts(), ['modern:new - reset', 'modern:new 200 - retry']);
  t.is(await gateway.metric('strangler_retries_total', { destination: 'new' }), 1);
});

test('legacy is asked after the retries, not instead of them', async (t) => {
  const { ask, attempts, requests } = await rig(t, (socket) => socket.end(busy), {
    route: '    retries: { attempts: 2, backoff: 5ms }',
  });
  t.is(await ask(), 'legacy');
  t.is(requests.length, 3);
  t.deepEqual(await attempts(), [
    'modern:new 503 5xx',
    'modern:new 503 5xx retry',
    'modern:new 503 5xx retry',
    'legacy:old 200 -',
  ]);
});

test('a body goes again as it came', async (t) => {
  const { ask, requests } = await rig(
    t,
    (socket, asked) => (asked === 1 ? socket.resetAndDestroy() : socket.end(ok('modern'))),
    { destination: ', retries: 1' },
  );
  t.is(await ask({ method: 'PUT', body: 'x'.repeat(100_000) }), 'modern');
  t.true(requests[0]!.endsWith('x'.repeat(100_000)));
  t.is(requests[0], requests[1]);
});

test('a write is sent once', async (t) => {
  const { ask, requests } = await rig(t, (socket) => socket.resetAndDestroy(), {
    destination: ', retries: 3',
    route: '    hedge: { after: 1ms }',
  });
  await ask({ method: 'POST', body: 'order' }).catch(() => 'cut');
  t.is(requests.length, 1);
});

test('with all calls failing, a destination gets 1.1 times the calls, and legacy answers all', async (t) => {
  const { ask, requests, gateway } = await rig(t, (socket) => socket.end(busy), {
    destination: ', breaker: off, retries: { backoff: 1ms, floor: 0 }',
  });
  for (let each = 0; each < 100; each += 1) t.is(await ask(), 'legacy');
  t.true(requests.length > 100 && requests.length <= 110, String(requests.length));
  t.true((await gateway.metric('strangler_retry_budget_exhausted_total', { destination: 'new' })) >= 90);
});

test('a wait that the destination asks for does not outlast the deadline', async (t) => {
  const { ask, requests } = await rig(
    t,
    (socket) => socket.end('HTTP/1.1 503 No\r\nRetry-After: 4\r\nContent-Length: 0\r\n\r\n'),
    { destination: ', retries: { longest: 10s }', route: '    deadline: 3s' },
  );
  t.is(await ask(), 'legacy');
  t.is(requests.length, 1);
});

test('a silent destination is asked a second time, the first send is given up, and no breaker opens', async (t) => {
  const { ask, attempts, requests, closed, gateway } = await rig(
    t,
    (socket, asked) => void (asked % 2 === 0 && socket.write(ok(`answer ${asked}`))),
    { destination: ', breaker: { minimumCalls: 2 }', route: '    hedge: { after: 50ms, budget: 100% }' },
  );
  for (const answer of [2, 4, 6, 8]) t.is(await ask(), `answer ${answer}`);
  t.is(requests.length, 8);
  t.is(requests[0], requests[1]);
  await eventually(() => closed() === 8);
  t.deepEqual(await attempts(), ['modern:new - - lost', 'modern:new 200 - hedge']);
  t.is(await gateway.metric('strangler_breaker_changes_total', { state: 'open' }), 0);
  t.is(await gateway.metric('strangler_hedges_total', { result: 'won' }), 4);
});

test('a hedged call that came in chunks goes twice in chunks', async (t) => {
  const { gateway, requests } = await rig(t, (socket, asked) => void (asked === 2 && socket.end(ok('second'))), {
    route: '    operations: { PUT /x: { effect: read, weight: 100, hedge: { after: 50ms } } }',
  });
  const client = rawClient(t, Number(new URL(gateway.url).port));
  client.send('PUT /x HTTP/1.1\r\nHost: x\r\nX: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n');
  t.regex(await client.until((soFar) => soFar.includes('second')), /^HTTP\/1\.1 200 /);
  t.is(requests.length, 2);
  for (const request of requests) t.regex(request, /\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/);
});

test('a client that leaves a hedged call lets both sends go', async (t) => {
  const { gateway, requests, closed } = await rig(t, () => undefined, { route: '    hedge: { after: 30ms }' });
  const client = rawClient(t, Number(new URL(gateway.url).port));
  client.send('GET /x HTTP/1.1\r\nHost: x\r\nX: 1\r\n\r\n');
  await eventually(() => requests.length === 2);
  client.socket.resetAndDestroy();
  await eventually(() => closed() === 2);
  await eventually(() => gateway.lines().some(({ status }) => status === 499));
  t.is(requests.length, 2, 'and nobody is asked a third time');
});

test('an answer of the second send that breaks off is cut, not completed', async (t) => {
  const { ask } = await rig(
    t,
    (socket, asked) => void (asked === 2 && socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf')),
    { route: '    hedge: { after: 30ms }\n    fallback: off' },
  );
  await t.throwsAsync(ask());
});

const secured = (xml: string): string =>
  xml.replace(
    '<s:Body>',
    '<s:Header><w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"/></s:Header><s:Body>',
  );

const soap = test.macro(async (t: ExecutionContext, xml: string, named: string, sends: number) => {
  const asked: string[] = [];
  // On a busy machine the reset of a read may take longer than 20 ms, and a hedge would come besides the retry.
  const patience = sends === 1 ? '20ms' : '10s';
  const legacy = await rawUpstream(t, (socket, soFar) => {
    if (!isWhole(soFar)) return;
    asked.push(soFar);
    if (asked.length === 1) socket.resetAndDestroy();
    else socket.end(ok('<answer/>'));
  });
  const gateway = await gatewayHere(
    t,
    `destinations:
  old: { adapter: soap, url: 'http://127.0.0.1:${legacy.port}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}', keepAlive: false }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    retries: 1
    hedge: { after: ${patience} }
    operations: { GetOrder: { effect: read }, PlaceOrder: {} }
`,
  );
  await post(`${gateway.url}/OrderService.svc`, xml, { soapaction: action(named) }).catch(() => null);
  t.is(asked.length, sends);
});
const placeOrder = envelope(`<PlaceOrder xmlns="${namespace}"><order/></PlaceOrder>`);
test('a SOAP read that legacy resets is sent again', soap, getOrder(1), 'GetOrder', 2);
test('a SOAP write is not', soap, placeOrder, 'PlaceOrder', 1);
test('nor one that its action calls a read', soap, placeOrder, 'GetOrder', 1);
test('nor a read that WS-Security vouches for', soap, secured(getOrder(1)), 'GetOrder', 1);

test('what would send a write twice is told at its line', async (t) => {
  const { gateway } = await rig(t, () => undefined, {});
  await gateway.save(`destinations:
  new: { adapter: http, url: 'http://127.0.0.1:1', retries: off }
routes:
  all:
    match: { path: /** }
    legacy: new
    retries: 2
    operations:
      POST /x: { retries: 1 }
      PUT /x: { retries: 1, hedge: { after: 1s } }
`);
  await eventually(() => gateway.lines().some(({ msg }) => String(msg).includes('rejected')));
  const text = JSON.stringify(gateway.lines());
  t.regex(text, /would send a write twice; expected effect: read or idempotent/);
  t.regex(text, /would send what is idempotent twice; expected effect: read/);
});
