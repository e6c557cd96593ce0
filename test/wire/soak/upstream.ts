// A destination that takes and gives bodies of any length, at any pace, and echoes WebSocket frames.
import { createHash, type Hash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ExecutionContext } from 'ava';
import { blocks } from './blocks.ts';
import { echoed } from './frames.ts';

export interface SoakUpstream {
  readonly url: string;
  /** Bytes of bodies that the kernel took so far. */
  readonly given: number;
  /** While this is set, bodies that come are left where they are. */
  holds(wait: Promise<void> | null): void;
}

/** Answers a call with `x-seen`, the hash of its body, and as many bytes as its query's `bytes` says. */
export const soakUpstream = async (t: ExecutionContext): Promise<SoakUpstream> => {
  let given = 0;
  let held: Promise<void> | null = null;
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    await held;
    const hash: Hash = createHash('sha256');
    for await (const piece of req) hash.update(piece as Buffer);
    const bytes = Number(new URL(req.url!, 'http://x').searchParams.get('bytes') ?? 0);
    res.writeHead(200, { 'x-seen': hash.digest('hex'), 'content-type': 'text/xml', 'content-length': bytes });
    for (const block of blocks(bytes)) {
      given += block.length;
      if (!res.write(block)) await moreRoom(res);
      if (res.destroyed) return;
    }
    res.end();
  };
  const server = createServer((req, res) => void answer(req, res).catch(() => res.destroy()));
  server.keepAliveTimeout = 120_000; // this process may be too busy to be in time with what it would close
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => sockets.add(socket));
  server.on('upgrade', echoed);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get given() {
      return given;
    },
    holds(wait) {
      held = wait;
    },
  };
};

/** Until what was written has left, or the client has. */
const moreRoom = (res: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    res.on('drain', done);
    res.on('close', done);
    if (res.destroyed) done();
  });
