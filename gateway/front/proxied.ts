// Connections that begin with a PROXY header: read before HTTP or TLS sees a byte, and only from balancers that are trusted.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { tellAddress } from '../../adapters/wire/client-of.ts';
import { readProxyHeader } from '../../adapters/wire/proxy-protocol.ts';

export interface Proxied {
  /** Is this peer a balancer that is to send one? */
  readonly trusts: (address: string) => boolean;
  /** Milliseconds in which it must be here. */
  readonly timeout: number;
  readonly refused: () => void;
}

/** Whoever else listens for `connection` must begin to do so later: it is told once the header has been read. */
export const proxied = (http: Server, { trusts, timeout, refused }: Proxied): void => {
  const own = http.listeners('connection') as ((socket: Socket) => void)[];
  http.removeAllListeners('connection');
  const secured = clientsByAddress(http);
  const goOn = (socket: Socket): void => {
    for (const listener of own) listener.call(http, socket);
  };
  http.on('connection', (socket: Socket) => {
    if (!trusts(socket.remoteAddress ?? '')) return goOn(socket);
    const refuse = (): void => {
      refused();
      socket.destroy();
    };
    const timer = setTimeout(refuse, timeout);
    const leave = (): void => clearTimeout(timer);
    socket.on('error', ignore);
    socket.on('close', leave);
    let kept: Buffer = Buffer.alloc(0);
    const read = (bytes: Buffer): void => {
      kept = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
      const found = readProxyHeader(kept);
      if (found.is === 'more') return;
      clearTimeout(timer);
      socket.off('data', read).off('error', ignore).off('close', leave).pause();
      if (found.is === 'none') return refuse();
      if (found.address !== null) {
        tellAddress(socket, found.address);
        secured?.note(socket, found.address);
      }
      if (kept.length > found.length) socket.unshift(kept.subarray(found.length));
      goOn(socket);
      process.nextTick(() => socket.resume());
    };
    socket.on('data', read);
  });
};

const ignore = (): void => undefined;

/** TLS makes a socket of its own: it is known by the four that no two connections have in common at one time. */
const clientsByAddress = (http: Server): { note(socket: Socket, address: string): void } | null => {
  if (!('setSecureContext' in http)) return null;
  const clients = new Map<string, string>();
  http.prependListener('secureConnection', (socket: Socket) => {
    const address = clients.get(ends(socket));
    if (address !== undefined) tellAddress(socket, address);
  });
  return {
    note(socket, address) {
      const key = ends(socket);
      clients.set(key, address);
      socket.once('close', () => clients.delete(key));
    },
  };
};

const ends = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  [remoteAddress, remotePort, localAddress, localPort].join(' ');
