import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Resolves with where it listens, as `host:port`: port 0 is one that the system chose. */
export const listen = (http: Server, { host, port }: { host: string; port: number }): Promise<string> =>
  new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      const bound = http.address() as AddressInfo;
      resolve(bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`);
    });
  });
