// Chunked transfer coding on the way in (RFC 9112 §7.1), strict: no bare LF, no odd sizes, bounded extensions and trailers.
import type { Raw } from '../adapter.ts';
import { parseFieldLines } from './field-lines.ts';

const maxLine = 4096;
const maxTrailers = 16 * 1024;
const sizePattern = /^[0-9a-fA-F]{1,13}[ \t]*(?:;[^\0\r\n]*)?$/;

export interface ChunkEvents {
  bytes(bytes: Buffer): void;
  end(trailers: Raw): void;
}

type State = 'size' | 'data' | 'data-end' | 'trailers';

/** Decodes one chunked body. `feed` answers how many bytes belonged to it, or throws a plain Error naming what is wrong. */
export class ChunkedDecoder {
  #state: State = 'size';
  #left = 0;
  #line = '';
  #done = false;

  get done(): boolean {
    return this.#done;
  }

  feed(input: Buffer, events: ChunkEvents): number {
    let at = 0;
    while (at < input.length && !this.#done) {
      if (this.#state === 'data') {
        const end = Math.min(at + this.#left, input.length);
        events.bytes(input.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = 'data-end';
      } else {
        const end = this.#takeLine(input, at);
        if (end === -1) return input.length;
        at = end;
        this.#lineRead(events);
      }
    }
    return at;
  }

  /** Collects up to and with CRLF; -1 when the line goes on. Trailers are collected whole, to the empty line. */
  #takeLine(input: Buffer, at: number): number {
    const lf = input.indexOf(10, at);
    const end = lf === -1 ? input.length : lf + 1;
    this.#line += input.toString('latin1', at, end);
    if (this.#line.length > (this.#state === 'trailers' ? maxTrailers : maxLine))
      throw new Error('a chunk line or trailer over its limit');
    if (lf === -1) return -1;
    if (!this.#line.endsWith('\r\n')) throw new Error('a bare LF in the chunked coding');
    if (this.#state === 'trailers' && this.#line !== '\r\n' && !this.#line.endsWith('\r\n\r\n')) {
      return end < input.length ? this.#takeLine(input, end) : -1;
    }
    return end;
  }

  #lineRead(events: ChunkEvents): void {
    const line = this.#line.slice(0, -2);
    this.#line = '';
    if (this.#state === 'data-end') {
      if (line !== '') throw new Error('a chunk longer than its size');
      this.#state = 'size';
    } else if (this.#state === 'size') {
      if (!sizePattern.test(line)) throw new Error('a chunk size that is no hexadecimal number');
      this.#left = Number.parseInt(line, 16);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    } else {
      this.#done = true;
      events.end(line === '' ? [] : parseFieldLines(line.slice(0, -2)));
    }
  }
}
