// A destination that answers garbage, floods, contradictions, never, or too early: each has its outcome, as docs/reference/failures.md has it.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startLegacy } from '../../examples/orders/legacy.ts';
import { eventually, root, startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { isWhole, rawUpstream, type RawUpstream } from '../helpers/raw-upstream.ts';
import { action, getOrder } from '../helpers/soap-post.ts';
import { badReplies, drips, hints, type BadReply } from './bad-replies.ts';

const wsdl = join(root, 'examples/orders/contracts/OrderService.wsdl');
const timeout = 2000;

type Carrier = 'relay' | 'moved' | 'proxy';

/** The same destination on three routes: as a SOAP legacy, as a modern that JSON is asked of, and with nothing to decide. */
const routes = (index: number, port: number) => ({
  destinations: `
  soap${index}: { adapter: soap, url: 'http://127.0.0.1:${port}/', wsdl: '${wsdl}', timeout: ${timeout}ms }
  http${index}: { adapter: http, url: 'http://127.0.0.1:${port}/', timeout: ${timeout}ms }`,
  routes: `
  relay${index}: { match: { path: /relay${index} }, protocol: soap, legacy: soap${index}, operations: { GetOrder: { effect: read } } }
  moved${index}: { match: { path: /moved${index} }, protocol: soap, legacy: good, modern: http${index}, operations: { GetOrder: { effect: read, call: 'GET /orders/{orderId}', weight: 100 } } }
  proxy${index}: { match: { path: /proxy${index} }, legacy: http${index} }`,
});

/** Answers a whole request. */
const whenWhole =
  (does: (socket: Socket) => void) =>
  (socket: Socket, soFar: string): void => {
    if (isWhole(soFar)) does(socket);
  };

const early = (status: string, more = '') =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\n${more}Content-Length: 5\r\n\r\nearly`;
const tooLarge = early('413 Content Too Large', 'Connection: close\r\n');

/** Answers the first bytes of each connection. */
const atOnce = (does: (socket: Socket) => void) => {
  const answered = new Set<number>();
  return (socket: Socket, _: string, index: number): void => {
    if (!answered.has(index)) does(socket);
    answered.add(index);
  };
};

const answer = (body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chatty = { calls: 0 };

/** Destinations with tests of their own. */
const others = {
  drips: whenWhole(drips),
  hints: whenWhole(hints),
  early: atOnce((socket) => void socket.write(early('200 OK'))),
  ending: atOnce((socket) => void socket.end(tooLarge)),
  resetting: atOnce((socket) => {
    socket.pause();
    socket.write(tooLarge, () => socket.resetAndDestroy());
  }),
  /** Every answer is right. What follows it, at once or while the connection is kept, is not. */
  chatty: (socket: Socket, soFar: string): void => {
    if (!isWhole(soFar.slice(soFar.lastIndexOf('POST ')))) return;
    const right = answer(`right ${++chatty.calls}`);
    socket.write(chatty.calls % 2 === 0 ? `${right}${answer('wrong')}` : right);
    if (chatty.calls % 2 === 1)
      setTimeout(() => socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n'), 20);
  },
};
const indexOf = (other: keyof typeof others): number => badReplies.length + Object.keys(others).indexOf(other);

let gateway: RunningGateway;
let upstreams: readonly RawUpstream[];
const endings: (() => unknown)[] = [];
test.before(async () => {
  const t = { teardown: (end: () => unknown) => void endings.push(end) };
  const answers = [...badReplies.map(({ does }) => whenWhole(does)), ...Object.values(others)];
  upstreams = await Promise.all(answers.map((one) => rawUpstream(t, one)));
  const legacy = await startLegacy({ port: 0 });
  t.teardown(() => legacy.close());
  const all = upstreams.map(({ port }, index) => routes(index, port));
  gateway = await startGateway(
    t,
    `
destinations:
  good: { adapter: soap, url: '${legacy.url}', wsdl: '${wsdl}' }${all.map((one) => one.destinations).join('')}
routes:${all.map((one) => one.routes).join('')}
`,
  );
});
test.after.always(async () => {
  for (const end of endings.toReversed()) await end();
});

const request = (path: string, more = ''): string => {
  const xml = getOrder(3);
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: ${action('GetOrder')}\r\n${more}Content-Length: ${xml.length}\r\n\r\n${xml}`;
};

/** The call's line of the access log. */
const lineOf = async (path: string): Promise<Record<string, unknown>> => {
  const found = () => gateway.lines().find((line) => line['path'] === path);
  await eventually(() => found() !== undefined, 20_000);
  return found()!;
};

/** Every wait has an end: what the destination is given, and a busy machine's slack. */
const patience = timeout + 10_000;

const call = async (t: ExecutionContext, carrier: Carrier, index: number, within = patience) => {
  const path = `/${carrier}${index}`;
  const client = rawClient(t, Number(new URL(gateway.url).port));
  client.send(request(path, 'Connection: close\r\n'));
  const timer = setTimeout(() => client.socket.destroy(), within);
  const text = await client.until(() => false);
  clearTimeout(timer);
  const line = await lineOf(path);
  t.not(line['outcome'], 'client-left', `${carrier}: no answer within ${within} ms`);
  return { text, line, seen: seenIn(text) };
};

/** A status, `fault` for one of the gateway's own, or `cut` for what is no whole reply. */
const seenIn = (text: string): string => {
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? NaN);
  const isWholeReply = /transfer-encoding/i.test(text) ? text.endsWith('0\r\n\r\n') : text.length - end - 4 === length;
  if (end === -1 || !isWholeReply) return 'cut';
  const isFault = text.startsWith('HTTP/1.1 500 ') && /<faultcode>s:Server<\/faultcode>/.test(text);
  return isFault ? 'fault' : text.slice(9, 12);
};

