// A destination that listens at several places.
import test, { type ExecutionContext } from 'ava';
import type { Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { catalog } from '../helpers/catalog.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';
import { websocketEcho } from '../helpers/websocket-echo.ts';
import { cannedUpstream, envelope, exchanged, field, type Upstream } from './payload-rig.ts';
import { find, findCall, jsonAnswer, soapAnswer } from './moved-rig.ts';

const places = (t: ExecutionContext, count: number, lines = ''): Promise<Upstream[]> =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      cannedUpstream(t, () => ({ lines: `Content-Type: text/plain\r\n${lines}`, body: `from ${i}` })),
    ),
  );

/** Nobody listens there, nor will while a test runs: the system hands out no port below 1024. */
const nobody = ['http://127.0.0.1:1', 'http://127.0.0.1:2'] as const;

const plain = (t: ExecutionContext, urls: readonly string[], more = ''): Promise<Gateway> =>
  gatewayHere(
    t,
    `
destinations:
  old: { adapter: http, urls: [${urls.map((url) => `'${url}'`).join(', ')}] ${more} }
routes:
  all: { match: { path: /** }, legacy: old }`,
  );

const get = (gateway: Gateway, path = '/') => exchanged(gateway, { method: 'GET', path, lines: [], body: '' });

test('calls go to all of them', async (t) => {
  const all = await places(t, 3);
  const gateway = await plain(
    t,
    all.map(({ url }) => url),
  );
  for (let call = 0; call < 60; call++) t.regex((await get(gateway)).body, /^from [012]$/);
  for (const one of all) t.true(one.asked().length > 4, String(one.asked().length));
});

test('where nobody listens at one, not a single call fails, and writes are sent once', async (t) => {
  const [one] = await places(t, 1);
  const gateway = await plain(t, [nobody[0], one!.url]);
  for (let call = 0; call < 30; call++) {
    const reply = await exchanged(gateway, { path: '/', lines: [], body: `write ${call}` });
    t.is(reply.body, 'from 0');
  }
  t.deepEqual(
    one!.asked().map(({ body }) => body),
    Array.from({ length: 30 }, (_, call) => `write ${call}`),
  );
});

test('where nobody listens at any, calls fail as they do with one url', async (t) => {
  const gateway = await plain(t, nobody);
  for (let call = 0; call < 8; call++) t.regex((await get(gateway)).line, / 50[23] /);
});

