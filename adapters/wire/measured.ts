// For destinations that take no chunked requests: the body is held until its length is known.
import { headerOf } from './headers.ts';
import { AdapterError, SendError } from '../errors.ts';
import type { Body, Call, Deadline, Flow, Framing, Lease, Raw, Send, Sink } from '../adapter.ts';

/** Bytes of a chunked body that are held; with a length of its own, a body of any size streams on. */
const most = 16 * 1024 * 1024;

/** Bytes that are waited for first; then twice as many, and so on. */
const firstPart = 64 * 1024;

/** Bytes that one destination's calls may hold together: clients that never come to their end cost no more than these. */
export class Room {
  #free: number;

  constructor(bytes = 256 * 1024 * 1024) {
    this.#free = bytes;
  }

  /** Throws SendError `full`. */
  take(bytes: number): void {
    if (bytes > this.#free)
      throw new SendError('ERR_FULL', 'full', 'nothing', 'too many chunked bodies are held here until they are whole');
    this.#free -= bytes;
  }

  leave(bytes: number): void {
    this.#free += bytes;
  }
}

/**
 * Chunked calls go on with `Content-Length`; their trailers are dropped, as an intermediary may (RFC 9110 §6.5.1). A client that waits
 * for `100 Continue` is told so here: the destination can be asked only when all is there. Rejects with ERR_LENGTH over the bound:
 * the same call with a length of its own would go through (RFC 9110 §15.5.12); with SendError `full` where `room` has none for it.
 */
export const measured =
  (send: Send, room: Room): Send =>
  async (call, deadline) => {
    const { body } = call;
    if (body.framing !== 'chunked') return send(call, deadline);
    call.expects?.proceed();
    let taken = 0;
    try {
      for (let part = firstPart; ; part = Math.min(2 * part, most + 1)) {
        room.take(part - taken);
        taken = part;
        const { length } = await body.prefix(part, deadline);
        if (length > most)
          throw new AdapterError(
            'ERR_LENGTH',
            `a chunked body of more than ${most} bytes is not taken here; send it with Content-Length`,
          );
        if (length < part) return await send(withLength(call, length), deadline);
      }
    } finally {
      room.leave(taken);
    }
  };

const withLength = ({ head, body, client, message, repeatable }: Call, length: number): Call => {
  const raw = linesWithLength(head.raw, length);
  return {
    head: { ...head, raw },
    body: new SizedBody(body, length),
    client,
    expects: null,
    message,
    repeatable: repeatable ?? null,
    header: (name) => headerOf(raw, name),
  };
};

/** In the place of what said that it is chunked. */
const linesWithLength = (raw: Raw, length: number): Raw => {
  const lines: string[] = [];
  let isSaid = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (!/^(?:transfer-encoding|content-length)$/i.test(name)) lines.push(name, raw[i + 1]!);
    else if (!isSaid) {
      lines.push('Content-Length', String(length));
      isSaid = true;
    }
  }
  if (!isSaid) lines.push('Content-Length', String(length));
  return lines;
};

/** The same bytes, all of them here. */
class SizedBody implements Body {
  readonly framing: Framing;
  readonly #body: Body;

  constructor(body: Body, length: number) {
    this.#body = body;
    this.framing = { bytes: length };
  }

  get again(): Body['again'] {
    return this.#body.again;
  }

  get bytes(): Buffer | null {
    return this.#body.bytes;
  }

  prefix(min: number, deadline: Deadline): Promise<Buffer> {
    return this.#body.prefix(min, deadline);
  }

  hold(max: number, lease?: Lease): void {
    this.#body.hold(max, lease);
  }

  release(): void {
    this.#body.release();
  }

  tap(look: (bytes: Buffer) => AdapterError | null, ended?: () => void): void {
    this.#body.tap(look, ended);
  }

  pour(into: Sink): Flow {
    return this.#body.pour(into);
  }

  whole(max: number, deadline: Deadline): Promise<Buffer> {
    return this.#body.whole(max, deadline);
  }
}
