import test from 'ava';
import { load } from './load.ts';
import { longestWait } from './longest-wait.ts';
import { memoryDisk } from './memory-disk.ts';

const longest = test.macro(async (t, said: string, expected: number) => {
  const text = `destinations: { a: { adapter: http, url: 'http://a', timeout: 2s } }
routes: { all: { match: { path: /** }, legacy: a, operations: { GET /report: { ${said} } } } }`;
  const { config } = await load(['routes.config.yaml'], {}, memoryDisk({ 'routes.config.yaml': text }));
  t.is(longestWait(config!), expected);
});
test('a destination’s timeout', longest, '', 2000);
test('or an operation’s own, where that is longer', longest, 'timeout: 5m', 300_000);
test('not where it is shorter', longest, 'timeout: 1s', 2000);
