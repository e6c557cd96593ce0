import test from 'ava';
import { load } from './load.ts';
import { memoryDisk } from './memory-disk.ts';
import { stopPatience } from './stop-patience.ts';

const patience = test.macro(async (t, route: string, expected: number) => {
  const text = `
destinations:
  old: { adapter: http, url: 'http://a', timeout: 1m, connectTimeout: 1s }
  new: { adapter: http, url: 'http://b', timeout: 10s, connectTimeout: 1s }
routes: { all: { match: { path: /** }, legacy: old${route} } }`;
  const { config } = await load(['routes.config.yaml'], {}, memoryDisk({ 'routes.config.yaml': text }));
  t.is(stopPatience(config!), expected);
});

test('a call that may wait for a minute is waited for', patience, '', 61_000);
test('legacy may be asked after modern', patience, ', modern: new', 72_000);
test('the word of an operation holds', patience, ", operations: { 'GET /x': { timeout: 5m } }", 301_000);
test('a deadline ends it earlier', patience, ', deadline: 45s', 45_000);
test('it is 30 s at least', patience, ', timeout: 2s', 30_000);
test('and no more than a timer takes', patience, ', timeout: 500h, modern: new', 2 ** 31 - 1);
