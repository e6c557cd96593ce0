// Listens for clients: Koa over wire/accept. The one place where replies are committed.
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import Koa from 'koa';
import type { Trouble } from '../adapters/adapter.ts';
import { Arrival, type HowItCame } from '../adapters/wire/accept.ts';
import { isPlain } from '../adapters/wire/stream-lines.ts';
import { rawReply } from '../adapters/wire/raw-reply.ts';
import { headFlaw } from '../adapters/wire/strict-head.ts';
import type { GatewaySettings } from './config/schema.ts';
import type { Certificates } from './front/certificates.ts';
import { serveArrival } from './front/arrive.ts';
import { clientErrors } from './front/client-errors.ts';
import type { Entrance, Front } from './front/entrance.ts';
import { http2On } from './front/h2.ts';
import { proxied } from './front/proxied.ts';
import { upgrade } from './front/upgrade.ts';

export interface FrontDoor {
  readonly tls: Certificates | null;
  readonly limits: GatewaySettings['limits'];
  /** Clients may speak HTTP/2. */
  readonly http2: boolean;
  /** Whose connections begin with a PROXY header; null: nobody's. */
  readonly proxies: ((address: string) => boolean) | null;
}

/**
 * Koa's own way of ending a request follows each response with listeners of its own (`on-finished`) and writes what the middleware
 * left unwritten. Nothing is left unwritten here, and an Arrival follows its response anyway.
 */
class LeanKoa extends Koa {
  handleRequest(ctx: Koa.Context, run: (ctx: Koa.Context) => Promise<void>): Promise<void> {
    return run(ctx);
  }
}

/** A server that does not listen yet. `drain` asks clients to close: `Connection: close` on every reply from then on. */
export const server = (house: Front, door: FrontDoor): FrontServer => {
  const front: Entrance = { ...house, uri: door.limits.uri };
  const { replyTimeout } = door.limits;
  let draining = false;
  const waiting = new WeakSet<IncomingMessage>();
  const app = new LeanKoa();
  app.silent = true; // errors reach `broken` through serveRequest
  app.use(async (ctx) => {
    ctx.respond = false;
    if (draining) ctx.res.shouldKeepAlive = false;
    await serveRequest(front, ctx.req, ctx.res, { waits: waiting.has(ctx.req), replyTimeout });
  });
  const handle = app.callback();
  // Other upgrades, such as h2c, may be ignored (RFC 9110 §7.8), and old services do: such calls go on as HTTP/1.1. A WebSocket is opened
  // by a GET of HTTP/1.1 (RFC 6455 §4.1); whatever else asks for one is a call like any other.
  const shouldUpgradeCallback = (req: IncomingMessage) =>
    req.method === 'GET' && req.httpVersion === '1.1' && /^websocket$/i.test(req.headers.upgrade ?? '');
  const options = { ...optionsOf(door.limits), shouldUpgradeCallback };
  const http =
    door.tls === null
      ? createHttpServer(options)
      : createHttpsServer({
          ...options,
          ...tlsOptions(door.tls),
          handshakeTimeout: door.limits.headTimeout,
          ALPNProtocols: door.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
        });
  http.maxConnections = door.limits.connections;
  http.maxHeadersCount = 0; // bytes are bounded; lines past a count would be dropped unseen
  const sessions =
    door.http2 && http instanceof SecureServer
      ? http2On(http, door.limits, (arrival, stream) => {
          if (arrival.refusedHere()) return house.turnedAway.count('none', 'http2');
          const { method, target, raw } = arrival.head;
          const head = { method, url: target, httpVersion: '1.1', rawHeaders: raw };
          const flaw = isPlain(arrival.head) ? headFlaw(head, front.uri) : notPlain;
          void serveArrival(front, { arrival, flaw, req: null, res: stream });
        })
      : null;
  clientErrors(http, (reason) => house.turnedAway.count('none', reason));
  if (door.proxies !== null)
    proxied(http, {
      trusts: door.proxies,
      timeout: door.limits.headTimeout,
      refused: () => house.turnedAway.count('none', 'proxy-header'),
    });
  http.on('request', handle);
  http.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    waiting.add(req);
    void handle(req, res);
  });
  const upgraded = new Set<Duplex>();
  http.on('upgrade', (_req: IncomingMessage, socket: Duplex) => {
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
  });
  http.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node has taken its own listener off: a client that resets now must not end the process.
    socket.on('error', () => socket.destroy());
    upgrade(front, { req, socket, head }).catch((error: unknown) => {
      front.broken(error);
      socket.destroy();
    });
  });
  http.on('connect', (_req: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    house.turnedAway.count('none', 'malformed');
    socket.end(rawReply(noTunnels));
  });
  return {
    http,
    certify(found) {
      if (http instanceof SecureServer) http.setSecureContext(tlsOptions(found));
    },
    drain() {
      draining = true; // connections between two calls stay open: the next one may be on its way
      sessions?.drain();
    },
    isBusy: (socket) => sessions?.isBusy(socket) ?? false,
    endUpgraded() {
      for (const socket of upgraded) socket.destroy();
    },
  };
};

export interface FrontServer {
  readonly http: Server;
  /** New connections are shown these certificates; open ones stay as they are. */
  certify(found: Certificates): void;
  drain(): void;
  endUpgraded(): void;
  /** Has this connection calls under way that node:http does not know? */
  isBusy(socket: Socket): boolean;
}

const optionsOf = ({ header, headTimeout, requestTimeout, idleTimeout }: FrontDoor['limits']) => ({
  headersTimeout: Math.min(headTimeout, requestTimeout),
  requestTimeout,
  keepAliveTimeout: idleTimeout,
  connectionsCheckingInterval: Math.min(2000, headTimeout / 4, requestTimeout / 4),
  maxHeaderSize: header,
  insecureHTTPParser: false,
});

const notPlain: Trouble = {
  status: 400,
  code: 'ERR_HEAD',
  message: 'The request has characters that HTTP/1.1 cannot carry.',
  blame: 'client',
};

const noTunnels: Trouble = {
  status: 405,
  code: 'ERR_METHOD',
  message: 'This method is not allowed here.',
  blame: 'client',
};

const tlsOptions = ({ cert, key, ca }: Certificates) =>
  ca === null ? { cert, key } : { cert, key, ca, requestCert: true, rejectUnauthorized: false };

const serveRequest = (front: Entrance, req: IncomingMessage, res: ServerResponse, how: HowItCame): Promise<void> => {
  const flaw = headFlaw(req, front.uri); // first: it puts the target in origin form
  return serveArrival(front, { arrival: new Arrival(req, res, how), flaw, req, res });
};
