// The inbound edge: a request of node:http becomes a Call, a Reply goes back as it is. `commit` is the only writer to a client.
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type {
  Arriving,
  Body,
  ClientLink,
  Delivered,
  Flow,
  Framing,
  Head,
  Message,
  Raw,
  Reply,
  Sink,
  Trouble,
} from '../adapter.ts';
import { AdapterError } from '../errors.ts';
import { bytesBody, noBody } from './bytes.ts';
import { CallDeadline } from './deadline.ts';
import { headerOf } from './headers.ts';
import { StreamBody } from './stream-body.ts';

const nothing = Buffer.alloc(0);

export class Arrival implements Arriving {
  readonly head: Head;
  readonly client: ClientLink;
  readonly deadline = new CallDeadline();
  message: Message | null = null;
  repeatable: boolean | null = null;
  /** Told when the exchange with the client is over, one way or the other. */
  over: (() => void) | null = null;
  readonly #req: IncomingMessage;
  #body: StreamBody | null = null;
  #none: Body | null = null;
  #expects: { proceed(): void } | null = null;

  constructor(req: IncomingMessage, res: ServerResponse, waits: boolean) {
    const raw = req.rawHeaders;
    this.head = {
      method: req.method ?? 'GET',
      target: req.url ?? '/',
      http: req.httpVersion === '1.0' ? '1.0' : '1.1',
      raw,
    };
    this.client = new Link(req);
    this.#req = req;
    if (waits) {
      const proceed = () => {
        if (this.#expects === null) return;
        this.#expects = null;
        res.writeContinue();
      };
      this.#expects = { proceed };
    }
    // One listener for all that hangs on the end: they are dear on a path that every call takes.
    res.on('close', () => {
      if (!res.writableFinished) this.deadline.end(new AdapterError('ERR_ABORTED', 'the client left'));
      this.over?.();
      // A reply that came before the request's end: the rest is read and dropped, or client and connection would stall.
      this.#body?.ignore();
    });
  }

  /** Made when first asked for: a request that is carried by others must not be read by us. */
  get body(): Body {
    if (this.#body !== null) return this.#body;
    const framing = framingOf(this.head.raw);
    if (framing === 'none') return (this.#none ??= noBody());
    return (this.#body = requestBody(this.#req, framing));
  }

  get expects(): { proceed(): void } | null {
    return this.#expects;
  }

  get method(): string {
    return this.head.method;
  }

  get target(): string {
    return this.head.target;
  }

  header(name: string): string | null {
    return headerOf(this.head.raw, name);
  }
}

class Link implements ClientLink {
  readonly #req: IncomingMessage;
  constructor(req: IncomingMessage) {
    this.#req = req;
  }
  get address(): string {
    return this.#req.socket.remoteAddress ?? '';
  }
  get secure(): boolean {
    return 'encrypted' in this.#req.socket;
  }
  certificate(): string | null {
    if (!this.secure) return null;
    const socket = this.#req.socket as TLSSocket;
    // Null once the client has left, whatever the types say.
    const found = socket.getPeerCertificate() as { fingerprint256?: string } | null;
    return socket.authorized ? (found?.fingerprint256 ?? null) : null;
  }
}

const requestBody = (req: IncomingMessage, framing: Framing): StreamBody => {
  const body = new StreamBody(framing, req);
  req.on('data', (bytes: Buffer) => body.push(bytes));
  req.on('end', () => body.finish(req.rawTrailers));
  req.on('error', (error) =>
    body.fail(new AdapterError('ERR_ABORTED', 'the client left inside its request', { cause: error })),
  );
  return body;
};

const framingOf = (raw: Raw): Framing => {
  if (headerOf(raw, 'transfer-encoding') !== null) return 'chunked';
  const length = headerOf(raw, 'content-length');
  return length === null ? 'none' : { bytes: Number(length) };
};

/** Writes a reply to its client: status, reason and lines as they are, body with back-pressure; a cut body cuts the connection. */
export const commit = (reply: Reply, call: Arrival, res: ServerResponse): Promise<Delivered> =>
  new Promise((resolve) => {
    if (call.deadline.ended !== null || res.destroyed) {
      reply.discard?.();
      return resolve('client-left');
    }
    res.sendDate = false;
    // The client still waits to send its body and was answered instead: what it sends next could not be told from that body.
    if (call.expects !== null) res.shouldKeepAlive = false;
    if (res.shouldKeepAlive && call.head.http === '1.1') res.removeHeader('connection');
    res.writeHead(reply.head.status, reply.head.reason, linesFor(call, reply.head.raw));
    // A chunked body may have trailers, which only pouring tells.
    const bytes = reply.body.framing === 'chunked' ? null : reply.body.bytes;
    call.over = () => resolve(res.writableFinished ? 'complete' : call.deadline.ended === null ? 'cut' : 'client-left');
    // As text, node:http joins head and body to one write; latin1 keeps every byte.
    if (bytes !== null && bytes.length <= joinable) res.end(bytes.toString('latin1'), 'latin1');
    else if (bytes !== null) res.end(bytes);
    else pourInto(reply.body, res, resolve);
  });

/** An HTTP/1.0 client knows no codings: its reply ends with the connection. */
const linesFor = (call: Arrival, raw: Raw): string[] =>
  call.head.http === '1.1'
    ? (raw as string[])
    : raw.filter((_, i) => raw[i - (i % 2)]!.toLowerCase() !== 'transfer-encoding');

/** Bytes up to which one write is cheaper than not copying. */
const joinable = 16 * 1024;

const pourInto = (body: Body, res: ServerResponse, resolve: (delivered: Delivered) => void): void => {
  let flow: Flow | null = null;
  const sink: Sink = {
    chunk: (bytes) => res.write(bytes),
    end: (trailers) => {
      if (trailers.length > 0) res.addTrailers(pairs(trailers));
      res.end();
    },
    cut: (why) => {
      resolve(why.code === 'ERR_ABORTED' ? 'client-left' : 'cut');
      res.destroy(); // never completed: the client must see that the rest is missing (RFC 9112 §8)
    },
  };
  res.on('drain', () => flow?.resume());
  flow = body.pour(sink);
};

const pairs = (raw: Raw): [string, string][] => {
  const list: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) list.push([raw[i]!, raw[i + 1]!]);
  return list;
};

/** An error of ours for callers that are not SOAP (RFC 9457). */
export const problemReply = ({ status, code, message, retryAfter }: Trouble): Reply => {
  const title = STATUS_CODES[status] ?? 'Error';
  const lines = ['Content-Type', 'application/problem+json'];
  if (retryAfter !== undefined) lines.push('Retry-After', String(retryAfter));
  const body = Buffer.from(JSON.stringify({ type: 'about:blank', title, status, detail: message, code }));
  return replyOf(status, title, lines, body);
};

/** A reply of ours: known bytes, content type, and their length. */
export const replyOf = (status: number, reason: string, lines: Raw, bytes: Buffer = nothing): Reply => ({
  head: { status, reason, raw: [...lines, 'Content-Length', String(bytes.length)] },
  body: bytesBody(bytes),
  verdict: { blame: 'nobody' },
});
