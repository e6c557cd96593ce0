// WS-Security towards legacy, on calls that the gateway makes itself; the only file that imports `soap`.
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { authorizationLines, secretOf } from '../auth.ts';
import { RequestError } from '../errors.ts';
import type { AuthSettings, Raw } from '../adapter.ts';

export interface Secure {
  /** Header lines of every request. */
  readonly lines: Raw;
  /**
   * Puts the security header and other `blocks` into an envelope of ours, which has no Header yet. Throws RequestError for a
   * body that imitates one.
   */
  readonly envelope: (bytes: Buffer, blocks: string) => Buffer;
}

const plain = (bytes: Buffer, blocks: string): Buffer => (blocks === '' ? bytes : withHeader(bytes, blocks));
/** Of every envelope that the codec writes for a request. */
const prefix = 's';

/** Rejects with an Error that names the file that cannot be read, or is no certificate or key. Never shows a secret. */
export const secure = async (auth: AuthSettings | undefined): Promise<Secure> => {
  const lines = await authorizationLines(auth);
  if (auth?.usernameToken !== undefined) return { lines, envelope: await usernameToken(auth.usernameToken) };
  if (auth?.signature !== undefined) return { lines, envelope: await signature(auth.signature) };
  return { lines, envelope: plain };
};

/** UsernameToken Profile 1.0 and 1.1: a nonce and a time of its own in each call. */
const usernameToken = async (how: NonNullable<AuthSettings['usernameToken']>): Promise<Secure['envelope']> => {
  const { WSSecurity } = await import('soap');
  const password = await secretOf(how.password, how.passwordFile);
  const security = new WSSecurity(how.user, password, {
    passwordType: how.send === 'digest' ? 'PasswordDigest' : 'PasswordText',
    hasNonce: how.send === 'digest',
    hasTimeStamp: how.timestamp,
    mustUnderstand: true,
    envelopeKey: prefix,
  });
  // Ids are made of the time, and an ID may not have a colon (XML Schema part 2 §3.3.8).
  const header = (): string =>
    security.toXML().replaceAll(/(wsu:Id="[^"]*")/g, (id) => id.replaceAll(/(?<!wsu):/g, '-'));
  return (bytes, blocks) => withHeader(bytes, blocks + header());
};

const xmldsig = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** X.509 Certificate Token Profile: Body and Timestamp signed, the certificate sent along. */
const signature = async (how: NonNullable<AuthSettings['signature']>): Promise<Secure['envelope']> => {
  const { WSSecurityCert } = await import('soap');
  const passphrase = how.passphrase ?? '';
  const key = await readPem(how.key, (pem) => createPrivateKey({ key: pem, passphrase }));
  // The first certificate is the signer's own; what else is in the file is its chain, which is not sent.
  const certificate = await readPem(how.cert, (pem) => new X509Certificate(pem).toString());
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' });
  return (bytes, blocks) => {
    const xml = withHeader(bytes, blocks).toString();
    // A signer keeps what it signed last: one for each call.
    const signer = new WSSecurityCert(privateKey, certificate, '', {
      hasTimeStamp: true,
      signatureTransformations: [exclusive],
      signatureAlgorithm: xmldsig,
    });
    return Buffer.from(signer.postProcess(xml, prefix));
  };
};

const readPem = async <T>(file: string, read: (pem: string) => T): Promise<T> => {
  const pem = await readFile(file, 'utf8');
  try {
    return read(pem);
  } catch (cause) {
    throw new Error(`${file} cannot be read as what it should be; expected a PEM file, and its passphrase`, { cause });
  }
};

const body = `<${prefix}:Body`;

const withHeader = (bytes: Buffer, blocks: string): Buffer => {
  const xml = bytes.toString();
  const at = xml.indexOf(body);
  // What a client may put in as XML must not be taken for the message's own Header or Body.
  if (at === -1 || xml.includes(body, at + 1) || /<\/?(?:[\w.-]+:)?(?:Security|Header)[\s>/]/.test(xml))
    throw new RequestError('', 'a body that has parts of an envelope in it, which cannot be signed or secured');
  return Buffer.from(`${xml.slice(0, at)}<${prefix}:Header>${blocks}</${prefix}:Header>${xml.slice(at)}`);
};
