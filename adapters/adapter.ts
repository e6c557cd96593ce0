// The door between the two wings: types only. `adapters/` knows formats, `gateway/` knows traffic; they meet here.
import type { AdapterError, Reason } from './errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Header lines as on the wire: name, value, name, value, …; case, order and duplicates kept. */
export type Raw = readonly string[];

export interface Head {
  readonly method: string;
  /** The request target as sent: path and query, not decoded. */
  readonly target: string;
  readonly http: '1.0' | '1.1';
  readonly raw: Raw;
}

export interface ReplyHead {
  readonly status: number;
  readonly reason: string;
  readonly raw: Raw;
}

/** How a message's end is known. `close`: only a reply of a server that ends the connection. */
export type Framing = 'none' | 'chunked' | 'close' | { readonly bytes: number };

/** Where a body's bytes go. `chunk` answers false when the receiver is full; the receiver resumes the `Flow` later. */
export interface Sink {
  chunk(bytes: Buffer): boolean;
  end(trailers: Raw): void;
  /** The rest will never come: what was passed on must be shown as cut, never as complete. */
  cut(why: AdapterError): void;
}

export interface Flow {
  pause(): void;
  resume(): void;
  /** Detaches. The source is kept: what was not poured may still go elsewhere. */
  stop(): void;
}

/** A message body with one source. Looking and holding are asked for before pouring. */
export interface Body {
  readonly framing: Framing;
  /** May it be sent a second time? `untouched`: nothing left it yet; `held`: what left it was kept; `gone`: too late. */
  readonly again: 'untouched' | 'held' | 'gone';
  /** All bytes are here, and can be had at once as `bytes`; null while some are still to come or have gone. */
  readonly bytes: Buffer | null;
  /** Looks, consumes nothing: what is here once at least `min` bytes are, or all of it if the body is shorter. */
  prefix(min: number, deadline: Deadline): Promise<Buffer>;
  /** Keeps what passes, up to `max` bytes, so that it can be poured again; past that `again` becomes `gone`. */
  hold(max: number): void;
  /** Looks at what passes, without changing it. An error it returns cuts the flow. Set before pouring. */
  tap(look: (bytes: Buffer) => AdapterError | null): void;
  /** Held bytes first, then the source. One pour at a time. */
  pour(into: Sink): Flow;
  /** All of it. Rejects with ERR_TOO_LARGE over `max` bytes, ERR_TRUNCATED when it was cut. */
  whole(max: number, deadline: Deadline): Promise<Buffer>;
}

/** How long anybody cares about a call. One per call; it ends when the client leaves or the total time is over. */
export interface Deadline {
  /** Milliseconds on the monotonic clock (`performance.now()`); Infinity where there is no total limit. */
  readonly at: number;
  readonly ended: AdapterError | null;
  /** Calls back once when it ends. One listener at a time, which is the attempt under way; null detaches. */
  watch(listener: ((why: AdapterError) => void) | null): void;
  /** Made only when somebody asks: it costs more than all the rest of a deadline. */
  signal(): AbortSignal;
}

/** The client's side of a call, as far as decisions need it. */
export interface ClientLink {
  /** Peer address of the connection, as text. */
  readonly address: string;
  readonly secure: boolean;
  /** SHA-256 fingerprint of the TLS client certificate, or null. */
  certificate(): string | null;
}

/** What an adapter could read of a call beyond its operation. Lazy: nothing is read until somebody asks. */
export interface Message {
  readonly version: '1.1' | '1.2' | null;
  /** Text of the first SOAP header block, or member of one, with this local name. */
  header(localName: string): string | null;
  /** WS-Security UsernameToken's user. */
  username(): string | null;
}

export interface Call {
  readonly head: Head;
  readonly body: Body;
  readonly client: ClientLink;
  /** The client waits for `100 Continue` and nobody has answered it yet. */
  readonly expects: { proceed(): void } | null;
  /** What identification read; null before it, and for calls that carry no message. */
  message: Message | null;
  /** First value of a header, by lower-case name; null where it is absent. */
  header(name: string): string | null;
}

