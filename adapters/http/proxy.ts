// The only file that imports http-proxy-middleware. It carries routes that have one destination and nothing to decide,
// and all upgrades; what it does otherwise than our relay is listed in docs/reference/carriers.md.
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
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

/** Takes a request over and answers how it went; on `failed` nothing was written and the caller answers. */
export const proxy = (settings: ProxySettings) => {
  const Agent = settings.origin.startsWith('https:') ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true, maxSockets: 1024 });
  const failures = new WeakMap<object, string>();
  const middleware = createProxyMiddleware({
    target: settings.origin,
    agent,
    ignorePath: true, // the target below is whole, so that path and query go as they came
    router: (req) => settings.origin + settings.retarget(req.url ?? '/'),
    xfwd: false,
    proxyTimeout: settings.timeout,
    on: {
      proxyReq: (asked) => bounded(asked, settings.timeout),
      error: (error, _req, res) => {
        failures.set(res, (error as NodeJS.ErrnoException).code ?? 'ERR_UPSTREAM');
        if (!('writeHead' in res))
          res.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        else if (res.headersSent) res.destroy(); // never a clean end of a cut body
      },
      proxyRes: (reply, _req, res) => {
        if (!isClear(reply)) {
          failures.set(res, 'ERR_MALFORMED');
          reply.destroy();
          res.destroy(); // the middleware is about to write: there is no saying anything else any more
          return;
        }
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
      if (failed !== undefined && (response.headersSent || response.destroyed)) return 'cut';
      if (failed !== undefined) {
        // What the failed reply said of itself would stand in the answer that is given instead.
        for (const name of response.getHeaderNames()) if (name !== 'connection') response.removeHeader(name);
        return { failed };
      }
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

const maxInterim = 100;

/**
 * The socket's own timeout begins anew with every byte: a head that drips, and interim replies without end, would never be over.
 * `timeout`: milliseconds from the last byte of the request to the reply's whole head.
 */
const bounded = (asked: ClientRequest, timeout: number): void => {
  const fail = (code: string, found: string): void => void asked.destroy(Object.assign(new Error(found), { code }));
  let timer: NodeJS.Timeout | undefined;
  let interim = 0;
  asked.once('finish', () => {
    timer = setTimeout(() => fail('ERR_TIMEOUT', `no head of a reply within ${timeout} ms`), timeout);
  });
  for (const over of ['response', 'close']) asked.once(over, () => clearTimeout(timer));
  asked.on('information', () => {
    if (++interim > maxInterim) fail('ERR_MALFORMED', `over ${maxInterim} interim replies`);
  });
  // Nobody asked for it; without a listener Node would end the connection and tell no one.
  asked.once('upgrade', (_reply, socket) => {
    socket.destroy();
    const found = new Error('101 to a request that asked for no upgrade');
    asked.emit('error', Object.assign(found, { code: 'ERR_MALFORMED' }));
  });
};

/** Node reads a reply of any version, and one coded twice as if it were chunked once; passed on, its end would be anybody's guess. */
const isClear = ({ httpVersion, rawHeaders }: IncomingMessage): boolean => {
  const codings = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === 'transfer-encoding');
  const isCodedOnce = codings.length === 0 || (codings.length === 1 && codings[0]!.toLowerCase() === 'chunked');
  return isCodedOnce && (httpVersion === '1.1' || httpVersion === '1.0');
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
