import test from 'ava';
import * as fc from 'fast-check';
import { anyMatch, arrival, arrivals, fits, matches, rank } from '../../test/helpers/small-universe.ts';
import type { Arrival, Match } from '../table/table.ts';
import { compileMatch } from './match.ts';

/** A lookup over routes by name; what is not said of a route is no condition. */
const routed = (routes: Readonly<Record<string, Partial<Match>>>): ((call: Arrival) => string | null) => {
  const match = compileMatch(
    Object.entries(routes).map(([name, given]) => ({ match: { ...anyMatch, ...given }, route: { name } })),
  );
  return (call) => match(call)?.name ?? null;
};

const leads = test.macro<[Readonly<Record<string, Partial<Match>>>, Readonly<Record<string, string | null>>]>(
  (t, routes, targets) => {
    const match = routed(routes);
    for (const [target, name] of Object.entries(targets)) t.is(match(arrival({ target })), name, target);
  },
);

test(
  'an exact path is that path alone',
  leads,
  { a: { path: '/a/b' } },
  {
    '/a/b': 'a',
    '/a/b?x=1': 'a',
    '/a/b?': 'a',
    '/a/b/': null,
    '/a/b/c': null,
    '/a': null,
    '/A/b': null,
    '/a/bc': null,
    '/': null,
  },
);
test(
  'a prefix is its base and all below',
  leads,
  { a: { path: '/a/**' } },
  {
    '/a': 'a',
    '/a/': 'a',
    '/a/b/c': 'a',
    '/ab': null,
    '/A': null,
    '/': null,
  },
);
test(
  'the prefix of everything takes every path',
  leads,
  { a: {} },
  { '/': 'a', '/x/y?z': 'a', '*': 'a', '': null, '?x': null },
);
test(
  'exact before prefix, longer before shorter',
  leads,
  { all: {}, a: { path: '/a/**' }, ab: { path: '/a/b/**' }, exact: { path: '/a/b' } },
  {
    '/a/b': 'exact',
    '/a/b/': 'ab',
    '/a/b/c': 'ab',
    '/a/c': 'a',
    '/a': 'a',
    '/c': 'all',
  },
);
test(
  'IIS paths mind no case and take suffixes',
  leads,
  { orders: { path: '/Orders.svc', iis: true }, all: {} },
  {
    '/Orders.svc': 'orders',
    '/orders.svc/': 'orders',
    '/ORDERS.SVC/ws': 'orders',
    '/Orders.svc/mex': 'orders',
    '/Orders.svc?wsdl': 'orders',
    '/Orders.svcx': 'all',
    '/Order.svc': 'all',
    '/%4frders.svc': 'orders',
    '/Orders%2Esvc': 'orders',
  },
);
test(
  'a path that minds case stays exact beside one that does not',
  leads,
  { soap: { path: '/a', iis: true }, rest: { path: '/a/Ping' } },
  {
    '/a/Ping': 'rest',
    '/A/Ping': 'soap',
    '/a/ping': 'soap',
  },
);
test(
  'the absolute form is matched by its path',
  leads,
  { a: { path: '/a' }, root: { path: '/' } },
  {
    'http://h:80/a?x=1': 'a',
    'HTTPS://h/a': 'a',
    'http://h': 'root',
    'http://h?x': 'root',
    'ftp://h/a': null,
  },
);

