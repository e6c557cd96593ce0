// Certificates that change under a running gateway (decision 21 of the design).
import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { authority, type Certificate } from '../helpers/certificates.ts';
import { where } from '../helpers/components.ts';
import { eventually, startGateway, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';

const secured = where(test, 'openssl');

/** A folder as Kubernetes lays a secret out: what is named links through `..data`, which is swapped whole. */
const secret = async (folder: string, pair: Certificate, version: string) => {
  const behind = join(folder, `..${version}`);
  await mkdir(behind);
  await cp(pair.cert, join(behind, 'tls.crt'));
  await cp(pair.key, join(behind, 'tls.key'));
  await symlink(`..${version}`, join(folder, '..tmp'));
  await rename(join(folder, '..tmp'), join(folder, '..data'));
};

const rig = async (t: ExecutionContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-reload-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const ca = await authority(folder, 'authority');
  const [first, second] = [await ca.issue('first'), await ca.issue('second')];
  const mounted = join(folder, 'secret');
  await mkdir(mounted);
  await secret(mounted, first, 'one');
  for (const name of ['tls.crt', 'tls.key']) await symlink(join('..data', name), join(mounted, name));
  const upstream = await listen(t, (_req, res) => res.end('ok'));
  const gateway = await gatewayHere(
    t,
    `
destinations: { up: { adapter: http, url: '${upstream}' } }
routes: { all: { match: { path: /** }, legacy: up } }
`,
    { gateway: `tls: { cert: '${mounted}/tls.crt', key: '${mounted}/tls.key' }` },
  );
  const open = (): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const port = Number(new URL(gateway.url).port);
      const socket = connect({ host: '127.0.0.1', port, ca: ca.pem, servername: 'localhost' }, () => resolve(socket));
      socket.on('error', reject);
      t.teardown(() => socket.destroy());
    });
  const shown = async (): Promise<string> => {
    const socket = await open();
    const name = socket.getPeerCertificate().subject.CN;
    socket.destroy();
    return String(name);
  };
  return { ca, first, second, mounted, gateway, open, shown };
};

const call = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('data', (bytes) => resolve(bytes.toString()));
    socket.once('close', () => resolve('closed'));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  });

const told = (gateway: Gateway, result: string) => gateway.metric('strangler_certificate_reloads_total', { result });

secured('a swapped secret serves new connections, and open ones go on', async (t) => {
  const { second, mounted, gateway, open, shown } = await rig(t);
  t.is(await shown(), 'first');
  t.true((await gateway.metric('strangler_certificate_not_after_seconds')) > Date.now() / 1000);
  const kept = await open();
  t.regex(await call(kept), /200 OK/);
  await secret(mounted, second, 'two');
  await eventually(async () => (await shown()) === 'second');
  t.regex(await call(kept), /200 OK/);
  t.is(await told(gateway, 'accepted'), 1);
  t.is(await told(gateway, 'rejected'), 0);
});

test('a pair that cannot be read at the start is told in one line, and nothing serves', async (t) => {
  const yaml = `destinations: { up: { adapter: http, url: 'http://x' } }\nroutes: { a: { match: { path: /a }, legacy: up } }`;
  const error = await t.throwsAsync(startGateway(t, yaml, { gateway: `tls: { cert: no.pem, key: no.key }` }));
  t.regex(error?.message ?? '', /ended with 1: strangler: gateway\.tls: cert .*no\.pem cannot be read: ENOENT\n$/);
});

secured('a pair that does not fit is told once, and the one before serves on until the next good one', async (t) => {
  const { ca, first, second, mounted, gateway, shown } = await rig(t);
  await secret(mounted, { cert: second.cert, key: first.key }, 'mixed');
  await eventually(async () => (await told(gateway, 'rejected')) === 1);
  t.is(await shown(), 'first');
  const rejections = () => gateway.lines().filter(({ msg }) => /TLS files were rejected/.test(String(msg)));
  await eventually(() => rejections().length > 0);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const lines = rejections();
  t.is(lines.length, 1);
  t.regex(String(lines[0]?.['msg']), /tls\.key does not belong to the certificate .*tls\.crt/);
  await writeFile(join(mounted, '..mixed', 'tls.crt'), 'nonsense');
  await eventually(async () => (await told(gateway, 'rejected')) === 2);
  await rm(join(mounted, 'tls.key'));
  await eventually(async () => (await told(gateway, 'rejected')) === 3);
  t.is(await shown(), 'first');
  await symlink(join('..data', 'tls.key'), join(mounted, 'tls.key'));
  await secret(mounted, await ca.issue('third'), 'three');
  await eventually(async () => (await shown()) === 'third');
});