/** A call as it came in, and how long anybody waits for its answer. */
export interface Arriving extends Call {
  readonly method: string;
  readonly target: string;
  readonly deadline: Deadline;
}

/** What became of a reply on its way to the client. */
export type Delivered = 'complete' | 'cut' | 'client-left';

/** Why a call's operation could not be decided: it goes to legacy and is counted under this reason (P3). */
export const undecidedReasons = [
  'mismatch', // its names disagree
  'unknown', // a name the contract does not have
  'ambiguous', // an element that several operations share, and no action
  'malformed', // not well-formed, or not one envelope with one Body
  'empty', // a body that is empty, or has no operation
  'limit', // deeper, longer or wider than we look
  'encoding', // a character encoding we do not read, or two that disagree
  'opaque', // a content type that cannot be looked into (binary XML, encrypted)
  'version', // envelope and content type are of different SOAP versions
  'session', // secure conversation and reliable messaging stay with legacy
] as const;
export type UndecidedReason = (typeof undecidedReasons)[number];

export type Identified =
  | { readonly is: 'operation'; readonly name: string }
  /** Relayed to legacy and counted. `names`: every operation that occurs in the call, for rules that judge each. */
  | { readonly is: 'undecided'; readonly reason: UndecidedReason; readonly names: readonly string[] }
  /** No call of an operation: metadata, a help page, a side door. Legacy, not counted as undecided. */
  | { readonly is: 'other' }
  /** Must not be relayed at all (a DOCTYPE, say). */
  | { readonly is: 'refused'; readonly error: AdapterError };

/** Whose fault a bad reply is. A fault that the contract declares is an answer, whatever code it carries. */
export type Verdict =
  | { readonly blame: 'nobody' | 'client' }
  | { readonly blame: 'destination'; readonly reason: Reason };

export interface Reply {
  readonly head: ReplyHead;
  readonly body: Body;
  /** Given at head and prefix, before the first byte goes to the client. */
  readonly verdict: Verdict;
  /** Nobody will read it: gives its connection up. Absent where nothing is held. */
  readonly discard?: () => void;
}

/** Asks a destination. Rejects with SendError (whose `reached` tells whether it may be asked elsewhere) or RequestError. */
export type Send = (call: Call, deadline: Deadline) => Promise<Reply>;

/** What a handler or JSON service is asked, and what it may answer. */
export interface Ask {
  readonly operation: string;
  readonly input: Json;
  /** Request headers that may be passed on, such as traceparent, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}
export interface TypedFault {
  /** Name of a fault that the contract declares for the operation, such as `OrderNotFoundFault`. */
  readonly name: string;
  readonly detail: Json;
  /** Human text, `faultstring` in SOAP 1.1. */
  readonly message: string;
}
export type Answer =
  | { readonly kind: 'value'; readonly json: Json }
  | { readonly kind: 'fault'; readonly fault: TypedFault }
  | { readonly kind: 'accepted' };
export type Invoke = (ask: Ask, deadline: Deadline) => Promise<Answer>;

/** One operation as the contract has it; enough for validation, routing and docs, opaque beyond that. */
export interface ContractOperation {
  readonly name: string;
  readonly oneWay: boolean;
  /** null: can be answered from JSON. Otherwise the reason why it can only be passed through. */
  readonly passThroughOnly: string | null;
  /** Names of the input's members, in order: what `{parameter}` in `call` may name. */
  readonly inputs: readonly string[];
  readonly faults: readonly string[];
}
export interface Contract {
  /** Changes when any operation's meaning changes. */
  readonly hash: string;
  readonly operations: ReadonlyMap<string, ContractOperation>;
}

/** An error of the gateway's own, to be told in the client's protocol. */
export interface Trouble {
  /** HTTP status for callers that read one; SOAP callers get a fault, with HTTP 500. */
  readonly status: number;
  readonly code: string;
  /** One sentence: what was found, what was expected, what to do. No internals. */
  readonly message: string;
  readonly blame: 'client' | 'gateway';
  /** Seconds; becomes `Retry-After`. */
  readonly retryAfter?: number;
}

