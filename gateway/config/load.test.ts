import test, { type ExecutionContext } from 'ava';
import { resolve } from 'node:path';
import { load, problemAt } from './load.ts';
import { memoryDisk } from './memory-disk.ts';
import { formatProblem } from './problem.ts';
import type { Env } from './substitute.ts';

const read = (files: Record<string, string>, env: Env = {}, ...overlays: string[]) =>
  load(['routes.config.yaml', ...overlays], env, memoryDisk(files));

const one = async (text: string, env: Env = {}): Promise<string[]> => {
  const { problems } = await read({ 'routes.config.yaml': text }, env);
  return problems.filter(({ severity }) => severity === 'error').map(formatProblem);
};

const base = `
destinations:
  old: { adapter: soap, url: "http://127.0.0.1:7001/Orders.svc", wsdl: orders.wsdl }
  new: { adapter: http, url: "http://127.0.0.1:7002" }
  own: { adapter: handler, module: ./orders.ts }
routes:
`;
const soap = `${base}
  orders:
    match: { path: /Orders.svc }
    protocol: soap
    legacy: old
    modern: new
    cohort: { header: X-Client }
`;

test('a file with one route is taken, with every default filled in', async (t) => {
  const { config, problems } = await read({
    'routes.config.yaml':
      'destinations: { a: { adapter: http, url: "http://a" } }\nroutes: { all: { match: { path: /** }, legacy: a } }',
  });
  t.deepEqual(problems, []);
  t.deepEqual(config?.gateway, {
    listen: { host: '127.0.0.1', port: 8080 },
    admin: { host: '127.0.0.1', port: 9090 },
    trustedProxies: [],
    cache: { memory: 67_108_864 },
    drain: 5000,
    http2: false,
    proxyProtocol: false,
    limits: {
      connections: 10_000,
      header: 65_536,
      uri: 16_384,
      headTimeout: 10_000,
      requestTimeout: 300_000,
      held: 268_435_456,
      replyTimeout: 60_000,
      idleTimeout: 75_000,
    },
  });
  t.deepEqual(config?.destinations.get('a'), {
    adapter: 'http',
    url: 'http://a',
    timeout: 30_000,
    connectTimeout: 2000,
    host: 'client',
    forwarded: 'none',
    keepAlive: true,
    requestFraming: 'same',
  });
  const route = config?.routes.get('all');
  t.is(route?.protocol, 'http');
  t.is(route?.match.iis, false);
  t.is(route?.limits.prefix, 524_288);
  t.is(route?.other.points, 0);
});

test('a route passes weight, fallback, effect and cohort on to operations that say nothing', async (t) => {
  const { config } = await read({
    'routes.config.yaml': `${soap}    weight: 2.55\n    effect: read\n    fallback: off\n    operations:\n      A:\n      B: { weight: 0.07, effect: write, fallback: { on: [5xx], reverse: true }, salt: was/B, call: POST /b }\n`,
  });
  const operations = config?.routes.get('orders')?.operations;
  const cohort = [{ from: 'header', name: 'x-client' }] as const;
  const admission = { require: null, rateLimit: null };
  const nobody = {
    cache: null,
    cacheStatus: false,
    invalidates: [],
    include: [],
    exclude: [],
    cohort,
    identity: null,
    timeout: null,
    deadline: null,
    retries: null,
    hedge: null,
    treat: {},
    priority: null,
    admission,
  };
  t.deepEqual(operations?.get('A'), {
    effect: 'read',
    call: null,
    points: 255,
    fallback: [],
    reverse: false,
    breaker: null,
    salt: 'orders/A',
    ...nobody,
  });
  t.deepEqual(operations?.get('B'), {
    effect: 'write',
    call: { request: 'POST /b', headers: {}, body: null },
    points: 7,
    fallback: ['5xx'],
    reverse: true,
    breaker: null,
    salt: 'was/B',
    ...nobody,
  });
});

test('every kind of cohort source is read', async (t) => {
  const { config } = await read({
    'routes.config.yaml': `${base}
  all:
    match: { path: /** }
    legacy: new
    cohort: [ip, apiKey, { apiKey: X-K }, basicUser, clientCertificate, wsUsername, { header: X-H }, { cookie: C }, { query: Q }, { soapHeader: S }]
`,
  });
  t.deepEqual(config?.routes.get('all')?.other.cohort, [
    { from: 'ip' },
    { from: 'apiKey', header: 'x-api-key' },
    { from: 'apiKey', header: 'x-k' },
    { from: 'basicUser' },
    { from: 'clientCertificate' },
    { from: 'wsUsername' },
    { from: 'header', name: 'x-h' },
    { from: 'cookie', name: 'C' },
    { from: 'query', name: 'Q' },
    { from: 'soapHeader', name: 'S' },
  ]);
});

test('an operation of a plain route has the effect of its method', async (t) => {
  const { config } = await read({
    'routes.config.yaml': `${base}
  api:
    match: { path: /api/** }
    legacy: new
    operations: { "GET /a": , "HEAD /a": , "OPTIONS /a": , "PUT /a": , "DELETE /a": , "POST /a": , "PATCH /a": }
`,
  });
  const effects = [...(config?.routes.get('api')?.operations.values() ?? [])].map(({ effect }) => effect);
  t.deepEqual(effects, ['read', 'read', 'read', 'idempotent', 'idempotent', 'write', 'write']);
});

