// A TCP proxy that does harm: to one call, at one byte of its request or its reply.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Messages } from './messages.ts';

/** What the caller meets. The other end is left to itself: it may have got the call, and carry it out. */
export type Harm =
  /** RST. */
  | { readonly is: 'reset' }
  /** FIN, and nothing is read any more. */
  | { readonly is: 'truncate' }
  /** FIN, and the request still goes on to its end. */
  | { readonly is: 'half-close' }
  /** Open, and not a byte more in either direction. */
  | { readonly is: 'black-hole' }
  /** Bytes that are none of the reply's, then FIN. */
  | { readonly is: 'garbage' }
  /** These bytes, latin1, then FIN: somebody on the way answers in the service's place. */
  | { readonly is: 'says'; readonly text: string }
  | { readonly is: 'delay'; readonly ms: number }
  /** The rest comes by so many bytes at a time. */
  | { readonly is: 'drip'; readonly bytes: number; readonly ms: number };

export interface Fault {
  readonly harm: Harm;
  readonly in: 'request' | 'reply';
  /** So many bytes pass before it; the length of the whole: right after the last one. */
  readonly byte: number;
}

/** A call as it begins. */
export interface Passing {
  /** Calls before it, over all connections. */
  readonly call: number;
  /** Calls before it on its own connection. */
  readonly nth: number;
  readonly connection: number;
  /** The first bytes of it. */
  readonly first: Buffer;
}

export interface FaultProxy {
  readonly port: number;
  /** Asked once for each call. */
  plan: (passing: Passing) => Fault | null;
  /** At `connect`: connections are reset as they come. */
  refusing: boolean;
  /** Calls of which a byte came. */
  readonly calls: number;
  /** The numbers of those that the caller still waits for: no last byte of a reply, and the connection stands. */
  readonly inFlight: ReadonlySet<number>;
  /** Faults that took place. */
  readonly struck: number;
  /** Bytes of the latest call that went through whole, and of its reply. */
  readonly lengths: { readonly request: number; readonly reply: number };
  close(): void;
}

