// The inbound edge: a request of node:http becomes a Call, a Reply goes back as it is. `respond` is the only writer to a client.
// No closure is made per call where a method will do: what a call leaves behind is what the garbage collector costs.
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type {
  Arriving,
  Body,
  Call,
  Delivered,
  Flow,
  Framing,
  Head,
  Lease,
  Message,
  Raw,
  Reply,
  ReplyHead,
  Sink,
  Trouble,
} from '../adapter.ts';
import { AdapterError } from '../errors.ts';
import { bytesBody, noBody } from './bytes.ts';
import { linkOf } from './client-of.ts';
import { CallDeadline } from './deadline.ts';
import { headerOf } from './headers.ts';
import { requestBody } from './request-body.ts';
import { Stall } from './stall.ts';
import type { StreamBody } from './stream-body.ts';
import { writeTogether, type Writer } from './together.ts';

const nothing = Buffer.alloc(0);

export interface HowItCame {
  /** It asks with `Expect: 100-continue` before it sends its body. */
  readonly waits: boolean;
  /** Milliseconds in which its client may take nothing of its reply; no bound where nothing is said. */
  readonly replyTimeout?: number;
}

export class Arrival implements Arriving, Sink, Writer {
  readonly head: Head;
  readonly client: ReturnType<typeof linkOf>;
  readonly deadline = new CallDeadline();
  message: Message | null = null;
  repeatable: boolean | null = null;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  /** Waits for the exchange with the client to be over, one way or the other. */
  #delivered: ((delivered: Delivered) => void) | null = null;
  /** What could not be written at all. */
  #failed: ((error: unknown) => void) | null = null;
  /** To be written with those of other calls. */
  #reply: Reply | null = null;
  #flow: Flow | null = null;
  #body: StreamBody | null = null;
  #none: Body | null = null;
  #expects: { proceed(): void } | null = null;
  /** Bytes; a body of more is refused. */
  #most = Infinity;
  #lender: Lease | null = null;
  #hangsUp = false;
  readonly #stall: Stall;
  /** Something of a reply's body, or its end, has come. */
  #poured = false;

