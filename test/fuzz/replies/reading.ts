// What a parser makes of the bytes of one connection: collected in one form, so that two parsers can be compared.
import type { Raw, ReplyHead } from '../../../adapters/adapter.ts';

export interface ReadReply extends ReplyHead {
  /** Interim replies before it. */
  readonly interim: readonly number[];
  readonly body: string;
  readonly trailers: Raw;
  readonly isWhole: boolean;
  readonly staysOpen: boolean;
}

export interface ReadReplies {
  readonly replies: readonly ReadReply[];
  /** Interim replies after the last. */
  readonly interim: readonly number[];
  readonly error: string | null;
}

const framingName = /^(?:content-length|transfer-encoding)$/i;

type Mutable = { -readonly [Key in keyof ReadReply]: ReadReply[Key] };

/** Takes a parser's events until all replies that were asked for are there, the connection is used up, or it fails. */
export class Reading {
  readonly #methods: readonly ('GET' | 'HEAD')[];
  readonly #replies: Mutable[] = [];
  #interim: number[] = [];
  #now: Mutable | null = null;
  error: string | null = null;
  /** Nothing more is wanted from this connection. */
  isOver = false;

  constructor(methods: readonly ('GET' | 'HEAD')[]) {
    this.#methods = methods;
  }

  /** Of the request whose reply comes next, or is coming. */
  get method(): 'GET' | 'HEAD' | null {
    return this.#methods[this.#replies.length - (this.#now === null ? 0 : 1)] ?? null;
  }

  interim(status: number): void {
    if (!this.isOver) this.#interim.push(status);
  }

  head({ status, reason, raw }: ReplyHead, open: boolean): void {
    if (this.isOver) return;
    const interim = this.#interim;
    this.#interim = [];
    // Node's parser learns of HEAD too late to say it of a reply that tells no length.
    const staysOpen = open && (this.method !== 'HEAD' || raw.some((name) => framingName.test(name)));
    this.#now = { status, reason, raw, interim, body: '', trailers: [], isWhole: false, staysOpen };
    this.#replies.push(this.#now);
  }

  bytes(bytes: Buffer): void {
    if (this.#now !== null) this.#now.body += bytes.toString('latin1');
  }

  replied(trailers: Raw): void {
    if (this.#now === null) return;
    this.#now.trailers = [...trailers];
    this.#now.isWhole = true;
    this.isOver = !this.#now.staysOpen || this.#replies.length === this.#methods.length;
    this.#now = null;
  }

  fail(error: string): void {
    if (!this.isOver) this.error ??= error;
    this.isOver = true;
  }

  told(): ReadReplies {
    return { replies: this.#replies, interim: this.#interim, error: this.error };
  }
}
