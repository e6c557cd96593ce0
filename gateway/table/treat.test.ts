// What a file says about replies and breakers that only its contract can judge: told at its line, each once.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { compiled } from '../cli/commands/compiled.ts';
import { load } from '../config/load.ts';

const wsdl = fileURLToPath(new URL('../../examples/orders/contracts/OrderService.wsdl', import.meta.url));

const says = test.macro({
  async exec(t, route: string, expected: readonly string[]) {
    const folder = await mkdtemp(join(tmpdir(), 'treat-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const file = join(folder, 'routes.config.yaml');
    await writeFile(
      file,
      `destinations:
  old: { adapter: soap, url: 'http://127.0.0.1:1/', wsdl: '${wsdl}' }
  soap: { adapter: soap, url: 'http://127.0.0.1:2/' }
  json: { adapter: http, url: 'http://127.0.0.1:3/' }
routes:
  orders:
    match: { path: /a }
    protocol: soap
    legacy: old
    cohort: { header: X }
${route}
`,
    );
    const loaded = await load([file], {});
    t.deepEqual(loaded.problems, []);
    const problems = await compiled(loaded);
    t.deepEqual(
      problems.map(({ line, path, message }) => `${line} ${path}: ${message.split(';')[0]}`).toSorted(),
      expected,
    );
  },
  title: (name = '') => name,
});

test(
  'what an operation, a route and nobody declares',
  says,
  `    modern: soap
    treat: { OrderNotFoundFault: failure, OrderNotFoundFalt: answer }
    operations:
      GetOrder:
        treat: { Server: answer, OrdreNotFound: answer, 404: failure, 409: OrderNotFoundFault }`,
  [
    '12 routes.orders.treat.OrderNotFoundFalt: is no fault that the contract declares',
    '15 routes.orders.operations.GetOrder.treat.409: found "OrderNotFoundFault", but replies go on as they came',
    '15 routes.orders.operations.GetOrder.treat.OrdreNotFound: is no fault that the contract declares',
  ],
);
test(
  'a status means something else where an operation is asked in JSON',
  says,
  `    modern: json
    operations:
      GetOrder: { weight: 1, treat: { OrderNotFoundFault: failure, 404: OrderNotFoundFault, 409: client, 410: failure } }
      PlaceOrder: { treat: { 404: answer } }`,
  ['14 routes.orders.operations.PlaceOrder.treat.404: is an answer of modern that has to be told in SOAP'],
);
test(
  'a status that means a fault nobody declares is told at its own entry',
  says,
  `    modern: json
    operations:
      GetOrder: { weight: 1, treat: { 404: OrderNotFoundFalt } }`,
  ['13 routes.orders.operations.GetOrder.treat.404: found "OrderNotFoundFalt", which GetOrder does not declare'],
);
test(
  'two routes with two breakers for one operation',
  says,
  `    modern: json
    operations: { GetOrder: { breaker: { probes: 5 } } }
  twin:
    match: { path: /b }
    protocol: soap
    legacy: old
    modern: json
    cohort: { header: X }
    operations: { from: orders }
  other:
    match: { path: /c }
    protocol: soap
    legacy: old
    modern: json
    cohort: { header: X }
    breaker: { openFor: 1s }
    operations: { GetOrder: { call: 'GET /{orderId}' } }
  unguarded:
    match: { path: /d }
    protocol: soap
    legacy: old
    modern: json
    cohort: { header: X }
    breaker: off
    operations: { GetOrder: {} }`,
  ['27 routes.other.operations.GetOrder: the breaker of json for GetOrder is set in two ways'],
);
test(
  'a route without operations',
  says,
  `  files:
    match: { path: /f }
    legacy: json
    modern: json
    treat: { NotFound: answer }
    cohort: { header: X }`,
  ['15 routes.files.treat.NotFound: is no fault that the contract declares'],
);
test(
  'what cannot be kept or taken back is told where it is said, also beside a call',
  says,
  `    modern: json
    operations:
      GetOrder:
        call: GET /orders/{orderId}
        effect: read
        cache: { staleIfError: 1m }
      PlaceOrder:
        call: POST /orders
        invalidates: [GetOrdr]`,
  [
    '16 routes.orders.operations.GetOrder.cache: cache needs a ttl: nothing else tells how long an answer of GetOrder is good',
    '19 routes.orders.operations.PlaceOrder.invalidates: invalidates GetOrdr, which the contract does not have',
  ],
);