// R2: what is matched is what is executed.
const guarded = { orders: { path: '/orders/**' }, admin: { path: '/orders/admin' }, all: {} };
test('encoded letters are the letters they are', leads, guarded, {
  '/%6frders/x': 'orders',
  '/orders/%61dmin': 'admin',
  '/%7Eanna': 'all',
});
test('a path with dot segments matches nothing', leads, guarded, {
  '/orders/../x': null,
  '/orders/./admin': null,
  '/x/..': null,
  '/orders/%2e%2E/x': null,
  '/orders/.%2e': null,
  '/orders\\..\\x': null,
  '/orders/..%2fx': null,
  '/orders/..%5Cx': null,
  '/orders/..;a=b/x': null,
  '/.': null,
  '/orders/%2e': null,
});
test('dots that are no dot segment are plain text', leads, guarded, {
  '/.well-known/x': 'all',
  '/orders/...': 'orders',
  '/orders/a..b': 'orders',
  '/orders/..a': 'orders',
});
test('a path of two readings matches where both lead to the same route', leads, guarded, {
  '/orders/a%2Fb': 'orders',
  '/files/a%2Fb': 'all',
  '/files//a': 'all',
  '/orders/a\\b': 'orders',
  '/orders//x': 'orders',
  '/files/a%5cb': 'all',
});
test('a path of two readings that lead to different routes matches nothing', leads, guarded, {
  '/orders%2Fx': null,
  '//orders/x': null,
  '/orders//admin': null,
  '/orders%5Cadmin': null,
  '/orders/x/\\admin': 'orders',
  '\\orders': null,
});
test(
  'each of several doubts counts',
  leads,
  { a: { path: '/x/y%5Cz/**' }, b: { path: '/x/**' }, ...guarded },
  { '/x//y': 'b', '/orders%5C%2Fadmin': null },
);
test('fragments and NUL match nothing', leads, guarded, { '/orders#x': null, '/orders/%00': null });
test(
  'other percent-encoding is one thing in either case',
  leads,
  { a: { path: '/caf%c3%a9' }, b: { path: '/ö' } },
  { '/caf%C3%A9': 'a', '/caf%c3%A9': 'a', '/%c3%b6': 'b' },
);

const hosted = routed({
  exact: { host: 'api.example.com' },
  wild: { host: '*.example.com' },
  near: { host: '*.b.example.com' },
  none: {},
  path: { path: '/p' },
});
const asks = test.macro<[string | undefined, string]>({
  exec: (t, host, name) => t.is(hosted(arrival({ ...(host === undefined ? {} : { host }), target: '/' })), name),
  title: (_, host, name) => `host ${host ?? 'absent'} leads to ${name}`,
});
test(asks, 'api.example.com', 'exact');
test(asks, 'API.Example.com:8080', 'exact');
test(asks, 'api.example.com.', 'exact');
test(asks, 'x.example.com', 'wild');
test(asks, 'x.y.example.com', 'wild');
test(asks, 'x.b.example.com', 'near');
test(asks, 'example.com', 'none');
test(asks, 'api.example.com.evil', 'none');
test(asks, '[2001:db8::1]:80', 'none');
test(asks, undefined, 'none');
test(asks, `${'a.'.repeat(5000)}example.com`, 'none');

test('a host comes before an exact path', (t) =>
  t.is(hosted(arrival({ host: 'x.example.com', target: '/p' })), 'wild'));
test('a host whose routes do not fit leaves the call to routes without one', (t) => {
  const match = routed({ a: { host: 'h', path: '/a' }, all: {} });
  t.is(match(arrival({ host: 'h', target: '/b' })), 'all');
});
test('an IPv6 host is matched with its brackets', (t) => {
  t.is(routed({ six: { host: '[::1]' } })(arrival({ host: '[::1]:8080', target: '/' })), 'six');
});

test('a route whose conditions fail leaves the call to the next', (t) => {
  const match = routed({
    both: { path: '/a', methods: ['POST'], contentType: 'text/xml' },
    post: { path: '/a', methods: ['POST'] },
    tagged: { path: '/a', headers: [{ name: 'x', value: '1' }], query: [{ name: 'q', value: null }], methods: ['GET'] },
    any: { path: '/**' },
  });
  t.is(match(arrival({ target: '/a', headers: { 'content-type': 'Text/XML; charset=utf-8' } })), 'both');
  t.is(match(arrival({ target: '/a', headers: { 'content-type': 'text/xmlx' } })), 'post');
  t.is(match(arrival({ target: '/a?q', method: 'GET', headers: { x: ' 1 ' } })), 'tagged');
  t.is(match(arrival({ target: '/a?p', method: 'GET', headers: { x: '1' } })), 'any');
  t.is(match(arrival({ target: '/a?q', method: 'GET', headers: { x: '2' } })), 'any');
  t.is(match(arrival({ target: '/a', method: 'post' })), 'any');
});

