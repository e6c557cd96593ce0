// The only file that imports http-proxy-middleware. It carries routes that have one destination and nothing to decide,
// and all upgrades; what it does otherwise than our relay is listed in docs/reference/carriers.md.
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';
import type { Call, HeaderEdit, Instead, Raw } from '../adapter.ts';
import { SendError } from '../errors.ts';
import { flushHead, headCall } from '../wire/accept.ts';
import { followed, type Follow } from '../wire/followed.ts';
import { carriedFailure } from './carried-failure.ts';
import { keptAgent } from './kept-agent.ts';
import { bounded, isClear, timed } from './reply-bounds.ts';
import { trailing } from './trailing.ts';
import { claimOf } from '../wire/forwarded.ts';
import { crosses, listedByConnection } from '../wire/headers.ts';
import type { Tls } from '../wire/tls.ts';
import type { Vitals } from '../wire/vitals.ts';

export interface ProxySettings {
  readonly origin: string;
  readonly retarget: (target: string) => string;
  /** Sent instead of the client's Host; null keeps the client's. */
  readonly host: string | null;
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly keepAlive: boolean;
  /** Null: plain. */
  readonly tls: Tls | null;
  /** How upgrades fare there; null: nobody asks. */
  readonly vitals: Vitals | null;
  /** No file descriptor was left to connect with. */
  readonly outOfFiles: () => void;
}

/** What the table of a call's moment says of its lines. */
export interface Passing {
  /** Lines of a call as the destination is to have them. */
  readonly lines: (call: Call) => Raw;
  readonly follow: Follow;
  /** Lines of an upgrade that are set or dropped; null: none. Calls with such lines are carried by our relay. */
  readonly request: HeaderEdit | null;
}

export type Carried = 'complete' | 'cut' | 'client-left' | { readonly failed: SendError };

export interface Carrier {
  (passing: Passing): {
    /** Takes a request over and answers how it went; on `failed` nothing was written and the caller answers. */
    carry(req: unknown, res: unknown): Promise<Carried>;
    upgrade(req: unknown, socket: unknown, head: unknown, instead: Instead): void;
    close(): void;
  };
  /** Idle connections end now; those in use end when their calls are done and nobody takes them up again. */
  close(): void;
}

