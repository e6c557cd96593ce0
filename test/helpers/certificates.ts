// Certificates made by openssl in a folder of the test's own: an authority, and who it vouches for.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificate {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /** PEM, for clients that are to trust it. */
  readonly pem: Buffer;
  /** Vouches for a name; a server's is good for `localhost` and 127.0.0.1, or for `names`. */
  issue(name: string, how?: Issuing): Promise<Certificate>;
}

export interface Issuing {
  /** As openssl has them: `DNS:orders.internal,IP:127.0.0.1`. */
  readonly names?: string;
  /** It ended yesterday. */
  readonly isOver?: boolean;
}

const run = promisify(execFile);
const fresh = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/** Tests that ask for one ask for the component `openssl` first. */
export const authority = async (folder: string, name: string): Promise<Authority> => {
  const at = (file: string): Certificate => ({ cert: join(folder, `${file}.pem`), key: join(folder, `${file}.key`) });
  const own = at(name);
  await run('openssl', [...fresh, '-subj', `/CN=${name}`, '-keyout', own.key, '-out', own.cert]);
  return {
    ...own,
    pem: await readFile(own.cert),
    async issue(whom, { names = 'DNS:localhost,IP:127.0.0.1', isOver = false } = {}) {
      const extensions = join(folder, `${whom}.ext`);
      await writeFile(extensions, `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
      const made = at(whom);
      const request = join(folder, `${whom}.csr`);
      const asked = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      await run('openssl', [...asked, '-subj', `/CN=${whom}`, '-keyout', made.key, '-out', request]);
      const by = ['x509', '-req', '-CA', own.cert, '-CAkey', own.key, '-CAcreateserial', '-days', isOver ? '-1' : '2'];
      await run('openssl', [...by, '-in', request, '-extfile', extensions, '-out', made.cert]);
      return made;
    },
  };
};
