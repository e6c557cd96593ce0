// No call lasts longer than its deadline by more than half a second, whoever is slow: over real sockets.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import anyTest, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { isWhole, rawUpstream } from '../helpers/raw-upstream.ts';
import { action, getOrder, post } from '../helpers/soap-post.ts';

const { serial: test } = anyTest; // times are measured

type Answer = (socket: Socket) => void;

/** Milliseconds by which a call may be late: half a second, and what a busy machine takes. All else here waits for longer. */
const grace = 2000;

const hangs: Answer = () => undefined;
const legacyAnswer: Answer = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nlegacy');
const drips =
  (head: string): Answer =>
  (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write('.'), 20);
    socket.on('close', () => clearInterval(timer));
  };

interface Rigged {
  readonly modern?: Answer;
  readonly legacy?: Answer;
  /** Of the destination `new`. */
  readonly destination?: string;
  readonly weight?: number;
  /** Lines of the route's settings. */
  readonly route: string;
}

const rig = async (
  t: ExecutionContext,
  { modern = hangs, legacy = legacyAnswer, destination = '', weight = 100, route }: Rigged,
) => {
  const closed = { modern: 0, legacy: 0 };
  const asked = { modern: 0, legacy: 0 };
  const serve = (side: 'modern' | 'legacy', answer: Answer) =>
    rawUpstream(t, (socket, soFar) => {
      if (!isWhole(soFar)) return;
      asked[side] += 1;
      socket.on('close', () => (closed[side] += 1));
      answer(socket);
    });
  const [there, here] = [await serve('modern', modern), await serve('legacy', legacy)];
  const gateway = await gatewayHere(
    t,
    `destinations:
  old: { adapter: http, url: 'http://127.0.0.1:${here.port}', keepAlive: false }
  new: { adapter: http, url: 'http://127.0.0.1:${there.port}', keepAlive: false${destination} }
routes:
  all:
    match: { path: /** }
    legacy: old
    modern: new
    cohort: { header: X }
    weight: ${weight}
${route}
`,
  );
  const call = async (headers: Record<string, string> = {}) => {
    const began = performance.now();
    const reply = await fetch(`${gateway.url}/x`, { headers: { x: '1', ...headers } });
    const text = await reply.text().catch(() => null);
    return { status: reply.status, text, ms: performance.now() - began };
  };
  const line = async (): Promise<Record<string, unknown>> => {
    const found = () => gateway.lines().find(({ msg }) => msg === 'call');
    await eventually(() => found() !== undefined);
    return found()!;
  };
  return { gateway, call, line, closed, asked, port: Number(new URL(gateway.url).port) };
};

test('a destination that hangs: an error in time, its connection is given up, and legacy is not asked', async (t) => {
  const { call, line, closed, asked } = await rig(t, { route: '    deadline: 300ms' });
  const { status, ms, text } = await call();
  t.is(status, 504);
  t.regex(text!, /ERR_DEADLINE/);
  t.true(ms >= 299 && ms < 300 + grace, `${ms} ms`);
  t.like(await line(), { status: 504, outcome: 'unavailable', error: 'ERR_DEADLINE', fallback: null });
  await eventually(() => closed.modern === 1);
  t.is(asked.legacy, 0);
});

test('an answer that drips is cut', async (t) => {
  const { call, line, closed } = await rig(t, {
    modern: drips('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'),
    route: '    deadline: 400ms',
  });
  const { text, ms } = await call();
  t.is(text, null, 'an answer that was cut was told as whole');
  t.true(ms < 400 + grace, `${ms} ms`);
  t.like(await line(), { status: 200, outcome: 'cut', error: 'ERR_DEADLINE' });
  await eventually(() => closed.modern === 1);
});

test('a body that does not come: nobody is asked, and its client is told in time', async (t) => {
  const { port, asked, line } = await rig(t, { weight: 0, route: '    deadline: 300ms' });
  const client = rawClient(t, port);
  const began = performance.now();
  client.send('POST /x HTTP/1.1\r\nHost: x\r\nX: 1\r\nContent-Length: 20\r\n\r\n0123456789');
  const got = await client.until((soFar) => soFar.includes('ERR_DEADLINE'));
  t.true(performance.now() - began < 300 + grace);
  t.regex(got, /^HTTP\/1.1 504 /);
  t.like(await line(), { status: 504, error: 'ERR_DEADLINE' });
  t.is(asked.modern + asked.legacy, 0);
});

test('an event stream goes on', async (t) => {
  const { port } = await rig(t, {
    modern: drips('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100000\r\n\r\n'),
    route: '    deadline: 200ms',
  });
  const client = rawClient(t, port);
  client.send('GET /x HTTP/1.1\r\nHost: x\r\nX: 1\r\n\r\n');
  const got = await client.until((soFar) => /\.{30}/.test(soFar));
  t.regex(got, /\.{30}/); // 600 ms of it
  t.false(client.ended);
});

test('first attempt and fallback share it', async (t) => {
  const { call, asked } = await rig(t, {
    legacy: hangs,
    destination: ', timeout: 150ms',
    route: '    deadline: 1500ms',
  });
  const { status, ms } = await call();
  t.is(status, 504);
  t.true(ms < 1500 + grace, `${ms} ms`);
  t.deepEqual(asked, { modern: 1, legacy: 1 });
});

test('legacy is asked only if there is enough left for it', async (t) => {
  const { call, asked, line } = await rig(t, {
    destination: ', timeout: 200ms',
    route: '    deadline: { total: 5s, reserve: 4900ms }',
  });
  t.is((await call()).status, 504);
  t.is(asked.legacy, 0);
  t.like(await line(), { error: 'ERR_TIMEOUT', fallback: null });
});

