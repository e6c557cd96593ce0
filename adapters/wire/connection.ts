// One connection to a destination, one call at a time. Handlers are bound once per socket, never per call.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Flow, Framing, Raw, ReplyHead, Sink } from '../adapter.ts';
import { AdapterError, ClientBodyError, SendError, type Reached } from '../errors.ts';
import type { Address, Asking, Keeper, Owner, Watched } from './connection-ends.ts';
import { isOutOfFiles } from './out-of-files.ts';
import { ReplyParser, type ReplyEvents } from './reply-parser.ts';
import { StreamBody } from './stream-body.ts';
import { isOfCertificate, type Tls } from './tls.ts';
import { writeTogether, type Writer } from './together.ts';
import { passedTrailers, trailerLines } from './trailers.ts';

const never = Infinity;
const arriving = Buffer.alloc(64 * 1024);

export class Connection implements Sink, ReplyEvents, Writer {
  readonly #socket: Socket;
  readonly #owner: Owner;
  readonly #tls: Tls | null;
  readonly #parser = new ReplyParser(this);
  #asking: Asking | null = null;
  #reply: StreamBody | null = null;
  #request: Flow | null = null;
  #requestDone = true;
  #chunked = false;
  #head: string | null = null; // not yet written: goes out with the first bytes of the body
  #reached: Reached = 'nothing';
  /** What is written waits here for what other calls write. */
  #gathers = false;
  #connected = false;
  #reusable = true;
  #paused = false;
  #closed = false;
  #isTls13 = false;
  #timeout: number;
  /** On the monotonic clock: when this wait is over. The pool looks every tick. */
  dueAt = never;
  idleSince = 0;
  reused = false;
  /** Null: anybody's. */
  keeper: Keeper | null = null;
  /** Null: the destination has but this one, and nobody asks how it fares. */
  origin: Watched | null = null;
  #began = 0;
  #isRefusal = false;