test('operations from another route are its entries, salts included', async (t) => {
  const { config, problems } = await read({
    'routes.config.yaml': `${soap}    operations: { GetOrder: { weight: 25 } }
  orders-old-path:
    match: { path: /Old.svc }
    protocol: soap
    legacy: old
    modern: new
    cohort: [wsUsername]
    operations: { from: orders }
`,
  });
  t.deepEqual(problems, []);
  const route = config?.routes.get('orders-old-path');
  t.is(route?.operationsFrom, 'orders');
  t.deepEqual(route?.operations, config?.routes.get('orders')?.operations);
  t.is(route?.operations.get('GetOrder')?.salt, 'orders/GetOrder');
});

test('a rename that names the former salt keeps everybody on their side', async (t) => {
  const { config } = await read({
    'routes.config.yaml': `${soap}    operations: { GetOrder: { weight: 25 } }\n`.replace(
      'orders:\n',
      'sales:\n    salt: orders\n',
    ),
  });
  t.is(config?.routes.get('sales')?.operations.get('GetOrder')?.salt, 'orders/GetOrder');
});

test('paths of files are relative to the file that names them', async (t) => {
  const { config } = await load(
    ['conf/routes.config.yaml', 'prod/over.yaml'],
    {},
    memoryDisk({
      'conf/routes.config.yaml': soap.replace('orders.wsdl', 'a/orders.wsdl'),
      'prod/over.yaml': 'gateway: { killFile: kill }\ndestinations: { own: { module: b.ts } }',
    }),
  );
  const [old, own] = [config?.destinations.get('old'), config?.destinations.get('own')];
  t.is(old?.adapter === 'soap' ? old.wsdl : null, resolve('conf/a/orders.wsdl'));
  t.is(own?.adapter === 'handler' ? own.module : null, resolve('prod/b.ts'));
  t.is(config?.gateway.killFile, resolve('prod/kill'));
});

test('an overlay changes values, and each value knows its file', async (t) => {
  const loaded = await read(
    {
      'routes.config.yaml': `${soap}    operations:\n      GetOrder: { effect: read, weight: 0 } # kept\n      PlaceOrder:\n`,
      'prod.yaml': 'routes:\n  orders:\n    operations:\n      GetOrder:\n        weight: 25\n      PlaceOrder:\n',
    },
    {},
    'prod.yaml',
  );
  const operation = loaded.config?.routes.get('orders')?.operations.get('GetOrder');
  t.is(operation?.points, 2500);
  t.is(operation?.effect, 'read');
  const path = ['routes', 'orders', 'operations', 'GetOrder'];
  t.deepEqual(loaded.locate([...path, 'weight']), { file: 'prod.yaml', line: 5, column: 17 });
  t.is(loaded.origin([...path, 'effect']), 'routes.config.yaml');
});

test('a wrong value of an overlay is told at its place in the overlay', async (t) => {
  const { problems } = await read(
    { 'routes.config.yaml': soap, 'prod.yaml': 'routes:\n  orders:\n    weight: many\n' },
    {},
    'prod.yaml',
  );
  t.deepEqual(problems.map(formatProblem), [
    'prod.yaml:3:13  error  routes.orders.weight: found "many", expected a number from 0 to 100 with at most two decimals',
  ]);
});

test("teams' files add destinations and routes", async (t) => {
  const { config, problems, files } = await read({
    'routes.config.yaml': soap,
    'routes.config.d/b.yaml': 'routes: { b: { match: { path: /b }, legacy: bee } }',
    'routes.config.d/a.yml': 'destinations: { bee: { adapter: http, url: "http://b" } }',
    'routes.config.d/.a.yml.swp': '[',
    'routes.config.d/README.md': '[',
  });
  t.deepEqual(problems, []);
  t.deepEqual([...(config?.routes.keys() ?? [])], ['orders', 'b']);
  t.deepEqual(files, ['routes.config.yaml', 'routes.config.d', 'routes.config.d/a.yml', 'routes.config.d/b.yaml']);
});

test('a name defined twice is told with both places', async (t) => {
  const { problems, config } = await read({
    'routes.config.yaml': soap,
    'routes.config.d/team.yaml':
      'destinations:\n  new: { adapter: http, url: "http://b" }\nroutes:\n  orders: { match: { path: /b }, legacy: new }\n',
  });
  t.is(config, null);
  t.deepEqual(problems.map(formatProblem), [
    'routes.config.d/team.yaml:2:3  error  destinations.new: is defined twice: here, and in routes.config.yaml:4:3; rename one',
    'routes.config.d/team.yaml:4:3  error  routes.orders: is defined twice: here, and in routes.config.yaml:8:3; rename one',
  ]);
});

test("a team's file may not change the gateway itself", async (t) => {
  const { problems } = await read({
    'routes.config.yaml': soap,
    'routes.config.d/team.yaml': 'version: 1\ngateway: { listen: "0.0.0.0:1" }\n',
  });
  t.deepEqual(problems.map(formatProblem), [
    'routes.config.d/team.yaml:2:1  error  gateway: belongs in the first file; a file in routes.config.d has destinations and routes',
  ]);
});

test('a file that is not there is one problem, and nothing follows from it', async (t) => {
  const { problems, config } = await read({});
  t.is(config, null);
  t.deepEqual(problems.map(formatProblem), ['routes.config.yaml:1:1  error  cannot be read: there is no such file']);
});

