// The one implementation of a body whose bytes come over time: requests and relayed replies alike.
// Whoever produces bytes calls `push`, `finish` or `fail`; whoever reads asks to look or hold before pouring.
import type { Body, Deadline, Flow, Framing, Lease, Raw, Sink } from '../adapter.ts';
import { AdapterError } from '../errors.ts';

/** What can be told to wait; bytes it has under way may still come. */
export interface Source {
  pause(): void;
  resume(): void;
  /** The rest is not wanted; absent where the source ends by itself. */
  abandon?(): void;
}

const highWater = 64 * 1024;
/** What a body may take while it is read, without anybody's leave: most calls are smaller. Bytes. */
const unlent = 64 * 1024;
const empty = Buffer.alloc(0);
const noTrailers: Raw = [];

const nowhere: Sink = { chunk: () => true, end() {}, cut() {} };

interface Waiting {
  readonly min: number;
  readonly max: number;
  readonly resolve: (bytes: Buffer) => void;
  readonly reject: (error: AdapterError) => void;
}

export class StreamBody implements Body, Flow {
  readonly framing: Framing;
  readonly #source: Source;
  readonly #lender: Lease | null;
  #owed = 0;
  readonly #promised: number;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #keepMax = 0;
  #lease: Lease | null = null;
  #leased = 0;
  #lost = false; // bytes have left that were not kept
  #poured = false;
  #sink: Sink | null = null;
  #waiting: Waiting | null = null;
  #look: ((bytes: Buffer) => AdapterError | null) | null = null;
  #ended: (() => void) | null = null;
  #over: ((why: AdapterError | null) => void) | null = null;
  #trailers: Raw | null = null; // not null: complete
  #failure: AdapterError | null = null;

  /** `lender`: of memory for what waits here before it is poured, past `unlent` bytes; null: nobody counts that. */
  constructor(framing: Framing, source: Source, lender: Lease | null = null) {
    this.framing = framing;
    this.#lender = lender;
    this.#promised = typeof framing === 'object' ? framing.bytes : Infinity;
    this.#source = source;
  }

  // --- the producer's side