/** How the clients of a route are understood and answered. Compiled once per route. */
export interface Protocol {
  readonly kind: 'soap' | 'rest' | 'http';
  readonly contract: Contract | null;
  /** Operation named by the head alone, or null. No look at the body; may be wrong about what the body says. */
  named(head: Head, header: Call['header']): string | null;
  /** Decides the operation from head and a bounded prefix of the body; sets `call.message`. */
  identify(call: Call, deadline: Deadline): Promise<Identified>;
  /** The same, in passing: looks at what flows by and reports once. Used where the head alone decides. */
  watch(call: Call, report: (identified: Identified) => void): void;
  /** Tells an error of the gateway's own to this call's client. */
  fault(trouble: Trouble, call: Call): Reply;
}

/** What of a path a route covers: the part that a destination's own path replaces. */
export interface Mount {
  /** `match.path` without `/**`; empty for everything. */
  readonly path: string;
  /** Compared without case, as IIS does. */
  readonly iis: boolean;
}

/** One operation as a JSON destination is to be asked. */
export interface Asked {
  readonly operation: ContractOperation;
  /** `GET /orders/{orderId}`; null: `POST /{operation}`. */
  readonly call: string | null;
  readonly write: boolean;
}

/** Carries whole requests and upgrades past our own relay. Requests, responses and sockets are Node's; opaque here. */
export interface Proxy {
  readonly destination: string;
  /** On `failed` nothing was written yet and the caller answers. */
  carry(request: unknown, response: unknown): Promise<Delivered | { readonly failed: string }>;
  upgrade(request: unknown, socket: unknown, head: unknown): void;
  close(): void;
}

interface OverNetwork {
  readonly url: string;
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly host: 'client' | 'destination';
  readonly keepAlive: boolean;
  readonly maxInFlight?: number | undefined;
}
/** Settings of a destination, validated; paths of files absolute. */
export type DestinationSettings =
  | (OverNetwork & {
      readonly adapter: 'soap';
      readonly wsdl?: string | undefined;
      /** `wcf`, `asmx`, `jax-ws`, or the path of a recorded reply. */
      readonly dialect?: string | undefined;
    })
  | (OverNetwork & { readonly adapter: 'http' })
  | {
      readonly adapter: 'handler';
      readonly module: string;
      readonly timeout: number;
      readonly maxInFlight?: number | undefined;
    };

/** A place calls can go. Made once per setting, kept over flips that do not change it. */
export interface Destination {
  readonly name: string;
  /** From its WSDL; null where it has none. */
  readonly contract: Contract | null;
  /** Calls under way now. */
  readonly inFlight: number;
  /** Same protocol on both sides, byte for byte; null where it has no wire (handlers). `judged`: its replies decide a fallback. */
  relay(mount: Mount, how: { readonly write: boolean; readonly judged: boolean }): Send | null;
  /** Asked in JSON; null where it speaks none (SOAP services). Throws a plain Error naming what is wrong with `call`. */
  invoke(asked: Asked): Invoke | null;
  /** Carries without looking; null where the adapter has no such carrier. */
  proxy(mount: Mount): Proxy | null;
  /** Ends idle connections now and the rest when their calls are done. */
  close(): void;
}

/** What `adapters/` offers to whoever compiles a table. */
export interface Adapters {
  /** Rejects with an Error that names what cannot be read: a WSDL, a module. */
  open(name: string, settings: DestinationSettings): Promise<Destination>;
  soap(options: {
    readonly contract: Contract | null;
    readonly prefix: number;
    readonly dispatch: 'both' | 'action' | 'payload';
    readonly mismatch: 'legacy' | 'refuse';
  }): Protocol;
  /** `named`: (method, target) → operation as the file writes it, or null. */
  http(named: (method: string, target: string) => string | null): Protocol;
  /** A JSON answerer in SOAP's clothes: same guards, same fallback as any other `Send`. */
  translate(contract: Contract, operation: string, invoke: Invoke): Send;
}
