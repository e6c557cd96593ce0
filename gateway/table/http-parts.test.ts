import test from 'ava';
import * as fc from 'fast-check';
import { purges, shownTag } from '../cache/purge.ts';
import { tagsOfChange, tagsOfGet } from '../cache/http/tags.ts';
import type { HttpCachePolicy, HttpChange } from '../cache/http/policy.ts';
import { httpTemplate } from '../cache/http/template.ts';
import { wholeOf } from '../cache/takings.ts';
import type { Entry } from '../cache/entry.ts';
import type { Config, OperationSettings, RouteSettings } from '../config/settle.ts';
import { restOperations } from '../routing/rest-operations.ts';
import { parametersOf } from '../routing/rest-parameters.ts';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { httpParts } from './http-parts.ts';

type Said = Readonly<Record<string, readonly string[] | 'cached'>>;
const routeOf = (legacy: string, said: Said, protocol = 'http'): RouteSettings =>
  ({
    protocol,
    legacy,
    modern: null,
    operations: new Map(
      Object.entries(said).map(([name, what]) => [
        name,
        (what === 'cached'
          ? { cache: {}, invalidates: [] }
          : { cache: null, invalidates: what }) as unknown as OperationSettings,
      ]),
    ),
  }) as unknown as RouteSettings;

const routes = {
  api: routeOf('api', {
    'GET /orders/{id}': 'cached',
    'GET /orders': 'cached',
    'GET /orders/{id}/lines/{line}': 'cached',
    'POST /orders/{id}/cancel': ['GET /orders/{id}:{id}', 'GET /orders'],
    'POST /orders': [],
    'GET /rpc/cancel/{id}': ['GET /orders/{id}:{id}'],
  }),
  writes: routeOf('api', {}),
  elsewhere: routeOf('other', { 'GET /orders/{id}': 'cached' }),
  apart: routeOf('apart', { 'POST /jobs': ['GET /orders/{id}'] }),
  soap: routeOf('api', { 'GET /orders/{id}': 'cached' }, 'soap'),
};
const config = { routes: new Map(Object.entries(routes)) } as unknown as Config;
const partsOf = (route: keyof typeof routes) => httpParts(route, routes[route], config);
const change = (route: keyof typeof routes, operation: string): HttpChange | null => {
  const { invalidates = [] } = routes[route].operations.get(operation) ?? {};
  return partsOf(route).change(operation, invalidates);
};
const call = (method: string, target: string) => plainCall({ method, target, raw: ['Host', 'h'] });
/** Of what all routes keep, what a call takes back. */
const taken = test.macro<[keyof typeof routes, string, string, readonly string[]]>(
  (t, route, operation, asked, expected) => {
    const [method = '', target = ''] = asked.split(' ');
    const found = tagsOfChange(change(route, operation)!, call(method, target), []);
    const kept = (['api', 'elsewhere'] as const).flatMap((name) =>
      ['/orders/7', '/orders/8', '/orders/a%2Fb', '/orders?page=2'].flatMap((path) => {
        const known = [...routes[name].operations].filter(([, { cache }]) => cache !== null).map(([one]) => one);
        const own = path === '/orders?page=2' ? 'GET /orders' : 'GET /orders/{id}';
        if (!known.includes(own)) return [];
        const invalidated = partsOf(name)
          .invalidated(own)
          .filter(({ members }) => members.length > 0);
        const policy = { templates: [httpTemplate(name, own), ...invalidated], inputOf: parametersOf(own) };
        return [{ name: `${name} ${path}`, tags: tagsOfGet(policy as unknown as HttpCachePolicy, call('GET', path)) }];
      }),
    );
    t.deepEqual(
      kept.filter(({ tags }) => tags.some((tag) => found.includes(tag))).map(({ name }) => name),
      expected,
    );
  },
);

const all = ['/orders/7', '/orders/8', '/orders/a%2Fb'];
test(
  'by parameter, here and elsewhere, and what may be about any',
  taken,
  'api',
  'POST /orders/{id}/cancel',
  'POST /orders/7/cancel',
  ['api /orders/7', 'api /orders/a%2Fb', 'api /orders?page=2', 'elsewhere /orders/7', 'elsewhere /orders/a%2Fb'],
);
test('another spelling of it', taken, 'api', 'POST /orders/{id}/cancel', 'POST /orders/%30%37/cancel', [
  'api /orders/7',
  'api /orders/a%2Fb',
  'api /orders?page=2',
  'elsewhere /orders/7',
  'elsewhere /orders/a%2Fb',
]);
test(
  'all, where the path can be read in several ways',
  taken,
  'api',
  'POST /orders/{id}/cancel',
  'POST /orders/7%2F8/cancel',
  [...all.map((each) => `api ${each}`), 'api /orders?page=2', ...all.map((each) => `elsewhere ${each}`)],
);
test('a call that may be of such an operation does the same', taken, 'api', 'other', 'POST /orders%2F7/cancel', [
  ...all.map((each) => `api ${each}`),
  'api /orders?page=2',
  ...all.map((each) => `elsewhere ${each}`),
]);
test('but none that only reads', taken, 'api', 'other', 'GET /orders%2F7/cancel', []);
test('a GET that writes, as it says', taken, 'api', 'GET /rpc/cancel/{id}', 'GET /rpc/cancel/7', [
  'api /orders/7',
  'api /orders/a%2Fb',
  'elsewhere /orders/7',
  'elsewhere /orders/a%2Fb',
]);
test('the operation as a whole, by one of another destination', taken, 'apart', 'POST /jobs', 'POST /jobs', [
  ...all.map((each) => `api ${each}`),
  ...all.map((each) => `elsewhere ${each}`),
]);
test('the target alone, by whatever is not safe, of the same destination', taken, 'writes', 'other', 'PUT /orders/7', [
  'api /orders/7',
]);
test('with its query', taken, 'api', 'POST /orders', 'POST /orders?page=2', ['api /orders?page=2']);
test('nothing by what is safe', taken, 'writes', 'other', 'OPTIONS /orders/7', []);

