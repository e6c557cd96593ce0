// A world of few hosts, paths, headers and methods in which matching can be checked call by call, by rules said the slow way.
import * as fc from 'fast-check';
import type { Arrival, Match } from '../../gateway/table/table.ts';

interface Given {
  readonly host?: string;
  readonly method?: string;
  readonly target: string;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const arrival = ({ host, method = 'POST', target, headers = {} }: Given): Arrival => ({
  method,
  target,
  header: (name) => (name === 'host' ? (host ?? null) : (headers[name] ?? null)),
});

export const anyMatch: Match = {
  host: null,
  path: '/**',
  iis: false,
  methods: null,
  headers: [],
  query: [],
  contentType: null,
};

const values = [null, '1', '2'];
const headerX = fc.record({ name: fc.constantFrom('x', 'x', 'y'), value: fc.constantFrom(...values) });
const queryQ = fc.record({ name: fc.constant('q'), value: fc.constantFrom(null, '1') });

/** Matches of the small world; some contradict themselves. */
export const matches: fc.Arbitrary<Match> = fc.record({
  host: fc.constantFrom(null, 'b', 'a.example.com', '*.example.com', '*.a.example.com'),
  path: fc.constantFrom('/a', '/A', '/a/', '/a/b', '/a/B', '/a/**', '/A/**', '/a/b/**', '/**'),
  iis: fc.boolean(),
  methods: fc.constantFrom(null, ['GET'], ['POST'], ['GET', 'POST']),
  headers: fc.oneof(
    fc.constant([]),
    fc.uniqueArray(headerX, { maxLength: 2, selector: ({ name }) => name }),
    fc.array(headerX, { maxLength: 2 }),
  ),
  query: fc.uniqueArray(queryQ, { maxLength: 1 }),
  contentType: fc.constantFrom(null, 'text/xml', 'application/json'),
});

const paths = ['/', '/a', '/A', '/a/', '/a/b', '/a/B', '/A/b', '/a/b/c', '/A/B/', '/z'];
const some = (name: string, value: string | null): Record<string, string> => (value === null ? {} : { [name]: value });

/** Every call of the small world. */
export const arrivals: readonly Arrival[] = ['b', 'a.example.com', 'c.a.example.com', 'none'].flatMap((host) =>
  paths.flatMap((path) =>
    ['GET', 'POST'].flatMap((method) =>
      ['', '?q=1'].flatMap((query) =>
        values.flatMap((x) =>
          [null, '1', '2'].flatMap((y) =>
            [null, 'text/xml', 'application/json'].map((type) =>
              arrival({
                host,
                method,
                target: path + query,
                headers: { ...some('x', x), ...some('y', y), ...some('content-type', type) },
              }),
            ),
          ),
        ),
      ),
    ),
  ),
);

const base = ({ path, iis }: Match): string => {
  const bare = path.replace('/**', '');
  return iis ? bare.toLowerCase().replace(/\/$/, '') : bare;
};
const isExact = ({ path, iis }: Match): boolean => !iis && !path.endsWith('/**');

/** Does this call meet every condition of that route? Asked one by one. */
export const fits = (match: Match, call: Arrival): boolean => {
  const [path = '', query] = call.target.split('?');
  const said = match.iis ? path.toLowerCase() : path;
  const host = call.header('host') ?? '';
  return (
    (match.host === null || (match.host.startsWith('*') ? host.endsWith(match.host.slice(1)) : host === match.host)) &&
    (said === base(match) || (!isExact(match) && said.startsWith(`${base(match)}/`))) &&
    (match.methods === null || match.methods.includes(call.method)) &&
    match.headers.every(
      ({ name, value }) => call.header(name) !== null && (value === null || call.header(name) === value),
    ) &&
    match.query.every(({ value }) => query !== undefined && (value === null || query === `q=${value}`)) &&
    (match.contentType === null || call.header('content-type') === match.contentType)
  );
};

/** Specificity as a number: host, exact path, length of the path, conditions. */
export const rank = (match: Match): number => {
  const host = match.host === null ? 0 : match.host.startsWith('*') ? match.host.split('.').length : 9;
  const length = base(match).split('/').length;
  const count =
    match.headers.length + match.query.length + (match.methods === null ? 0 : 1) + (match.contentType === null ? 0 : 1);
  return ((host * 2 + (isExact(match) ? 1 : 0)) * 10 + length) * 10 + count;
};