test('who was not asked yet needs no reserve: legacy is asked for what modern has no place for', async (t) => {
  const { call, asked } = await rig(t, {
    destination: ', timeout: 1s, maxInFlight: 1',
    route: '    deadline: { total: 5s, reserve: 5s }',
  });
  const first = call();
  await eventually(() => asked.modern === 1);
  t.like(await call(), { status: 200, text: 'legacy' });
  t.is((await first).status, 504);
  t.deepEqual(asked, { modern: 1, legacy: 1 });
});

test('the caller’s own deadline holds where it is the smaller', async (t) => {
  const { call } = await rig(t, { route: '    deadline: { total: 30s, header: X-Request-Timeout }' });
  for (const said of ['200', '200m']) {
    const { status, ms } = await call({ 'x-request-timeout': said });
    t.is(status, 504);
    t.true(ms >= 199 && ms < 200 + grace, `${ms} ms`);
  }
});

test('callers that set themselves no time at all open nobody’s breaker', async (t) => {
  const { call, gateway } = await rig(t, {
    route: '    deadline: { header: X-Request-Timeout }\n    fallback: off',
    destination: ', breaker: { minimumCalls: 5 }',
  });
  for (let each = 0; each < 10; each += 1) t.is((await call({ 'x-request-timeout': '20' })).status, 504);
  t.is(await gateway.metric('strangler_breaker_changes_total', { state: 'open' }), 0);
});

test('an operation’s timeout holds instead of its destination’s', async (t) => {
  const { call, line, gateway } = await rig(t, {
    destination: ', timeout: 30s',
    route: '    operations: { GET /x: { timeout: 500ms, weight: 100 }, GET /y: { weight: 100 } }',
  });
  const { text, ms } = await call();
  t.is(text, 'legacy');
  t.true(ms < 500 + grace, `${ms} ms`);
  t.like(await line(), { fallback: 'timeout' });
  const other = rawClient(t, Number(new URL(gateway.url).port));
  other.send('GET /y HTTP/1.1\r\nHost: x\r\nX: 1\r\n\r\n');
  await call(); // some 500 ms more
  t.is(await other.until(() => true), '');
});

test('a client that is slow to send ends with it, too, and nobody is blamed', async (t) => {
  const { port, line, gateway, closed } = await rig(t, {
    route: '    deadline: 300ms',
    destination: ', breaker: { minimumCalls: 1 }',
  });
  const client = rawClient(t, port);
  client.send('POST /x HTTP/1.1\r\nHost: x\r\nX: 1\r\nContent-Length: 100000\r\n\r\n');
  const timer = setInterval(() => client.send('.'), 20);
  t.teardown(() => clearInterval(timer));
  const began = performance.now();
  const got = await client.until(() => client.ended || performance.now() - began > 3000);
  t.regex(got, /^HTTP\/1\.1 504 /);
  t.like(await line(), { error: 'ERR_DEADLINE' });
  t.true(Number((await line())['ms']) < 300 + grace + 1000); // it may take its answer
  t.is(await gateway.metric('strangler_breaker_changes_total', { state: 'open' }), 0);
  t.is(closed.legacy, 0);
});

test('a client that does not take its answer ends with it', async (t) => {
  const body = 'x'.repeat(20 << 20);
  const { port, line } = await rig(t, {
    modern: (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    route: '    deadline: 2s',
  });
  const client = rawClient(t, port);
  client.socket.pause();
  client.send('GET /x HTTP/1.1\r\nHost: x\r\nX: 1\r\n\r\n');
  const told = await line();
  t.like(told, { outcome: 'cut', error: 'ERR_DEADLINE' });
  t.true(Number(told['ms']) < 2000 + grace, String(told['ms']));
});

test('a client that leaves is 499 in the line, and its destination is let go', async (t) => {
  const { port, line, closed, asked } = await rig(t, { route: '    deadline: 30s' });
  const client = rawClient(t, port);
  client.send('GET /x HTTP/1.1\r\nHost: x\r\nX: 1\r\n\r\n');
  await eventually(() => asked.modern === 1);
  client.socket.resetAndDestroy();
  await once(client.socket, 'close');
  t.like(await line(), { status: 499, outcome: 'client-left' });
  await eventually(() => closed.modern === 1);
  t.is(asked.legacy, 0);
});

const told = anyTest.macro(async (t: ExecutionContext, errors: string, seen: Record<'hangs' | 'refuses', number>) => {
  const destination = await rawUpstream(t, hangs);
  const gateway = await gatewayHere(
    t,
    `destinations:
  hangs: { adapter: soap, url: 'http://127.0.0.1:${destination.port}' }
  refuses: { adapter: soap, url: 'http://127.0.0.1:9' }
routes:
  hangs: { match: { path: /hangs.svc }, protocol: soap, legacy: hangs, deadline: 200ms${errors} }
  refuses: { match: { path: /refuses.svc }, protocol: soap, legacy: refuses${errors} }
`,
  );
  for (const name of ['hangs', 'refuses'] as const) {
    const reply = await post(`${gateway.url}/${name}.svc`, getOrder(1), { soapaction: action('GetOrder') });
    t.is(reply.status, seen[name], name);
    t.regex(reply.text, /<faultcode>s:Server/);
  }
  const unread = await post(`${gateway.url}/hangs.svc`, '<!DOCTYPE x><x/>', { soapaction: action('GetOrder') });
  t.is(unread.status, 500); // neither: as ever
});
test('SOAP callers are told with 500', told, '', { hangs: 500, refuses: 500 });
test('or with 504 and 503, where the route says so', told, ', errors: status', { hangs: 504, refuses: 503 });
