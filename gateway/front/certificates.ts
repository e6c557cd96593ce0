// The files of `gateway.tls`: read, checked to fit each other, and taken anew when they change (decision 21).
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
}

export interface Certificates {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Who vouches for client certificates; null: nobody. */
  readonly ca: Buffer | null;
  /** When the first certificate of the chain ends; milliseconds since 1970. */
  readonly until: number;
}

/** Its message says which file is wrong and how. */
export class CertificateError extends Error {
  readonly code = 'ERR_CERTIFICATE';
}

/** Rejects with a CertificateError that says which file is wrong and how; nothing of a key is in it. */
export const readCertificates = async (files: TlsFiles): Promise<Certificates> => {
  const [cert, key] = [await read('cert', files.cert), await read('key', files.key)];
  const ca = files.clientCa === undefined ? null : await read('clientCa', files.clientCa);
  const first = certificatesIn('cert', files.cert, cert)[0]!;
  if (ca !== null) certificatesIn('clientCa', files.clientCa!, ca);
  if (!first.checkPrivateKey(privateKey(files.key, key)))
    throw new CertificateError(
      `the key ${files.key} does not belong to the certificate ${files.cert}; expected a pair`,
    );
  createSecureContext({ cert, key, ...(ca === null ? {} : { ca }) }); // as the server will, to hear its objections now
  return { cert, key, ca, until: new Date(first.validTo).getTime() };
};

const read = async (what: string, file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CertificateError(`${what} ${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'error'}`, {
      cause,
    });
  }
};

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const certificatesIn = (what: string, file: string, pem: Buffer): readonly X509Certificate[] => {
  const blocks = pem.toString('latin1').match(block) ?? [];
  if (blocks.length === 0) throw new CertificateError(`${what} ${file} has no certificate; expected PEM`);
  try {
    return blocks.map((text) => new X509Certificate(text));
  } catch (cause) {
    throw new CertificateError(`${what} ${file} has a certificate that cannot be read; expected PEM`, { cause });
  }
};

const privateKey = (file: string, pem: Buffer): ReturnType<typeof createPrivateKey> => {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new CertificateError(`key ${file} is no private key that can be read; expected PEM without a passphrase`, {
      cause,
    });
  }
};
