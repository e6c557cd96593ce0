import test from 'ava';
import { conflicts } from './conflicts.ts';
import type { Match } from './schema.ts';

const base: Match = { path: '/a', host: null, methods: null, headers: [], query: [], contentType: null, iis: false };
const header = (value: string | null) => [{ name: 'x', value }];

const tie = test.macro((t, one: Partial<Match>, other: Partial<Match>, expected: boolean) => {
  const a = { name: 'one', match: { ...base, ...one } };
  const b = { name: 'other', match: { ...base, ...other } };
  t.deepEqual(conflicts([a, b]), expected ? [['one', 'other']] : []);
  t.is(conflicts([b, a]).length, expected ? 1 : 0);
});

test('equal routes tie', tie, {}, {}, true);
test('other paths do not', tie, {}, { path: '/b' }, false);
test('paths that differ in case do not', tie, {}, { path: '/A' }, false);
test(
  'paths that differ in case tie when both are compared as IIS does',
  tie,
  { iis: true },
  { path: '/A', iis: true },
  true,
);
test('an exact path is before one that takes suffixes', tie, {}, { iis: true }, false);
test('an exact path is before its prefix', tie, {}, { path: '/a/**' }, false);
test('a path with suffixes ties with its prefix', tie, { iis: true }, { path: '/a/**' }, true);
test('a longer prefix is before a shorter one', tie, { path: '/a/**' }, { path: '/a/b/**' }, false);
test('a host is before none', tie, { host: 'h' }, {}, false);
test('the same host ties', tie, { host: 'h' }, { host: 'h' }, true);
test('other hosts never meet', tie, { host: 'h' }, { host: 'i' }, false);
test('more conditions are before fewer', tie, { headers: header('1') }, {}, false);
test('conditions on different things tie', tie, { headers: header('1') }, { methods: ['GET'] }, true);
test('methods in common tie', tie, { methods: ['GET', 'PUT'] }, { methods: ['PUT'] }, true);
test('no method in common is no tie', tie, { methods: ['GET'] }, { methods: ['PUT'] }, false);
test('other values of one header never meet', tie, { headers: header('1') }, { headers: header('2') }, false);
test('any value meets a value', tie, { headers: header('1') }, { headers: header(null) }, true);
test('other values of one query parameter never meet', tie, { query: header('1') }, { query: header('2') }, false);
test('other content types never meet', tie, { contentType: 'a/b' }, { contentType: 'a/c' }, false);

test('every pair is told', (t) => {
  const routes = ['a', 'b', 'c'].map((name) => ({ name, match: base }));
  t.deepEqual(conflicts(routes), [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
  ]);
});
