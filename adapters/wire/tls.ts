// How an https destination is met: whom we trust, who we are to it, and what to say when the two of us do not agree.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsFiles } from '../adapter.ts';
import { SettingError } from '../errors.ts';

export interface Tls {
  /** For `tls.connect` and for an https agent. An address is no server name (RFC 6066 §3): empty, and the address itself is checked. */
  readonly options: { readonly secureContext?: SecureContext; readonly servername: string };
  /** What a failed handshake means and what to do; null: it failed for another reason. Told, too. */
  readonly explain: (error: Error) => string | null;
}

export interface OverTls {
  readonly url: string;
  readonly tls?: TlsFiles | undefined;
}

/** Null for a url that is not https. Rejects with a SettingError that says which file is wrong and how; nothing of a key is in it. */
export const openTls = async ({ url, tls = {} }: OverTls, tell: (what: string) => void): Promise<Tls | null> => {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:') return null;
  const host = hostname.replace(/^\[|\]$/g, '');
  const read = await readAll(tls);
  const asked = tls.servername ?? host;
  return {
    options: {
      ...(read === null ? {} : { secureContext: read }),
      servername: isIP(asked) === 0 ? asked : '',
    },
    explain: (error) => {
      const why = reasonOf(error, { asked, hasCa: tls.ca !== undefined, hasCert: tls.cert !== undefined });
      if (why !== null) tell(why);
      return why;
    },
  };
};

/** Null where the system's own will do. */
const readAll = async ({ ca, cert, key }: TlsFiles): Promise<SecureContext | null> => {
  if (ca === undefined && cert === undefined) return null;
  const authorities = ca === undefined ? null : await pem('ca', ca);
  if (authorities !== null) certificatesIn('ca', ca!, authorities);
  const own = cert === undefined || key === undefined ? null : await pair(cert, key);
  try {
    return createSecureContext({ ...(authorities === null ? {} : { ca: authorities }), ...own });
  } catch (cause) {
    throw new SettingError(['tls'], `the files cannot be used: ${(cause as Error).message}`, { cause });
  }
};

const pair = async (cert: string, key: string): Promise<{ readonly cert: Buffer; readonly key: Buffer }> => {
  const read = { cert: await pem('cert', cert), key: await pem('key', key) };
  const [first] = certificatesIn('cert', cert, read.cert);
  if (first?.checkPrivateKey(privateKey(key, read.key)) !== true)
    throw new SettingError(
      ['tls', 'key'],
      `the key ${key} does not belong to the certificate ${cert}; expected a pair`,
    );
  return read;
};

const pem = async (what: keyof TlsFiles, file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code = 'error' } = cause as NodeJS.ErrnoException;
    throw new SettingError(['tls', what], `${file} cannot be read: ${code}; expected a PEM file`, { cause });
  }
};

const block = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

const certificatesIn = (what: 'ca' | 'cert', file: string, bytes: Buffer): readonly X509Certificate[] => {
  const blocks = bytes.toString('latin1').match(block) ?? [];
  if (blocks.length === 0) throw new SettingError(['tls', what], `${file} has no certificate; expected PEM`);
  try {
    return blocks.map((text) => new X509Certificate(text));
  } catch (cause) {
    throw new SettingError(['tls', what], `${file} has a certificate that cannot be read; expected PEM`, { cause });
  }
};

const privateKey = (file: string, bytes: Buffer): ReturnType<typeof createPrivateKey> => {
  try {
    return createPrivateKey(bytes);
  } catch (cause) {
    const message = `${file} has no private key that can be read; expected PEM without a passphrase`;
    throw new SettingError(['tls', 'key'], message, { cause });
  }
};

interface Expected {
  readonly asked: string;
  readonly hasCa: boolean;
  readonly hasCert: boolean;
}

/** Where a write was waiting, Node says EPROTO, and OpenSSL's own words stand in the message alone. */
const codeOf = (error: Error): string => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const reason = code === 'EPROTO' ? /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(message)?.[1] : undefined;
  return reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`;
};

const unknownAuthority = /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_UNTRUSTED|INVALID_CA|CERT_CHAIN_TOO_LONG)/;
// Alerts about a certificate that was shown, or was not (RFC 8446 §6.2); OpenSSL has them under names of several versions.
const ofCertificate =
  /ALERT_(?:CERTIFICATE_\w+|BAD_CERTIFICATE\w*|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)$/;

/** The other side has turned our certificate away, or wants one. */
export const isOfCertificate = (error: Error): boolean => ofCertificate.test(codeOf(error));

const reasonOf = (error: Error, { asked, hasCa, hasCert }: Expected): string | null => {
  const code = codeOf(error);
  if (unknownAuthority.test(code)) {
    const [by, todo] = hasCa
      ? ['an authority in tls.ca', 'add its authority to that file']
      : ['a well-known authority', 'name the file of its authority in tls.ca'];
    return `the certificate of ${asked} is not vouched for (${code}); expected one signed by ${by}; ${todo}`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate is not for ${asked}: ${error.message.replace(/^.*altnames: /, '')}; correct the url, or say in tls.servername which name it has`;
  if (code === 'CERT_HAS_EXPIRED')
    return `the certificate of ${asked} has ended; expected one that is valid today; renew it there, or set this machine's clock`;
  if (code === 'CERT_NOT_YET_VALID')
    return `the certificate of ${asked} is not valid yet; expected one that is valid today; see to it there, or set this machine's clock`;
  if (isOfCertificate(error)) {
    return hasCert
      ? `${asked} turned the certificate of tls.cert away (${code}); expected one that it trusts and that is valid today; have it issued by an authority that it knows`
      : `${asked} wants a client certificate (${code}); name one in tls.cert and tls.key`;
  }
  if (code.endsWith('HANDSHAKE_FAILURE'))
    return `${asked} ended the handshake (${code}); expected a protocol and cipher that both have${hasCert ? '' : ', or it wants a client certificate: name one in tls.cert and tls.key'}`;
  if (/PROTOCOL_VERSION$|UNSUPPORTED_PROTOCOL$/.test(code))
    return `${asked} speaks no version of TLS that is used here (${code}); expected TLS 1.2 or 1.3`;
  if (/WRONG_VERSION_NUMBER$|PACKET_LENGTH_TOO_LONG$/.test(code))
    return `${asked} answered with what is no TLS (${code}); expected https; correct the scheme or port of the url`;
  return null;
};
