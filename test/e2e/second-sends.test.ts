// Who is asked a second time, how often, and with which bytes: budgets, the reverse, bodies that stream by, and answers that have begun.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, root } from '../helpers/gateway.ts';
import { gatewayHere, type HereSetup } from '../helpers/gateway-here.ts';
import { action, envelope, getOrder, namespace } from '../helpers/soap-post.ts';

type Answering = (body: string, res: ServerResponse, req: IncomingMessage) => void;

const upstream = async (t: ExecutionContext, first: Answering) => {
  const service = { url: '', asked: 0, bytes: 0, answer: first };
  const listener: RequestListener = (req, res) => {
    let body = '';
    req.setEncoding('latin1').on('data', (text: string) => (body += text));
    req.on('end', () => {
      service.asked += 1;
      service.bytes = body.length;
      service.answer(body, res, req);
    });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return service;
};

const says =
  (status: number, text: string, type = 'text/plain'): Answering =>
  (_body, res) =>
    void res.writeHead(status, { 'Content-Type': type }).end(text);
const fails = says(500, 'broken');
const resets: Answering = (_body, _res, req) => void req.socket.resetAndDestroy();
const fault = (code: string) =>
  envelope(`<s:Fault><faultcode>s:${code}</faultcode><faultstring>no</faultstring></s:Fault>`);

/** A plain HTTP route of both sides, whose calls go as `more` says. */
const plain = async (t: ExecutionContext, more: string, setup: HereSetup = {}) => {
  const [legacy, modern] = [await upstream(t, says(200, 'legacy')), await upstream(t, says(200, 'modern'))];
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: http, url: '${legacy.url}' }
  new: { adapter: http, url: '${modern.url}', breaker: off }
routes:
  all:
    match: { path: /** }
    legacy: old
    modern: new
    ${more}
`,
    setup,
  );
  return { legacy, modern, gateway };
};

test('a budget bounds what is sent twice, and the rest fails at once', async (t) => {
  const { legacy, modern, gateway } = await plain(t, 'weight: 100\n    budget: { share: 0%, perSecond: 0.3 }');
  modern.answer = fails;
  const answers = [];
  for (let each = 0; each < 5; each += 1) answers.push(await fetch(gateway.url));
  t.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 503, 503],
  );
  t.is(answers[4]!.headers.get('retry-after'), '1');
  t.regex(await answers[4]!.text(), /fails too many calls/);
  t.is(legacy.asked, 3);
  t.is(modern.asked, 5);
  t.is(await gateway.metric('strangler_second_sends_total', { route: 'all', result: 'sent' }), 3);
  t.is(await gateway.metric('strangler_second_sends_total', { route: 'all', result: 'refused' }), 2);
  t.is(await gateway.metric('strangler_requests_total', { route: 'all', outcome: 'unavailable' }), 2);
  await eventually(() => gateway.lines().some(({ error }) => error === 'ERR_BUDGET'));
});

test('calls that modern was not asked for spend nothing of it', async (t) => {
  const { legacy, gateway, modern } = await plain(
    t,
    'weight: 100\n    budget: { share: 0%, perSecond: 0 }\n    breaker: { minimumCalls: 1, openFor: 60s }',
  );
  modern.answer = fails;
  t.is((await fetch(gateway.url)).status, 503);
  for (let each = 0; each < 5; each += 1) t.is((await fetch(gateway.url)).status, 200);
  t.is(legacy.asked, 5);
  t.is(modern.asked, 1);
});

test('the other way round modern is asked after legacy, where the file says so', async (t) => {
  const { legacy, modern, gateway } = await plain(t, 'weight: 0\n    fallback: { reverse: true }');
  t.is(await (await fetch(gateway.url)).text(), 'legacy');
  t.is(modern.asked, 0);
  for (const failure of [fails, resets]) {
    legacy.answer = failure;
    t.is(await (await fetch(gateway.url)).text(), 'modern');
  }
  t.is(modern.asked, 2);
  // A write that legacy may have carried out is told as failed.
  t.is((await fetch(gateway.url, { method: 'POST', body: 'x' })).status, 502);
  t.is(modern.asked, 2);
  t.is(await gateway.metric('strangler_fallbacks_total', { route: 'all' }), 2);
});

test('where modern fails as well, or may not be asked, legacy itself has the last word', async (t) => {
  const { legacy, modern, gateway } = await plain(
    t,
    'weight: 0\n    fallback: { reverse: true }\n    budget: { share: 0%, perSecond: 0.3 }',
  );
  legacy.answer = says(503, 'locked by bob');
  for (const failure of [fails, resets]) {
    modern.answer = failure;
    const reply = await fetch(gateway.url);
    t.deepEqual([reply.status, await reply.text()], [503, 'locked by bob']);
  }
  await eventually(
    () => gateway.lines().filter(({ by, fallback }) => by === 'legacy' && fallback === '5xx').length === 2,
  );
  // Better than either is what modern answers.
  modern.answer = says(404, 'unknown');
  t.is(await (await fetch(gateway.url)).text(), 'unknown');
  // The budget is spent.
  modern.answer = says(200, 'modern');
  const asked = modern.asked;
  t.is(await (await fetch(gateway.url)).text(), 'locked by bob');
  t.is(modern.asked, asked);
  // What legacy never said nobody can pass on.
  legacy.answer = resets;
  t.is((await fetch(gateway.url)).status, 503);
});

test('and not where it does not', async (t) => {
  const { legacy, modern, gateway } = await plain(t, 'weight: 50\n    cohort: { header: X-Nobody-Has-It }');
  legacy.answer = fails;
  const answers = await Promise.all(Array.from({ length: 40 }, () => fetch(gateway.url)));
  t.is(answers.filter(({ status }) => status === 500).length, legacy.asked);
  t.is(modern.asked, 40 - legacy.asked);
});

test('a kill keeps all of them with legacy, in reverse too', async (t) => {
  const { legacy, modern, gateway } = await plain(t, 'weight: 50\n    fallback: { reverse: true }', {
    killFile: 'kill',
    prepare: async (folder) => (await import('node:fs/promises')).writeFile(join(folder, 'kill'), ''),
  });
  legacy.answer = fails;
  for (let each = 0; each < 8; each += 1) t.is((await fetch(gateway.url)).status, 500);
  t.is(modern.asked, 0);
});

test('in reverse a SOAP fault of legacy is looked at: Server is a failure, Client and a declared one are answers', async (t) => {
  const legacy = await upstream(t, says(500, fault('Server'), 'text/xml'));
  const modern = await upstream(t, says(200, '{}', 'application/json'));
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  new: { adapter: http, url: '${modern.url}' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: new
    fallback: { reverse: true }
    operations:
      GetOrder: { effect: read, call: 'GET /orders/{orderId}' }
      PlaceOrder: { effect: write, call: POST /orders }`,
  );
  const post = (operation: string, xml: string) =>
    fetch(`${gateway.url}/OrderService.svc`, {
      method: 'POST',
      body: xml,
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: action(operation) },
    });
  await post('GetOrder', getOrder(3));
  t.is(modern.asked, 1);
  await post('PlaceOrder', envelope(`<PlaceOrder xmlns="${namespace}"/>`));
  t.is(modern.asked, 1);
  legacy.answer = says(500, fault('Client'), 'text/xml');
  t.is(await (await post('GetOrder', getOrder(3))).text(), fault('Client'));
  t.is(modern.asked, 1);
});

test('a modern that is full sends what it cannot take to legacy, writes too, and its breaker does not mind', async (t) => {
  const [legacy, modern] = [await upstream(t, says(200, 'legacy')), await upstream(t, says(200, 'modern'))];
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  new: { adapter: http, url: '${modern.url}', maxInFlight: 1, breaker: { minimumCalls: 1 } }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: new
    budget: { share: 0%, perSecond: 0 }
    operations: { CancelOrder: { effect: write, weight: 100, call: 'POST /cancel' } }`,
  );
  const cancel = () =>
    fetch(`${gateway.url}/OrderService.svc`, {
      method: 'POST',
      body: envelope(`<CancelOrder xmlns="${namespace}"><orderId>3</orderId></CancelOrder>`),
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: action('CancelOrder') },
    });
  let answer = (): void => undefined;
  modern.answer = (_body, res) => void (answer = () => void res.writeHead(204).end());
  const first = cancel();
  await eventually(() => modern.asked === 1);
  for (let each = 0; each < 3; each += 1) t.is(await (await cancel()).text(), 'legacy');
  t.deepEqual([modern.asked, legacy.asked], [1, 3]);
  t.is(await gateway.metric('strangler_fallbacks_total', { reason: 'full' }), 3);
  t.is(await gateway.metric('strangler_breaker_changes_total', { destination: 'new', state: 'open' }), 0);
  answer();
  t.is((await first).status, 200);
  t.is(await gateway.metric('strangler_bulkhead_in_flight', { destination: 'new' }), 0);
});

/** Chunked, and long enough to stream by. */
const upload = (url: string, bytes: number) =>
  fetch(url, {
    method: 'PUT',
    duplex: 'half',
    body: new ReadableStream({
      start(controller) {
        for (let left = bytes; left > 0; left -= 10_000) controller.enqueue(Buffer.alloc(Math.min(left, 10_000), 'x'));
        controller.close();
      },
    }),
  });

const streams = test.macro(async (t: ExecutionContext, held: string, bytes: number, bound: 'call' | 'total' | null) => {
  const { legacy, modern, gateway } = await plain(t, 'weight: 100', { gateway: `limits: { held: ${held} }` });
  modern.answer = fails;
  const answer = await upload(gateway.url, bytes);
  t.is(answer.status, bound === null ? 200 : 500);
  t.is(modern.bytes, bytes);
  t.is(legacy.bytes, bound === null ? bytes : 0);
  for (const name of ['call', 'total'])
    t.is(await gateway.metric('strangler_unheld_total', { bound: name }), name === bound ? 1 : 0);
  t.is(await gateway.metric('strangler_held_bytes'), 0);
});
test('a body that streams by is held, and sent again whole', streams, '1mb', 300_000, null);
test('over the memory of all it streams on and has no second try', streams, '100kb', 300_000, 'total');
test('as does one of over 1 MiB', streams, '256mb', 1_200_000, 'call');

test('once the client has seen a byte nobody else is asked: the connection is cut, not completed', async (t) => {
  const { legacy, modern, gateway } = await plain(t, 'weight: 100');
  modern.answer = (_body, res) => {
    res.writeHead(200, { 'Content-Length': '100' });
    res.write('a part', () => setTimeout(() => res.destroy(), 50));
  };
  const answer = await fetch(gateway.url);
  t.is(answer.status, 200);
  await t.throwsAsync(answer.text());
  t.is(legacy.asked, 0);
  t.is(await gateway.metric('strangler_requests_total', { route: 'all', outcome: 'cut' }), 1);
});