test('the environment fills in values, as text or as what the setting wants', async (t) => {
  const { config } = await read(
    {
      'routes.config.yaml':
        `${soap}    weight: \${SHARE:-2.5}\n    decisionHeader: "\${SHOW}"\n    modern: \${MODERN:-new}\n`
          .replace('    modern: new\n', '')
          .replace('http://127.0.0.1:7002', 'http://${HOST}:${PORT:-80}'),
    },
    { SHOW: 'true', HOST: 'modern.local', SHARE: '' },
  );
  const route = config?.routes.get('orders');
  const destination = config?.destinations.get('new');
  t.is(route?.other.points, 250);
  t.is(route?.decisionHeader, true);
  t.is(destination?.adapter === 'http' ? destination.url : null, 'http://modern.local:80');
});

test('a reference that ends up empty is as if the line were not there', async (t) => {
  const { config } = await read({ 'routes.config.yaml': `gateway:\n  killFile: \${URL:-}\n${soap}` });
  t.truthy(config);
  t.false('killFile' in (config?.gateway ?? {}));
});

test('a secret stays text, whatever it looks like', async (t) => {
  const { config } = await read(
    { 'routes.config.yaml': `gateway:\n  pins:\n    secret: \${PIN}\n${soap}` },
    { PIN: '01234567890123456789' },
  );
  t.is(config?.gateway.pins?.secret, '01234567890123456789');
});

test('no message shows a value from the environment, nor a secret', async (t) => {
  const hidden = 'hunter2';
  const lines = [
    ...(await one(
      `state: \${S}\ngateway: { pins: { secret: ${hidden} } }\n${soap}    effect: \${S}\n    protocl: \${S}\n`,
      { S: hidden },
    )),
    ...(await one(soap.replace('legacy: old', 'legacy: ${S}').replace('"http://127.0.0.1:7002"', '"http://u:${S}@a"'), {
      S: hidden,
    })),
    ...(await one(soap.replace('"http://127.0.0.1:7002"', `"http://u:${hidden}@a"`))),
    ...(await one('state: ${S}', { S: `redis://:${hidden}@a/x/y` })),
    ...(await one(`state: redis//:${hidden}@a`)),
    ...(await one(`state: redis://u:${hidden}/b@a`)),
  ];
  t.true(lines.length > 6);
  t.false(lines.join('\n').includes(hidden));
});

test('a text with several problems tells all of them, in the order of its lines', async (t) => {
  t.deepEqual(
    await one(`version: 2
gatway: {}
destinations:
  old: { adapter: htp, url: "http://a" }
  web: { adapter: http, url: "ftp://a", timeout: 30, cacheable: true }
routes:
  a.b: { match: { path: no }, legacy: odl }
  api:
    legacy: web
    operations: { "GET /a": { effect: raed, weight: 101 }, GetA: { weight: "5" } }
  all: { match: { path: /** }, legacy: "\${NOPE}" }
`),
    [
      'routes.config.yaml:1:10  error  version: found 2, expected 1',
      'routes.config.yaml:2:1  error  gatway: unknown key "gatway"; did you mean "gateway"?',
      'routes.config.yaml:4:19  error  destinations.old.adapter: found "htp", expected one of soap, http, handler; did you mean "http"?',
      'routes.config.yaml:5:30  error  destinations.web.url: found "ftp://a", expected an http or https URL without user, query and fragment, such as http://127.0.0.1:7001/OrderService.svc',
      'routes.config.yaml:5:50  error  destinations.web.timeout: found 30, expected a duration with its unit, such as 500ms, 30s or 2m',
      'routes.config.yaml:5:54  error  destinations.web.cacheable: unknown key "cacheable"; expected one of adapter, auth, url, urls, health, tls, headers, requestFraming, connectTimeout, forwarded, host, keepAlive, timeout, maxInFlight, queue, breaker, retries',
      'routes.config.yaml:7:3  error  routes."a.b": expected a name of letters, digits, - and _ (no dots)',
      'routes.config.yaml:7:25  error  routes."a.b".match.path: found "no", expected a path such as /OrderService.svc, or a prefix such as /api/orders/**',
      'routes.config.yaml:7:39  error  routes."a.b".legacy: found "odl", expected the name of a destination; did you mean "old"?',
      'routes.config.yaml:8:3  error  routes.api.match: is missing; expected a map of settings',
      'routes.config.yaml:10:39  error  routes.api.operations."GET /a".effect: found "raed", expected one of read, idempotent, write; did you mean "read"?',
      'routes.config.yaml:10:53  error  routes.api.operations."GET /a".weight: found 101, expected a number from 0 to 100 with at most two decimals',
      'routes.config.yaml:10:60  error  routes.api.operations.GetA: expected a method and a path, such as GET /orders/{id}; names as a WSDL has them take protocol: soap',
      'routes.config.yaml:10:76  error  routes.api.operations.GetA.weight: found "5", expected a number from 0 to 100 with at most two decimals',
      'routes.config.yaml:11:40  error  routes.all.legacy: the environment variable NOPE is not set; set it, or write ${NOPE:-default}',
    ],
  );
});

const says = test.macro({
  exec: async (t, text: string, expected: string) => {
    const lines = await one(text);
    t.true(
      lines.some((line) => line.includes(expected)),
      lines.join('\n'),
    );
    t.is(lines.length, 1, lines.join('\n'));
  },
  title: (title) => title ?? '',
});

const http = (route: string): string => `${base}  all: { match: { path: /** }, ${route} }\n`;

