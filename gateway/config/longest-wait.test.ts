import test from 'ava';
import { load } from './load.ts';
import { longestWait } from './longest-wait.ts';
import { memoryDisk } from './memory-disk.ts';

const longest = test.macro(async (t, said: string, expected: number, more?: string) => {
  const route = more ?? '';
  const text = `destinations:
  a: { adapter: http, url: 'http://a', timeout: 2s }
  b: { adapter: http, url: 'http://b', timeout: 1m }
routes: { all: { match: { path: /** }, legacy: a${route}, operations: { GET /report: { ${said} } } } }`;
  const { config } = await load(['routes.config.yaml'], {}, memoryDisk({ 'routes.config.yaml': text }));
  t.is(longestWait(config!), expected);
});
test('a destination’s timeout', longest, '', 2000);
test('or an operation’s own, where that is longer', longest, 'timeout: 5m', 300_000);
test('not where it is shorter', longest, 'timeout: 1s', 2000);
test('legacy may be asked after a modern that hung', longest, '', 62_000, ', modern: b');
test('and is not without fallback', longest, '', 60_000, ', modern: b, fallback: off');
test('no more than a timer takes', longest, 'timeout: 500h', 2 ** 31 - 1, ', modern: b');
