// A node:http server that can be ended at once, whoever is still connected.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly port: number;
  /** Ends it and every connection to it. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1, or on `host`; port 0 is any free one. Rejects when the port is taken. */
export const listening = async (
  handler: RequestListener,
  { port, host = '127.0.0.1' }: { port: number; host?: string | undefined },
): Promise<Listening> => {
  const server = createServer(handler);
  server.keepAliveTimeout = 65_000;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
