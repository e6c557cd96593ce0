import test from 'ava';
import { load } from './load.ts';
import { memoryDisk } from './memory-disk.ts';
import { restartKeys } from './restart-keys.ts';

const read = async (gateway: string, state = 'memory') => {
  const text = `gateway: { ${gateway} }\nstate: ${state}
destinations: { a: { adapter: http, url: 'http://a' } }\nroutes: { all: { match: { path: /** }, legacy: a } }`;
  const { config } = await load(['routes.config.yaml'], {}, memoryDisk({ 'routes.config.yaml': text }));
  return config!;
};

const waits = test.macro(async (t, gateway: string, state: string | undefined, expected: readonly string[]) => {
  t.deepEqual(restartKeys(await read(''), await read(gateway, state)), expected);
});

test('an address waits for a restart', waits, 'listen: 127.0.0.1:9999', undefined, ['gateway.listen']);
test('a default that is spelt out waits for none', waits, 'limits: { header: 64kb }', undefined, []);
test('of limits those are named that wait', waits, 'limits: { header: 32kb, held: 1mb }', undefined, [
  'gateway.limits.header',
]);
test('what bodies may take in all is in force at once', waits, 'limits: { held: 1mb }', undefined, []);
test('the name of the kill file waits', waits, 'killFile: kill', undefined, ['gateway.killFile']);
test('the state waits', waits, '', 'redis://127.0.0.1', ['state']);
test(
  'who is trusted, and for how long it drains, does not',
  waits,
  'trustedProxies: [10.0.0.1], drain: 1s',
  undefined,
  [],
);
