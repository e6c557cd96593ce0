import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { loadOrders, operationOf } from '../../test/helpers/contracts.ts';
import { component, where } from '../../test/helpers/components.ts';
import { RequestError } from '../errors.ts';
import { encodeRequest } from './contract/codec.ts';
import { wcf } from './contract/dialect.ts';
import { secure } from './security.ts';
import type { AuthSettings } from '../adapter.ts';
import type { SoapVersion } from './contract/xml/namespaces.ts';

const operation = operationOf(await loadOrders(), 'GetOrder');
const envelope = (version: SoapVersion = '1.1'): Buffer =>
  encodeRequest(operation, { orderId: '7' }, { version, dialect: wcf });

const python = component('zeep');
const withPython = where(test, 'zeep');
const verifier = join(import.meta.dirname, '../../test/clients/wsse/verify.py');
/** What somebody else's code finds proved in an envelope. */
const verify = (bytes: Buffer, password = ''): unknown =>
  JSON.parse(
    execFileSync(python!, [verifier, password], { input: bytes, stdio: ['pipe', 'pipe', 'inherit'] }).toString(),
  );

const folder = async (t: ExecutionContext): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'auth-'));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
};

/** A key with a passphrase, and its certificate. */
const certificate = async (t: ExecutionContext): Promise<{ cert: string; key: string; passphrase: string }> => {
  const at = await folder(t);
  const [cert, key, passphrase] = [join(at, 'cert.pem'), join(at, 'key.pem'), 'a passphrase'];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-subj', '/CN=gateway', '-days', '2'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert, '-passout', `pass:${passphrase}`], {
    stdio: 'ignore',
  });
  return { cert, key, passphrase };
};

const header = { header: true, mustUnderstand: true, timestamp: true };

for (const send of ['text', 'digest'] as const) {
  withPython(`a UsernameToken with the password as ${send} is accepted by a verifier of others`, async (t) => {
    const password = 'sécret <&> 1';
    const { envelope: secured, lines } = await secure({
      usernameToken: { user: 'gate<way>', password, send, timestamp: true },
    });
    t.deepEqual(lines, []);
    const kind = send === 'text' ? 'PasswordText' : 'PasswordDigest';
    const expected = { ...header, user: 'gate<way>', kind, proved: true };
    for (const version of ['1.1', '1.2'] as const)
      t.deepEqual(verify(secured(envelope(version), ''), password), expected);
    t.like(verify(secured(envelope(), ''), 'another'), { proved: false });
  });
}

test('a digest is made of a nonce of its own in each call, and never shows the password', async (t) => {
  const auth: AuthSettings = { usernameToken: { user: 'u', password: 'geheim', send: 'digest', timestamp: false } };
  const { envelope: secured } = await secure(auth);
  const [one, other] = [secured(envelope(), '').toString(), secured(envelope(), '').toString()];
  t.false(one.includes('geheim'));
  t.false(one.includes('Timestamp'));
  const nonce = /<wsse:Nonce[^>]*>([^<]*)/;
  t.not(nonce.exec(one)?.[1], nonce.exec(other)?.[1]);
  for (const [, id = ''] of one.matchAll(/wsu:Id="([^"]*)"/g)) t.notRegex(id, /:/);
});

withPython('Body and Timestamp are signed so that a verifier of others agrees, call after call', async (t) => {
  const { envelope: secured } = await secure({ signature: await certificate(t) });
  const blocks = '<a:Action xmlns:a="http://www.w3.org/2005/08/addressing">urn:x</a:Action>';
  for (const version of ['1.1', '1.2', '1.1'] as const) {
    const bytes = secured(envelope(version), blocks);
    t.deepEqual(verify(bytes), { ...header, signed: ['Body', 'Timestamp'], proved: true });
    const changed = Buffer.from(bytes.toString().replace('>7<', '>8<'));
    t.like(verify(changed), { proved: false });
  }
});

test('a body that imitates parts of an envelope is not secured', async (t) => {
  const { envelope: secured } = await secure({
    usernameToken: { user: 'u', password: 'p', send: 'text', timestamp: true },
  });
  for (const imitation of ['<x:Security xmlns:x="x"/>', '<s:Body/>', '<s:Header>', '</wsse:Security >']) {
    const bytes = Buffer.from(envelope().toString().replace('</s:Body>', `${imitation}</s:Body>`));
    t.throws(() => secured(bytes, ''), { instanceOf: RequestError });
  }
});

test('Basic and bearer are header lines, and leave the message as it is', async (t) => {
  const at = await folder(t);
  await writeFile(join(at, 'password'), 'open sesame\n');
  const basic = await secure({ basic: { user: 'Aladdin', passwordFile: join(at, 'password') } });
  // RFC 7617 §2
  t.deepEqual(basic.lines, ['Authorization', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==']);
  t.is(basic.envelope(envelope(), '').toString(), envelope().toString());
  t.deepEqual((await secure({ bearer: { token: 'abc.def' } })).lines, ['Authorization', 'Bearer abc.def']);
  await t.throwsAsync(secure({ bearer: { token: 'a\r\nX: y' } }), { message: /auth.bearer/ });
});

test('a key that cannot be read is told by its file, without its passphrase', async (t) => {
  const made = await certificate(t);
  const error = await t.throwsAsync(secure({ signature: { ...made, passphrase: 'wrong one' } }));
  t.true(error?.message.includes(made.key));
  t.false(String(error?.stack).includes('wrong one'));
});

test('nothing said, nothing added', async (t) => {
  const none = await secure(undefined);
  t.deepEqual(none.lines, []);
  t.is(none.envelope(envelope(), '').toString(), envelope().toString());
});
