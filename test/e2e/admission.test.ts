// Who is let in, and how often: by what a call shows, for every operation whose name occurs in it.
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { authority } from '../helpers/certificates.ts';
import { where } from '../helpers/components.ts';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';
import { ordersRig } from '../helpers/orders-rig.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { action, envelope, getOrder, namespace, post } from '../helpers/soap-post.ts';

const key = 'a-key-of-the-team-a';
const placeOrder = envelope(`<PlaceOrder xmlns="${namespace}"/>`);

/** PlaceOrder alone takes a key. */
const rig = (t: ExecutionContext) =>
  ordersRig(t, {
    getOrder: 0,
    placeOrder: `0, require: { apiKey: { keys: { team: ${key} } } }` as unknown as number,
  });

test('an operation that takes a key is kept closed wherever its name occurs, and others stay open', async (t) => {
  const { gateway, url, legacy } = await rig(t);
  const refused = async (xml: string, headers: Record<string, string>, path = '') => {
    const told = await post(url + path, xml, headers);
    t.is(told.status === 500 ? 'fault' : told.status, told.status === 401 ? 401 : 'fault', JSON.stringify(headers));
    t.regex(told.text, /no valid API key/);
    return told;
  };
  const plain = await refused(placeOrder, { soapaction: action('PlaceOrder') });
  t.is(plain.status, 500);
  t.is(plain.type, 'text/xml; charset=utf-8');
  t.regex(plain.text, /<faultcode>s:Client<\/faultcode>/);
  await refused(placeOrder, { soapaction: action('GetOrder') });
  await refused(getOrder(1), { soapaction: action('PlaceOrder') });
  await refused(placeOrder, {});
  await refused(placeOrder, { soapaction: '"urn:unheard"' });
  await refused(placeOrder.replace(namespace, 'urn:other'), { soapaction: action('GetOrder') });
  await refused(placeOrder.slice(0, -30), {});
  await refused('\x1f\x8b\b', { 'content-encoding': 'gzip', soapaction: action('GetOrder') });
  await refused('orderId=1', { 'content-type': 'application/x-www-form-urlencoded' }, '/PlaceOrder');
  await refused('{}', { 'content-type': 'application/json' }, '/json/x');
  const twelve = placeOrder.replace(
    'http://schemas.xmlsoap.org/soap/envelope/',
    'http://www.w3.org/2003/05/soap-envelope',
  );
  const told = await post(url, twelve, { 'content-type': `application/soap+xml; action=${action('PlaceOrder')}` });
  t.is(told.type, 'application/soap+xml; charset=utf-8');
  t.regex(told.text, /s:Sender/);
  t.is(await gateway.metric('strangler_turned_away_total', { route: 'orders', reason: 'api-key' }), 11);
  t.is(await gateway.metric('strangler_requests_total', { side: 'legacy' }), 0);

  t.is((await post(url, getOrder(1), { soapaction: action('GetOrder') })).side, 'legacy');
  t.is((await fetch(`${url}?wsdl`)).status, 200);
  t.is((await post(url, placeOrder, { soapaction: action('PlaceOrder'), 'x-api-key': key })).side, 'legacy');
  await refused(placeOrder, { soapaction: action('PlaceOrder'), 'x-api-key': `${key}x` });
  t.truthy(legacy);
});

const echo = (t: ExecutionContext) => listen(t, (req, res) => res.end(req.headers.authorization ?? 'nothing'));

const tokens = async (t: ExecutionContext) => {
  const [own, other] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'ES256' };
  const asked = { count: 0, status: 200 };
  const jwks = await listen(t, (_req, res) => {
    asked.count++;
    res.statusCode = asked.status;
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ keys: [jwk] }));
  });
  const sign = (claims: object, by: CryptoKey = own.privateKey, alg = 'ES256') =>
    new SignJWT({ iss: 'https://login', aud: 'orders', scope: 'orders.read orders.write', ...claims })
      .setProtectedHeader({ alg, kid: 'one' })
      .setExpirationTime('exp' in claims ? (claims.exp as number) : '5m')
      .sign(by);
  return { jwks, jwk, sign, other: other.privateKey, asked };
};

