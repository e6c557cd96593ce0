// Listens for clients: Koa over wire/accept. The one place where replies are committed.
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, Server as SecureServer } from 'node:https';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import Koa from 'koa';
import type { Arriving, Delivered, Proxy, Trouble } from '../adapters/adapter.ts';
import { AdapterError } from '../adapters/errors.ts';
import { Arrival, headCall, problemReply } from '../adapters/wire/accept.ts';
import { isPlain } from '../adapters/wire/accept-stream.ts';
import { rawReply } from '../adapters/wire/raw-reply.ts';
import { headFlaw } from '../adapters/wire/strict-head.ts';
import type { GatewaySettings } from './config/schema.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './admission/refusal.ts';
import type { TurnedAway } from './events.ts';
import type { Certificates } from './front/certificates.ts';
import { clientErrors } from './front/client-errors.ts';
import { http2On } from './front/h2.ts';
import { proxied } from './front/proxied.ts';
import { serve, type House } from './serve.ts';
import type { Plan, Route, Table } from './table/table.ts';
import { leftStatus } from './telemetry/exchange-of.ts';
import { noRoute, tooLarge } from './trouble.ts';

export interface Front extends House {
  readonly current: () => Table;
  /** A bug of ours met a call; it is told nowhere else. */
  readonly broken: (error: unknown) => void;
}

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

