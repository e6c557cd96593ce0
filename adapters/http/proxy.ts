// The only file that imports http-proxy-middleware. It carries routes that have one destination and nothing to decide,
// and all upgrades; what it does otherwise than our relay is listed in docs/reference/carriers.md.
import { Agent as HttpAgent, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { crosses, listedByConnection } from '../wire/headers.ts';

export interface ProxySettings {
  readonly destination: string;
  readonly origin: string;
  readonly retarget: (target: string) => string;
  /** Sent instead of the client's Host; null keeps the client's. */
  readonly host: string | null;
  readonly timeout: number;
}

export type Carried = 'complete' | 'cut' | 'client-left' | { readonly failed: string };

/** A destination's own keep-alive is often 5 s: what is older is likelier dead than alive, and what dies under a call is a 502. */
const idleLimit = 4000;

/** Node's agent keeps idle connections for as long as the destination does, and then races it. */
const impatient = (agent: HttpAgent): HttpAgent => {
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    const mayStay = keep(socket) as unknown as boolean; // typed as void, documented as a claim
    (socket as Socket).setTimeout(idleLimit);
    return mayStay;
  };
  return agent;
};

/** Takes a request over and answers how it went; on `failed` nothing was written and the caller answers. */
export const proxy = (settings: ProxySettings) => {
  const Agent = settings.origin.startsWith('https:') ? HttpsAgent : HttpAgent;
  const agent = impatient(new Agent({ keepAlive: true, maxSockets: 1024 }));
  const failures = new WeakMap<object, string>();
  const middleware = createProxyMiddleware({
    target: settings.origin,
    agent,
    ignorePath: true, // the target below is whole, so that path and query go as they came
    router: (req) => settings.origin + settings.retarget(req.url ?? '/'),
    xfwd: false,
    proxyTimeout: settings.timeout,
    on: {
      error: (error, _req, res) => {
        failures.set(res, (error as NodeJS.ErrnoException).code ?? 'ERR_UPSTREAM');
        if (!('writeHead' in res))
          res.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        else if (res.headersSent) res.destroy(); // never a clean end of a cut body
      },
      proxyRes: (reply, _req, res) => {
        const listed = listedByConnection(reply.rawHeaders);
        for (const name of Object.keys(reply.headers)) if (!crosses(name, listed)) delete reply.headers[name];
        // The middleware would write `keep-alive`, and Node would believe it: a client that reads to the end would wait for one.
        if (!res.shouldKeepAlive) reply.headers.connection = 'close';
      },
    },
  });
  return {
    destination: settings.destination,
    /** Idle connections end now; those in use end when their calls are done and nobody takes them up again. */
    close() {
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    },
    async carry(req: unknown, res: unknown): Promise<Carried> {
      const [request, response] = [req as IncomingMessage, res as ServerResponse];
      clean(request, settings.host);
      await middleware(request, response, (error) =>
        failures.set(response, error instanceof Error ? error.name : 'ERR_UPSTREAM'),
      );
      const failed = failures.get(response);
      if (failed !== undefined) return response.headersSent ? 'cut' : { failed };
      return response.writableFinished ? 'complete' : 'client-left';
    },
    upgrade(req: unknown, socket: unknown, head: unknown): void {
      const request = req as IncomingMessage;
      for (const name of Object.keys(request.headers))
        if (name.startsWith('x-strangler-')) delete request.headers[name];
      if (settings.host !== null) request.headers.host = settings.host;
      middleware.upgrade(request, socket as never, head as never);
    },
  };
};

/** Hop-by-hop lines go here, since the middleware passes them on; Node has answered Expect already. */
const clean = (req: IncomingMessage, host: string | null): void => {
  const listed = listedByConnection(req.rawHeaders);
  for (const name of Object.keys(req.headers)) {
    if (!crosses(name, listed) || name.startsWith('x-strangler-')) delete req.headers[name];
  }
  delete req.headers.expect;
  if (host !== null) req.headers.host = host;
  const via = req.headers.via;
  req.headers.via = `${via === undefined ? '' : `${via}, `}${req.httpVersion} strangler`;
};