test('an empty file is refused', says, '', ':1:1  error  routes: there are no routes');
test('a file of comments is refused', says, '# nothing\n', 'routes: there are no routes');
test(
  'a file without routes is refused',
  says,
  'destinations: { a: { adapter: http, url: "http://a" } }',
  'there are no routes',
);
test('an empty map of routes is refused', says, 'routes: {}', 'there are no routes');
test('a file that is a list is refused', says, '- a', 'found no settings');
test('malformed YAML is told with its line', says, 'routes:\n  a: "b\n', ':3:1  error  Missing closing "quote');
test(
  'a duplicate key is told with its line',
  says,
  `${soap}    legacy: old\n`,
  ':14:5  error  found the key legacy a second time in this map',
);
test('an unknown tag is told', says, `${soap}    salt: !secret x\n`, 'Unresolved tag');
test('an old YAML version is refused', says, `%YAML 1.1\n---\n${soap}`, 'is read as YAML 1.2');
test('a reference without its brace is told', says, `${soap}    salt: "\${A"\n`, '${ without its }');
test('a reference that is none is told', says, `${soap}    salt: \${A-b}\n`, 'is no reference');
test(
  'a route without destination is told',
  says,
  http('weight: 0'),
  'has no destination; expected legacy, modern, or both',
);
test(
  'a weight without modern is told',
  says,
  http('legacy: new, weight: 5'),
  ':7:53  error  routes.all.weight: weight is 5, but route all has no modern',
);
test('a modern alone with less than 100 is told', says, http('modern: new'), 'has no legacy to answer the rest');
test(
  'a modern alone with less than 100 on one operation is told',
  says,
  http('modern: new, weight: 100, operations: { "GET /a": { weight: 99.99 } }'),
  'weight is 99.99',
);
test(
  'a weight of three decimals is told',
  says,
  http('legacy: new, modern: new, weight: 0.005'),
  'at most two decimals',
);
test('a weight below 0 is told', says, http('legacy: new, modern: new, weight: -1'), 'from 0 to 100');
test(
  'a weight that is no number is told',
  says,
  http('legacy: new, modern: new, weight: .nan'),
  'found NaN, expected a number from 0 to 100',
);
test(
  'a call towards soap is told',
  says,
  `${soap.replace('modern: new', 'modern: old')}    operations: { A: { call: GET /a } }\n`,
  'is a soap destination and gets the envelope',
);
test(
  'a call towards a handler is told',
  says,
  `${soap.replace('modern: new', 'modern: own')}    operations: { A: { call: GET /a } }\n`,
  'is a handler',
);
test(
  'a call on a plain route is told',
  says,
  http('legacy: new, operations: { "GET /a": { call: GET /b } }'),
  'go on as they came',
);
test(
  'operations without a WSDL are told',
  says,
  `${soap.replace(', wsdl: orders.wsdl', '')}    operations: { A: }\n`,
  ':3:3  error  destinations.old.wsdl: is missing',
);
test(
  'a WSDL is a file, never fetched',
  says,
  'destinations: { old: { adapter: soap, url: "http://a", wsdl: "http://a/?wsdl" } }\nroutes: { r: { match: { path: /a }, protocol: soap, legacy: old } }\n',
  'expected the path of a WSDL file; strangler import URL --out FOLDER saves one',
);
test(
  'two operations that take the same calls are told',
  says,
  http('legacy: new, operations: { "GET /{a}": , "GET /{b}": }'),
  'takes the same calls as GET /{a}',
);
test('a handler as legacy is told', says, http('legacy: own'), 'can only be modern');
test(
  'operations from a route that is not there are told',
  says,
  `${soap}  o: { match: { path: /x }, protocol: soap, legacy: old, cohort: wsUsername, operations: { from: order } }\n`,
  'did you mean "orders"?',
);
test(
  'operations from itself are told',
  says,
  `${soap}    operations: { from: orders }\n`,
  'expected the name of another route',
);
test(
  'two routes that take the same calls are told',
  says,
  `${http('legacy: new')}  too: { match: { path: /** }, legacy: new }\n`,
  'takes the same calls as route all (routes.config.yaml:7)',
);
test(
  'a destination at the listen address is refused',
  says,
  http('legacy: new').replace('7002', '8080'),
  "is the gateway's own address (gateway.listen)",
);
test(
  'a destination at the admin address is refused',
  says,
  http('legacy: new').replace('127.0.0.1:7002', 'localhost:9090'),
  '(gateway.admin)',
);
test(
  'a destination behind a wildcard listen address is refused',
  says,
  `gateway: { listen: "0.0.0.0:7002" }\n${http('legacy: new')}`,
  '(gateway.listen)',
);
test(
  'one address for two listeners is told',
  says,
  `gateway: { health: "127.0.0.1:8080" }\n${http('legacy: new')}`,
  'is the address of gateway.listen too',
);
test(
  'a header condition that is a number is told',
  says,
  http('legacy: new').replace('/** }', '/**, header: { X-V: 1.10 } }'),
  'a text in quotes',
);
test('a key called __proto__ is told', says, `${soap}    __proto__: { weight: 5 }\n`, 'a key that cannot be one');
test(
  'nothing behind a key is told',
  says,
  http('legacy: new, modern: '),
  'found nothing, expected the name of a destination',
);

