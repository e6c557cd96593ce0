// Reads HTTP/1.1 replies off one upstream connection. Strict where leniency would let one reply be taken for another.
import type { Framing, Raw, ReplyHead } from '../adapter.ts';
import { ChunkedDecoder } from './chunked.ts';
import { parseFieldLines } from './field-lines.ts';

const maxHead = 128 * 1024;
const maxInterim = 100;
const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;

export interface ReplyEvents {
  interim(status: number): void;
  head(head: ReplyHead, framing: Framing, mayStayOpen: boolean): void;
  bytes(bytes: Buffer): void;
  replied(trailers: Raw): void;
}

type State = 'idle' | 'head' | 'length' | 'chunked' | 'close';

/** `feed` and `eof` throw a plain Error naming what is malformed or missing; the connection is then of no more use. */
export class ReplyParser {
  readonly #events: ReplyEvents;
  #state: State = 'idle';
  #pending: Buffer | null = null;
  #left = 0;
  #chunks: ChunkedDecoder | null = null;
  #bodyless = false;
  #interim = 0;

  constructor(events: ReplyEvents) {
    this.#events = events;
  }

  /** A request is on its way; `bodyless` for HEAD. */
  expect(bodyless: boolean): void {
    this.#state = 'head';
    this.#bodyless = bodyless;
    this.#interim = 0;
  }

  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** Nothing of the reply has come yet. */
  get untouched(): boolean {
    return this.#state === 'head' && this.#pending === null;
  }

  feed(input: Buffer): void {
    let rest = input;
    while (rest.length > 0) {
      if (this.#state === 'idle') throw new Error('bytes after the end of a reply');
      rest = this.#state === 'head' ? this.#feedHead(rest) : this.#feedBody(rest);
    }
  }

  /** The server ended the connection. */
  eof(): void {
    if (this.#state === 'close') this.#ended([]);
    else if (this.#state !== 'idle') throw new Error(this.#state === 'head' ? 'no reply' : 'the reply ends early');
  }

  #feedHead(input: Buffer): Buffer {
    const all = this.#pending === null ? input : Buffer.concat([this.#pending, input]);
    const end = all.indexOf('\r\n\r\n');
    if (end === -1 ? all.length > maxHead : end > maxHead) throw new Error(`a reply head over ${maxHead} bytes`);
    if (end === -1) {
      this.#pending = Buffer.from(all); // the input's memory is used again
      return all.subarray(all.length);
    }
    this.#pending = null;
    this.#headRead(all.toString('latin1', 0, end));
    return all.subarray(end + 4);
  }

  #headRead(text: string): void {
    const lineEnd = text.indexOf('\r\n');
    const line = lineEnd === -1 ? text : text.slice(0, lineEnd);
    const match = statusLine.exec(line);
    if (match === null) throw new Error('a status line that is none');
    const raw = lineEnd === -1 ? [] : parseFieldLines(text.slice(lineEnd + 2));
    const status = Number(match[2]);
    if (status < 200) {
      // 101 was not asked for, and a flood of interim replies is no reply (RFC 9110 §15.2).
      if (status === 101) throw new Error('101 to a request that asked for no upgrade');
      if (++this.#interim > maxInterim) throw new Error(`over ${maxInterim} interim replies`);
      this.#events.interim(status);
      return;
    }
    const framing = framingOf(status, raw, this.#bodyless);
    const open = framing !== 'close' && staysOpen(match[1] === '1', raw);
    this.#enterBody(framing);
    this.#events.head({ status, reason: match[3] ?? '', raw: withOneLength(raw) }, framing, open);
    if (framing === 'none' || (typeof framing === 'object' && framing.bytes === 0)) this.#ended([]);
  }

  #enterBody(framing: Framing): void {
    if (framing === 'chunked') {
      this.#state = 'chunked';
      this.#chunks = new ChunkedDecoder();
    } else if (framing === 'close') this.#state = 'close';
    else {
      this.#state = 'length';
      this.#left = framing === 'none' ? 0 : framing.bytes;
    }
  }

  #feedBody(input: Buffer): Buffer {
    if (this.#state === 'close') {
      this.#events.bytes(input);
      return input.subarray(input.length);
    }
    if (this.#chunks !== null) {
      const used = this.#chunks.feed(input, {
        bytes: (bytes) => this.#events.bytes(bytes),
        end: (trailers) => this.#ended(trailers),
      });
      return input.subarray(used);
    }
    const own = input.length > this.#left ? input.subarray(0, this.#left) : input;
    this.#left -= own.length;
    this.#events.bytes(own);
    if (this.#left === 0) this.#ended([]);
    return input.subarray(own.length);
  }

  #ended(trailers: Raw): void {
    this.#state = 'idle';
    this.#chunks = null;
    this.#events.replied(trailers);
  }
}

/** RFC 9112 §6.3. */
const framingOf = (status: number, raw: Raw, bodyless: boolean): Framing => {
  let length: string | null = null;
  let coding: string | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const size = raw[i]!.length;
    if (size === 14 && raw[i]!.toLowerCase() === 'content-length') {
      if (length !== null && length !== raw[i + 1]) throw new Error('two Content-Lengths that differ');
      length = raw[i + 1]!;
    } else if (size === 17 && raw[i]!.toLowerCase() === 'transfer-encoding') {
      if (coding !== null) throw new Error('two Transfer-Encodings');
      coding = raw[i + 1]!;
    }
  }
  if (length !== null && !/^\d{1,15}$/.test(length)) throw new Error('a Content-Length that is no number');
  if (coding !== null && length !== null) throw new Error('both Content-Length and Transfer-Encoding');
  if (coding !== null && coding.toLowerCase() !== 'chunked') throw new Error('a Transfer-Encoding other than chunked');
  if (bodyless || status === 204 || status === 304) return 'none';
  if (coding !== null) return 'chunked';
  return length === null ? 'close' : { bytes: Number(length) };
};

const isLength = (name: string): boolean => name.length === 14 && name.toLowerCase() === 'content-length';

/** RFC 9110 §8.6: what says the same twice goes on once. The very array where it does not. */
const withOneLength = (raw: Raw): Raw => {
  let first = -1;
  for (let i = 0; i < raw.length; i += 2) {
    if (!isLength(raw[i]!)) continue;
    if (first !== -1) return raw.filter((_, at) => at - (at % 2) === first || !isLength(raw[at - (at % 2)]!));
    first = i;
  }
  return raw;
};

/** RFC 9112 §9.3: `close` on any of the lines ends it, whatever else they say. */
const staysOpen = (http11: boolean, raw: Raw): boolean => {
  let asked = http11;
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]!.length !== 10 || raw[i]!.toLowerCase() !== 'connection') continue;
    for (const option of raw[i + 1]!.split(',')) {
      const token = option.trim().toLowerCase();
      if (token === 'close') return false;
      if (token === 'keep-alive') asked = true;
    }
  }
  return asked;
};