  constructor(address: Address, owner: Owner) {
    this.#owner = owner;
    this.#timeout = owner.timeout;
    const { host, port, tls } = address;
    this.#tls = tls;
    // Node would allocate 64 kB for every read; all connections share one instead, and what is kept is copied.
    const onread = {
      buffer: arriving,
      callback: (length: number): boolean => {
        this.#onData(arriving.subarray(0, length));
        return true;
      },
    };
    const socket =
      tls === null
        ? connectTcp({ host, port, noDelay: true, onread })
        : connectTls({ host, port, ...tls.options, ALPNProtocols: ['http/1.1'] });
    if (tls !== null) socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    this.#socket = socket;
    this.dueAt = performance.now() + owner.connectTimeout;
    socket.on(tls === null ? 'connect' : 'secureConnect', () => this.#onConnect());
    socket.on('drain', () => this.#onDrain());
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#broken(error));
    socket.on('close', () => this.#onClose());
  }

  get idle(): boolean {
    return this.#asking === null && !this.#closed;
  }

  /** The destination lets it stay open after this reply, as far as its head says. */
  get staysOpen(): boolean {
    return this.#reusable;
  }

  /** Nothing but the rest of a request that has been answered is still under way. */
  get isAnswered(): boolean {
    return this.#asking !== null && this.#parser.idle;
  }

  /** Carries no call after this one. */
  spend(): void {
    this.#reusable = false;
  }

  /** Nothing but the wish: may this connection's failure be put down to a keep-alive that had gone stale? */
  get stale(): boolean {
    return this.reused && this.#parser.untouched;
  }

  start(head: string, asking: Asking): void {
    const { call, deadline } = asking;
    this.#asking = asking;
    this.#timeout = asking.timeout ?? this.#owner.timeout;
    this.#reply = null;
    this.#reached = 'nothing';
    this.#requestDone = false;
    if (this.origin !== null) this.#began = performance.now();
    this.#head = head;
    this.#chunked = call.body.framing === 'chunked';
    this.#parser.expect(call.head.method === 'HEAD');
    this.#waitForDestination();
    deadline.watch((why) => this.#give(why, why.code === 'ERR_DEADLINE' ? 'timeout' : 'reset'));
    if (this.#connected) this.#gather();
    if (call.body.framing === 'none') {
      this.#flushHead();
      this.#requestDone = true;
      return;
    }
    this.#request = call.body.pour(this);
    if (this.#head !== null) this.#flushHead();
    this.#waitForClient();
  }

  /** The first bytes go out with those of other calls. */
  #gather(): void {
    this.#gathers = true;
    this.#socket.cork();
    writeTogether(this);
  }

  writeNow(): void {
    this.#gathers = false;
    if (this.#socket.writableLength > 0) this.#touched();
    this.#socket.uncork();
  }

  // --- Sink: the request's body on its way out

  chunk(bytes: Buffer): boolean {
    if (this.#closed || this.#asking === null) return true;
    const free = this.#write(bytes);
    if (free && this.#connected) this.dueAt = never;
    else this.#waitForDestination();
    return free;
  }

  #write(bytes: Buffer): boolean {
    const prefix = (this.#head ?? '') + (this.#chunked ? `${bytes.length.toString(16)}\r\n` : '');
    const suffix = this.#chunked ? '\r\n' : '';
    this.#head = null;
    this.#touched();
    if (prefix === '') return this.#socket.write(bytes);
    if (bytes.length > 64 * 1024) {
      this.#socket.write(prefix, 'latin1');
      const free = this.#socket.write(bytes);
      return suffix === '' ? free : this.#socket.write(suffix);
    }
    return this.#socket.write(joined(prefix, bytes, suffix));
  }

  end(trailers: Raw): void {
    if (this.#closed || this.#asking === null) return;
    this.#requestDone = true;
    this.#request = null;
    this.#waitForDestination();
    if (this.#head !== null) this.#flushHead();
    if (this.#chunked) this.#socket.write(`0\r\n${trailerLines(trailers)}\r\n`, 'latin1');
    this.#settleIfDone();
  }

  cut(why: AdapterError): void {
    this.#give(why, null);
  }

  #flushHead(): void {
    const head = this.#head;
    this.#head = null;
    this.#touched();
    if (head !== null) this.#socket.write(head, 'latin1');
  }

  #touched(): void {
    // Decision 19: a byte counts once the kernel has it; before the connection stands, all waits in our memory.
    if (this.#connected && !this.#gathers) this.#reached = 'some';
  }

  // --- the socket

  #onConnect(): void {
    this.#connected = true;
    if (this.#tls !== null) this.#isTls13 = (this.#socket as TLSSocket).getProtocol() === 'TLSv1.3';
    if (this.#asking !== null) {
      this.#reached = 'some';
      this.#waitForDestination();
      this.#waitForClient();
    }
  }

  #onDrain(): void {
    this.#request?.resume();
    this.#waitForClient();
  }

  #waitForDestination(): void {
    if (this.#connected && !this.#paused) this.dueAt = performance.now() + this.#timeout;
  }

  /** While the client has yet to send, and may, the destination owes us nothing. */
  #waitForClient(): void {
    if (!this.#connected || this.#requestDone || this.#socket.writableNeedDrain) return;
    if (this.#asking !== null && this.#asking.call.expects === null) this.dueAt = never;
  }

  #onData(bytes: Buffer): void {
    if (this.#asking === null) return this.destroy(); // bytes nobody asked for
    try {
      this.#parser.feed(bytes);
    } catch (error) {
      this.#give(
        new AdapterError('ERR_MALFORMED', `the destination's reply is malformed: ${(error as Error).message}`),
        '5xx',
      );
    }
    // The head, and then whatever brings the body on, begins the wait anew. A head has to be whole in time: one that drips, and
    // interim replies without end, would never be over.
    if (this.dueAt !== never && this.#reply !== null) this.dueAt = performance.now() + this.#timeout;
  }

  #onEnd(): void {
    if (!this.#connected) return this.#unconnected('no connection to the destination: it was closed before TLS stood');
    try {
      this.#parser.eof();
    } catch (error) {
      this.#give(this.#ended((error as Error).message), 'reset');
    }
    this.destroy();
  }

  #broken(error: Error): void {
    if (this.#connected && !this.#turnedAway(error)) return this.#give(this.#ended(error.message, error), 'reset');
    const why = this.#tls?.explain(error) ?? `no connection to the destination: ${error.message}`;
    this.#unconnected(why, error);
  }

  #unconnected(why: string, cause?: unknown): void {
    this.#reached = 'nothing';
    const isOurLack = isOutOfFiles(cause);
    if (isOurLack) this.#owner.outOfFiles();
    this.#give(new AdapterError(isOurLack ? 'ERR_FILES' : 'ERR_CONNECT', why, { cause }), 'connect');
  }

  /**
   * In TLS 1.3 a client is done before the server has seen its certificate, and has sent its call by then. A server that turns the
   * certificate away has not read any of it (RFC 8446 §4.4.2.4: the handshake is aborted).
   */
  #turnedAway(error: Error): boolean {
    return this.#tls !== null && this.#isTls13 && !this.reused && this.#parser.untouched && isOfCertificate(error);
  }

  #onClose(): void {
    this.#closed = true;
    if (this.#asking !== null) this.#give(this.#ended('the connection closed'), 'reset');
    else this.#owner.released(this, false);
  }

  #ended(detail: string, cause?: unknown): AdapterError {
    const code = this.#reply === null ? 'ERR_RESET' : 'ERR_TRUNCATED';
    return new AdapterError(code, `the destination ended the connection: ${detail}`, { cause });
  }

  /** Called by the pool once `dueAt` has passed. */
  overdue(): void {
    if (!this.#connected)
      return this.#give(
        new AdapterError('ERR_CONNECT', `no connection within ${this.#owner.connectTimeout} ms`),
        'connect',
      );
    this.#give(new AdapterError('ERR_TIMEOUT', `no byte from the destination for ${this.#timeout} ms`), 'timeout');
  }

  // --- ReplyEvents

  interim(status: number): void {
    if (status !== 100) return;
    this.#asking?.call.expects?.proceed();
    this.#waitForClient();
  }

  head(head: ReplyHead, framing: Framing, mayStayOpen: boolean): void {
    this.#reusable = mayStayOpen;
    this.#isRefusal = head.status >= 502 && head.status <= 504;
    this.#reply = new StreamBody(framing, {
      pause: () => this.#hold(true),
      resume: () => this.#hold(false),
      abandon: () => this.#give(new AdapterError('ERR_ABORTED', 'the reply was not wanted'), 'reset'),
    });
    this.#asking?.received(head, this.#reply);
  }

  bytes(bytes: Buffer): void {
    this.#reply?.push(Buffer.from(bytes)); // out of the buffer that the next read fills
  }

  replied(trailers: Raw): void {
    this.#reply?.finish(passedTrailers(trailers));
    this.#reply = null;
    if (!this.#requestDone && this.keeper !== null && this.#reusable) {
      // Its client's next call has to come by it, so that the request goes on to its end; nobody owes us anything meanwhile.
      this.#waitForClient();
    } else if (!this.#requestDone) {
      // An answer before the request was read: what is still under way would be taken for the next call.
      this.#request?.stop();
      this.#reusable = false;
      this.#requestDone = true;
    }
    this.#settleIfDone();
  }

  #hold(paused: boolean): void {
    if (paused === this.#paused || this.#closed) return;
    this.#paused = paused;
    if (paused) this.#socket.pause();
    else this.#socket.resume();
    // While the client is slow the destination owes us nothing.
    this.dueAt = paused ? never : performance.now() + this.#timeout;
  }

  #settleIfDone(): void {
    const asking = this.#asking;
    if (asking === null || !this.#requestDone || !this.#parser.idle) return;
    asking.deadline.watch(null);
    this.#asking = null;
    // A 500 is the service's own word, such as a fault; these three say that there is no service (RFC 9110 §15.6).
    if (this.#isRefusal) this.origin?.vitals.failed(this.#began, '5xx');
    else this.origin?.vitals.answered(this.#began);
    this.dueAt = never;
    if (this.#paused) this.#hold(false);
    this.dueAt = never;
    if (!this.#reusable) this.destroy();
    else this.#owner.released(this, true);
  }

  /** The call is over, badly: tell whoever waits, and never use this connection again. `reason` null: the client's own body failed. */
  #give(why: AdapterError, reason: 'connect' | 'timeout' | 'reset' | '5xx' | null): void {
    const asking = this.#asking;
    if (asking === null) return this.destroy();
    this.#asking = null;
    asking.deadline.watch(null);
    this.#request?.stop();
    this.#request = null;
    const reached = this.#reached === 'some' && this.#requestDone ? 'all' : this.#reached;
    const reply = this.#reply;
    this.#reply = null;
    if (reason !== null && !isOurs(why) && !saysNothing(why) && !(reason === 'reset' && this.stale))
      this.origin?.vitals.failed(this.#began, reason);
    this.destroy();
    if (reply !== null) reply.fail(reason === null ? ofClient(why) : why.code === 'ERR_RESET' ? truncated(why) : why);
    else if (reason === null || isOurs(why)) asking.failed(why);
    else asking.failed(new SendError(why.code, reason, reached, why.message, { cause: why }));
  }

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.#owner.released(this, false);
  }
}

const isOurs = ({ code }: AdapterError): boolean => code === 'ERR_REFUSED' || code === 'ERR_ABORTED';

/** How long a call may take is its caller's word: a url may have had but the rest of it. What we lack says nothing of it, either. */
const saysNothing = ({ code }: AdapterError): boolean => code === 'ERR_DEADLINE' || code === 'ERR_FILES';

/** That its time is over, or that it left, says for itself whose fault it is. */
const ofClient = (why: AdapterError): AdapterError =>
  why.code === 'ERR_DEADLINE' || why.code === 'ERR_ABORTED' ? why : new ClientBodyError(why);

const truncated = (why: AdapterError) => new AdapterError('ERR_TRUNCATED', why.message, { cause: why });

const joined = (prefix: string, bytes: Buffer, suffix: string): Buffer => {
  const whole = Buffer.allocUnsafe(prefix.length + bytes.length + suffix.length);
  whole.write(prefix, 0, 'latin1');
  bytes.copy(whole, prefix.length);
  if (suffix !== '') whole.write(suffix, prefix.length + bytes.length, 'latin1');
  return whole;
};
