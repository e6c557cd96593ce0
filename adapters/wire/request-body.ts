// The body of a request of node:http, taken where its parser delivers it.
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type { Framing, Lease } from '../adapter.ts';
import { AdapterError } from '../errors.ts';
import { StreamBody } from './stream-body.ts';
import type { Source } from './stream-body.ts';

export interface Bounds {
  /** Bytes. */
  readonly most: number;
  readonly lender: Lease | null;
}

/**
 * The parser hands every piece to `req.push`. It is caught there: passed through the stream's buffer, listeners and ticks, a small
 * body would cost as much as all the rest of its call. The end still goes to the stream, which node:http watches to know when
 * the connection is free. Whoever sees the client leave tells the body; no event of `req` is listened to.
 *
 * A body of more than `most` bytes fails with ERR_TOO_LARGE.
 */
export const requestBody = (req: IncomingMessage, framing: Framing, { most, lender }: Bounds): StreamBody => {
  const source = new RequestSource(req);
  const body = new StreamBody(framing, source, lender);
  // What came before anybody asked.
  if (req.readableLength > 0) for (let early = next(req); early !== null; early = next(req)) body.push(early);
  if (req.complete) body.finish(req.rawTrailers);
  else {
    (req as Taken)[taken] = body;
    // A length has told already.
    const isBounded = most !== Infinity && typeof framing !== 'object';
    let seen = 0;
    req.push = (bytes: Buffer | null): boolean => {
      if (bytes === null) {
        body.finish(req.rawTrailers);
        return Readable.prototype.push.call(req, null);
      }
      if (isBounded && (seen += bytes.length) > most) body.fail(tooLarge(seen, most));
      else body.push(bytes);
      return !source.paused;
    };
  }
  return body;
};

const taken = Symbol('body');
type Taken = IncomingMessage & { [taken]?: StreamBody };

/** What the parser found wrong with a request, told to whoever reads its body. False: nobody does. */
export const failBody = (req: IncomingMessage, cause: NodeJS.ErrnoException): boolean => {
  const body = (req as Taken)[taken];
  body?.fail(bodyFailure(cause));
  return body !== undefined;
};

const bodyFailure = (cause: NodeJS.ErrnoException): AdapterError =>
  cause.code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? new AdapterError('ERR_TIMEOUT', 'the request did not come in time', { cause })
    : new AdapterError('ERR_MALFORMED', 'the body is not framed as HTTP has it', { cause });

const tooLarge = (seen: number, most: number): AdapterError =>
  new AdapterError('ERR_TOO_LARGE', `a body of ${seen} bytes or more, at most ${most} are taken here`);

const next = (req: IncomingMessage): Buffer | null => req.read() as Buffer | null;

class RequestSource implements Source {
  readonly #req: IncomingMessage;
  paused = false;

  constructor(req: IncomingMessage) {
    this.#req = req;
  }

  /** The socket is paused by the parser when the next piece is refused. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    // What a stream that wants more calls: the socket flows, unless replies that wait to be written hold it.
    // oxlint-disable-next-line no-underscore-dangle -- the name that streams give it
    this.#req._read(0);
  }
}