test('a breaker where there is no modern, or of another form, is told', async (t) => {
  const lines = await one(`destinations:
  old: { adapter: http, url: "http://a", breaker: { failurRate: 50% } }
  web: { adapter: http, url: "http://b", breaker: { failureRate: 0%, minimumCalls: 0, openFor: 0s } }
routes:
  all:
    match: { path: /** }
    legacy: old
    breaker: off
    operations:
      GET /a: { breaker: { probes: 2 } }
      GET /b: { breaker: on }
`);
  t.deepEqual(
    lines.map((line) => line.replace(/^[^:]*:(\d+):\d+ +error +/, '$1 ')),
    [
      '2 destinations.old.breaker.failurRate: unknown key "failurRate"; did you mean "failureRate"?',
      '3 destinations.web.breaker.failureRate: found "0%", expected a share from 1% to 100%, such as 50%',
      '3 destinations.web.breaker.minimumCalls: found 0, expected a whole number above 0',
      '3 destinations.web.breaker.openFor: found "0s", expected a duration above 0, such as 30s',
      '8 routes.all.breaker: is for modern, which route all does not have; expected it on a destination',
      '10 routes.all.operations."GET /a".breaker: is for modern, which route all does not have; expected it on a destination',
      '11 routes.all.operations."GET /b".breaker: found "on", expected off, or { failureRate, minimumCalls, window, openFor, probes }; did you mean "off"?',
      '11 routes.all.operations."GET /b".breaker: is for modern, which route all does not have; expected it on a destination',
    ],
  );
});

test('what is not built yet is told with its line, once each', async (t) => {
  const lines = await one(`state: redis://localhost
destinations:
  old: { adapter: http, url: "http://a", sandbox: true }
routes:
  all:
    match: { path: /** }
    legacy: old
    operations:
      GET /a: { shadow: { sample: 10% }, ramp: { steps: [1] } }
`);
  t.deepEqual(
    lines.map((line) => line.replace(/^[^:]*:(\d+):.*: /, '$1 ')),
    ['3 sandbox is not in this version', '9 shadow is not in this version', '9 ramp is not in this version'],
  );
});

test('a cohort of client addresses without trusted proxies is a warning, and the file is taken', async (t) => {
  const { config, problems } = await read({
    'routes.config.yaml': soap.replace('{ header: X-Client }', '[{ header: X-Client }, ip]'),
  });
  t.truthy(config);
  t.deepEqual(
    problems.map(({ severity, path, line }) => ({ severity, path, line })),
    [{ severity: 'warning', path: 'routes.orders.cohort', line: 13 }],
  );
});

test('aliases are followed, and not without end', async (t) => {
  const shared = await read({
    'routes.config.yaml': `${soap}    operations:\n      A: &a { weight: 5 }\n      B: *a\n`,
  });
  t.is(shared.config?.routes.get('orders')?.operations.get('B')?.points, 500);
  const bomb = [
    'a: &a [x, x]',
    ...Array.from('bcdefghijklmnop', (letter, index) => {
      const last = String.fromCharCode(97 + index);
      return `${letter}: &${letter} [${Array(9).fill(`*${last}`).join(', ')}]`;
    }),
  ].join('\n');
  t.true((await one(bomb)).some((line) => line.includes('more than 100 aliases')));
});

test('a file of ten thousand brackets is a problem, not a crash', async (t) => {
  t.true((await one('['.repeat(10_000))).length > 0);
});

test('a later check tells its problem by path', async (t) => {
  const loaded = await read({ 'routes.config.yaml': `${soap}    operations:\n      GetOdrer: { weight: 5 }\n` });
  const problem = problemAt(loaded, ['routes', 'orders', 'operations', 'GetOdrer'], 'no such operation');
  t.is(formatProblem(problem), 'routes.config.yaml:15:7  error  routes.orders.operations.GetOdrer: no such operation');
});
test('routes that are no map are told once', says, 'routes: 5', 'found 5, expected a map of names to settings');
test('a route that is no map is told once', says, 'routes: { a: 5 }', 'routes.a: found 5, expected a map of settings');

for (const url of ['api.example.com', 'ftp://a', 'https://a/?b', 'https://a#b', 'https://u:p@a', "https://a/<'>"]) {
  test(
    `${url} is nothing that a WSDL can announce`,
    says,
    `gateway: { publicUrl: "${url}" }\n${soap}`,
    'expected an http or https URL without query, such as https://api.example.com',
  );
}
const rewritten = (path: string, rewrite: string, url = 'http://a'): string =>
  `destinations: { old: { adapter: http, url: '${url}' } }
routes: { all: { match: { path: ${path} }, legacy: old, rewrite: ${rewrite} } }
`;
test(
  'a rewrite of what is no part of the path',
  says,
  rewritten('/leg/**', '{ prefix: /legacy, to: / }'),
  '2:76  error  routes.all.rewrite.prefix: is no part of every path that match.path (/leg/**) takes',
);
test(
  'a rewrite of half a segment',
  says,
  rewritten('/legacy/**', '{ prefix: /leg, to: / }'),
  'routes.all.rewrite.prefix: is no part of every path',
);
test(
  'a queue without the bound that fills it',
  says,
  http('legacy: new').replace('7002"', '7002", queue: { size: 9 }'),
  'destinations.new.queue: is where calls over maxInFlight wait; expected maxInFlight beside it',
);
test(
  'a rewrite beside the path of a url',
  says,
  rewritten('/legacy/**', '{ prefix: /legacy, to: / }', 'http://a/App'),
  "routes.all.rewrite: excludes a path in a destination's url, which replaces match.path by itself; old has /App",
);
test(
  'a rewrite to what is no path',
  says,
  rewritten('/legacy/**', '{ prefix: /legacy/**, to: / }'),
  'routes.all.rewrite.prefix: found "/legacy/**", expected a path without *',
);
test('a rewrite of all, or of the first segments, of a path is taken', async (t) => {
  for (const [path, prefix] of [
    ['/legacy/**', '/legacy/'],
    ['/legacy/orders', '/legacy'],
    ['/**', '/'],
  ] as const)
    t.deepEqual(await one(rewritten(path, `{ prefix: ${prefix}, to: /app }`)), []);
});