test('a route takes tokens of its issuer, for its audience, by its algorithms, and no others', async (t) => {
  const { jwks, jwk, sign, other, asked } = await tokens(t);
  const upstream = await echo(t);
  const gateway = await gatewayHere(
    t,
    `
destinations: { up: { adapter: http, url: '${upstream}' } }
routes:
  api:
    match: { path: /api/** }
    legacy: up
    require: { jwt: { jwks: '${jwks}/keys', issuer: https://login, audience: orders, algorithms: [ES256], claims: { scope: orders.write } } }
  file:
    match: { path: /file }
    legacy: up
    require: { jwt: { jwks: keys.json, issuer: https://login, audience: orders } }
  absent:
    match: { path: /absent }
    legacy: up
    require: { jwt: { jwks: nowhere.json, issuer: https://login, audience: orders } }
`,
    { prepare: (folder) => writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [jwk] })) },
  );
  const status = async (token: string | null, path = '/api/x') => {
    const reply = await fetch(
      gateway.url + path,
      token === null ? {} : { headers: { authorization: `Bearer ${token}` } },
    );
    await reply.arrayBuffer();
    if (reply.status === 401) t.regex(reply.headers.get('www-authenticate') ?? '', /^Bearer/);
    return reply.status;
  };
  const good = await sign({});
  t.is(await status(good), 200);
  t.is(await status(good, '/file'), 200);
  t.is(await status(null), 401);
  t.is(await status('nonsense'), 401);
  t.is(await status(await sign({ iss: 'https://evil' })), 401);
  t.is(await status(await sign({ aud: 'others' })), 401);
  t.is(await status(await sign({ exp: Math.floor(Date.now() / 1000) - 60 })), 401);
  t.is(await status(await sign({}, other)), 401);
  t.is(await status(await sign({ scope: 'orders.read' })), 403);
  t.is(await status(await sign({ scope: 'orders.writer' })), 403);
  // `none`, and a token whose "signature" is made with the public key as a secret.
  const [, payload] = good.split('.');
  const header = (alg: string) => Buffer.from(JSON.stringify({ alg, kid: 'one' })).toString('base64url');
  t.is(await status(`${header('none')}.${payload}.`), 401);
  t.is(await status(`${header('HS256')}.${payload}.AAAA`), 401);
  t.is(await status(good, '/absent'), 503);
  asked.status = 500;
  t.is(await status(await sign({})), 200);
  t.true(asked.count <= 3, `${asked.count} requests for keys`);
});

test('a rate is counted per cohort, and a call too many is told when to come again', async (t) => {
  const upstream = await echo(t);
  const gateway = await gatewayHere(
    t,
    `
destinations: { up: { adapter: http, url: '${upstream}' } }
routes:
  api:
    match: { path: /api/** }
    legacy: up
    cohort: { header: X-Client }
    rateLimit: { calls: 3, per: 1m }
    operations: { 'GET /api/dear/{id}': { rateLimit: { calls: 1, per: 1h, by: ip } } }
`,
  );
  const get = async (client: string, path = '/api/x', method = 'GET') =>
    fetch(gateway.url + path, { method, headers: { 'x-client': client } });
  for (let n = 0; n < 3; n++) t.is((await get('a')).status, 200);
  const told = await get('a');
  t.is(told.status, 429);
  const after = Number(told.headers.get('retry-after'));
  t.true(after > 50 && after <= 60, `${after} s`);
  t.is(told.headers.get('content-type'), 'application/problem+json');
  t.is((await get('b')).status, 200);
  t.is((await get('c', '/api/dear/1')).status, 200);
  for (const path of ['/api/dear/2', '/api/Dear/2', '/api/dear/2/', '/api/%64ear/2', '/api//dear/2'])
    t.is((await get(path, path)).status, 429, path);
  t.is((await get('d', '/api/dear/2', 'HEAD')).status, 429);
  t.is((await get('d', '/api/cheap/2')).status, 200);
  t.is(await gateway.metric('strangler_turned_away_total', { route: 'api', reason: 'rate' }), 7);
  // A save that changes nothing of the rule does not begin it anew.
  const lines = (await readFile(gateway.file, 'utf8')).split('\n').slice(1).join('\n');
  await gateway.save(`${lines}  more: { match: { path: /more }, legacy: up }\n`);
  await eventually(async () => (await fetch(`${gateway.url}/more`)).status === 200);
  t.is((await get('a')).status, 429);
});

test('a SOAP caller over its rate gets a fault with Retry-After, its cohort being in the message', async (t) => {
  const { url } = await ordersRig(t, { getOrder: 0, route: '    rateLimit: { calls: 2, per: 1m }' });
  const headers = { soapaction: action('GetOrder') };
  for (let n = 0; n < 2; n++) t.is((await post(url, getOrder(1, 'client-a'), headers)).status, 200);
  const told = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/xml; charset=utf-8' },
    body: getOrder(1, 'client-a'),
  });
  t.is(told.status, 500);
  t.regex(told.headers.get('retry-after') ?? '', /^\d+$/);
  t.regex(await told.text(), /<faultcode>s:Client<\/faultcode>/);
  t.is((await post(url, getOrder(1, 'client-b'), headers)).status, 200);
});

