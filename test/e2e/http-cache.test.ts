// Plain HTTP answered from memory as RFC 9111 allows: what the origin says, and what it says when it is asked again.
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { eventually, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';

interface Rig {
  readonly url: string;
  readonly gateway: Gateway;
  readonly asked: IncomingMessage[];
  readonly get: (path?: string, headers?: Record<string, string>, method?: string) => Promise<Got>;
}
interface Got {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Of Cache-Status, without the key. */
  readonly cache: string;
}
type Answering = (req: IncomingMessage, res: ServerResponse, n: number) => void;

const rig = async (t: ExecutionContext, cache: string, answer: Answering, more = ''): Promise<Rig> => {
  const asked: IncomingMessage[] = [];
  const origin = createServer((req, res) => answer(req, res, asked.push(req)));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    origin.closeAllConnections();
    origin.close();
  });
  const gateway = await gatewayHere(
    t,
    `
destinations:
  api: { adapter: http, url: 'http://127.0.0.1:${(origin.address() as AddressInfo).port}' }
routes:
  api:
    match: { path: /x/** }
    legacy: api
    cacheStatus: true
    operations: { 'GET /x/{id}': { cache: ${cache} } }
${more}`,
  );
  // Not fetch: it adds Cache-Control to conditions of its caller's.
  const get = (path = '/x/1', headers: Record<string, string> = {}, method = 'GET'): Promise<Got> =>
    new Promise((resolve, reject) => {
      const asking = request(`${gateway.url}${path}`, { method, headers }, async (reply) => {
        const found = new Headers(Object.entries(reply.headers).map(([name, value]) => [name, String(value)]));
        const cacheStatus = (found.get('cache-status') ?? '').replace(/; key="[^"]*"/, '');
        resolve({ status: reply.statusCode!, text: await text(reply), headers: found, cache: cacheStatus });
      });
      asking.on('error', reject).end();
    });
  return { url: gateway.url, gateway, asked, get };
};

const saying =
  (headers: Record<string, string>, status = 200): Answering =>
  (_req, res, n) => {
    res.writeHead(status, headers);
    res.end(`answer ${n}`);
  };

test.serial('what the origin calls good is given again, with its age', async (t) => {
  const { get, asked } = await rig(t, 'origin', saying({ 'Cache-Control': 'max-age=60', Age: '7' }));
  t.is((await get()).cache, 'strangler; fwd=uri-miss; fwd-status=200; stored');
  const again = await get();
  t.is(again.text, 'answer 1');
  t.regex(again.cache, /^strangler; hit; ttl=(?:4[5-9]|5[0-3])$/);
  t.true(Number(again.headers.get('age')) >= 7);
  t.is(asked.length, 1);
  t.is((await get('/x/1?b')).text, 'answer 2');
});