test('publicUrl loses the slash at its end', async (t) => {
  const { config } = await read({
    'routes.config.yaml': `gateway: { publicUrl: "https://API.example.com:443/soap/" }\n${base}  all: { match: { path: /** }, legacy: new }\n`,
  });
  t.is(config?.gateway.publicUrl, 'https://api.example.com/soap');
});

const everything = `version: 1
gateway:
  listen: 0.0.0.0:8080
  publicUrl: https://api.example.com
  trustedProxies: [10.0.0.0/8]
  pins: { secret: 0123456789abcdef }
  drain: 5s
state: memory
destinations:
  old: { adapter: soap, url: "http://127.0.0.1:7001/Orders.svc", wsdl: orders.wsdl, timeout: 30s, maxInFlight: 200, queue: { size: 50, maxWait: 500ms } }
  new: { adapter: http, url: "http://127.0.0.1:7002", host: client, keepAlive: true }
  own: { adapter: handler, module: ./orders.ts }
routes:
  orders:
    match: { path: /Orders.svc, host: h, method: POST, header: { X-A: a }, query: { q: b }, contentType: text/xml }
    protocol: soap
    legacy: old
    modern: new
    mismatch: legacy
    decisionHeader: false
    budget: { share: 20%, perSecond: 5 }
    limits: { prefix: 1mb }
    operations:
      GetOrder: { effect: read, call: GET /a, weight: 5, fallback: { on: [connect] }, cohort: [{ header: X-B }], salt: s, include: [k], priority: high }
  faces: { match: { path: /Faces.svc }, protocol: soap, legacy: old, modern: new, operations: { from: orders } }
  lonely: { match: { path: /lonely }, legacy: new, weight: 0 }
  retired: { match: { path: /retired }, modern: new, weight: 100 }
`;

test('whatever value comes from the environment, no message shows it', async (t) => {
  const values = [...everything.matchAll(/(?<=: )[\w./][^,\]}\n]*|(?<=: )"[^"]*"|(?<=\[)\w[^,\]}\n]*/g)];
  t.true(values.length > 40, String(values.length));
  for (const hidden of ['54321', 'hunter2-hunter2-hunter2', 'https://u:hunter2@h/54321', 'true', '']) {
    for (const { 0: value, index } of values) {
      const text = `${everything.slice(0, index)}"x\${S}"${everything.slice(index + value.length)}`;
      for (const candidate of [text, text.replace('"x${S}"', '"${S}"')]) {
        const { problems } = await read({ 'routes.config.yaml': candidate }, { S: hidden });
        const shown = problems.map(formatProblem).join('\n');
        if (hidden.length > 4) t.false(shown.includes(hidden) || shown.includes('hunter2'), `${value}: ${shown}`);
      }
    }
  }
  const { config } = await read({ 'routes.config.yaml': everything });
  t.truthy(config);
});

test('a host may stand for all names below it, and for nothing less', async (t) => {
  const withHost = (host: string) =>
    read({
      'routes.config.yaml': `destinations: { old: { adapter: http, url: http://a } }\nroutes: { all: { match: { path: /**, host: "${host}" }, legacy: old } }\n`,
    });
  t.is((await withHost('*.Example.com')).config?.routes.get('all')?.match.host, '*.example.com');
  for (const host of ['*', '*example.com', 'a.*.com', '*.', '*.[::1]', 'example.com:80'])
    t.regex((await withHost(host)).problems.map(formatProblem).join('\n'), /expected a host name without port/, host);
});

test('headers that a carrier or the gateway needs itself are not to be set, nor what no header line can hold', async (t) => {
  const lines = await one(`destinations:
  old: { adapter: soap, url: "http://a", headers: { request: { set: { SOAPAction: x } }, response: { remove: [content-type] } } }
  web:
    adapter: http
    url: "http://b"
    headers:
      request:
        set: { Host: x }
        remove: [Transfer-Encoding, "a b"]
      response:
        set: { X-A: "a\\nSet-Cookie: b", X-B: "\\u20ac" }
routes:
  soap: { match: { path: /a }, protocol: soap, legacy: old, headers: { request: { remove: [SoapAction] } } }
  plain: { match: { path: /** }, legacy: web, headers: { response: { set: { content-type: text/html } }, request: { set: { X-C: a, x-c: b } } } }
`);
  t.deepEqual(
    lines.map((line) => line.replace(/^[^:]*:(\d+):\d+ {2}error {2}/, '$1 ')),
    [
      '2 destinations.old.headers.request: names soapaction, which says what a SOAP message is; expected another header',
      '2 destinations.old.headers.response: names content-type, which says what a SOAP message is; expected another header',
      '8 destinations.web.headers.request.set.Host: found a value that is not shown, expected a header that the gateway does not need itself',
      '9 destinations.web.headers.request.remove[0]: found "Transfer-Encoding", expected a header that the gateway does not need itself',
      '9 destinations.web.headers.request.remove[1]: found "a b", expected the name of a header, such as X-Tenant',
      '11 destinations.web.headers.response.set.X-A: found a value that is not shown, expected text of one line, in characters of ISO 8859-1',
      '11 destinations.web.headers.response.set.X-B: found a value that is not shown, expected text of one line, in characters of ISO 8859-1',
      '13 routes.soap.headers.request: names soapaction, which says what a SOAP message is; expected another header',
      '14 routes.plain.headers.request: found a map, expected each header once, whatever its case',
    ],
  );
});