  push(bytes: Buffer): void {
    if (this.#failure !== null) return;
    const sink = this.#sink;
    if (sink === null) {
      this.#keep(bytes);
      if (this.#keptBytes > unlent && !this.#borrow()) return this.#starve();
      // All that its length promised: nobody needs to wait for the source to say so, nor to stop it.
      if (!this.#lost && this.#keptBytes === this.#promised) this.finish(noTrailers);
      else if (this.#waiting !== null) this.#serveWaiting();
      else if (this.#keptBytes >= highWater) this.#source.pause();
      return;
    }
    const refused = this.#look === null ? null : this.#look(bytes);
    if (refused !== null) return this.fail(refused);
    if (this.#keepMax > 0) this.#keepWithinBound(bytes);
    else this.#lost = true;
    if (!sink.chunk(bytes)) this.#source.pause();
  }

  finish(trailers: Raw): void {
    if (this.#failure !== null || this.#trailers !== null) return;
    this.#trailers = trailers;
    this.#over?.(null);
    if (this.#waiting !== null) this.#serveWaiting();
    if (this.#sink !== null) this.#passedOn(this.#sink, trailers);
  }

  fail(why: AdapterError): void {
    if (this.#failure !== null || this.#trailers !== null) return;
    this.#failure = why;
    this.#over?.(why);
    this.#waiting?.reject(why);
    this.#waiting = null;
    this.#sink?.cut(why);
  }

  /** Calls back once the producer has told how it ended; at once if it has. */
  over(listener: (why: AdapterError | null) => void): void {
    if (this.settled) return listener(this.#failure);
    const before = this.#over;
    this.#over =
      before === null
        ? listener
        : (why) => {
            before(why);
            listener(why);
          };
  }

  /** Whether the producer has told how it ended. */
  get settled(): boolean {
    return this.#trailers !== null || this.#failure !== null;
  }

  // --- the reader's side

  get again(): 'untouched' | 'held' | 'gone' {
    if (this.#lost) return 'gone';
    return this.#poured ? 'held' : 'untouched';
  }

  get bytes(): Buffer | null {
    return this.#trailers !== null && !this.#lost ? this.#joined() : null;
  }

  prefix(min: number, _deadline: Deadline): Promise<Buffer> {
    return this.#collect(min, Infinity);
  }

  whole(max: number, _deadline: Deadline): Promise<Buffer> {
    const { framing } = this;
    if (typeof framing === 'object' && framing.bytes > max) return Promise.reject(tooLarge(framing.bytes, max));
    return this.#collect(Infinity, max);
  }

  hold(max: number, lease: Lease | null = null): void {
    if (this.#poured || max <= this.#keepMax) return;
    if (this.#keptBytes > max) return this.settled ? undefined : lease?.tooLong();
    this.#keepMax = max;
    this.#lease = lease;
  }

  release(): void {
    if (this.#leased > 0) this.#drop();
  }

  #borrow(): boolean {
    if (this.#lender === null) return true;
    const more = this.#keptBytes - unlent - this.#owed;
    if (!this.#lender.take(more)) return false;
    this.#owed += more;
    return true;
  }

  #starve(): void {
    const found = this.#keptBytes;
    this.#drop();
    this.fail(new AdapterError('ERR_MEMORY', `no memory is left to read a body of ${found} bytes or more`));
  }

  /** What was lent for reading it. Its call is over, or somebody else's memory holds it. */
  repay(): void {
    if (this.#owed > 0) this.#lender?.give(this.#owed);
    this.#owed = 0;
  }

  /** What is here as a whole costs nothing more; else bytes are kept only as far as somebody lends memory for them. */
  #mayKeep(): boolean {
    if (this.#trailers !== null) return true;
    if (this.#keepMax === 0) return false;
    if (this.#poured) return true;
    this.repay();
    return this.#lent(this.#keptBytes);
  }

  #lent(bytes: number): boolean {
    if (this.#lease === null) return true;
    if (!this.#lease.take(bytes)) return false;
    this.#leased += bytes;
    return true;
  }

  #drop(): void {
    this.#lost = true;
    this.#kept = [];
    this.#keptBytes = 0;
    this.repay();
    this.#lease?.give(this.#leased);
    this.#leased = 0;
  }

  tap(look: (bytes: Buffer) => AdapterError | null, ended: (() => void) | null = null): void {
    this.#look = look;
    this.#ended = ended;
  }

  pour(into: Sink): Flow {
    const before = this.#kept;
    if (!this.#mayKeep()) {
      this.#keepMax = 0;
      if (this.#keptBytes > 0) this.#drop();
    }
    this.#poured = true;
    this.#sink = into;
    for (const bytes of before) {
      const refused = this.#look === null ? null : this.#look(bytes);
      if (refused !== null) {
        this.fail(refused);
        if (this.#trailers !== null) into.cut(refused);
        return this;
      }
      into.chunk(bytes);
      if (this.#sink !== into) return this; // stopped meanwhile
    }
    if (this.#trailers !== null) this.#passedOn(into, this.#trailers);
    else if (this.#failure !== null) into.cut(this.#failure);
    else this.#source.resume();
    return this;
  }

  #passedOn(sink: Sink, trailers: Raw): void {
    this.#ended?.();
    sink.end(trailers);
  }

  pause(): void {
    this.#source.pause();
  }

  resume(): void {
    this.#source.resume();
  }

  stop(): void {
    this.#sink = null;
    if (this.#trailers === null && this.#failure === null) this.#source.pause();
  }

  /** The rest is read, and dropped where nobody takes it, so that what follows on its connection can come. */
  ignore(): void {
    if (this.settled || this.#sink !== null) return;
    this.#sink = nowhere;
    this.#keepMax = 0;
    this.#source.resume();
  }

  /** Nobody will read the rest. */
  abandon(): void {
    if (!this.settled) this.#source.abandon?.();
  }

  #collect(min: number, max: number): Promise<Buffer> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#lost)
      return Promise.reject(new AdapterError('ERR_ABORTED', 'this body has been poured and was not held'));
    if (this.#keptBytes > max) return Promise.reject(tooLarge(this.#keptBytes, max));
    if (this.#trailers !== null || this.#keptBytes >= min) return Promise.resolve(this.#joined());
    return new Promise((resolve, reject) => {
      this.#waiting = { min, max, resolve, reject };
      this.#source.resume();
    });
  }

  #serveWaiting(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    if (this.#keptBytes > waiting.max) {
      this.#waiting = null;
      this.#source.pause();
      waiting.reject(tooLarge(this.#keptBytes, waiting.max));
    } else if (this.#trailers !== null || this.#keptBytes >= waiting.min) {
      this.#waiting = null;
      if (this.#trailers === null) this.#source.pause();
      waiting.resolve(this.#joined());
    }
  }

  #keep(bytes: Buffer): void {
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
  }

  #keepWithinBound(bytes: Buffer): void {
    if (this.#lost) return;
    const isTooLong = this.#keptBytes + bytes.length > this.#keepMax;
    if (!isTooLong && this.#lent(bytes.length)) return this.#keep(bytes);
    if (isTooLong) this.#lease?.tooLong();
    this.#drop();
  }

  #joined(): Buffer {
    const kept = this.#kept;
    if (kept.length === 0) return empty;
    if (kept.length > 1) this.#kept = [Buffer.concat(kept, this.#keptBytes)];
    return this.#kept[0] ?? empty;
  }
}

const tooLarge = (found: number, max: number) =>
  new AdapterError('ERR_TOO_LARGE', `a body of ${found} bytes or more, at most ${max} are read here`);