test('a route that changes nothing that is kept has nothing to do', (t) => {
  t.is(change('apart', 'other')?.takes.length ?? null, 0);
  t.is(httpParts('none', routeOf('nowhere', {}), config).change('other', []), null);
});

for (const [own, said, message] of [
  ['POST /a', 'Orders', /expected an operation, or one with parameters such as GET \/orders\/\{id\}:\{id\}/],
  ['POST /a', 'GET /order/{id}', /which no route of protocol http has; did you mean GET \/orders\/\{id\}\?/],
  ['POST /a', 'GET /orders/{id}:{id}', /by \{id\}, which is no parameter in the path of POST \/a; it has none/],
  ['POST /a/{line}', 'GET /orders/{id}:{line}', /no parameter in the path of GET \/orders\/\{id\}; it has id/],
] as const)
  test(`a mistake: ${own} invalidates ${said}`, (t) => {
    t.throws(() => partsOf('api').change(own, [said]), { message });
  });

test('LAW: whatever is kept of a target is taken back by a write of the same spelling, or another', (t) => {
  const find = restOperations(['GET /orders/{id}', 'GET /orders', 'GET /orders/{id}/lines/{line}']);
  const part = fc.constantFrom(
    '/',
    '/orders',
    'a',
    '7',
    '%41',
    '%2e',
    '.',
    '..',
    '%2F',
    '%5C',
    '\\\\',
    ';',
    '//',
    '%zz',
    '?',
    'lines',
    '/lines/',
  );
  const seen = { kept: 0 };
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const target = `/orders${parts.join('')}`;
      const operation = find('GET', target);
      if (operation === null) return;
      seen.kept += 1;
      const policy = { templates: [httpTemplate('api', operation)], inputOf: parametersOf(operation) };
      const [, place = ''] = tagsOfGet(policy as unknown as HttpCachePolicy, call('GET', target));
      for (const spelt of [target, target.replace('orders', 'order%73')])
        t.true(tagsOfChange(change('writes', 'other')!, call('PUT', spelt), []).includes(place), spelt);
    }),
    { numRuns: 1000 },
  );
  t.true(seen.kept > 50, `${seen.kept}`);
});

test('purges by hand find answers by operation, parameter and path', (t) => {
  const [whole, byId] = [httpTemplate('api', 'GET /orders/{id}'), httpTemplate('api', 'GET /orders/{id}', ['id'])];
  const policy = { templates: [whole, byId], inputOf: parametersOf('GET /orders/{id}') } as unknown as HttpCachePolicy;
  const tags = tagsOfGet(policy, call('GET', '/orders/07'));
  t.is(new Set(tags.map(wholeOf)).size, 1, 'one place in a cluster');
  t.deepEqual(tags.map(shownTag), ['GET /orders/{id}', 'GET /orders/{id}:7', '/orders/07']);
  const entry = { of: 'api.GET /orders/{id}', tags } as unknown as Entry;
  for (const name of ['GET /orders/{id}', 'GET /orders/{id}:7', 'GET /orders/{id}:07.0', '/orders/07', tags[2]!])
    t.true(purges({ by: 'tag', name })(entry, 'k'), name);
  for (const name of ['GET /orders', 'GET /orders/{id}:8', '/orders/7', '/orders'])
    t.false(purges({ by: 'tag', name })(entry, 'k'), name);
  t.true(purges({ by: 'operation', name: 'api.GET /orders/{id}' })(entry, 'k'));
});

test('an operation that takes nothing back is made without a look at all others', (t) => {
  let looks = 0;
  class Counted extends Map<string, OperationSettings> {
    override keys() {
      looks += 1;
      return super.keys();
    }
  }
  const api = routeOf('api', { 'POST /a': [], 'POST /b': [] });
  const counted = { ...api, operations: new Counted(api.operations) } as unknown as RouteSettings;
  const parts = httpParts('api', counted, { routes: new Map([['api', counted]]) } as unknown as Config);
  t.is(parts.change('POST /a', []), null);
  t.is(looks, 0);
});
