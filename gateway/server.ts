// Listens for clients: Koa over wire/accept. The one place where replies are committed.
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import Koa from 'koa';
import type { Delivered, Proxy } from '../adapters/adapter.ts';
import { Arrival, problemReply } from '../adapters/wire/accept.ts';
import type { Exchange } from './exchange.ts';
import { serve, type House } from './serve.ts';
import type { Plan, Route, Table } from './table/table.ts';
import { noRoute } from './trouble.ts';

export interface Front extends House {
  readonly current: () => Table;
  /** A bug of ours met a call; it is told nowhere else. */
  readonly broken: (error: unknown) => void;
}

export interface FrontDoor {
  readonly tls: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer | null } | null;
  /** Bytes of a request head; Kerberos tickets reach some 48 kB. */
  readonly maxHeader: number;
}

const limits = {
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 2000,
};

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
export const server = (
  front: Front,
  door: FrontDoor,
): { readonly http: Server; drain(): void; endUpgraded(): void } => {
  let draining = false;
  const waiting = new WeakSet<IncomingMessage>();
  const app = new LeanKoa();
  app.silent = true; // errors reach `broken` through serveRequest
  app.use(async (ctx) => {
    ctx.respond = false;
    if (draining) ctx.res.shouldKeepAlive = false;
    await serveRequest(front, ctx.req, ctx.res, waiting.has(ctx.req));
  });
  const handle = app.callback();
  // Other upgrades, such as h2c, may be ignored (RFC 9110 §7.8), and old services do: such calls go on as HTTP/1.1.
  const shouldUpgradeCallback = (req: IncomingMessage) => /^websocket$/i.test(req.headers.upgrade ?? '');
  const options = { ...limits, shouldUpgradeCallback, maxHeaderSize: door.maxHeader, insecureHTTPParser: false };
  const http =
    door.tls === null ? createHttpServer(options) : createHttpsServer({ ...options, ...tlsOptions(door.tls) });
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
  http.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) =>
    upgrade(front.current(), req, socket, head),
  );
  return {
    http,
    drain() {
      draining = true; // connections between two calls stay open: the next one may be on its way
    },
    endUpgraded() {
      for (const socket of upgraded) socket.destroy();
    },
  };
};

const tlsOptions = ({ cert, key, ca }: NonNullable<FrontDoor['tls']>) =>
  ca === null ? { cert, key } : { cert, key, ca, requestCert: true, rejectUnauthorized: false };

const serveRequest = async (front: Front, req: IncomingMessage, res: ServerResponse, waits: boolean): Promise<void> => {
  const arrival = new Arrival(req, res, waits);
  try {
    const table = front.current(); // read once, so a flip never splits a call
    const route = table.match(arrival);
    if (route === null) await answerNowhere(front, table, arrival);
    else if (route.proxy !== null) await carry(front, table, route, route.proxy, arrival, req, res);
    else await serve(front, { arrival, route, revision: table.revision });
  } catch (error) {
    front.broken(error);
    if (res.headersSent) res.destroy();
    else
      await arrival.respond(
        problemReply({ status: 500, code: 'ERR_INTERNAL', message: 'The gateway failed.', blame: 'gateway' }),
      );
  }
};

const answerNowhere = async (front: Front, table: Table, arrival: Arrival): Promise<void> => {
  const began = performance.now();
  const delivered = await arrival.respond(table.nowhere.protocol.fault(noRoute, arrival));
  front.account(
    plainExchange(table, table.nowhere, arrival, {
      by: 'gateway',
      status: 404,
      delivered,
      began,
      error: 'ERR_NO_ROUTE',
    }),
  );
};

/** Routes with nothing to decide: http-proxy-middleware writes to the client itself (decision 8). */
const carry = async (
  front: Front,
  table: Table,
  route: Route,
  proxy: Proxy,
  arrival: Arrival,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> => {
  const began = performance.now();
  arrival.expects?.proceed();
  const carried = await proxy.carry(req, res);
  const failed = typeof carried === 'object' ? carried.failed : null;
  if (failed !== null && !res.headersSent) {
    const trouble = {
      status: 502,
      code: failed,
      message: 'The service cannot be reached at present.',
      blame: 'gateway',
    } as const;
    await arrival.respond(route.protocol.fault(trouble, arrival));
  }
  const delivered = typeof carried === 'object' ? 'complete' : carried;
  front.account(
    plainExchange(table, route, arrival, {
      by: failed === null ? 'legacy' : 'gateway',
      status: res.statusCode,
      delivered,
      began,
      error: failed,
    }),
  );
};

interface Ending {
  readonly by: 'legacy' | 'gateway';
  readonly status: number;
  readonly delivered: Delivered;
  readonly began: number;
  readonly error: string | null;
}

const plainExchange = (table: Table, route: Route, arrival: Arrival, ending: Ending): Exchange => {
  const plan: Plan = route.other;
  const failed = ending.status >= 500 ? 'server-error' : ending.status >= 400 ? 'client-error' : 'ok';
  return {
    route: route.name,
    operation: plan.operation,
    slot: plan.slot,
    revision: table.revision,
    method: arrival.method,
    path: arrival.target.split('?', 1)[0] ?? '',
    decision: { side: 'legacy', reason: 'only', bucket: null, cohort: null },
    undecided: null,
    attempts: [],
    fallback: null,
    by: ending.by,
    status: ending.status,
    outcome:
      ending.delivered !== 'complete'
        ? ending.delivered
        : ending.error === null
          ? failed
          : ending.by === 'gateway' && ending.status === 404
            ? 'refused'
            : 'unavailable',
    ms: performance.now() - ending.began,
    traceparent: arrival.header('traceparent'),
    error: ending.error,
  };
};

const upgrade = (table: Table, req: IncomingMessage, socket: Duplex, head: Buffer): void => {
  // Node has taken its own listener off: a client that resets now must not end the process.
  socket.on('error', () => socket.destroy());
  const route = table.match({
    method: req.method ?? 'GET',
    target: req.url ?? '/',
    header: (name) => firstOf(req.headers[name]),
  });
  if (route?.upgrades != null) return route.upgrades.upgrade(req, socket, head);
  socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
};

const firstOf = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? (value[0] ?? null) : (value ?? null);