const told = (found: unknown): string => (typeof found === 'string' ? found : '-');

const reasonIn = (line: Record<string, unknown>): string =>
  /^legacy:\w+ \S+ (\S+) /.exec((line['attempts'] as string[])[0] ?? '')?.[1] ?? '-';

const checkRow = async (t: ExecutionContext, bad: BadReply): Promise<void> => {
  const index = badReplies.indexOf(bad);
  const { title, outcome } = bad;
  const [relay, moved, proxy] = await Promise.all([
    call(t, 'relay', index),
    call(t, 'moved', index),
    call(t, 'proxy', index),
  ]);
  const line = relay.line;
  t.is(`${relay.seen} ${told(line['outcome'])} ${told(line['error'])} ${reasonIn(line)}`, outcome.relay, title);
  t.is(moved.seen, '200', `${title}: legacy answers instead of modern`);
  t.true(moved.text.includes('9007199254740997'), title);
  t.is(moved.line['fallback'], outcome.fallback, title);
  const got = `${proxy.seen} ${told(proxy.line['outcome'])}`;
  t.true(outcome.proxy.includes(got), `${title}: ${got}`);
  // Nothing of the reply that failed stands in the answer given instead.
  if (proxy.seen.startsWith('50')) t.notRegex(proxy.text, /transfer-encoding|text\/xml/i, title);
};

const ids = [...new Set(badReplies.map(({ id }) => id))];
for (const id of ids) {
  const rows = badReplies.filter((bad) => bad.id === id);
  test.serial(`${id}: ${rows.map(({ title }) => title).join(', ')}`, async (t) => {
    // Some at a time, so that a busy machine is not too late for any.
    for (let at = 0; at < rows.length; at += 4)
      await Promise.all(rows.slice(at, at + 4).map((bad) => checkRow(t, bad)));
    t.is((await fetch(`${gateway.admin}/healthz`)).status, 200);
  });
}

test('each row of the documentation is tested, and each test has its row', (t) => {
  const text = readFileSync(join(root, 'docs/reference/failures.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (F\d+) +\|/gm)].map(([, id]) => id);
  t.deepEqual(rows, [...ids, ...elsewhere]);
});
const elsewhere = ['F9', 'F10', 'F11'];

// Bytes alone are no sign of life before the head is whole.
for (const [what, other] of [
  ['a head that drips', 'drips'],
  ['hints that drip', 'hints'],
] as const) {
  test.serial(`F4: ${what}, through the proxy`, async (t) => {
    const { seen, line } = await call(t, 'proxy', indexOf(other));
    t.is(`${seen} ${told(line['outcome'])} ${told(line['error'])}`, '504 unavailable ERR_TIMEOUT');
  });
  test.serial(`F4: ${what}, through the relay, is over once the timeout is`, async (t) => {
    const { seen, line } = await call(t, 'relay', indexOf(other), timeout + 2000);
    t.is(`${seen} ${told(line['error'])}`, 'fault ERR_TIMEOUT');
  });
}

/** A call of which only the beginning is sent, to a destination that answers with its first bytes. */
const half = async (t: ExecutionContext, carrier: Carrier, other: keyof typeof others) => {
  const path = `/${carrier}${indexOf(other)}`;
  const client = rawClient(t, Number(new URL(gateway.url).port));
  const whole = request(path).replace(/Content-Length: \d+/, 'Content-Length: 3000000');
  client.send(`${whole}<!--${'x'.repeat(1_000_000)}`);
  const text = await client.until((soFar) => seenIn(soFar) !== 'cut');
  client.socket.destroy();
  return { text, line: await lineOf(path) };
};

for (const carrier of ['relay', 'proxy'] as const) {
  test.serial(`F9: an answer before the request is complete is passed on (${carrier})`, async (t) => {
    const { text } = await half(t, carrier, 'early');
    t.regex(text, /^HTTP\/1\.1 200 OK\r\n[^]*early$/);
  });
  test.serial(
    `F9: 413 before the request is complete, and the connection ends in good order (${carrier})`,
    async (t) => {
      const { text, line } = await half(t, carrier, 'ending');
      t.regex(text, /^HTTP\/1\.1 413 Content Too Large\r\n[^]*early$/);
      t.is(line['outcome'], 'client-error');
    },
  );
  test.serial(
    `F10: 413 before the request is complete, and a reset at once, is 413 or a cut (${carrier})`,
    async (t) => {
      const { text, line } = await half(t, carrier, 'resetting');
      t.true(['413', 'cut'].includes(seenIn(text)), text.slice(0, 300));
      t.true(['client-error', 'cut'].includes(told(line['outcome'])));
    },
  );
}

test.serial('F8, F11: what comes after an answer, or when nothing was asked, is nobody’s answer', async (t) => {
  const index = indexOf('chatty');
  for (const carrier of ['relay', 'proxy'] as const) {
    for (let nth = 0; nth < 6; nth++) {
      const client = rawClient(t, Number(new URL(gateway.url).port));
      client.send(request(`/${carrier}${index}`));
      const text = await client.until((soFar) => seenIn(soFar) !== 'cut');
      t.true(text.startsWith('HTTP/1.1 200 ') && text.endsWith(`right ${chatty.calls}`), text);
      client.socket.destroy();
      // Long enough for what nobody asked for to come.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  t.is(chatty.calls, 12);
  t.is(upstreams[index]!.connections.length, 12, 'none is used again');
});
