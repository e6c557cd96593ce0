// The inbound edge for HTTP/2: one stream becomes a Call, and goes on as HTTP/1.1 would have it (RFC 9113 §8). What belongs to a
// connection of HTTP/1.1 stays off these streams.
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type {
  Arriving,
  Body,
  ClientLink,
  Delivered,
  Flow,
  Framing,
  Head,
  Lease,
  Message,
  Raw,
  Reply,
  Sink,
} from '../adapter.ts';
import { AdapterError } from '../errors.ts';
import { isOfConnection } from './bond.ts';
import { noBody } from './bytes.ts';
import { SocketLink } from './client-of.ts';
import { CallDeadline } from './deadline.ts';
import { headerOf } from './headers.ts';
import type { Bounds } from './request-body.ts';
import { StreamBody } from './stream-body.ts';
import { fields, headOf, plainLines, replyLines } from './stream-lines.ts';

/** A request on a stream, `raw` with its pseudo-headers. */
export interface StreamRequest {
  readonly stream: ServerHttp2Stream;
  readonly raw: Raw;
  readonly socket: Socket;
  /** Milliseconds in which the client may take nothing of its reply. */
  readonly replyTimeout: number;
}

export class StreamArrival implements Arriving, Sink {
  readonly head: Head;
  readonly client: ClientLink;
  readonly deadline = new CallDeadline();
  message: Message | null = null;
  repeatable: boolean | null = null;
  readonly #stream: ServerHttp2Stream;
  #framing: Framing;
  #body: StreamBody | null = null;
  #none: Body | null = null;
  #expects: { proceed(): void } | null = null;
  #delivered: ((delivered: Delivered) => void) | null = null;
  #flow: Flow | null = null;
  #trailers: Raw = [];
  #most = Infinity;
  #lender: Lease | null = null;
  #hangsUp = false;
  #isHandedOver = false;
  readonly #replyTimeout: number;
  #isStalled = false;