test.serial('who is told apart by Vary shares nothing', async (t) => {
  const { get, asked } = await rig(t, 'origin', (req, res) => {
    res.writeHead(200, { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language' });
    res.end(String(req.headers['accept-language']));
  });
  for (const language of ['en', 'de', 'en', 'de', 'fr'])
    t.is((await get('/x/1', { 'Accept-Language': language })).text, language);
  t.is(asked.length, 3);
});

test.serial('credentials keep a call away, and those that vary names need the word of the origin', async (t) => {
  const open = saying({ 'Cache-Control': 'public, max-age=60' });
  const unnamed = await rig(t, 'origin', open);
  for (let n = 0; n < 2; n += 1) {
    const { cache } = await unnamed.get('/x/1', { authorization: 'Basic YTpi' });
    t.is(cache, 'strangler; fwd=bypass; fwd-status=200; detail=credentials');
  }
  const named = await rig(t, '{ vary: [basicUser] }', open);
  for (const user of ['YTpi', 'YjpjYQ==', 'YTpi']) await named.get('/x/1', { authorization: `Basic ${user}` });
  t.is(named.asked.length, 2);
  const silent = await rig(t, '{ vary: [basicUser] }', saying({ 'Cache-Control': 'max-age=60' }));
  for (let n = 0; n < 2; n += 1) await silent.get('/x/1', { authorization: 'Basic YTpi' });
  t.is(silent.asked.length, 2);
});

test.serial('what is past its time is asked about, and given again where it is still good', async (t) => {
  const { get, asked, gateway } = await rig(t, 'origin', (req, res, n) => {
    const isGood = req.headers['if-none-match'] === '"v1"' && req.headers['if-modified-since'] !== undefined;
    const state = isGood && n < 4 ? 304 : 200;
    res.writeHead(state, {
      ETag: n < 4 ? '"v1"' : '"v2"',
      'Last-Modified': new Date(0).toUTCString(),
      'Cache-Control': 'max-age=0',
      'X-Number': String(n),
    });
    res.end(state === 304 ? undefined : `answer ${n}`);
  });
  t.is((await get()).text, 'answer 1');
  for (const n of [2, 3]) {
    const again = await get();
    t.is(again.text, 'answer 1');
    t.is(again.headers.get('x-number'), String(n));
    t.is(
      again.cache,
      'strangler; fwd=stale; fwd-status=304; stored; ttl=0'.replace('ttl=0', /ttl=-?\d+/.exec(again.cache)![0]),
    );
  }
  t.is((await get()).text, 'answer 4');
  t.is(asked.length, 4);
  t.is(await gateway.metric('strangler_cache_total', { result: 'revalidated' }), 2);
});

test.serial("a client's own copy is told to be good from memory", async (t) => {
  const { get, asked } = await rig(t, 'origin', saying({ ETag: '"v1"', 'Cache-Control': 'max-age=60' }));
  await get();
  const same = await get('/x/1', { 'if-none-match': 'W/"v1", "v0"' });
  t.deepEqual([same.status, same.text, same.headers.get('etag')], [304, '', '"v1"']);
  t.is((await get('/x/1', { 'if-none-match': '"v0"' })).status, 200);
  t.is(asked.length, 1);
});

test.serial('a client may ask for more than what is kept', async (t) => {
  const { get, asked } = await rig(t, 'origin', saying({ 'Cache-Control': 'max-age=60' }));
  await get();
  await get('/x/1', { 'cache-control': 'no-cache' });
  await get('/x/1', { 'cache-control': 'min-fresh=100' });
  t.is(asked.length, 3);
  t.is((await get()).text, 'answer 3', 'what came meanwhile is kept');
});

test.serial('a HEAD that tells of another answer takes the kept one back', async (t) => {
  let version = 1;
  const { get, asked } = await rig(t, 'origin', (_req, res) => {
    res.writeHead(200, { 'Cache-Control': 'max-age=60', ETag: `"${version}"`, 'Content-Length': '2' });
    res.end(`v${version}`);
  });
  await get();
  t.is((await get('/x/1', {}, 'HEAD')).headers.get('etag'), '"1"');
  t.is((await get()).text, 'v1');
  t.is(asked.length, 2);
  version = 2;
  await get('/x/1', {}, 'HEAD');
  t.is((await get()).text, 'v2');
});

test.serial('parts, preconditions and bodies are left alone', async (t) => {
  const { get, asked } = await rig(t, 'origin', saying({ 'Cache-Control': 'max-age=60' }));
  await get();
  t.regex((await get('/x/1', { range: 'bytes=0-1' })).cache, /detail=range/);
  t.regex((await get('/x/1', { 'if-match': '"a"' })).cache, /detail=precondition/);
  t.regex((await get('/x/1', { 'cache-control': 'no-store' })).cache, /detail=no-store/);
  t.is((await get('/x/1', {}, 'HEAD')).text, '');
  t.is(asked.length, 5);
});

test.serial(
  'a POST, PUT or DELETE takes back what is kept of its target, and of where its answer points',
  async (t) => {
    const { get, asked } = await rig(t, 'origin', (req, res, n) => {
      const where =
        req.method === 'POST' ? { Location: '/x/2', 'Content-Location': 'http://elsewhere.example/x/3' } : {};
      res.writeHead(200, { 'Cache-Control': 'max-age=60', ...where });
      res.end(`answer ${n}`);
    });
    for (const id of [1, 2, 3]) await get(`/x/${id}`);
    await get('/x/1', {}, 'POST');
    for (const id of [1, 2, 3]) await get(`/x/${id}`);
    t.deepEqual(
      asked.map(({ method, url }) => `${method} ${url}`),
      ['GET /x/1', 'GET /x/2', 'GET /x/3', 'POST /x/1', 'GET /x/1', 'GET /x/2'],
    );
    await get('/x/%31', {}, 'DELETE');
    await get('/x/1');
    t.is(asked.length, 8);
    await get('/x/1', {}, 'POST');
    t.is((await get('/x/1', {}, 'POST')).text, 'answer 10', 'a POST is never answered from memory');
  },
);

test.serial('another route to the same destination takes back, too', async (t) => {
  const writes = `  writes:
    match: { path: /x/**, method: [PUT, POST] }
    legacy: api`;
  const { get, asked } = await rig(t, '{ ttl: 1m }', saying({}), writes);
  await get();
  await get('/x/1', {}, 'PUT');
  await get();
  t.is(asked.length, 3);
});

test.serial('where nobody can answer, an old answer stands in unless the origin forbids it', async (t) => {
  const failing =
    (control: string): Answering =>
    (_req, res, n) => {
      res.writeHead(n === 1 ? 200 : 503, { 'Cache-Control': control });
      res.end(`answer ${n}`);
    };
  const open = await rig(t, '{ staleIfError: 1m }', failing('max-age=1'));
  const strict = await rig(t, '{ staleIfError: 1m }', failing('max-age=1, must-revalidate'));
  const own = await rig(t, 'origin', failing('max-age=1, stale-if-error=60'));
  for (const each of [open, strict, own]) await each.get();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const given = await open.get();
  t.deepEqual([given.status, given.text], [200, 'answer 1']);
  t.regex(given.cache, /fwd=stale; fwd-status=503; ttl=-\d; detail=stale-if-error/);
  t.is((await own.get()).status, 200);
  t.is((await strict.get()).status, 503);
});

test.serial(
  'a hundred callers of one cold target ask once, and one that varies is no answer for another',
  async (t) => {
    const slow: Answering = (req, res) =>
      void setTimeout(() => {
        res.writeHead(200, { 'Cache-Control': 'max-age=60', Vary: 'Accept' });
        res.end(String(req.headers.accept));
      }, 100);
    const { get, asked } = await rig(t, 'origin', slow);
    const got = await Promise.all(
      Array.from({ length: 100 }, (_, n) => get('/x/1', { accept: n === 50 ? 'b/b' : 'a/a' })),
    );
    t.deepEqual(new Set(got.map((each, n) => each.text === (n === 50 ? 'b/b' : 'a/a'))), new Set([true]));
    t.true(asked.length <= 3, String(asked.length));
  },
);

test.serial('stale while a new one is asked for', async (t) => {
  const { get, asked } = await rig(t, '{ ttl: 50ms, staleWhileRevalidate: 1m }', saying({}));
  await get();
  await new Promise((resolve) => setTimeout(resolve, 80));
  t.is((await get()).text, 'answer 1');
  await eventually(() => asked.length === 2);
});

test.serial("what is renewed behind a client's back is not asked for by the client's own copy", async (t) => {
  const { get, asked } = await rig(t, '{ ttl: 50ms, staleWhileRevalidate: 1m }', (req, res, n) => {
    const isSame = req.headers['if-none-match'] === '"theirs"';
    res.writeHead(isSame ? 304 : 200, { ETag: `"v${n}"` });
    res.end(isSame ? undefined : `answer ${n}`);
  });
  await get();
  await new Promise((resolve) => setTimeout(resolve, 80));
  t.is((await get('/x/1', { 'if-none-match': '"theirs"' })).text, 'answer 1');
  await eventually(() => asked.length === 2);
  t.is(asked[1]!.headers['if-none-match'], '"v1"');
});