/** Connections are one carrier's, over all tables that pass calls by it. */
export const proxy = (settings: ProxySettings): Carrier => {
  const { tls, vitals } = settings;
  const { agent, stood, close } = keptAgent(settings);
  const failures = new WeakMap<object, SendError>();
  const bugs = new WeakMap<object, unknown>();
  const asked = new WeakMap<object, ClientRequest>();
  const insteads = new WeakMap<object, Instead>();
  /** Sockets of clients that wanted an upgrade and have heard of the destination. */
  const begun = new WeakMap<object, 'upgrade' | 'response'>();
  const follows = new WeakMap<object, Follow>();
  const follow = (reply: IncomingMessage, req: IncomingMessage): void => {
    const one = follows.get(req);
    if (one !== undefined) followHeaders(reply.headers, one, req);
  };
  const middleware = createProxyMiddleware({
    target: settings.origin,
    agent,
    ignorePath: true, // the target below is whole, so that path and query go as they came
    router: (req) => settings.origin + settings.retarget(req.url ?? '/'),
    xfwd: false,
    on: {
      error: (error, req, res) => {
        const asking = asked.get(req);
        const socket = asking?.socket ?? null;
        const met = { socket, stood: stood(socket), used: asking?.reusedSocket === true, tls };
        const failure = carriedFailure(error, met);
        if (failure.code === 'ERR_FILES') settings.outOfFiles();
        else if (failure.reason === 'connect' && !res.destroyed) vitals?.failed(performance.now(), 'connect');
        failures.set(res, failure);
        // Never a clean end of a cut body. An upgraded connection is ended by the middleware, and has no place for words of ours.
        if ('writeHead' in res ? res.headersSent : begun.get(res) === 'response') res.destroy();
        else if (!('writeHead' in res) && !begun.has(res)) res.end(insteads.get(res)?.(failure) ?? '');
      },
      proxyReq: (asking, req) => {
        asked.set(req, asking);
        bounded(asking, settings.timeout);
        trailing(req, asking);
        if (asking.headersSent) return;
        if (!settings.keepAlive) asking.setHeader('Connection', 'close');
        // The middleware takes the target apart and would drop a `?` that nothing follows.
        asking.path = settings.retarget(req.url ?? '/');
      },
      proxyRes: (reply, req, res) => {
        if (!isClear(reply)) {
          failures.set(res, new SendError('ERR_MALFORMED', '5xx', 'all', 'a reply whose end is anybody’s guess'));
          reply.destroy();
          res.destroy(); // the middleware is about to write: there is no saying anything else any more
          return;
        }
        try {
          const listed = listedByConnection(reply.rawHeaders);
          for (const name of Object.keys(reply.headers)) if (!crosses(name, listed)) delete reply.headers[name];
          follow(reply, req);
        } catch (error) {
          // A bug of ours in a listener of Node's would end the process: it ends this call, and is told to whoever carries it.
          bugs.set(res, error);
          reply.destroy();
          res.destroy();
          return;
        }
        trailing(reply, res);
        // The middleware would write `keep-alive`, and Node would believe it: a client that reads to the end would wait for one.
        if (!res.shouldKeepAlive) reply.headers.connection = 'close';
        // A head without a body yet: Node would keep it until there is one. The middleware sets its lines in this turn.
        process.nextTick(() => {
          if (!res.headersSent && !res.destroyed) flushHead(res);
        });
      },
      // Before the middleware's own listeners, which pass the answer on.
      proxyReqWs: (out, req, socket) => {
        asked.set(req, out);
        timed(out, settings.timeout);
        out.once('upgrade', () => vitals?.answered(performance.now()));
        for (const event of ['upgrade', 'response'] as const)
          out.prependListener(event, (reply: IncomingMessage) => {
            try {
              follow(reply, req);
              begun.set(socket, event);
            } catch (error) {
              out.destroy(error as Error);
            }
          });
      },
    },
  });
  const carrier = (passing: Passing): ReturnType<Carrier> => ({
    close,
    async carry(req: unknown, res: unknown): Promise<Carried> {
      const [request, response] = [req as IncomingMessage, res as ServerResponse];
      follows.set(request, passing.follow);
      clean(request, settings.host, passing);
      delete request.headers.expect; // Node has answered it already
      await middleware(request, response, (error) => {
        // Told to the listener above, too, unless the middleware itself has failed.
        if (error instanceof Error && !failures.has(response)) throw error;
      });
      if (bugs.has(response)) throw bugs.get(response);
      const failed = failures.get(response);
      if (failed !== undefined && (response.headersSent || response.destroyed)) return 'cut';
      if (failed !== undefined) {
        // What the failed reply said of itself would stand in the answer that is given instead.
        for (const name of response.getHeaderNames()) if (name !== 'connection') response.removeHeader(name);
        return { failed };
      }
      return response.writableFinished ? 'complete' : 'client-left';
    },
    upgrade(req: unknown, socket: unknown, head: unknown, instead: Instead): void {
      insteads.set(socket as object, instead);
      const request = req as IncomingMessage;
      follows.set(request, passing.follow);
      request.headers.connection = 'Upgrade'; // all else that it named goes
      clean(request, settings.host, passing, opening);
      edit(request, passing.request);
      middleware.upgrade(request, socket as never, head as never);
    },
  });
  return Object.assign(carrier, { close });
};

const edit = ({ headers }: IncomingMessage, wanted: HeaderEdit | null): void => {
  if (wanted === null) return;
  for (const name of wanted.drops) delete headers[name];
  for (let i = 0; i < wanted.lines.length; i += 2) headers[wanted.lines[i]!.toLowerCase()] = wanted.lines[i + 1];
};

const nothing: ReadonlySet<string> = new Set();
/** What opens a WebSocket on this hop opens it on the next. */
const opening: ReadonlySet<string> = new Set(['connection', 'upgrade']);

/** Hop-by-hop lines go here, since the middleware passes them on; what tells of the call's origin is put right. */
const clean = (req: IncomingMessage, host: string | null, passing: Passing, kept = nothing): void => {
  const { headers, rawHeaders } = req;
  const listed = listedByConnection(rawHeaders);
  const lines = passing.lines(headCall(req));
  for (const name of Object.keys(headers)) {
    if (kept.has(name)) continue;
    if (!crosses(name, listed) || name.startsWith('x-strangler-')) delete headers[name];
    else if (lines !== rawHeaders && claimOf(name) !== null) delete headers[name];
  }
  if (lines !== rawHeaders) tellOrigin(headers, lines);
  if (host !== null) headers.host = host;
  const { via } = headers;
  headers.via = `${via === undefined ? '' : `${via}, `}${req.httpVersion} strangler`;
};

const tellOrigin = (headers: IncomingHttpHeaders, lines: Raw): void => {
  for (let i = 0; i < lines.length; i += 2) {
    const claim = claimOf(lines[i]!);
    if (claim === null) continue;
    const before = headers[claim];
    headers[claim] = typeof before === 'string' ? `${before}, ${lines[i + 1]!}` : lines[i + 1]!;
  }
};

const followHeaders = (headers: IncomingHttpHeaders, follow: Follow, req: IncomingMessage): void => {
  for (const name of followed) {
    const value = headers[name];
    if (value === undefined) continue;
    const call = headCall(req);
    if (Array.isArray(value)) headers[name] = value.map((one) => follow(name, one, call)) as string & string[];
    else headers[name] = follow(name, value, call) as string & string[];
  }
};
