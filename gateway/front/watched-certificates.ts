// New files of `gateway.tls` serve new connections; those that are open stay as they are.
import type { Events } from '../events.ts';
import { watch } from '../config/watch.ts';
import { readCertificates, type Certificates, type TlsFiles } from './certificates.ts';

export interface Rotation {
  readonly files: TlsFiles;
  readonly take: (certificates: Certificates) => void;
  readonly events: Events;
  readonly now: () => number;
  readonly broken: (error: unknown) => void;
}

/** A pair that does not fit changes nothing and is told once, until the files change again. Resolves to the function that ends it. */
export const watchCertificates = ({ files, take, events, now, broken }: Rotation): Promise<() => void> => {
  const paths = [files.cert, files.key, ...(files.clientCa === undefined ? [] : [files.clientCa])];
  const reload = async (): Promise<void> => {
    try {
      const found = await readCertificates(files);
      take(found);
      events.emit({ type: 'certificate-taken', at: now(), source: 'file', until: found.until });
    } catch (error) {
      events.emit({ type: 'certificate-rejected', at: now(), why: (error as Error).message });
    }
  };
  return watch(() => paths, reload, { onError: broken });
};
