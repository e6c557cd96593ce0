// Where HTTP/1.1 messages begin and end in a stream of bytes, so that a fault can be put at a byte of one of them.

export interface Part {
  readonly bytes: Buffer;
  /** Messages before this one on the stream. */
  readonly message: number;
  /** Of the part's first byte in its message. */
  readonly offset: number;
  /** It ends its message. */
  readonly last: boolean;
}

/** Content-Length or chunked; a message with neither has no body, as fits requests and what the ledger answers. */
export class Messages {
  #message = 0;
  #offset = 0;
  #head = '';
  /** Bytes of the body still to come; null: inside the head, or of a length that only its end tells. */
  #left: number | null = null;
  #tail: string | null = null;

  /** The parts of these bytes, one for each message that they belong to. */
  *split(bytes: Buffer): Generator<Part> {
    let at = 0;
    while (at < bytes.length) {
      const end = this.#endIn(bytes, at);
      const part = bytes.subarray(at, end ?? bytes.length);
      yield { bytes: part, message: this.#message, offset: this.#offset, last: end !== null };
      this.#offset += part.length;
      if (end !== null) this.#next();
      at = end ?? bytes.length;
    }
  }

  #next(): void {
    this.#message++;
    this.#offset = 0;
    this.#head = '';
    this.#left = null;
    this.#tail = null;
  }

  /** Index after the message's last byte, or null where it goes on. */
  #endIn(bytes: Buffer, from: number): number | null {
    let at = from;
    while (this.#left === null && this.#tail === null) {
      if (at === bytes.length) return null;
      this.#head += String.fromCodePoint(bytes[at++]!);
      if (!this.#head.endsWith('\r\n\r\n')) continue;
      if (/\r\ntransfer-encoding: *chunked/i.test(this.#head)) this.#tail = '\r\n';
      else this.#left = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#head)?.[1] ?? 0);
    }
    return this.#left === null ? this.#chunksEnd(bytes, at) : this.#lengthEnd(bytes, at);
  }

  #lengthEnd(bytes: Buffer, at: number): number | null {
    const own = Math.min(this.#left!, bytes.length - at);
    this.#left! -= own;
    return this.#left === 0 ? at + own : null;
  }

  /** The last chunk's own bytes occur nowhere in what the ledger says. */
  #chunksEnd(bytes: Buffer, from: number): number | null {
    for (let at = from; at < bytes.length; at++) {
      this.#tail = (this.#tail! + String.fromCodePoint(bytes[at]!)).slice(-7);
      if (this.#tail === '\r\n0\r\n\r\n') return at + 1;
    }
    return null;
  }
}