test('an upgrade is judged like a call', async (t) => {
  const upstream = createServer();
  upstream.on('upgrade', (_req, socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
  );
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  t.teardown(() => upstream.close());
  const { port } = upstream.address() as { port: number };
  const gateway = await gatewayHere(
    t,
    `
destinations: { up: { adapter: http, url: 'http://127.0.0.1:${port}' } }
routes: { ws: { match: { path: /ws }, legacy: up, require: { apiKey: { keys: { a: ${key} } } } } }
`,
  );
  const upgrade = async (line: string) => {
    const client = rawClient(t, Number(new URL(gateway.url).port));
    client.send(`GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${line}\r\n`);
    return client.until((text) => text.includes('\r\n\r\n'));
  };
  t.regex(await upgrade(''), /^HTTP\/1\.1 401 /);
  t.regex(await upgrade(`X-Api-Key: ${key}\r\n`), /^HTTP\/1\.1 101 /);
});

const secured = where(test, 'openssl');

secured('a client certificate lets in whom the authority vouches for, and of these whom the list names', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-admission-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const ca = await authority(folder, 'authority');
  const own = await ca.issue('localhost');
  const [listed, unlisted] = [await ca.issue('listed'), await ca.issue('unlisted')];
  const stranger = await (await authority(folder, 'stranger')).issue('impostor');
  const { X509Certificate } = await import('node:crypto');
  const { fingerprint256 } = new X509Certificate(await readFile(listed.cert));
  const upstream = await echo(t);
  const gateway = await gatewayHere(
    t,
    `
destinations: { up: { adapter: http, url: '${upstream}' } }
routes:
  any: { match: { path: /any }, legacy: up, require: { clientCertificate: true } }
  some: { match: { path: /some }, legacy: up, require: { clientCertificate: { fingerprints: ['${fingerprint256}'] } } }
  either: { match: { path: /either }, legacy: up, require: [{ clientCertificate: true }, { apiKey: { keys: { a: ${key} } } }] }
  open: { match: { path: /open }, legacy: up }
`,
    { gateway: `tls: { cert: '${own.cert}', key: '${own.key}', clientCa: '${ca.cert}' }` },
  );
  const get = async (path: string, who: typeof own | null, headers = {}): Promise<number> => {
    const identity = who === null ? {} : { cert: await readFile(who.cert), key: await readFile(who.key) };
    const agent = new Agent({ ca: ca.pem, keepAlive: false, ...identity });
    return new Promise((resolve, reject) => {
      const port = new URL(gateway.url).port;
      const asked = request({ host: '127.0.0.1', port, path, agent, servername: 'localhost', headers }, (reply) => {
        reply.resume();
        reply.on('end', () => resolve(reply.statusCode ?? 0));
      });
      asked.on('error', reject);
      asked.end();
    });
  };
  const all = async (path: string) => [
    await get(path, null),
    await get(path, stranger),
    await get(path, unlisted),
    await get(path, listed),
  ];
  t.deepEqual(await all('/any'), [401, 401, 200, 200]);
  t.deepEqual(await all('/some'), [401, 401, 403, 200]);
  t.deepEqual(await all('/either'), [401, 401, 200, 200]);
  t.deepEqual(await all('/open'), [200, 200, 200, 200]);
  t.is(await get('/either', null, { 'x-api-key': key }), 200);
});

test('settings that cannot hold are told at load', async (t) => {
  const said = [
    [`require: { clientCertificate: true }`, /gateway\.tls\.clientCa/],
    [`require: {}`, /clientCertificate, apiKey, jwt/],
    [`require: { apiKey: { keys: { a: short } } }`, /16 characters/],
    [`require: { jwt: { jwks: x, issuer: i, audience: a, algorithms: [HS256] } }`, /RS256/],
    [`rateLimit: { calls: 0, per: 1s }`, /above 0/],
    [`limits: { header: 1mb }`, /gateway\.limits\.header/],
  ] as const;
  for (const [text, pattern] of said) {
    const error = await t.throwsAsync(
      gatewayHere(
        t,
        `destinations: { up: { adapter: http, url: 'http://x' } }\nroutes: { a: { match: { path: /a }, legacy: up, ${text} } }`,
      ),
    );
    t.regex(error?.message ?? '', pattern);
    t.notRegex(error?.message ?? '', /"short"/);
  }
  for (const [text, pattern] of [
    ['http2: true', /gateway\.tls/],
    ['proxyProtocol: true', /trustedProxies/],
  ] as const) {
    const yaml = `destinations: { up: { adapter: http, url: 'http://x' } }\nroutes: { a: { match: { path: /a }, legacy: up } }`;
    t.regex((await t.throwsAsync(gatewayHere(t, yaml, { gateway: text })))?.message ?? '', pattern);
  }
});
