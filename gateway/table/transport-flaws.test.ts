import test from 'ava';
import { load } from '../config/load.ts';
import { memoryDisk } from '../config/memory-disk.ts';
import { transportFlaws } from './transport-flaws.ts';
import type { Contract, Destination, PortTransport } from '../../adapters/adapter.ts';

const plain = { port: 'Plain', clientCertificate: false, credentials: false };
const certified = { port: 'Certified', clientCertificate: true, credentials: false };
const credentialed = { port: 'Credentialed', clientCertificate: false, credentials: true };

const flaws = async (destination: string, transports: readonly PortTransport[]) => {
  const yaml = `destinations: { old: { adapter: soap, wsdl: a.wsdl, ${destination} } }
routes: { orders: { match: { path: /a }, protocol: soap, legacy: old } }`;
  const { config } = await load(['routes.config.yaml'], {}, memoryDisk({ 'routes.config.yaml': yaml }));
  if (config === null) throw new Error('the file is wrong');
  const contract: Contract = { hash: '', operations: new Map(), transports };
  const opened = new Map([['old', { destination: { contract } as Destination, fingerprint: '' }]]);
  return transportFlaws(config, opened);
};

const https = "url: 'https://a/a'";
const http = "url: 'http://a/a'";

test('a client certificate that every port wants and the destination does not show is an error at the route', async (t) => {
  t.deepEqual(await flaws(https, [certified]), [
    {
      path: ['routes', 'orders', 'legacy'],
      severity: 'error',
      message:
        'port Certified of its WSDL asks for a client certificate, and those of the clients end at the gateway; expected tls.cert and ' +
        'tls.key on destination old, one certificate for all clients, or TLS that passes by the gateway',
    },
  ]);
  t.deepEqual(await flaws(`${https}, tls: { cert: a.pem, key: a.key }`, [certified]), []);
});

test('where another port can be called, or something else ends TLS before the service, it is a warning', async (t) => {
  for (const [destination, ports] of [
    [https, [certified, plain]],
    [http, [certified]],
  ] as const)
    t.deepEqual(
      (await flaws(destination, ports)).map(({ severity }) => severity),
      ['warning'],
    );
});

test('credentials in messages over TLS, to a service that is asked over http, are a warning that says both ways out', async (t) => {
  const found = await flaws(http, [credentialed, { ...credentialed, port: 'Other' }, plain]);
  t.deepEqual(found, [
    {
      path: ['routes', 'orders', 'legacy'],
      severity: 'warning',
      message:
        'ports Credentialed, Other of its WSDL take credentials in messages over TLS only (WCF: TransportWithMessageCredential), and ' +
        'destination old is asked over http; expected an https url, or a binding there that takes http (allowInsecureTransport)',
    },
  ]);
  t.deepEqual(await flaws(https, [credentialed]), []);
});

test('a contract that asks for nothing, or says nothing of connections, has no flaw', async (t) => {
  t.deepEqual(await flaws(http, [plain]), []);
  t.deepEqual(await flaws(http, []), []);
});
