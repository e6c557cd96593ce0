import test from 'ava';
import * as fc from 'fast-check';
import { anyMatch, arrivals, fits, matches, rank } from '../../test/helpers/small-universe.ts';
import type { Match } from '../table/table.ts';
import { conflicts } from './overlap.ts';

const base: Match = { ...anyMatch, path: '/a' };
const header = (value: string | null): Match['headers'] => [{ name: 'x', value }];

const pair = test.macro<[Partial<Match>, Partial<Match>, boolean]>((t, one, other, isTie) => {
  const a = { name: 'a', match: { ...base, ...one } };
  const b = { name: 'b', match: { ...base, ...other } };
  t.deepEqual(conflicts([a, b]), isTie ? [{ a: 'a', b: 'b', kind: 'tie' }] : []);
  t.is(conflicts([b, a]).length, isTie ? 1 : 0);
});
test('equal routes tie', pair, {}, {}, true);
test('other paths do not tie', pair, {}, { path: '/b' }, false);
test('two spellings of one path tie', pair, { path: '/%61' }, {}, true);
test('paths that differ in case tie only if one minds none', pair, { path: '/a/**' }, { path: '/A', iis: true }, true);
test('paths that differ in case and mind it do not tie', pair, {}, { path: '/A' }, false);
test('an exact path is before one that takes suffixes', pair, {}, { iis: true }, false);
test('a host is before none', pair, { host: 'h' }, {}, false);
test('a name below a host is before the wildcard', pair, { host: 'a.h' }, { host: '*.h' }, false);
test('more conditions are before fewer', pair, { headers: header('1') }, {}, false);
test('as many conditions on other things tie', pair, { headers: header('1') }, { methods: ['GET'] }, true);
test('any value meets one value', pair, { headers: header('1') }, { headers: header(null) }, true);
test('two values never meet', pair, { headers: header('1') }, { headers: header('2') }, false);
test('two values of one query parameter never meet', pair, { query: header('1') }, { query: header('2') }, false);
test('no method in common, no tie', pair, { methods: ['GET'] }, { methods: ['PUT'] }, false);
test('two media types never meet', pair, { contentType: 'a/b' }, { contentType: 'a/c' }, false);

const lost = test.macro<[Partial<Match>, boolean]>((t, given, isLost) => {
  const found = conflicts([{ name: 'a', match: { ...base, ...given } }]);
  t.deepEqual(found, isLost ? [{ a: 'a', b: 'a', kind: 'never' }] : []);
});
test('two values of one header never come', lost, { headers: [...header('1'), ...header('2')] }, true);
test('one value said twice may come', lost, { headers: [...header('1'), ...header(null)] }, false);
test('none of no methods ever comes', lost, { methods: [] }, true);
test('a path with dot segments never matches', lost, { path: '/a/../b' }, true);
test('a path with a slash that may be joined never matches', lost, { path: '/a//b' }, true);
test('a path with an encoded slash never matches', lost, { path: '/a%2fb/**' }, true);
test('a path with a dot or a space may match', lost, { path: '/.well-known/a%20b' }, false);

test('a route that contradicts itself ties with nobody', (t) => {
  const match = { ...base, methods: [] };
  t.deepEqual(
    conflicts([
      { name: 'a', match },
      { name: 'b', match: base },
      { name: 'c', match },
    ]).map(({ kind }) => kind),
    ['never', 'never'],
  );
});

test('three that tie are three pairs', (t) => {
  const all = ['a', 'b', 'c'].map((name) => ({ name, match: base }));
  t.deepEqual(
    conflicts(all).map(({ a, b }) => a + b),
    ['ab', 'ac', 'bc'],
  );
});

test('routes tie exactly if some call fits both with one rank, and one is lost exactly if no call fits it', (t) => {
  fc.assert(
    fc.property(matches, matches, (a, b) => {
      const found = conflicts([
        { name: 'a', match: a },
        { name: 'b', match: b },
      ]);
      const lostNames = [a, b].map((one) => !arrivals.some((call) => fits(one, call)));
      const isTie = rank(a) === rank(b) && arrivals.some((call) => fits(a, call) && fits(b, call));
      t.is(
        found.some(({ kind }) => kind === 'tie'),
        isTie,
      );
      t.deepEqual(
        found.filter(({ kind }) => kind === 'never').map((one) => one.b),
        ['a', 'b'].filter((_, i) => lostNames[i]),
      );
    }),
    { numRuns: 300 },
  );
});
