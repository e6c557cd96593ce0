// The only file that imports http-proxy-middleware. It carries routes that have one destination and nothing to decide,
// and all upgrades; what it does otherwise than our relay is listed in docs/reference/carriers.md.
import { Agent as HttpAgent, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { crosses, listedByConnection } from '../wire/headers.ts';
import type { HeaderEdit } from '../adapter.ts';
import type { Tls } from '../wire/tls.ts';

export interface ProxySettings {
  readonly destination: string;
  readonly origin: string;
  readonly retarget: (target: string) => string;
  /** Sent instead of the client's Host; null keeps the client's. */
  readonly host: string | null;
  readonly timeout: number;
  /** Null: plain. */
  readonly tls: Tls | null;
  /** Of upgrades; calls with such lines are carried by our relay. */
  readonly request: HeaderEdit | null;
}

const unasked = Object.assign(new Error('101 to a request that asked for no upgrade'), { code: 'ERR_MALFORMED' });

export type Carried = 'complete' | 'cut' | 'client-left' | { readonly failed: string };

/** Takes a request over and answers how it went; on `failed` nothing was written and the caller answers. */
export const proxy = (settings: ProxySettings) => {
  const { tls } = settings;
  const kept = { keepAlive: true, maxSockets: 1024 };
  // Without a server name Node would take the client's Host for the name to check.
  const agent = tls === null ? new HttpAgent(kept) : new HttpsAgent({ ...kept, ...tls.options });
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
        tls?.explain(error);
        failures.set(res, (error as NodeJS.ErrnoException).code ?? 'ERR_UPSTREAM');
        if (!('writeHead' in res))
          res.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        else if (res.headersSent) res.destroy(); // never a clean end of a cut body
      },
      proxyReq: (asking, req) => {
        // The middleware takes the target apart and would drop a `?` that nothing follows.
        if (!asking.headersSent) asking.path = settings.retarget(req.url ?? '/');
        // A 101 that was not asked for: Node would close the connection and tell nobody, and the client would wait.
        asking.once('upgrade', (_reply, socket) => {
          socket.destroy();
          asking.emit('error', unasked);
        });
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
      edit(request, settings.request);
      middleware.upgrade(request, socket as never, head as never);
    },
  };
};

const edit = ({ headers }: IncomingMessage, wanted: HeaderEdit | null): void => {
  if (wanted === null) return;
  for (const name of wanted.drops) delete headers[name];
  for (let i = 0; i < wanted.lines.length; i += 2) headers[wanted.lines[i]!.toLowerCase()] = wanted.lines[i + 1];
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
