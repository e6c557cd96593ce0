// Looks into a body as its bytes come, until they tell the operation: the fast scan first, the exact reader after it.
import { EnvelopeReader } from './envelope.ts';
import { RootPart } from './multipart.ts';
import { Stop } from './stop.ts';
import type { UndecidedReason } from '../adapter.ts';
import type { HeadNames } from './action.ts';
import type { Envelope, Reading } from './envelope.ts';
import type { EnvelopeScan } from './scan.ts';

/**
 * Bytes that are read even where the first of them tell: within these a second child of Body is found, and a body
 * that is cut. The outcome for a message no longer than this depends on its bytes alone, not on how they arrived.
 */
export const thoroughly = 65_536;
/** Step beyond that, bytes. */
const step = 16_384;

export interface SniffOptions {
  readonly head: HeadNames;
  readonly scan: EnvelopeScan;
  /** Bytes of the body that are looked at, at most. */
  readonly limit: number;
}

/** What a body told. `doctype`: it must not be relayed. */
export type Told =
  | { readonly is: 'envelope'; readonly envelope: Envelope }
  | { readonly is: 'undecided'; readonly reason: UndecidedReason }
  | { readonly is: 'doctype' };

/** One body. `root` is the message's own part where the body is a multipart. */
export class Sniff {
  #options: SniffOptions;
  #reader: EnvelopeReader | null = null;
  #seen = 0;
  /** Null where the body is the message itself. */
  readonly root: RootPart | null;
  /** Bytes of the root part so far, for whoever reads headers later. */
  readonly rootBytes: Buffer[] = [];

  /** Bytes of the body that are looked at, at most. */
  get limit(): number {
    return this.#options.limit;
  }

  constructor(options: SniffOptions) {
    this.#options = options;
    const { carries, boundary, start } = options.head;
    this.root = carries === 'parts' ? new RootPart(boundary ?? '', start) : null;
  }

  /** Takes the body's next bytes; `last`: no more will come. Null: not told yet. Not to be called after it told. */
  take(bytes: Buffer, last: boolean): Told | null {
    let from = 0;
    do {
      const to = Math.min(bytes.length, this.#nextLook(from), this.#options.limit - this.#seen + from);
      const ended = last && to === bytes.length;
      const reading = this.#look(bytes.subarray(from, to), ended);
      this.#seen += to - from;
      if (reading.is !== 'more') return reading;
      if (ended) return { is: 'undecided', reason: 'malformed' };
      if (this.#seen >= this.#options.limit) return { is: 'undecided', reason: 'limit' };
      from = to;
    } while (from < bytes.length);
    return null;
  }

  #nextLook(from: number): number {
    return from + (this.#seen < thoroughly ? thoroughly - this.#seen : step);
  }

  #look(bytes: Buffer, last: boolean): Reading {
    if (this.root === null) return this.#read(bytes, last, this.#options.head.charset);
    try {
      const content = this.root.take(bytes);
      if (content.length > 0) this.rootBytes.push(content);
      if (this.root.head === null) return last ? { is: 'undecided', reason: 'malformed' } : { is: 'more' };
      return this.#read(content, last || this.root.isOver, this.root.head.charset);
    } catch (cause) {
      if (cause instanceof Stop && cause.reason !== 'doctype') return { is: 'undecided', reason: cause.reason };
      throw cause;
    }
  }

  #read(bytes: Buffer, last: boolean, charset: string | null): Reading {
    if (this.#reader === null && (charset === null || charset === 'utf-8')) {
      const envelope = this.#options.scan(bytes, last);
      if (envelope !== 'unsure') return { is: 'envelope', envelope };
    }
    this.#reader ??= new EnvelopeReader(charset);
    return this.#reader.read(bytes, last);
  }
}