  constructor(req: IncomingMessage, res: ServerResponse, { waits, replyTimeout = Infinity }: HowItCame) {
    const raw = req.rawHeaders;
    this.head = {
      method: req.method ?? 'GET',
      target: req.url ?? '/',
      http: req.httpVersion === '1.0' ? '1.0' : '1.1',
      raw,
    };
    this.client = linkOf(req.socket, raw);
    this.client.callBegins();
    this.#req = req;
    this.#res = res;
    this.#stall = new Stall(res, replyTimeout);
    if (waits) this.#expects = { proceed: () => this.#proceed() };
    // One listener for all that hangs on the end: they are dear on a path that every call takes.
    res.on('close', () => this.#closed());
  }

  /** Made when first asked for: a request that is carried by others must not be read by us. */
  get body(): Body {
    if (this.#body !== null) return this.#body;
    const framing = framingOf(this.head.raw);
    if (framing === 'none') return (this.#none ??= noBody());
    return (this.#body = requestBody(this.#req, framing, { most: this.#most, lender: this.#lender }));
  }

  limitBody(most: number): boolean {
    this.#most = most;
    const framing = framingOf(this.head.raw);
    return typeof framing !== 'object' || framing.bytes <= most;
  }

  lend(lease: Lease): void {
    this.#lender = lease;
  }

  carried(): void {
    this.#stall.follow();
  }

  hangUp(): void {
    this.#hangsUp = true;
  }

  expire(why: AdapterError): void {
    if (this.#body?.settled === false) {
      this.#hangsUp = true; // what comes next could not be told from the rest of this call
      this.#body.fail(why);
    }
    this.deadline.end(why);
    if (this.#delivered !== null) this.cut(why);
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

  /** Writes a reply to its client: status, reason and lines as they are, body with back-pressure; a cut body cuts the connection. */
  respond(reply: Reply): Promise<Delivered> {
    // One whose time is over may still be told so.
    if (this.deadline.ended?.code === 'ERR_ABORTED' || this.#res.destroyed) {
      reply.discard?.();
      return Promise.resolve('client-left');
    }
    return new Promise((resolve, reject) => {
      this.#delivered = resolve;
      this.#failed = reject;
      this.#reply = reply;
      writeTogether(this);
    });
  }

  writeNow(): void {
    const reply = this.#reply!;
    this.#reply = null;
    try {
      // It may have been cut, or its client have left, while it waited.
      if (this.#delivered === null) reply.discard?.();
      else this.#write(reply);
    } catch (error) {
      this.#failed?.(error);
    }
  }

  #write({ head, body }: Reply): void {
    const res = this.#res;
    res.sendDate = false;
    // The client still waits to send its body and was answered instead: what it sends next could not be told from that body.
    if (this.#expects !== null || this.#hangsUp || this.client.bond?.isEnding === true) res.shouldKeepAlive = false;
    if (res.shouldKeepAlive && this.head.http === '1.1') res.removeHeader('connection');
    res.writeHead(head.status, head.reason, linesFor(this.head.http, head));
    // A chunked body may have trailers, which only pouring tells.
    const bytes = body.framing === 'chunked' ? null : body.bytes;
    if (bytes !== null && this.#hangsUp && !this.#req.complete && this.#expects === null) this.#linger(bytes);
    // As text, node:http joins head and body to one write; latin1 keeps every byte.
    else if (bytes !== null && bytes.length <= joinable) res.end(bytes.toString('latin1'), 'latin1');
    else if (bytes !== null) {
      res.end(bytes);
      if (res.writableLength > 0) this.#stall.begin();
    } else {
      res.on('drain', () => {
        this.#stall.end();
        this.#flow?.resume();
      });
      this.#flow = body.pour(this);
      // node:http keeps a head until there is more to write; a stream of events may have nothing to say yet.
      if (!this.#poured) flushHead(res);
    }
  }

  /** A connection closed while bytes wait to be read is reset, and the client may lose its reply: so the close waits a little. */
  #linger(bytes: Buffer): void {
    const [req, res] = [this.#req, this.#res];
    const end = (): void => {
      clearTimeout(timer);
      res.end();
    };
    const timer = setTimeout(end, lingering);
    req.once('end', end);
    res.write(bytes);
    this.#body?.ignore();
    this.#body?.resume();
    req.resume();
  }

  // --- Sink: a reply's body on its way to the client

  chunk(bytes: Buffer): boolean {
    this.#poured = true;
    const isFree = this.#res.write(bytes);
    if (!isFree) this.#stall.begin();
    return isFree;
  }

  end(trailers: Raw): void {
    this.#poured = true;
    if (trailers.length > 0) this.#res.addTrailers(pairs(trailers));
    this.#res.end();
  }

  cut(why: AdapterError): void {
    this.#poured = true;
    this.#settle(why.code === 'ERR_ABORTED' ? 'client-left' : 'cut');
    // Never completed: the client must see that the rest is missing (RFC 9112 §8). Where the end of the connection is the end of
    // the body, only a reset tells; TLS has an alert of its own, which a connection that breaks off does not send.
    if (this.head.http === '1.0' && !this.client.secure) this.#res.socket?.resetAndDestroy();
    this.#res.destroy();
  }

  #proceed(): void {
    if (this.#expects === null) return;
    this.#expects = null;
    this.#res.writeContinue();
  }

  #closed(): void {
    const whole = this.#res.writableFinished;
    if (!whole) this.deadline.end(new AdapterError('ERR_ABORTED', 'the client left'));
    this.#settle(whole ? 'complete' : 'client-left');
    this.client.callEnds();
    this.#body?.repay();
    // A reply that came before the request's end: the rest is read and dropped, or client and connection would stall.
    if (whole) this.#body?.ignore();
    else this.#body?.fail(new AdapterError('ERR_ABORTED', 'the client left inside its request'));
  }

  #settle(delivered: Delivered): void {
    const settle = this.#delivered;
    this.#delivered = null;
    settle?.(delivered);
  }
}

/** What is known of a request that asks for another protocol: its head. */
export const headCall = (req: IncomingMessage): Call & { readonly deadline: CallDeadline } => ({
  head: { method: req.method ?? 'GET', target: req.url ?? '/', http: '1.1', raw: req.rawHeaders },
  body: noBody(),
  client: linkOf(req.socket, req.rawHeaders),
  expects: null,
  message: null,
  deadline: new CallDeadline(),
  header: (name) => headerOf(req.rawHeaders, name),
});

const framingOf = (raw: Raw): Framing => {
  if (headerOf(raw, 'transfer-encoding') !== null) return 'chunked';
  const length = headerOf(raw, 'content-length');
  return length === null ? 'none' : { bytes: Number(length) };
};

/** `flushHeaders` would write a head in UTF-8, and change what it says; its bytes are one each of its text. */
export const flushHead = (res: ServerResponse): void => void res.write('', 'latin1');

/**
 * An HTTP/1.0 client knows no codings: its reply ends with the connection. Where there is no body, a 204 may not name one and a 304 need not
 * (RFC 9112 §6.1); Node would end the connection of either without a word.
 */
const linesFor = (http: Head['http'], { status, raw }: ReplyHead): string[] =>
  http === '1.1' && status !== 204 && status !== 304
    ? (raw as string[])
    : raw.filter((_, i) => raw[i - (i % 2)]!.toLowerCase() !== 'transfer-encoding');

/** Milliseconds in which a client may take its reply before its connection ends. */
const lingering = 1000;

/** Bytes up to which one write is cheaper than not copying. */
const joinable = 16 * 1024;

const pairs = (raw: Raw): [string, string][] => {
  const list: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) list.push([raw[i]!, raw[i + 1]!]);
  return list;
};

/** An error of ours for callers that are not SOAP (RFC 9457). */
export const problemReply = ({ status, code, message, retryAfter, challenge }: Trouble): Reply => {
  const title = STATUS_CODES[status] ?? 'Error';
  const lines = ['Content-Type', 'application/problem+json'];
  if (retryAfter !== undefined) lines.push('Retry-After', String(retryAfter));
  if (challenge !== undefined) lines.push('WWW-Authenticate', challenge);
  const body = Buffer.from(JSON.stringify({ type: 'about:blank', title, status, detail: message, code }));
  return replyOf(status, title, lines, body);
};

/** A reply of ours: known bytes, content type, and their length. RFC 9110 §8.6: a 204 has none, not even 0. */
export const replyOf = (status: number, reason: string, lines: Raw, bytes: Buffer = nothing): Reply => ({
  head: { status, reason, raw: status === 204 ? lines : [...lines, 'Content-Length', String(bytes.length)] },
  body: bytesBody(bytes),
  verdict: { blame: 'nobody' },
});
