// The end of a listener: calls under way are finished, but who has not asked for anything yet holds nobody up.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ClosingTimes {
  /** Milliseconds that a connection without a call may live on. */
  readonly grace: number;
  /** Are calls under way there that `http` tells nothing of? */
  readonly isBusy: (socket: Socket) => boolean;
}

const usual: ClosingTimes = { grace: 1000, isBusy: () => false };
/** Milliseconds that calls under way have. */
const usualLongest = 30_000;
const sweepMs = 100;

/**
 * Follows the connections of a server that does not listen yet; the answer ends it, and resolves when nothing is left. What is still under
 * way may take `longest` milliseconds.
 *
 * node:http counts a connection that has sent nothing, or half a request head, as one with a request under way, and TLS
 * connections before the end of their handshake are not known to it at all: its own close would wait for all of these.
 */
export const closing = (http: Server, given: Partial<ClosingTimes> = {}): ((longest?: number) => Promise<void>) => {
  const times = { ...usual, ...given };
  /** The latest call of each connection; null: none yet. */
  const open = new Map<Socket, ServerResponse | null>();
  const shaking = new Map<string, Socket>();
  const opened = (socket: Socket): void => {
    open.set(socket, null);
    socket.once('close', () => open.delete(socket));
  };
  if ('setSecureContext' in http) {
    http.on('connection', (socket: Socket) => {
      const key = addressOf(socket);
      shaking.set(key, socket);
      socket.once('close', () => shaking.delete(key));
    });
    http.on('secureConnection', (socket: Socket) => {
      shaking.delete(addressOf(socket));
      opened(socket);
    });
  } else http.on('connection', opened);
  const began = (req: IncomingMessage, res: ServerResponse): void => void open.set(req.socket, res);
  http.on('request', began);
  http.on('checkContinue', began);

  const sweep = (): void => {
    for (const [socket, latest] of open) if (!isUnderWay(latest) && !times.isBusy(socket)) socket.destroy();
    for (const socket of shaking.values()) socket.destroy();
  };
  // node:http knows nothing of connections that speak HTTP/2: a stream of events there would keep the listener for ever.
  const end = (): void => {
    for (const socket of [...open.keys(), ...shaking.values()]) socket.destroy();
  };
  return (longest = usualLongest) =>
    new Promise((resolve) => {
      const timers: NodeJS.Timeout[] = [];
      http.close(() => {
        for (const timer of timers) clearInterval(timer);
        resolve();
      });
      http.closeIdleConnections();
      timers.push(setTimeout(end, longest));
      timers.push(setTimeout(() => timers.push(setInterval(sweep, sweepMs)), times.grace));
    });
};

/** Replies go out in the order of their calls: where the latest is through, all are. */
const isUnderWay = (latest: ServerResponse | null): boolean =>
  latest !== null && !latest.destroyed && !(latest.writableFinished && latest.req.complete);

/** No two connections have these four in common at one time. */
const addressOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  [remoteAddress, remotePort, localAddress, localPort].join(' ');
