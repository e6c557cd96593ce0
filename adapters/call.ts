// A call and its reply as both wings see them: heads, bodies, deadlines, verdicts. Part of the door, see adapter.ts.
import type { AdapterError, Reason } from './errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Header lines as on the wire: name, value, name, value, …; case, order and duplicates kept. */
export type Raw = readonly string[];

export interface Head {
  readonly method: string;
  /** The request target as sent: path and query, not decoded. */
  readonly target: string;
  readonly http: '1.0' | '1.1' | '2.0';
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

/** Memory that bodies share. What came whole before it was poured is not of it: it is here in any case. */
export interface Lease {
  /** False: there is not so much left. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  /** A body was longer than it may be held. */
  tooLong(): void;
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
  hold(max: number, lease?: Lease): void;
  /** What was held on a lease is needed no more: it is dropped and given back. */
  release(): void;
  /** Looks at what passes, without changing it. An error it returns cuts the flow. `ended`: all has passed. Set before pouring. */
  tap(look: (bytes: Buffer) => AdapterError | null, ended?: () => void): void;
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

/** As whoever keeps the time of a call has it. */
export interface OwnDeadline extends Deadline {
  at: number;
  end(why: AdapterError): void;
}

/** The client's side of a call, as far as decisions need it. */
export interface ClientLink {
  /** Peer address of the connection, as text. */
  readonly address: string;
  readonly secure: boolean;
  /** SHA-256 fingerprint of the TLS client certificate, or null. */
  certificate(): string | null;
  /** Absent or null until the connection itself says who calls, or is asked to. */
  readonly bond?: Bond | null;
  /** Its bond, from now on. Absent where there is no connection that calls could be bound to: HTTP/2, calls of the gateway's own. */
  bind?(): Bond;
}

/** A client's connection that says who calls: NTLM and Negotiate authenticate it, for all its calls (decision 13). */
export interface BondPlace {
  /** Where the route's calls are answered; null until one that is identified was. */
  readonly side: 'legacy' | 'modern' | null;
  /** Who has begun a handshake and waits for the rest, which is worth nothing to anybody else; null: nobody. */
  readonly asker: 'legacy' | 'modern' | null;
}

export interface Bond {
  /** NTLM or Negotiate came on it; false: so far a destination has asked for it. */
  readonly identified: boolean;
  /** Where it stands with a route: one route's sides are others than the next one's. */
  of(route: string): BondPlace;
  /** How a call of that route on it ended. Null: nobody answered. */
  answered(route: string, by: { readonly side: 'legacy' | 'modern'; readonly head: ReplyHead } | null): void;
  /** Calls back once the client's connection is over. */
  onOver(listener: () => void): void;
  /** A destination no longer knows who calls: the client's connection ends, after the reply under way, so that it authenticates anew. */
  end(): void;
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
  /** May it be asked twice, as what it was identified? Absent or null where nobody identifies it: its sender's settings hold. */
  repeatable?: boolean | null;
  /** First value of a header, by lower-case name; null where it is absent. */
  header(name: string): string | null;
}

/** A call as it came in, and how long anybody waits for its answer. */
export interface Arriving extends Call {
  readonly method: string;
  readonly target: string;
  readonly deadline: OwnDeadline;
  /** A body of more than `most` bytes fails with ERR_TOO_LARGE. False: its length says already that it is too large. */
  limitBody(most: number): boolean;
  /** What waits of its body here beyond `unlent` bytes is lent, or the body fails with ERR_MEMORY. Given back when the call is over. */
  lend(lease: Lease): void;
  /** The connection ends after the reply: what the client sends next could not be told from this call. */
  hangUp(): void;
  /** The one writer to the client. Settles when the client has all of it, or never will. */
  respond(reply: Reply): Promise<Delivered>;
  /** Others than `respond` write to its client. */
  carried(): void;
  /** Its total time is over: what is under way ends, be it the request's body or the reply's. Until a reply has begun, one may follow. */
  expire(why: AdapterError): void;
  /** Instead of a reply, the end of the client's connection, or of its stream. */
  cut(why: AdapterError): void;
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
  | { readonly is: 'refused'; readonly error: AdapterError }
  /** The protocol answers by itself: its own documents, a method that is not allowed. `name`: the operation meant, or null. */
  | { readonly is: 'answered'; readonly name: string | null; readonly reply: Reply };

/** Whose fault a bad reply is. A fault that the contract declares is an answer, whatever code it carries. */
export type Verdict = (
  | { readonly blame: 'nobody' | 'client' }
  | { readonly blame: 'destination'; readonly reason: Reason }
) & { /** The fault that the reply is, where that was read. */ readonly fault?: ToldFault };

/** A fault as it names itself. */
export interface ToldFault {
  /** As the contract declares it; null: it does not. */
  readonly name: string | null;
  /** Local part of the first code, such as `Server` or `Client.Authentication`; empty where there is none. */
  readonly code: string;
}

export interface Reply {
  readonly head: ReplyHead;
  readonly body: Body;
  /** Given at head and prefix, before the first byte goes to the client. */
  readonly verdict: Verdict;
  /** Of a translated one: what its destination's own reply said. */
  readonly said?: ReplyHead;
  /** Nobody will read it: gives its connection up. Absent where nothing is held. */
  readonly discard?: () => void;
  /** Calls back once its body is complete (null) or known never to be; at once if it is already. Absent: it is complete. */
  readonly over?: (listener: (why: AdapterError | null) => void) => void;
}

/** Asks a destination. Rejects with SendError (whose `reached` tells whether it may be asked elsewhere) or RequestError. */
export type Send = (call: Call, deadline: Deadline) => Promise<Reply>;
