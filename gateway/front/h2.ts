// HTTP/2 on a TLS listener: clients that agreed on it in the handshake get a session, all others go on as if it were not there.
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { StreamArrival } from '../../adapters/wire/accept-stream.ts';
import type { GatewaySettings } from '../config/schema.ts';

export interface Sessions {
  /** Has this connection a stream under way? */
  isBusy(socket: Socket): boolean;
  /** No new streams; those under way are finished. */
  drain(): void;
}

/** Sessions of one client may have this many streams at a time. */
const streams = 100;
/** Lines of a request's headers; their bytes are bounded as well. */
const lines = 2000;

/** Takes over the listeners that `http` has for connections now. `serve` never rejects. */
export const http2On = (
  http: Server,
  limits: GatewaySettings['limits'],
  serve: (arrival: StreamArrival, stream: ServerHttp2Stream) => void,
): Sessions => {
  const own = http.listeners('secureConnection') as ((socket: TLSSocket) => void)[];
  http.removeAllListeners('secureConnection');
  const open = new Map<Socket, { readonly session: ServerHttp2Session; streams: number }>();
  let draining = false;
  const h2 = createServer({
    settings: { maxConcurrentStreams: streams, maxHeaderListSize: limits.header, enablePush: false },
    maxHeaderListPairs: lines,
    // Services say some things twice, and nothing is wrong with that.
    strictSingleValueFields: false,
  });
  h2.on('sessionError', () => undefined); // its streams and its socket tell
  http.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol !== 'h2') return own.forEach((listener) => listener.call(http, socket));
    h2.once('session', (session: ServerHttp2Session) => begin(socket, session));
    h2.emit('connection', socket);
  });
  const begin = (socket: TLSSocket, session: ServerHttp2Session): void => {
    const state = { session, streams: 0 };
    open.set(socket, state);
    session.on('close', () => open.delete(socket));
    session.setTimeout(limits.idleTimeout, () => {
      if (state.streams === 0) session.close();
    });
    session.on('stream', (stream: ServerHttp2Stream, _headers: unknown, _flags: number, raw: string[]) => {
      state.streams += 1;
      stream.on('close', () => (state.streams -= 1));
      const arrival = new StreamArrival({ stream, raw, socket, replyTimeout: limits.replyTimeout });
      if (!stream.endAfterHeaders) bound(stream, limits.requestTimeout, arrival);
      serve(arrival, stream);
      if (draining) session.close();
    });
  };
  return {
    isBusy: (socket) => (open.get(socket)?.streams ?? 0) > 0,
    drain() {
      draining = true;
      for (const { session } of open.values()) session.close();
    },
  };
};

const bound = (stream: ServerHttp2Stream, ms: number, arrival: StreamArrival): void => {
  const timer = setTimeout(() => arrival.late(), ms);
  const clear = (): void => clearTimeout(timer);
  stream.on('end', clear);
  stream.on('close', clear);
};
