import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListenError } from './listen-error.ts';

export interface Place {
  readonly host: string;
  /** 0: one that the system chooses. */
  readonly port: number;
}

/** Resolves with where it listens, as `host:port`. Rejects with a ListenError; `key`: what of the file says so. */
export const listen = (http: Server, key: string, at: Place): Promise<string> =>
  new Promise((resolve, reject) => {
    http.once('error', (error) => reject(new ListenError(key, at, error)));
    http.listen(at.port, at.host, () => {
      const bound = http.address() as AddressInfo;
      resolve(bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`);
    });
  });