  constructor({ stream, raw, socket, replyTimeout }: StreamRequest) {
    this.#stream = stream;
    this.#replyTimeout = replyTimeout;
    this.#framing = stream.endAfterHeaders ? 'none' : 'chunked';
    const length = headerOf(raw, 'content-length');
    if (this.#framing === 'chunked' && length !== null) this.#framing = { bytes: Number(length) };
    this.head = headOf(raw, this.#framing);
    this.client = new SocketLink(socket);
    if (headerOf(raw, 'expect')?.toLowerCase() === '100-continue') this.#expects = { proceed: () => this.#proceed() };
    stream.on('finish', () => this.#finished());
    stream.on('close', () => this.#closed());
    stream.on('error', () => undefined); // told by `close`
    stream.on('timeout', () => stream.close(constants.NGHTTP2_CANCEL));
  }

  get body(): Body {
    if (this.#body !== null) return this.#body;
    if (this.#framing === 'none') return (this.#none ??= noBody());
    return (this.#body = streamBody(this.#stream, this.#framing, { most: this.#most, lender: this.#lender }));
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

  limitBody(most: number): boolean {
    this.#most = most;
    return typeof this.#framing !== 'object' || this.#framing.bytes <= most;
  }

  lend(lease: Lease): void {
    this.#lender = lease;
  }

  carried(): void {}

  hangUp(): void {
    this.#hangsUp = true;
  }

  /** NTLM or Negotiate, which cannot say who calls where all calls share a connection. The client is told to come by HTTP/1.1. */
  refusedHere(): boolean {
    if (!isOfConnection(this.header('authorization'))) return false;
    this.#stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED);
    return true;
  }

  /** The body has not come in time. */
  late(): void {
    if (this.#body?.settled === true) return;
    if (this.#body === null || this.#stream.headersSent) this.#stream.close(constants.NGHTTP2_CANCEL);
    else this.#body.fail(new AdapterError('ERR_TIMEOUT', 'the request did not come in time'));
  }

  expire(why: AdapterError): void {
    if (this.#body?.settled === false) {
      this.#hangsUp = true;
      this.#body.fail(why);
    }
    this.deadline.end(why);
    if (this.#delivered !== null) this.cut(why);
  }

  respond(reply: Reply): Promise<Delivered> {
    if (this.deadline.ended?.code === 'ERR_ABORTED' || this.#stream.destroyed) {
      reply.discard?.();
      return Promise.resolve('client-left');
    }
    return new Promise((resolve) => {
      this.#delivered = resolve;
      this.#write(reply);
    });
  }

  #write({ head, body }: Reply): void {
    const stream = this.#stream;
    const lines = [':status', String(head.status), ...replyLines(head.raw)];
    const bytes = body.framing === 'chunked' ? null : body.bytes;
    const isEmpty = (bytes !== null && bytes.length === 0) || this.head.method === 'HEAD';
    stream.respond(lines, { endStream: isEmpty, waitForTrailers: bytes === null && !isEmpty });
    if (isEmpty) {
      if (bytes === null) body.pour(nowhere);
      stream.end();
    } else if (bytes !== null) {
      stream.end(bytes);
      if (stream.writableLength > 0) this.#stall();
    } else {
      stream.on('wantTrailers', () => stream.sendTrailers(fields(this.#trailers)));
      stream.on('drain', () => {
        this.#isStalled = false;
        stream.setTimeout(0);
        this.#flow?.resume();
      });
      this.#flow = body.pour(this);
    }
  }

  // --- Sink: a reply's body on its way to the client

  chunk(bytes: Buffer): boolean {
    const isFree = this.#stream.write(bytes);
    if (!isFree) this.#stall();
    return isFree;
  }

  end(trailers: Raw): void {
    this.#trailers = replyLines(trailers);
    this.#stream.end();
  }

  cut(why: AdapterError): void {
    this.#settle(why.code === 'ERR_ABORTED' ? 'client-left' : 'cut');
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR); // never completed: the client must see that the rest is missing
  }

  /** See stall.ts: a client may also keep its stream's window shut. */
  #stall(): void {
    if (this.#isStalled) return;
    this.#isStalled = true;
    this.#stream.setTimeout(this.#replyTimeout);
  }

  #proceed(): void {
    if (this.#expects === null) return;
    this.#expects = null;
    this.#stream.additionalHeaders({ ':status': 100 });
  }

  /** Handed over. A reply that came before the request's end: the rest is not wanted, or is dropped. */
  #finished(): void {
    // Node also ends the stream of a client that has left.
    if (this.#stream.aborted || this.#delivered === null) return;
    this.#isHandedOver = true;
    this.#settle('complete');
    if (this.#stream.readableEnded) return;
    if (this.#hangsUp) this.#stream.close(constants.NGHTTP2_NO_ERROR);
    else {
      this.#body?.ignore();
      this.#stream.resume();
    }
  }

  #closed(): void {
    // Where both sides are at their end, Node tells of this first, and never of the other.
    if (this.#stream.writableEnded && this.#stream.rstCode === constants.NGHTTP2_NO_ERROR) this.#finished();
    if (!this.#isHandedOver) this.deadline.end(new AdapterError('ERR_ABORTED', 'the client left'));
    this.#settle('client-left');
    this.#body?.repay();
  }

  #settle(delivered: Delivered): void {
    const settle = this.#delivered;
    this.#delivered = null;
    settle?.(delivered);
  }
}

const nowhere: Sink = { chunk: () => true, end() {}, cut() {} };

const streamBody = (stream: ServerHttp2Stream, framing: Framing, { most, lender }: Bounds): StreamBody => {
  const body = new StreamBody(framing, stream, lender);
  let trailers: Raw = [];
  let seen = 0;
  stream.on('data', (bytes: Buffer) => {
    seen += bytes.length;
    if (seen <= most) return body.push(bytes);
    body.fail(new AdapterError('ERR_TOO_LARGE', `a body of ${seen} bytes or more, at most ${most} are taken here`));
  });
  stream.on('trailers', (_headers: unknown, _flags: number, raw: Raw) => (trailers = plainLines(raw)));
  stream.on('end', () => body.finish(trailers));
  const left = (): void => body.fail(new AdapterError('ERR_ABORTED', 'the client left inside its request'));
  stream.on('aborted', left);
  stream.on('close', left);
  return body;
};
