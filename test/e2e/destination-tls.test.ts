// Destinations behind TLS: whom the gateway trusts, who it is to them, and what it says when that does not fit.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket, TlsOptions } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { check as command } from '../../gateway/cli/commands/check.ts';
import { compiled } from '../../gateway/cli/commands/compiled.ts';
import { authority, type Authority, type Certificate } from '../helpers/certificates.ts';
import { where } from '../helpers/components.ts';
import { eventually, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';
import { bindingOf, folderWith, wsdlOf } from '../helpers/wsdl.ts';

const secured = where(test, 'openssl');

interface Seen {
  readonly servername: string | false;
  /** Common name of the certificate that the gateway showed; null: none. */
  readonly client: string | null;
}

interface SecureUpstream {
  readonly port: number;
  /** One a call. */
  readonly seen: Seen[];
}

const upstream = async (
  t: ExecutionContext,
  own: Certificate,
  more: TlsOptions = {},
  wait: () => Promise<void> = () => Promise.resolve(),
): Promise<SecureUpstream> => {
  const seen: Seen[] = [];
  const note = (socket: TLSSocket) =>
    seen.push({
      servername: (socket as TLSSocket & { servername: string | false }).servername,
      client: (socket.getPeerCertificate().subject?.CN as string | undefined) ?? null,
    });
  const server = createServer({ cert: await readFile(own.cert), key: await readFile(own.key), ...more }, (req, res) => {
    note(req.socket as TLSSocket);
    req.resume().on('end', () => void wait().then(() => res.end('secure')));
  });
  server.on('upgrade', (req, socket) => {
    note(req.socket as TLSSocket);
    t.teardown(() => void socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
    socket.on('data', (bytes) => socket.write(bytes));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
};

/** openssl's own server: it ends a handshake with an alert, as servers other than Node's do. */
const strict = async (t: ExecutionContext, own: Certificate, more: readonly string[]): Promise<SecureUpstream> => {
  const args = ['s_server', '-accept', '127.0.0.1:0', '-cert', own.cert, '-key', own.key, ...more];
  const child = spawn('openssl', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  t.teardown(() => child.kill('SIGKILL'));
  const port = await new Promise<number>((resolve) => {
    let out = '';
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString();
      const found = /^ACCEPT \S*:(\d+)$/m.exec(out);
      if (found !== null) resolve(Number(found[1]));
    });
  });
  return { port, seen: [] };
};

const rig = async (t: ExecutionContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-destination-tls-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const [ca, stranger] = [await authority(folder, 'authority'), await authority(folder, 'stranger')];
  return { folder, ca, stranger, own: await ca.issue('upstream') };
};

/** Both carriers: `/soap` goes by our relay, `/plain` by http-proxy-middleware. */
const routed = (port: number, tls: string, host = '127.0.0.1'): string => `
destinations:
  service: { adapter: soap, url: 'https://${host}:${port}/soap', ${tls} }
  plain: { adapter: http, url: 'https://${host}:${port}', ${tls} }
routes:
  soap: { match: { path: /soap }, protocol: soap, legacy: service }
  plain: { match: { path: /plain/** }, legacy: plain }
`;

const post = (gateway: Gateway, path: string) =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml' },
    body: '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><a xmlns="urn:a"/></Body></Envelope>',
  });

const upgrade = (gateway: Gateway): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let got = '';
    socket.on('error', reject);
    socket.on('close', () => resolve(got));
    socket.on('data', (bytes) => {
      got += bytes.toString();
      if (got.includes('hello')) socket.destroy();
    });
    socket.write('GET /plain/x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });

const warnings = (gateway: Gateway): string[] =>
  gateway.lines().flatMap(({ msg }) => (String(msg).startsWith('destination ') ? [String(msg)] : []));

secured(
  'a destination whose authority the file names is met by both carriers and by upgrades, by the name of its url',
  async (t) => {
    const { ca, own } = await rig(t);
    const up = await upstream(t, own);
    const gateway = await gatewayHere(t, routed(up.port, `tls: { ca: '${ca.cert}' }`, 'localhost'));
    for (const path of ['/soap', '/plain/1']) t.is(await (await post(gateway, path)).text(), 'secure', path);
    t.regex(await upgrade(gateway), /101 Switching.*hello/s);
    t.is(up.seen.length, 3);
    for (const one of up.seen) t.deepEqual(one, { servername: 'localhost', client: null });
    t.deepEqual(warnings(gateway), []);
  },
);

secured('the name that the file gives is asked for and checked, whatever the client calls the gateway', async (t) => {
  const { ca } = await rig(t);
  const up = await upstream(t, await ca.issue('orders', { names: 'DNS:orders.internal' }));
  const gateway = await gatewayHere(t, routed(up.port, `tls: { ca: '${ca.cert}', servername: orders.internal }`));
  for (const path of ['/soap', '/plain/1']) t.is((await post(gateway, path)).status, 200, path);
  t.regex(await upgrade(gateway), /101 Switching/);
  t.deepEqual(new Set(up.seen.map(({ servername }) => servername)), new Set(['orders.internal']));
});

secured('an address is checked as one, and no name is asked for', async (t) => {
  const { ca, own } = await rig(t);
  const up = await upstream(t, own);
  const gateway = await gatewayHere(t, routed(up.port, `tls: { ca: '${ca.cert}' }`));
  for (const path of ['/soap', '/plain/1']) t.is((await post(gateway, path)).status, 200, path);
  t.is(up.seen.length, 2);
  for (const one of up.seen) t.deepEqual(one, { servername: false, client: null });
});

secured('the gateway shows its certificate to a destination that asks for one, on every carrier', async (t) => {
  const { ca, own } = await rig(t);
  const who = await ca.issue('gateway');
  const up = await upstream(t, own, { ca: ca.pem, requestCert: true });
  const tls = `tls: { ca: '${ca.cert}', cert: '${who.cert}', key: '${who.key}' }`;
  const gateway = await gatewayHere(t, routed(up.port, tls, 'localhost'));
  for (const path of ['/soap', '/plain/1']) t.is((await post(gateway, path)).status, 200, path);
  t.regex(await upgrade(gateway), /101 Switching/);
  t.deepEqual(new Set(up.seen.map(({ client }) => client)), new Set(['gateway']));
});

interface Refused {
  readonly how: (made: { ca: Authority; stranger: Authority; own: Certificate }) => Promise<{
    readonly server: Certificate;
    /** Of openssl's own server, which ends handshakes as most servers do; null: ours. */
    readonly openssl?: readonly string[];
    readonly tls: string;
    readonly host?: string;
  }>;
  readonly says: RegExp;
}

const refused: Readonly<Record<string, Refused>> = {
  'an authority nobody named': {
    how: ({ own }) => Promise.resolve({ server: own, tls: '' }),
    says: /not vouched for \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\); expected one signed by a well-known authority; name the file of its authority in tls\.ca/,
  },
  'another authority than the file names': {
    how: ({ own, stranger }) => Promise.resolve({ server: own, tls: `tls: { ca: '${stranger.cert}' }` }),
    says: /not vouched for .*; expected one signed by an authority in tls\.ca; add its authority to that file/,
  },
  'another name': {
    how: async ({ ca }) => ({
      server: await ca.issue('other', { names: 'DNS:other.internal' }),
      tls: `tls: { ca: '${ca.cert}' }`,
      host: 'localhost',
    }),
    says: /the certificate is not for localhost: .*DNS:other\.internal.*; correct the url, or say in tls\.servername/,
  },
  'a certificate that has ended': {
    how: async ({ ca }) => ({ server: await ca.issue('old', { isOver: true }), tls: `tls: { ca: '${ca.cert}' }` }),
    says: /the certificate of 127\.0\.0\.1 has ended; expected one that is valid today; renew it there/,
  },
  'a client certificate that is wanted, over TLS 1.3': {
    how: ({ ca, own }) =>
      Promise.resolve({
        server: own,
        openssl: ['-CAfile', ca.cert, '-Verify', '1', '-verify_return_error', '-tls1_3'],
        tls: `tls: { ca: '${ca.cert}' }`,
      }),
    says: /127\.0\.0\.1 wants a client certificate \(\w+\); name one in tls\.cert and tls\.key/,
  },
  'a client certificate that is wanted, over TLS 1.2': {
    how: ({ ca, own }) =>
      Promise.resolve({
        server: own,
        openssl: ['-CAfile', ca.cert, '-Verify', '1', '-verify_return_error', '-tls1_2'],
        tls: `tls: { ca: '${ca.cert}' }`,
      }),
    says: /wants a client certificate|or it wants a client certificate: name one in tls\.cert/,
  },
  'a client certificate of a stranger, over TLS 1.3': {
    how: async ({ ca, own, stranger }) => {
      const who = await stranger.issue('impostor');
      return {
        server: own,
        openssl: ['-CAfile', ca.cert, '-Verify', '1', '-verify_return_error', '-tls1_3'],
        tls: `tls: { ca: '${ca.cert}', cert: '${who.cert}', key: '${who.key}' }`,
      };
    },
    says: /127\.0\.0\.1 turned the certificate of tls\.cert away \(\w+\); expected one that it trusts/,
  },
  'a client certificate of a stranger, over TLS 1.2': {
    how: async ({ ca, own, stranger }) => {
      const who = await stranger.issue('impostor');
      return {
        server: own,
        openssl: ['-CAfile', ca.cert, '-Verify', '1', '-verify_return_error', '-tls1_2'],
        tls: `tls: { ca: '${ca.cert}', cert: '${who.cert}', key: '${who.key}' }`,
      };
    },
    says: /127\.0\.0\.1 turned the certificate of tls\.cert away \(\w+\); expected one that it trusts/,
  },
};

for (const [what, { how, says }] of Object.entries(refused)) {
  secured(
    `${what}: nothing of the call was sent, so that a write goes to legacy; the log says what to do, once`,
    async (t) => {
      const { server, openssl = null, tls, host = '127.0.0.1' } = await how(await rig(t));
      const up = openssl === null ? await upstream(t, server) : await strict(t, server, openssl);
      const legacy = await listen(t, (req, res) => void req.resume().on('end', () => res.end('legacy')));
      const modern = `adapter: http, url: 'https://${host}:${up.port}', ${tls}`;
      const gateway = await gatewayHere(
        t,
        `
destinations: { old: { adapter: http, url: '${legacy}' }, young: { ${modern} } }
routes:
  split: { match: { path: /split/** }, legacy: old, modern: young, weight: 100, effect: write }
  plain: { match: { path: /plain/** }, legacy: young }
`,
      );
      for (const path of ['/split/1', '/split/2']) t.is(await (await post(gateway, path)).text(), 'legacy');
      const told = await post(gateway, '/plain/1');
      t.is(told.status, 503);
      t.is(told.headers.get('retry-after'), '5');
      t.deepEqual(up.seen, []);
      t.is(await gateway.metric('strangler_fallbacks_total', { reason: 'connect' }), 2);
      await eventually(() => warnings(gateway).length > 0);
      t.regex(warnings(gateway)[0] ?? '', /^destination young: /);
      t.regex(warnings(gateway)[0] ?? '', says);
      t.is(warnings(gateway).length, 1);
    },
  );
}

test('who hangs up before TLS stands has taken no connection: a write goes on, and with nobody else its client is told when to come again', async (t) => {
  const hangsUp = await rawUpstream(t, (socket) => socket.end());
  const legacy = await listen(t, (req, res) => void req.resume().on('end', () => res.end('legacy')));
  const gateway = await gatewayHere(
    t,
    `
destinations: { old: { adapter: http, url: '${legacy}' }, young: { adapter: http, url: 'https://127.0.0.1:${hangsUp.port}' } }
routes:
  split: { match: { path: /split/** }, legacy: old, modern: young, weight: 100, effect: write, fallback: { on: [connect] } }
  alone: { match: { path: /alone/** }, modern: young, weight: 100, operations: { POST /alone/1: {} } }
`,
  );
  t.is(await (await post(gateway, '/split/1')).text(), 'legacy');
  const told = await post(gateway, '/alone/1');
  t.is(told.status, 503);
  t.is(told.headers.get('retry-after'), '5');
});

secured(
  'new files serve new connections, the call under way ends as it began, and files that do not fit change nothing',
  async (t) => {
    const { folder, ca, own } = await rig(t);
    const [first, second] = [await ca.issue('first'), await ca.issue('second')];
    const here: Certificate = { cert: join(folder, 'here.pem'), key: join(folder, 'here.key') };
    const take = async (from: Certificate) => {
      await cp(from.key, here.key);
      await cp(from.cert, here.cert);
    };
    await take(first);
    let free = (): void => undefined;
    let isHeld = false;
    const up = await upstream(t, own, { ca: ca.pem, requestCert: true }, () => {
      if (!isHeld) return Promise.resolve();
      isHeld = false;
      return new Promise((resolve) => (free = resolve));
    });
    const tls = `tls: { ca: '${ca.cert}', cert: '${here.cert}', key: '${here.key}' }`;
    const gateway = await gatewayHere(t, routed(up.port, tls));
    const shown = async (path: string) => {
      t.is((await post(gateway, path)).status, 200);
      return up.seen.at(-1)?.client;
    };
    t.is(await shown('/soap'), 'first');
    t.is(await shown('/plain/1'), 'first');
    isHeld = true;
    const slow = post(gateway, '/soap');
    await eventually(() => up.seen.length === 3);
    await take(second);
    await eventually(async () => (await shown('/soap')) === 'second' && (await shown('/plain/1')) === 'second');
    free();
    t.is(await (await slow).text(), 'secure');
    await writeFile(here.key, 'nonsense');
    await eventually(() => gateway.lines().some(({ msg }) => /here\.key has no private key/.test(String(msg))));
    t.is(await shown('/soap'), 'second');
    await take(first);
    await eventually(async () => (await shown('/soap')) === 'first');
  },
);

/** As `strangler check FILE`. */
const check = async (folder: string, name: string): Promise<{ lines: string[]; code: number }> => {
  let told = '';
  const io = { stdout: { write: () => true }, stderr: { write: (text: string) => (told += text) } };
  const code = await command({ config: [join(folder, name)], output: 'table', validateMore: compiled }, io);
  return { lines: told.replaceAll(`${folder}/`, '').trimEnd().split('\n'), code };
};

/** What it says first of a destination with this `tls`. */
const checked = async (folder: string, tls: string, url = 'https://127.0.0.1:1'): Promise<string> => {
  const yaml = `destinations:\n  up:\n    adapter: http\n    url: ${url}\n    tls:\n${tls}\nroutes: { all: { match: { path: /** }, legacy: up } }\n`;
  await writeFile(join(folder, 'routes.config.yaml'), yaml);
  return (await check(folder, 'routes.config.yaml')).lines[0] ?? '';
};

secured(
  'files that cannot be used are told at their line, with what was found there; no line shows what is in a key',
  async (t) => {
    const { folder, own, stranger } = await rig(t);
    await writeFile(join(folder, 'nonsense.pem'), 'nonsense');
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    await writeFile(join(folder, 'broken.pem'), broken);
    const says = (tls: string) => checked(folder, tls);
    t.is(
      await says('      ca: none.pem'),
      'routes.config.yaml:6:11  error  destinations.up.tls.ca: none.pem cannot be read: ENOENT; expected a PEM file',
    );
    t.is(
      await says('      ca: nonsense.pem'),
      'routes.config.yaml:6:11  error  destinations.up.tls.ca: nonsense.pem has no certificate; expected PEM',
    );
    t.is(
      await says('      ca: broken.pem'),
      'routes.config.yaml:6:11  error  destinations.up.tls.ca: broken.pem has a certificate that cannot be read; expected PEM',
    );
    t.is(
      await says(`      cert: ${own.cert}\n      key: nonsense.pem`),
      'routes.config.yaml:7:12  error  destinations.up.tls.key: nonsense.pem has no private key that can be read; expected PEM without a passphrase',
    );
    t.is(
      await says(`      cert: ${own.cert}\n      key: ${stranger.key}`),
      'routes.config.yaml:7:12  error  destinations.up.tls.key: the key stranger.key does not belong to the certificate upstream.pem; expected a pair',
    );
    t.regex(
      await says(`      cert: ${own.cert}`),
      /^routes\.config\.yaml:\d+:\d+ {2}error {2}destinations\.up\.tls: .*cert and key, or neither/,
    );
    t.regex(
      await says('      servername: 10.0.0.7'),
      /^routes\.config\.yaml:6:19 {2}error .*a host name, such as orders\.internal/,
    );
    t.regex(
      await checked(folder, `      ca: ${own.cert}`, 'http://127.0.0.1:1'),
      /^routes\.config\.yaml:\d+:\d+ {2}error {2}destinations\.up\.tls: is for an https url; this one is http/,
    );
  },
);

test('a WSDL whose service wants what ends at the gateway is told at the line of its route, and at the start too', async (t) => {
  const policy = `<p:Policy u:Id="B_policy" xmlns:sp="http://schemas.xmlsoap.org/ws/2005/07/securitypolicy"><p:ExactlyOne><p:All>
    <sp:TransportBinding><p:Policy><sp:TransportToken><p:Policy><sp:HttpsToken RequireClientCertificate="true"/></p:Policy></sp:TransportToken></p:Policy></sp:TransportBinding>
    <sp:SignedSupportingTokens><p:Policy><sp:UsernameToken/></p:Policy></sp:SignedSupportingTokens></p:All></p:ExactlyOne></p:Policy>`;
  const wsdl = wsdlOf({ head: policy, binding: bindingOf('B', { inside: '<p:PolicyReference URI="#B_policy"/>' }) });
  const yaml = (
    scheme: string,
  ) => `destinations: { old: { adapter: soap, url: '${scheme}://127.0.0.1:1/a', wsdl: a.wsdl } }
routes:
  orders:
    match: { path: /a }
    protocol: soap
    legacy: old
`;
  const folder = await folderWith(t, { 'a.wsdl': wsdl, 'http.yaml': yaml('http'), 'https.yaml': yaml('https') });
  const http = await check(folder, 'http.yaml');
  t.is(http.code, 0);
  t.regex(
    http.lines[0] ?? '',
    /^http\.yaml:6:13 {2}warning {2}routes\.orders\.legacy: port Q of its WSDL asks for a client certificate/,
  );
  t.regex(
    http.lines[1] ?? '',
    /^http\.yaml:6:13 {2}warning {2}routes\.orders\.legacy: port Q of its WSDL takes credentials in messages over TLS only/,
  );
  const https = await check(folder, 'https.yaml');
  t.is(https.code, 1);
  t.regex(
    https.lines[0] ?? '',
    /^https\.yaml:6:\d+ {2}error {2}routes\.orders\.legacy: port Q of its WSDL asks for a client certificate/,
  );
  const gateway = await gatewayHere(t, yaml('http'), { prepare: (to) => writeFile(join(to, 'a.wsdl'), wsdl) });
  await eventually(() =>
    gateway.lines().some(({ msg }) => /has warnings: .*TransportWithMessageCredential/.test(String(msg))),
  );
});
