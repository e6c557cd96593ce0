import test from 'ava';
import * as fc from 'fast-check';
import { operationProblem, restOperations } from './rest-operations.ts';

const find = restOperations([
  'GET /orders',
  'GET /orders/{id}',
  'GET /orders/latest',
  'PUT /orders/{id}',
  'GET /orders/{id}/lines',
  'GET /orders/latest/{part}/x',
  'GET /{kind}/latest/{part}/y',
  'GET /',
  'GET /caf%c3%a9/ö',
]);

const names = test.macro<[string, string, string | null]>({
  exec: (t, method, target, name) => t.is(find(method, target), name),
  title: (_, method, target, name) => `${method} ${target} is ${name ?? 'no operation'}`,
});
test(names, 'GET', '/orders', 'GET /orders');
test(names, 'GET', '/orders?since=1', 'GET /orders');
test(names, 'GET', '/orders/7', 'GET /orders/{id}');
test(names, 'GET', '/orders/7?x=/y', 'GET /orders/{id}');
test(names, 'GET', 'http://h/orders/7', 'GET /orders/{id}');
test(names, 'PUT', '/orders/latest', 'PUT /orders/{id}');
test(names, 'GET', '/orders/latest', 'GET /orders/latest');
test(names, 'GET', '/orders/l%61test', 'GET /orders/latest');
test(names, 'GET', '/orders/latest/lines', 'GET /orders/{id}/lines');
test(names, 'GET', '/orders/latest/p/x', 'GET /orders/latest/{part}/x');
test(names, 'GET', '/orders/latest/p/y', 'GET /{kind}/latest/{part}/y');
test(names, 'GET', '/orders/a%20b', 'GET /orders/{id}');
test(names, 'GET', '/caf%C3%A9/%C3%B6', 'GET /caf%c3%a9/ö');
test(names, 'GET', '/', 'GET /');
test(names, 'GET', '/orders/', null);
test(names, 'GET', '/orders/7/', null);
test(names, 'GET', '/orders//lines', null);
test(names, 'GET', '/Orders', null);
test(names, 'HEAD', '/orders', null);
test(names, 'get', '/orders', null);
test(names, 'DELETE', '/orders/7', null);
test(names, 'GET', '/orders/7/lines/8', null);
test(names, 'GET', '*', null);
// A server may take these for other operations than we would.
test(names, 'GET', '/orders/7%2Flines', null);
test(names, 'GET', '/orders/7/../latest', null);
test(names, 'GET', '/orders\\latest', null);

const wrong = test.macro<[string, RegExp]>({
  exec: (t, name, message) => {
    t.regex(operationProblem(name) ?? '', message);
    t.throws(() => restOperations([name]), { message });
  },
  title: (_, name) => `"${name}" is refused, and told why`,
});
test(wrong, 'GetOrder', /expected a method and a path/);
test(wrong, 'get /orders', /expected a method and a path/);
test(wrong, 'GET orders', /expected a method and a path/);
test(wrong, 'GET /orders?x', /expected a method and a path/);
test(wrong, 'GET /orders/{id}.json', /found "\{id\}\.json"/);
test(wrong, 'GET /orders/**', /found "\*\*"/);
test(wrong, 'GET /orders/{}', /found "\{\}"/);
test(wrong, 'GET /orders//lines', /read differently/);
test(wrong, 'GET /orders/../x', /read differently/);

test('a good name has no problem', (t) => t.is(operationProblem('GET /.well-known/{name}/a%20b'), null));

test('two names for one operation are refused by name', (t) => {
  t.throws(() => restOperations(['GET /a/{x}', 'GET /a/{y}']), {
    message: '"GET /a/{x}" and "GET /a/{y}" are one operation; name it once',
  });
  t.throws(() => restOperations(['GET /a', 'GET /%61']), { message: /one operation/ });
});

const segment = fc.constantFrom('a', 'b', '{x}');
const templates = fc.uniqueArray(
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `GET /${segments.join('/')}`),
  { maxLength: 12 },
);
const fits = (name: string, path: string): boolean =>
  new RegExp(`^${name.slice(4).replaceAll('{x}', '[^/]+')}$`).test(path);
/** Plain before parameter from left to right: `a` sorts before `{`. */
const best = (names_: readonly string[], path: string): string | null =>
  names_.filter((name) => fits(name, path)).toSorted()[0] ?? null;

test('plain text comes before a parameter from left to right, whatever the order of the names', (t) => {
  const paths = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);
  const given = templates.chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));
  fc.assert(
    fc.property(given, paths, (all, path) => t.is(restOperations(all)('GET', path), best(all, path))),
    { numRuns: 300 },
  );
});