test('what a header is set to is shown to nobody', async (t) => {
  const file = (value: string) => `destinations:
  web: { adapter: http, url: "http://b", headers: { request: { set: { X-Key: ${value} } } } }
routes: { plain: { match: { path: /** }, legacy: web } }
`;
  for (const value of ['"hidden\\u0001"', '{ a: hidden }', '[hidden]', '${KEY}'])
    for (const line of await one(file(value), { KEY: 'hidden\n' })) t.notRegex(line, /hidden/);
});

test('urls are one service at several places, instead of a url', async (t) => {
  t.deepEqual(
    await one(`gateway: { listen: '127.0.0.1:7070' }
destinations:
  both: { adapter: http, url: http://a, urls: [http://b] }
  neither: { adapter: http }
  twice: { adapter: http, urls: [http://a, http://a] }
  paths: { adapter: http, urls: [http://a/x, http://b/y] }
  schemes: { adapter: http, urls: [http://a, https://b] }
  loop: { adapter: http, urls: [http://a, http://127.0.0.1:7070] }
  address: { adapter: soap, urls: [http://a, http://b], rewriteTo: true }
routes:
  all: { match: { path: /** }, legacy: paths }`),
    [
      'routes.config.yaml:3:41  error  destinations.both.urls: found a list, expected url or urls, not both',
      'routes.config.yaml:4:3  error  destinations.neither.url: is missing; expected an http or https URL without user, query and fragment, such as http://127.0.0.1:7001/OrderService.svc; or urls',
      'routes.config.yaml:5:44  error  destinations.twice.urls[1]: a is there already; expected each url once',
      'routes.config.yaml:6:46  error  destinations.paths.urls[1]: is http://b/y, and the first is http://a/x; expected the same scheme and path, for all are one service',
      'routes.config.yaml:7:46  error  destinations.schemes.urls[1]: is https://b, and the first is http://a; expected the same scheme and path, for all are one service',
      "routes.config.yaml:8:43  error  destinations.loop.urls[1]: is the gateway's own address (gateway.listen); expected another service's",
      'routes.config.yaml:9:68  error  destinations.address.rewriteTo: writes the address of one url into calls, and there are several; expected one url, or services that take any wsa:To',
    ],
  );
});

test('a session is told by one thing, and a SOAP header only where there are some', async (t) => {
  t.deepEqual(
    await one(`destinations:
  old: { adapter: http, url: "http://a" }
routes:
  none: { match: { path: /a }, legacy: old, session: { idle: 5m } }
  two: { match: { path: /b }, legacy: old, session: { cookie: a, header: b } }
  soap: { match: { path: /c }, legacy: old, session: { soapHeader: Id } }
`),
    [
      'routes.config.yaml:4:45  error  routes.none.session: found a map, expected exactly one of cookie, header, soapHeader',
      'routes.config.yaml:5:44  error  routes.two.session: found a map, expected exactly one of cookie, header, soapHeader',
      'routes.config.yaml:6:68  error  routes.soap.session.soapHeader: calls of protocol http have no SOAP header; expected cookie or header',
    ],
  );
});

test('health asks for a path or for an operation that only reads', async (t) => {
  const soapOf = (health: string): string => `{ adapter: soap, url: "http://a", wsdl: a.wsdl, health: { ${health} } }`;
  t.deepEqual(
    await one(`destinations:
  both: ${soapOf('path: /a, operation: Ping, effect: read')}
  none: ${soapOf('input: {}')}
  writes: ${soapOf('operation: Ping')}
  reads: ${soapOf('operation: Ping, effect: read')}
  told: ${soapOf('operation: Pign')}
  http: { adapter: http, url: "http://b", health: { operation: Ping, effect: read } }
  expect: { adapter: http, url: "http://c", health: { path: /a, expect: [2xx, 700] } }
  plain: { adapter: http, url: "http://d", health: { path: a } }
routes:
  all: { match: { path: /** }, protocol: soap, legacy: told, operations: { Ping: { effect: read } } }
`).then((all) => all.map((line) => line.replace(/^[^:]*:(\d+):\d+ +error +destinations\./, '$1 '))),
    [
      '2 both.health: found a map, expected path or operation, not both',
      '3 none.health: found a map, expected an operation beside input and effect',
      '4 writes.health.operation: Ping may change something, for all that is said; expected an operation with effect: read in a route to writes, or effect: read here',
      '6 told.health.operation: no route to told has an operation Pign; did you mean Ping?',
      '7 http.health.operation: is for a soap destination; expected path',
      '8 expect.health.expect[1]: found 700, expected a status such as 204, or 2xx',
      '9 plain.health.path: found "a", expected a path such as /healthz',
    ],
  );
});

const hanging = async (
  t: ExecutionContext,
  said: string,
  expected: readonly string[],
  destination = '',
): Promise<void> => {
  const { problems } = await read({
    'routes.config.yaml': `destinations:
  old: { adapter: http, url: "http://a:1" ${destination} }
  new: { adapter: http, url: "http://b:1", timeout: 2s }
routes:
  all: { match: { path: /** }, legacy: old, modern: new, cohort: { header: X }, ${said} }
`,
  });
  t.deepEqual(
    problems.map(({ severity, line, path, message }) => `${line} ${severity} ${path} ${message}`),
    expected,
  );
};
const deadline = (ms: number, side: string, timeout: number, harm: string): string =>
  `the deadline is ${ms} ms, and ${side} has ${timeout} ms to answer: ${harm}; expected a shorter timeout`;
const unasked = 'legacy is not asked for calls on which modern hangs';
const uncounted = 'the breaker of modern does not count such calls';