interface Entrance extends Front {
  /** Characters of a request target. */
  readonly uri: number;
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

const notWithIdentity: Trouble = {
  status: 501,
  code: 'ERR_METHOD',
  message: 'A connection that is authenticated by NTLM or Negotiate cannot be upgraded here.',
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

const serveRequest = (front: Entrance, req: IncomingMessage, res: ServerResponse, waits: boolean): Promise<void> => {
  const flaw = headFlaw(req, front.uri); // first: it puts the target in origin form
  return serveArrival(front, { arrival: new Arrival(req, res, waits), flaw, req, res });
};

type Arrived =
  | {
      readonly arrival: Arriving;
      readonly flaw: Trouble | null;
      readonly req: IncomingMessage;
      readonly res: ServerResponse;
    }
  /** A stream of HTTP/2: our relay carries it, whatever the route. */
  | { readonly arrival: Arriving; readonly flaw: Trouble | null; readonly req: null; readonly res: ServerHttp2Stream };

const serveArrival = async (front: Entrance, arrived: Arrived): Promise<void> => {
  const { arrival, flaw } = arrived;
  try {
    const table = front.current(); // read once, so a flip never splits a call
    const route = table.match(arrival);
    const wrong = flaw ?? (route === null || route.limits === null ? null : overLimit(route.limits, arrival));
    if (wrong !== null) await turnAway(front, table, route ?? table.nowhere, arrival, wrong);
    else if (route === null) await answerNowhere(front, table, arrival);
    // What is bound to its client's connection goes by our relay, which keeps it apart.
    else if (
      route.proxy !== null &&
      arrived.req !== null &&
      arrival.target !== '*' &&
      (arrival.client.bond ?? null) === null
    )
      await carry(front, table, route, route.proxy, arrival, arrived.req, arrived.res);
    else await serve(front, { arrival, route, revision: table.revision });
  } catch (error) {
    front.broken(error);
    if (arrived.res.headersSent) arrived.res.destroy();
    else
      await arrival.respond(
        problemReply({ status: 500, code: 'ERR_INTERNAL', message: 'The gateway failed.', blame: 'gateway' }),
      );
  }
};

/** Bounds of a route's own, as far as the head tells; a chunked body is counted as it comes. */
const overLimit = ({ header, body }: NonNullable<Route['limits']>, arrival: Arriving): Trouble | null => {
  if (header !== null) {
    let bytes = 0;
    for (const text of arrival.head.raw) bytes += text.length + 2; // `: ` or a line's end
    if (bytes > header) return tooLarge(431, `headers of ${bytes} bytes, at most ${header} are taken here`);
  }
  if (body === null || arrival.limitBody(body)) return null;
  return tooLarge(413, `a body of ${arrival.header('content-length')} bytes, at most ${body} are taken here`);
};

/** What a head says of itself keeps its call out. Its connection ends: what follows may not be what it seems. */
const turnAway = async (
  front: Front,
  table: Table,
  route: Route,
  arrival: Arriving,
  trouble: Trouble,
): Promise<void> => {
  const began = performance.now();
  front.turnedAway.count(route.name, headReasons[trouble.status] ?? 'malformed');
  arrival.hangUp();
  const reply = route.protocol.fault(trouble, arrival);
  const delivered = await arrival.respond(reply);
  const ending = { by: 'gateway', status: reply.head.status, delivered, began, error: trouble.code } as const;
  const told = plainExchange(table, route, arrival, ending);
  const decision = { ...told.decision, reason: 'refused' } as const;
  front.account({ ...told, decision, outcome: delivered === 'complete' ? 'refused' : delivered });
};

const headReasons: Readonly<Record<number, TurnedAway>> = { 413: 'body', 414: 'uri', 431: 'header' };

const answerNowhere = async (front: Front, table: Table, arrival: Arriving): Promise<void> => {
  const began = performance.now();
  const reply = table.nowhere.protocol.fault(noRoute, arrival);
  const delivered = await arrival.respond(reply);
  front.account(
    plainExchange(table, table.nowhere, arrival, {
      by: 'gateway',
      status: reply.head.status,
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
  arrival: Arriving,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> => {
  const began = performance.now();
  arrival.expects?.proceed();
  const carried = await proxy.carry(req, res);
  const left = arrival.deadline.ended !== null;
  const failed = typeof carried === 'object' ? carried.failed : null;
  // As our relay does, see serve.ts; a client that has left tells itself so, too.
  const isCut = failed === 'ECONNRESET' && !res.headersSent;
  if (isCut) arrival.cut(new AdapterError('ERR_RESET', 'the destination ended the connection before it answered'));
  else if (failed !== null && !res.headersSent) {
    const trouble = {
      status: 502,
      code: failed,
      message: 'The service cannot be reached at present.',
      blame: 'gateway',
    } as const;
    await arrival.respond(route.protocol.fault(trouble, arrival));
  }
  const ended: Delivered = isCut ? (left ? 'client-left' : 'cut') : 'complete';
  const delivered = typeof carried === 'object' ? ended : carried;
  front.account(
    plainExchange(table, route, arrival, {
      by: failed === null ? 'legacy' : 'gateway',
      status: isCut ? 502 : res.statusCode,
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

const plainExchange = (table: Table, route: Route, arrival: Arriving, ending: Ending): Exchange => {
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
    cache: null,
    status: ending.delivered === 'client-left' ? leftStatus : ending.status,
    outcome:
      ending.delivered !== 'complete'
        ? ending.delivered
        : ending.error === null
          ? failed
          : ending.error === noRoute.code
            ? 'refused'
            : 'unavailable',
    ms: performance.now() - ending.began,
    traceparent: arrival.header('traceparent'),
    error: ending.error,
  };
};

interface Upgrading {
  readonly req: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

const upgrade = async (front: Entrance, { req, socket, head }: Upgrading): Promise<void> => {
  const turnedAway = (route: string, reason: TurnedAway, trouble: Trouble): void => {
    front.turnedAway.count(route, reason);
    socket.end(rawReply(trouble));
  };
  const flaw = headFlaw(req, front.uri);
  if (flaw !== null) return turnedAway('none', headReasons[flaw.status] ?? 'malformed', flaw);
  const call = headCall(req);
  // Its destination would know the caller by another connection than this one.
  if (call.client.bond?.identified === true) return turnedAway('none', 'upgrade', notWithIdentity);
  const route = front
    .current()
    .match({ method: call.head.method, target: call.head.target, header: (name) => call.header(name) });
  if (route?.upgrades == null)
    return void socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  const refusal = route.admission === null ? null : await refusalOf(route.admission, route, call);
  if (refusal !== null) return turnedAway(route.name, refusal.reason, refusal.trouble);
  route.upgrades.upgrade(req, socket, head);
};

const refusalOf = async (
  { enter, judge }: NonNullable<Route['admission']>,
  { protocol }: Route,
  call: ReturnType<typeof headCall>,
): Promise<Refusal | null> => {
  const early = enter === null ? null : await enter(call);
  if (early !== null || judge === null) return early;
  return judge(call, await protocol.identify(call, call.deadline));
};