test('a query parameter is compared decoded, and the first of two counts', (t) => {
  const match = routed({ a: { query: [{ name: 'q', value: 'ä b' }] } });
  t.is(match(arrival({ target: '/?p=1&q=%C3%A4+b&q=2' })), 'a');
  t.is(match(arrival({ target: '/?q=2&q=%C3%A4+b' })), null);
  t.is(match(arrival({ target: '/?q=' })), null);
});

test('no routes, no match', (t) => t.is(routed({})(arrival({ target: '/' })), null));

const someCall = fc.constantFrom(...arrivals);
const files = fc.array(matches, { minLength: 1, maxLength: 8 });

test('the route is the one that a slow search by the rules finds', (t) => {
  fc.assert(
    fc.property(files, fc.array(someCall, { minLength: 20, maxLength: 20 }), (all, some) => {
      const match = compileMatch(all.map((one) => ({ match: one, route: one })));
      for (const call of some) {
        const fitting = all.filter((one) => fits(one, call));
        const best = Math.max(...fitting.map(rank));
        const found = match(call);
        if (found === null) t.is(fitting.length, 0);
        else t.true(fits(found, call) && rank(found) === best);
      }
    }),
    { numRuns: 300 },
  );
});

test('the order of the routes never changes the answer', (t) => {
  const shuffled = files.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, fc.array(someCall, { minLength: 20, maxLength: 20 }), ([all, mixed], some) => {
      const one = compileMatch(all.map((match) => ({ match, route: match })));
      const other = compileMatch(mixed.map((match) => ({ match, route: match })));
      for (const call of some) t.deepEqual(one(call), other(call));
    }),
    { numRuns: 300 },
  );
});

test('no spelling of a path leads past the route of what it resolves to', (t) => {
  // The reference is the strictest server: it decodes everything, takes backslashes for slashes, and resolves dots.
  const part = fc.constantFrom(
    '/',
    '//',
    '\\',
    '%2F',
    '%5c',
    '.',
    '..',
    '%2e',
    '%2E%2e',
    'orders',
    'admin',
    '%6Frders',
    ';x',
    'a',
    '%41',
  );
  const match = routed(guarded);
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const target = `/${parts.join('')}`;
      const found = match(arrival({ target }));
      const decoded = decodeURIComponent(target).replaceAll('\\', '/').replaceAll(/\/+/g, '/');
      const resolved = new URL(`http://h${decoded}`).pathname;
      if (found !== null) t.true(found === match(arrival({ target: resolved })), `${target} → ${resolved}`);
    }),
    { numRuns: 1000 },
  );
});

/** As many services over 97 teams; a quarter minds no case, half are prefixes. */
const services = (count: number): ((call: Arrival) => string | null) =>
  routed(
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `r${i}`,
        { path: `/services/team-${i % 97}/Service${i}${i % 2 === 0 ? '.svc' : '/**'}`, iis: i % 4 === 0 },
      ]),
    ),
  );

/** Milliseconds for ten thousand look-ups among the last ten of so many services, the best of five. */
const lookUp = (count: number): number => {
  const match = services(count);
  const calls = Array.from({ length: 10 }, (_, i) => count - 1 - i).map((i) =>
    arrival({ target: `/services/team-${i % 97}/Service${i}${i % 2 === 0 ? '.svc' : '/x'}` }),
  );
  if (calls.some((call) => match(call) === null)) return Number.NaN;
  const rounds = Array.from({ length: 5 }, () => {
    const begin = performance.now();
    for (let i = 0; i < 1000; i++) for (const call of calls) match(call);
    return performance.now() - begin;
  });
  return Math.min(...rounds);
};

test('ten thousand routes are searched about as fast as ten', (t) => {
  const ratio = lookUp(10_000) / lookUp(10);
  t.true(ratio < 50, `a thousand times the routes took ${ratio} times as long`); // one by one it would be a thousand
});