test('a deadline that leaves legacy no time after modern is warned of, and one that does is not', async (t) => {
  await hanging(t, 'deadline: 2s', [
    `5 warning routes.all.deadline ${deadline(2000, 'modern', 2000, `${unasked}, ${uncounted}`)}`,
  ]);
  await hanging(t, 'deadline: 2100ms', []);
  await hanging(t, 'deadline: { header: X-Wait }', []);
  await hanging(t, 'deadline: 2s, timeout: 1s', []);
});

test('a deadline under which what hangs is nobody’s fault is warned of', async (t) => {
  await hanging(t, 'fallback: off, deadline: 2001ms', []);
  await hanging(t, 'fallback: off, deadline: 2s', [
    `5 warning routes.all.deadline ${deadline(2000, 'modern', 2000, uncounted)}`,
  ]);
  await hanging(t, 'fallback: off, breaker: off, deadline: 2s', []);
  await hanging(
    t,
    'deadline: 5s',
    [
      `5 warning routes.all.deadline ${deadline(5000, 'legacy', 30_000, 'the breaker of legacy does not count such calls')}`,
    ],
    ', breaker: {}',
  );
});

test('a url that hangs and would never be left out is warned of, at the figure that an operation gives', async (t) => {
  const { problems } = await read({
    'routes.config.yaml': `destinations:
  old: { adapter: http, urls: ["http://a:1", "http://b:1"] }
routes:
  all:
    { match: { path: /** }, legacy: old, deadline: 40s, operations: { GET /slow: { timeout: 1m } } }
`,
  });
  t.deepEqual(
    problems.map(({ line, path, message }) => `${line} ${path} ${message}`),
    [
      `5 routes.all.operations."GET /slow".timeout ${deadline(40_000, 'legacy', 60_000, 'a url of old that hangs is not left out for them')}`,
    ],
  );
});

test('what is wrong inside a setting that may be short or long is told at its place', async (t) => {
  t.deepEqual(
    await one(`destinations:
  a: { adapter: http, url: "http://a", retries: { on: [contract] } }
  b: { adapter: http, url: "http://b", breaker: { failurRate: 50% } }
  c: { adapter: http, url: "http://c", retries: 9 }
routes:
  all: { match: { path: /** }, legacy: a, deadline: { header: 'X Y' } }
`),
    [
      'routes.config.yaml:2:56  error  destinations.a.retries.on[0]: found "contract", expected one of connect, timeout, reset, truncated, 5xx, full',
      'routes.config.yaml:3:51  error  destinations.b.breaker.failurRate: unknown key "failurRate"; did you mean "failureRate"?',
      'routes.config.yaml:4:49  error  destinations.c.retries: found 9, expected off, a number from 1 to 5, or { attempts, on, backoff, longest, budget, floor }',
      'routes.config.yaml:6:63  error  routes.all.deadline.header: found "X Y", expected the name of a header',
    ],
  );
});

test('a status that treat does not take is told with what it takes', async (t) => {
  const [problem] = await one(`destinations: { a: { adapter: http, url: "http://a" } }
routes:
  all: { match: { path: /** }, legacy: a, treat: { 200: failure } }
`);
  t.regex(problem ?? '', /treat\.200: found "failure", expected a status from 400 to 599, /);
});

const said = test.macro({
  exec: async (t: ExecutionContext, text: string, problem: string) => t.true((await one(text)).includes(problem)),
  title: (title) => title ?? '',
});
test(
  'a version in quotes is told to be without',
  said,
  'version: "1"\n',
  'routes.config.yaml:1:10  error  version: found "1", expected 1, without quotes',
);
test(
  'a second document is told in words of ours',
  said,
  'version: 1\n---\nversion: 1\n',
  'routes.config.yaml:2:1  error  found a second document; expected one, without `---` between its parts',
);
test(
  'UTF-16, as some editors of Windows save it, is told',
  said,
  '\uFFFD\uFFFDv\0e\0r\0s\0i\0o\0n\0',
  'routes.config.yaml:1:1  error  found text that is not UTF-8, perhaps UTF-16; save it as UTF-8',
);

test('a key of a caller that is no text is not shown', async (t) => {
  for (const value of ['424242', '[424242]', '{ a: 424242 }']) {
    const text = `destinations: { a: { adapter: http, url: "http://a" } }
routes:
  all: { match: { path: /** }, legacy: a, require: { apiKey: { keys: { one: ${value} } } } }
`;
    for (const line of await one(text)) t.notRegex(line, /424242/);
  }
});

test('a plain route at the very path of a service would take all of its calls', async (t) => {
  const text = (more: string, path = '/Orders.svc'): string => `destinations:
  old: { adapter: soap, url: "http://a", wsdl: a.wsdl }
routes:
  orders: { match: { path: /Orders.svc }, protocol: soap, legacy: old, operations: { Ping: { effect: read } } }
  again: { match: { path: ${path}${more} }, legacy: old }
`;
  t.deepEqual(await one(text('')), [
    "routes.config.yaml:5:12  error  routes.again.match: takes all calls of route orders (routes.config.yaml:4), for a path that stands alone goes before a service's, which has all below it, too; give again a further condition (method, header, query), another path, or take it out",
  ]);
  // A service answers to every spelling.
  const { problems } = await read({ 'routes.config.yaml': text('', '/orders.svc') });
  t.deepEqual(
    problems.map(({ severity, line, path }) => ({ severity, line, path })),
    [{ severity: 'warning', line: 5, path: 'routes.again.match' }],
  );
  for (const more of [', method: GET', '/help', ', host: other.example']) t.deepEqual(await one(text(more)), []);
});
