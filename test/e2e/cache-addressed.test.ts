// Answers with WS-Addressing given from memory, before clients that look which of their messages an answer is to.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import anyTest, { type ExecutionContext } from 'ava';
import { compile, run } from '../../examples/orders/legacy-wcf/mono.ts';
import { component, where } from '../helpers/components.ts';
import { freePort } from '../helpers/free-port.ts';
import { root, startGateway } from '../helpers/gateway.ts';

const test = where(anyTest.serial, 'mono', 'zeep');
const assemblies = ['System.ServiceModel', 'System.Runtime.Serialization'];
const wsdl = join(root, 'test/services/addressed/Addressed.wsdl');

const compileService = (): Promise<string> =>
  compile({
    name: 'AddressedService',
    files: [join(root, 'test/services/addressed/AddressedService.cs')],
    assemblies: ['System.ServiceModel'],
  });

/** What a client prints that asks three times the same, and how often its service was asked. */
const asked = async (t: ExecutionContext, runtime: string, argsOf: (url: string) => readonly string[]) => {
  const wcf = await run(await compileService(), [String(await freePort())]);
  t.teardown(() => wcf.close());
  const gateway = await startGateway(
    t,
    `
destinations:
  old: { adapter: soap, url: '${wcf.url}', wsdl: '${wsdl}', rewriteTo: true }
routes:
  addressed:
    match: { path: /Addressed.svc }
    protocol: soap
    legacy: old
    operations: { Echo: { effect: read, cache: { ttl: 1m } } }`,
  );
  const { stdout } = await promisify(execFile)(runtime, argsOf(`${gateway.url}/Addressed.svc`), { timeout: 60_000 });
  const results = ['miss', 'hit', 'unkept', 'bypass'].map(async (result) => [
    result,
    await gateway.metric('strangler_cache_total', { result }),
  ]);
  return { lines: stdout.trimEnd().split('\n'), results: Object.fromEntries(await Promise.all(results)) as unknown };
};
const expected = { lines: ['echo a<ü>', 'echo a<ü>', 'echo a<ü>'], results: { miss: 1, hit: 2, unkept: 0, bypass: 0 } };

test('zeep gets the kept answer as one to its own message', async (t) => {
  const python = component('zeep')!;
  const script = join(root, 'test/clients/addressed/addressed.py');
  t.deepEqual(await asked(t, python, (url) => [script, url, wsdl, 'a<ü>', '3']), expected);
});

test('WCF, too', async (t) => {
  const program = await compile({
    name: 'AddressedClient',
    files: [join(root, 'test/clients/addressed/AddressedClient.cs')],
    assemblies,
    uses: [await compileService()],
  });
  t.deepEqual(await asked(t, component('mono')!, (url) => [program, url, 'a<ü>', '3']), expected);
});
