// A body of which a few bytes are others than came; the rest flows through.
import type { AdapterError } from '../errors.ts';
import type { Body, Deadline, Flow, Framing, Lease, Raw, Sink } from '../adapter.ts';

/** `bytes` in the place of those from `from` up to `to`. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly bytes: Buffer;
}

export class SplicedBody implements Body {
  readonly framing: Framing;
  readonly #body: Body;
  readonly #splice: Splice;

  constructor(body: Body, splice: Splice) {
    this.#body = body;
    this.#splice = splice;
    const { framing } = body;
    this.framing = typeof framing === 'object' ? { bytes: framing.bytes + this.#longer } : framing;
  }

  get #longer(): number {
    const { from, to, bytes } = this.#splice;
    return bytes.length - (to - from);
  }

  get again(): Body['again'] {
    return this.#body.again;
  }

  get bytes(): Buffer | null {
    const all = this.#body.bytes;
    return all === null ? null : this.#spliced(all);
  }

  /** Both are looked for: what ends within the bytes that are replaced waits for their end. */
  async prefix(min: number, deadline: Deadline): Promise<Buffer> {
    const { to } = this.#splice;
    return this.#spliced(await this.#body.prefix(Math.max(to, min - this.#longer), deadline));
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
    return this.#body.pour(new Splicing(into, this.#splice));
  }

  async whole(max: number, deadline: Deadline): Promise<Buffer> {
    return this.#spliced(await this.#body.whole(Math.max(0, max - this.#longer), deadline));
  }

  #spliced(all: Buffer): Buffer {
    const { from, to, bytes } = this.#splice;
    return Buffer.concat([all.subarray(0, from), bytes, all.subarray(to)]);
  }
}

class Splicing implements Sink {
  readonly #into: Sink;
  readonly #splice: Splice;
  #at = 0;

  constructor(into: Sink, splice: Splice) {
    this.#into = into;
    this.#splice = splice;
  }

  chunk(bytes: Buffer): boolean {
    const { from, to, bytes: instead } = this.#splice;
    const at = this.#at;
    this.#at += bytes.length;
    if (at >= to || this.#at <= from) return this.#into.chunk(bytes);
    const parts = [bytes.subarray(0, Math.max(0, from - at)), bytes.subarray(Math.min(bytes.length, to - at))];
    // With its first byte, all that takes the old one's place.
    if (at <= from) parts.splice(1, 0, instead);
    const whole = Buffer.concat(parts);
    // An empty chunk would be the end.
    return whole.length === 0 || this.#into.chunk(whole);
  }

  end(trailers: Raw): void {
    this.#into.end(trailers);
  }

  cut(why: AdapterError): void {
    this.#into.cut(why);
  }
}