test('callers that wait for no time at all leave none of them out', async (t) => {
  const slow = () => rawUpstream(t, () => undefined);
  const [one, other] = [await slow(), await slow()];
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: http, urls: ['http://127.0.0.1:${one.port}', 'http://127.0.0.1:${other.port}'], health: { ejectAfter: 2 } }
routes:
  all: { match: { path: /** }, legacy: old, deadline: { header: X-Wait } }`,
  );
  for (let call = 0; call < 8; call++)
    t.is((await fetch(`${gateway.url}/x`, { headers: { 'X-Wait': '20' } })).status, 504);
  t.is(await gateway.metric('strangler_upstream_healthy'), 2);
});

test('Host is the client’s, and with `host: destination` that of the url that is asked', async (t) => {
  const all = await places(t, 2);
  const urls = all.map(({ url }) => url);
  const [kept, own] = [await plain(t, urls), await plain(t, urls, ', host: destination')];
  const client = new URL(kept.url).host;
  for (let call = 0; call < 12; call++) await get(kept);
  for (const one of all) for (const asked of one.asked()) t.is(field(asked, 'Host'), client);
  const before = all.map((one) => one.asked().length);
  for (let call = 0; call < 20; call++) await get(own);
  for (const [i, one] of all.entries())
    for (const asked of one.asked().slice(before[i])) t.is(field(asked, 'Host'), new URL(one.url).host);
});

test('addresses of any of them in a reply lead to where the client came in', async (t) => {
  const there: string[] = [];
  const one = await cannedUpstream(t, () => ({ lines: `Location: ${there[1]}/next\r\n`, body: '' }));
  const two = await cannedUpstream(t, () => ({ lines: `Location: ${there[0]}/next\r\n`, body: '' }));
  there.push(one.url, two.url);
  const gateway = await plain(t, there);
  for (let call = 0; call < 10; call++) t.is(field(await get(gateway), 'Location'), `${gateway.url}/next`);
});

test('all of them together have `maxInFlight` calls under way', async (t) => {
  const waiting: (() => void)[] = [];
  const all = await Promise.all(
    [0, 1].map(() => websocketEcho(t, (_req, res) => void waiting.push(() => res.end('late')))),
  );
  const gateway = await plain(
    t,
    all.map(({ origin }) => origin),
    ', maxInFlight: 3',
  );
  const asked = Array.from({ length: 5 }, () => fetch(gateway.url).then(({ status }) => status));
  const early = await Promise.race(asked);
  t.is(early, 503);
  while (waiting.length < 3) await new Promise((resolve) => setImmediate(resolve));
  for (const answer of waiting) answer();
  t.deepEqual(
    (await Promise.all(asked)).toSorted((one, other) => one - other),
    [200, 200, 200, 503, 503],
  );
});

test('JSON services behind SOAP are asked at all of them, each by its own name', async (t) => {
  const legacy = await cannedUpstream(t, () => soapAnswer(envelope('<from-legacy/>')));
  const modern = await Promise.all([0, 1].map(() => cannedUpstream(t, () => jsonAnswer('{"Sku":"s"}'))));
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${catalog.wsdl}' }
  new: { adapter: http, urls: [${modern.map(({ url }) => `'${url}'`).join(', ')}] }
routes:
  split: { match: { path: /split }, protocol: soap, legacy: old, modern: new, operations: { Find: { effect: read, weight: 100 } } }`,
  );
  for (let call = 0; call < 30; call++) await exchanged(gateway, findCall('/split', { content: find }));
  t.deepEqual(legacy.asked(), []);
  for (const one of modern) {
    t.true(one.asked().length > 2);
    for (const asked of one.asked()) t.is(field(asked, 'Host'), new URL(one.url).host);
  }
});

test('WebSockets are opened at all of them', async (t) => {
  const all = await Promise.all([0, 1].map(() => websocketEcho(t, (_req, res) => res.end())));
  const gateway = await plain(
    t,
    all.map(({ origin }) => origin),
  );
  for (let i = 0; i < 20; i++) {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/echo`);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    socket.close();
  }
  for (const one of all) t.true(one.heads.length > 2, String(one.heads.length));
});

test('WebSockets find out that nobody listens at one, and leave it out', async (t) => {
  const echo = await websocketEcho(t, (_req, res) => res.end());
  const gateway = await plain(t, [nobody[0], echo.origin]);
  let failed = 0;
  for (let i = 0; i < 30; i++) {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/echo`);
    failed += await new Promise<number>((resolve) => {
      socket.addEventListener('open', () => resolve(0));
      socket.addEventListener('error', () => resolve(1));
    });
    socket.close();
  }
  t.true(failed <= 2, `${failed} failed`);
  t.is(await gateway.metric('strangler_upstream_healthy', { url: new URL(echo.origin).host }), 1);
});

test('a session stays at its url while that is there, and moves without an error when it is gone', async (t) => {
  const ends: (() => unknown)[][] = [[], []];
  const all = await Promise.all(
    ends.map((own, i) =>
      cannedUpstream({ teardown: (end) => void own.push(end) }, () => ({ lines: '', body: `from ${i}` })),
    ),
  );
  t.teardown(() => ends.flat().map((end) => end()));
  const gateway = await gatewayHere(
    t,
    `
destinations:
  old: { adapter: http, urls: [${all.map(({ url }) => url).join(', ')}], health: { ejectFor: 100ms, slowStart: 0s } }
routes:
  all: { match: { path: /** }, legacy: old, session: { header: X-Session } }`,
  );
  const ask = async (session: string): Promise<string> =>
    (await exchanged(gateway, { method: 'GET', path: '/', lines: [`X-Session: ${session}`], body: '' })).body;
  const sessions = Array.from({ length: 20 }, (_, i) => `s${i}`);
  const at = new Map<string, string>();
  for (const one of sessions) at.set(one, await ask(one));
  t.deepEqual([...new Set(at.values())].toSorted(), ['from 0', 'from 1']);
  for (const one of sessions) t.is(await ask(one), at.get(one)!);
  for (const end of ends[0]!) await end();
  for (const one of sessions) t.is(await ask(one), 'from 1');
});
