// Calls for tests of identification: a head, a body that comes in pieces, and no network.
import { bytesBody } from '../../adapters/wire/bytes.ts';
import type { AdapterError } from '../../adapters/errors.ts';
import type { Body, Call, Deadline, Flow, Framing, Sink } from '../../adapters/adapter.ts';

export const noDeadline: Deadline = {
  at: Infinity,
  ended: null,
  watch: () => {},
  signal: () => new AbortController().signal,
};

/** A body whose pieces arrive one by one, whenever somebody asks for more. */
export class PiecesBody implements Body {
  readonly framing: Framing;
  readonly again = 'untouched' as const;
  readonly bytes = null;
  /** Bytes that have arrived. */
  arrived = 0;
  #all: Buffer;
  #piece: number;
  #look: ((bytes: Buffer) => AdapterError | null) | null = null;
  #ended: (() => void) | null = null;

  constructor(all: Buffer, piece: number, framing: Framing = { bytes: all.length }) {
    this.#all = all;
    this.#piece = piece;
    this.framing = framing;
  }

  async prefix(min: number, _deadline: Deadline): Promise<Buffer> {
    await Promise.resolve();
    while (this.arrived < min && this.arrived < this.#all.length) this.arrived += this.#piece;
    this.arrived = Math.min(this.arrived, this.#all.length);
    return this.#all.subarray(0, this.arrived);
  }

  hold(): void {}

  release(): void {}

  tap(look: (bytes: Buffer) => AdapterError | null, ended: (() => void) | null = null): void {
    this.#look = look;
    this.#ended = ended;
  }

  pour(into: Sink): Flow {
    for (let at = 0; at < this.#all.length; at += this.#piece) {
      const bytes = this.#all.subarray(at, at + this.#piece);
      const why = this.#look?.(bytes) ?? null;
      if (why !== null) {
        into.cut(why);
        return { pause() {}, resume() {}, stop() {} };
      }
      into.chunk(bytes);
    }
    this.#ended?.();
    into.end([]);
    return { pause() {}, resume() {}, stop() {} };
  }

  whole(_max: number, _deadline: Deadline): Promise<Buffer> {
    return Promise.resolve(this.#all);
  }
}

export interface CallParts {
  readonly method?: string;
  readonly target?: string;
  /** Name, value, name, value, … */
  readonly raw?: readonly string[];
  readonly body?: Body | Buffer | string;
}

export const soapCall = ({ method = 'POST', target = '/', raw = [], body = '' }: CallParts): Call => ({
  head: { method, target, http: '1.1', raw },
  body: typeof body === 'string' || Buffer.isBuffer(body) ? bytesBody(Buffer.from(body)) : body,
  client: { address: '127.0.0.1', secure: false, certificate: () => null },
  expects: null,
  message: null,
  header: (name) => {
    const at = raw.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
    return at < 0 ? null : (raw[at + 1] ?? null);
  },
});

/** A sink that remembers what became of it. */
export class Caught implements Sink {
  bytes: Buffer[] = [];
  ended = false;
  why: AdapterError | null = null;

  chunk(bytes: Buffer): boolean {
    this.bytes.push(bytes);
    return true;
  }

  end(): void {
    this.ended = true;
  }

  cut(why: AdapterError): void {
    this.why = why;
  }
}