/** Harms the callers of 127.0.0.1:`to`. */
export const faultProxy = async (to: number): Promise<FaultProxy> => {
  const state: State = { calls: 0, inFlight: new Set(), struck: 0, connections: 0, lengths: { request: 0, reply: 0 } };
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (caller) => {
    if (proxy.refusing) {
      state.struck++;
      caller.resetAndDestroy();
      return;
    }
    const called = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const socket of [caller, called]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    new Link({ caller, called }, proxy, state).run();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultProxy = {
    port: (server.address() as AddressInfo).port,
    plan: () => null,
    refusing: false,
    get calls() {
      return state.calls;
    },
    get inFlight() {
      return state.inFlight;
    },
    get struck() {
      return state.struck;
    },
    get lengths() {
      return state.lengths;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
};

interface State {
  calls: number;
  readonly inFlight: Set<number>;
  struck: number;
  connections: number;
  lengths: { request: number; reply: number };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const forever = new Promise<never>(() => {});

interface Ends {
  readonly caller: Socket;
  readonly called: Socket;
}

/** One connection. Bytes of each direction wait for those before them. */
class Link {
  readonly #caller: Socket;
  readonly #called: Socket;
  readonly #proxy: FaultProxy;
  readonly #state: State;
  readonly #connection: number;
  readonly #faults: (Fault | null)[] = [];
  readonly #lengths: number[] = [];
  #isHole = false;
  /** The caller has been told that it is over. */
  #isMute = false;
  #drip: (Harm & { is: 'drip' }) | null = null;
  /** The number of the call that the caller waits for. */
  #waitedFor: number | null = null;

  constructor({ caller, called }: Ends, proxy: FaultProxy, state: State) {
    this.#caller = caller;
    this.#called = called;
    this.#proxy = proxy;
    this.#state = state;
    this.#connection = state.connections++;
  }

  run(): void {
    this.#join('request', this.#caller, this.#called);
    this.#join('reply', this.#called, this.#caller);
    this.#caller.on('end', () => this.#let());
    this.#caller.on('close', () => this.#let());
  }

  /** The caller has what it waits for, or waits no more. */
  #let(): void {
    if (this.#waitedFor !== null) this.#state.inFlight.delete(this.#waitedFor);
    this.#waitedFor = null;
  }

  #join(way: Fault['in'], from: Socket, to: Socket): void {
    const messages = new Messages();
    let queue = Promise.resolve();
    from.on('data', (bytes: Buffer) => (queue = queue.then(() => this.#pass(way, messages, bytes))));
    from.on('end', () => (queue = queue.then(() => this.#ended(way, to))));
    // A connection that breaks is told to the other end as such; what was read before it goes first.
    from.on('error', () => undefined);
    from.on('close', () => (queue = queue.then(() => void (this.#isMute ? to.end() : to.destroySoon()))));
  }

  #ended(way: Fault['in'], to: Socket): void {
    if (!this.#isHole && !(way === 'reply' && this.#isMute)) to.end();
  }

  async #pass(way: Fault['in'], messages: Messages, bytes: Buffer): Promise<void> {
    for (const part of messages.split(bytes)) {
      if (way === 'request' && part.offset === 0) this.#begin(part.message, part.bytes);
      if (this.#isHole) await forever;
      const fault = this.#faults[part.message] ?? null;
      const end = part.offset + part.bytes.length;
      if (fault !== null && fault.in === way && fault.byte >= part.offset && fault.byte <= end) {
        const cut = fault.byte - part.offset;
        this.#faults[part.message] = null;
        await this.#write(way, part.bytes.subarray(0, cut), part.last && cut === part.bytes.length);
        await this.#strike(fault.harm);
        await this.#write(way, part.bytes.subarray(cut), part.last);
      } else await this.#write(way, part.bytes, part.last);
      if (part.last) this.#note(way, part.message, end);
    }
  }

  #begin(message: number, first: Buffer): void {
    const call = this.#state.calls++;
    this.#waitedFor = call;
    this.#state.inFlight.add(call);
    this.#faults[message] = this.#proxy.plan({ call, nth: message, connection: this.#connection, first });
  }

  #note(way: Fault['in'], message: number, length: number): void {
    this.#drip = null;
    if (way === 'request') this.#lengths[message] = length;
    else this.#state.lengths = { request: this.#lengths[message] ?? 0, reply: length };
  }

  async #strike(harm: Harm): Promise<void> {
    this.#state.struck++;
    if (harm.is === 'delay') return pause(harm.ms);
    if (harm.is === 'drip') return void (this.#drip = harm);
    if (harm.is === 'black-hole') {
      this.#isHole = true;
      return forever;
    }
    if (harm.is === 'garbage') this.#caller.write(Buffer.alloc(64, '\0\xff<Fault>', 'latin1'));
    if (harm.is === 'says') this.#caller.write(harm.text, 'latin1');
    this.#isMute = true;
    this.#let(); // it hears of the end before we hear that it did
    if (harm.is === 'half-close') return void this.#caller.end();
    if (harm.is === 'reset') this.#caller.resetAndDestroy();
    else this.#caller.destroySoon();
    this.#called.destroySoon();
  }

  /** `last`: of its message. */
  async #write(way: Fault['in'], bytes: Buffer, last = false): Promise<void> {
    const to = way === 'request' ? this.#called : this.#caller;
    const step = this.#drip?.bytes ?? bytes.length;
    for (let at = 0; at < bytes.length; at += step) {
      if (to.destroyed || to.writableEnded) return;
      // Before it is written: who has it may make the next call before we hear that it was.
      if (way === 'reply' && last && at + step >= bytes.length) this.#let();
      await new Promise<void>((resolve) => to.write(bytes.subarray(at, at + step), () => resolve()));
      if (this.#drip !== null) await pause(this.#drip.ms);
    }
  }
}
