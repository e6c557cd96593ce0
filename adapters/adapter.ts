// The door between the two wings: types only. `adapters/` knows formats, `gateway/` knows traffic; they meet here.
import type { Call, Deadline, Delivered, Head, Identified, Json, OwnDeadline, Reply, ReplyHead, Send } from './call.ts';
import type { SendError } from './errors.ts';
import type { Meanings } from './meaning.ts';
import type { Affinity, DestinationHealth, DestinationSettings, ForwardedForm, HeaderEdit } from './settings.ts';

export type * from './call.ts';
export type * from './meaning.ts';
export type * from './settings.ts';
export { undecidedReasons } from './call.ts';

/** What a handler or JSON service is asked, and what it may answer. */
export interface Ask {
  readonly operation: string;
  readonly input: Json;
  /** Request headers that may be passed on, such as traceparent, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly caller: Caller;
  /** That it is asked for; absent: the gateway asks of its own accord. */
  readonly call?: Call;
  /** Text of the first SOAP header block, or member of one, with this local name; null where the call has none. */
  soapHeader(localName: string): string | null;
  /** SOAP header blocks that the contract declares for the request and that are there, by local name; values as in the input. */
  readonly soapHeaders: Readonly<Record<string, Json>>;
}

/** Who calls, as far as the call itself says. A user's name is a claim: the gateway does not check passwords. */
export interface Caller {
  /** Peer address of the connection. */
  readonly address: string;
  /** SHA-256 fingerprint of the TLS client certificate, which was checked; or null. */
  readonly certificate: string | null;
  /** Credentials as they came: only where the route says `identity: forward`; else null. */
  readonly credentials: Credentials | null;
}

export interface Credentials {
  readonly from: 'authorization' | 'ws-security';
  /** User of Basic or UsernameToken; null where the credentials name none that can be read. */
  readonly user: string | null;
  /** An Authorization header that says the same. */
  readonly authorization: string;
}

export interface TypedFault {
  /** Name of a fault that the contract declares for the operation, such as `OrderNotFoundFault`. */
  readonly name: string;
  readonly detail: Json;
  /** Human text, `faultstring` in SOAP 1.1. */
  readonly message: string;
}

/** A fault that the contract does not declare, as SOAP tells it. */
export interface PlainFault {
  readonly blame: 'client' | 'destination';
  /** Expanded names, outermost first, such as `{http://schemas.xmlsoap.org/soap/envelope/}Client`; empty: by `blame` alone. */
  readonly codes: readonly string[];
  readonly message: string;
  /** HTTP status that says the same to callers that read one. */
  readonly status: number;
}

/** `said`: the head of the reply that it was read from; absent: there was none. */
export type Answer = { readonly said?: ReplyHead } &
  /** `json`: with `$headers` where the contract declares header blocks of the reply. `checked`: the contract's own codec has made it. */
  (
    | { readonly kind: 'value'; readonly json: Json; readonly checked?: true }
    | { readonly kind: 'fault'; readonly fault: TypedFault }
    | { readonly kind: 'plain-fault'; readonly fault: PlainFault }
    | { readonly kind: 'accepted' }
  );
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
  /** Its reply can say nothing: an answer without a body says as much. */
  readonly isVoid: boolean;
}

/** What the policy of a port asks of the connection, and of messages that come by it. */
export interface PortTransport {
  readonly port: string;
  /** TLS with a client certificate. */
  readonly clientCertificate: boolean;
  /** TLS, and credentials in the message. */
  readonly credentials: boolean;
}

export interface Contract {
  /** Changes when any operation's meaning changes. */
  readonly hash: string;
  readonly operations: ReadonlyMap<string, ContractOperation>;
  /** Of all ports. Absent where the contract says nothing of connections. */
  readonly transports?: readonly PortTransport[];
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
  /** What callers are to show; becomes `WWW-Authenticate` of a 401. */
  readonly challenge?: string;
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
  /** What is replaced instead, by what: a part of `path` from its start. Null or absent: all of it, by the path of the destination's url. */
  readonly rewrite?: { readonly prefix: string; readonly to: string } | null;
}

/** What the gateway knows of where calls come from. */
export interface Whence {
  /** Is what this peer says of a call's origin believed? */
  readonly trusts: (address: string) => boolean;
  /** Where a call's client came in, such as `https://api.example.com/soap`; null: nobody knows. */
  readonly cameIn: (call: Call) => string | null;
}

export interface Forwarding extends Pick<Whence, 'trusts'> {
  readonly forwarded: ForwardedForm;
}

/** A route as an address: what it covers, and the url of the destination that it leads to. */
export interface Entrance {
  readonly mount: Mount;
  readonly url: string;
}

/** Where an operation stands in HTTP: `call` of the file. */
export interface Calling {
  /** `GET /orders/{orderId}?full={full}`; `{name}` is a member of the operation's input, `{soapHeader:Name}` a header block. */
  readonly request: string;
  /** HTTP header → constant, `{name}` or `{soapHeader:Name}`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Name of the member that is the body; null: the body is an object of all that stands nowhere else. */
  readonly body: string | null;
}

/** By status, such as `404`. */
export type Treat = Readonly<Record<string, string>>;

/** How the clients of a route speak, where operations are translated for them. */
export type Face = 'soap' | 'rest';

/** One operation as a destination is to be asked from JSON. */
export interface Asked {
  readonly operation: ContractOperation;
  /** null: `POST /{operation}`. */
  readonly call: Calling | null;
  /** HTTP status of an answer → declared fault that it means, or `client`: the client's fault, as SOAP tells it. */
  readonly treat: Treat;
  readonly write: boolean;
  /** Milliseconds to the first byte of the reply, and then between bytes; null or absent: as the destination has it. */
  readonly timeout?: number | null;
  readonly face: Face;
  /** Of the route; the destination's own come over them. Absent: none. */
  readonly headers?: HeaderEdit | null;
  /** Absent: nobody's word counts. */
  readonly trusts?: Whence['trusts'];
}

/** Carries whole requests and upgrades past our own relay. Requests, responses and sockets are Node's; opaque here. */
export interface Proxy {
  readonly destination: string;
  /** On `failed` nothing was written yet and the caller answers. */
  carry(request: unknown, response: unknown, deadline: Deadline): Promise<Delivered | { readonly failed: SendError }>;
  upgrade(request: unknown, socket: unknown, head: unknown, instead: Instead): void;
  close(): void;
}

/** What the client of an upgrade is told where nobody has answered it: a whole message, after which its connection ends. */
export type Instead = (failed: SendError) => string;

export interface Relaying {
  readonly write: boolean;
  /** Milliseconds to the first byte of the reply, and then between bytes; null or absent: as the destination has it. */
  readonly timeout?: number | null;
  /** Its replies decide a fallback, or whether an old answer stands in. */
  readonly judged: boolean;
  /** A judged reply may be without a body, as that to a one-way operation is. Otherwise such a reply is a failure. */
  readonly mayBeEmpty?: boolean;
  /** Nobody is asked after it: what it says goes to its client, be it empty. */
  readonly isLast?: boolean;
  readonly whence: Whence;
  /** Absent or null: nobody has sessions there. */
  readonly affinity?: Affinity | null;
  /** What metadata is to announce; null: none is asked for here. */
  readonly announced: Announced | null;
  /** Of the route; the destination's own come over them. */
  readonly headers: HeaderEdit | null;
}

export interface Announced {
  /** Of all routes that lead to the destination's host by their path alone. */
  readonly entrances: readonly Entrance[];
}

/** A place calls can go. Made once per setting, kept over flips that do not change it. */
export interface Destination {
  readonly name: string;
  /** From its WSDL; null where it has none. */
  readonly contract: Contract | null;
  /** Files besides the WSDL that it was made from: what that imports. A change of one makes it anew. */
  readonly files: readonly string[];
  /** Calls under way now. */
  readonly inFlight: number;
  /** Those of them that are over for whoever asked, and that it works on all the same. Absent: it cannot. */
  readonly overdue?: number;
  /** Null: it has one url, and nobody is to look after it. */
  readonly health: DestinationHealth | null;
  /** Same protocol on both sides, byte for byte; null where it has no wire (handlers). */
  relay(mount: Mount, how: Relaying): Send | null;
  /**
   * Asked in JSON; null where the call goes on as it came instead (SOAP to SOAP). Throws a plain Error naming what is
   * wrong with `call`, or why the operation cannot be asked for.
   */
  invoke(asked: Asked): Invoke | null;
  /** Carries without looking; null where the adapter has no such carrier. `headers`: of the route, for upgrades. */
  proxy(mount: Mount, passing: { readonly whence: Whence; readonly headers: HeaderEdit | null }): Proxy | null;
  /** Ends idle connections now and the rest when their calls are done. */
  close(): void;
}

/** What a contract's documents offer, before anything is configured. */
export interface Inspected {
  readonly contract: Contract;
  /** Where it is offered. `address` as written; null where nothing is said. */
  readonly ports: readonly {
    readonly service: string;
    readonly name: string;
    readonly version: '1.1' | '1.2';
    readonly address: string | null;
  }[];
  /** Paths and URLs of all that was read, the first document first. */
  readonly documents: readonly string[];
  /** The same as files of one folder, in the same order: what to keep in git and to name in the configuration. */
  readonly snapshot: readonly { readonly name: string; readonly text: string }[];
}

/** Where a contract's documents may come from, besides the first one's own host or folder. */
export interface InspectOptions {
  /** Hosts, `name` or `name:port`. */
  readonly allowHosts: readonly string[];
  readonly root?: string;
}

/** What `adapters/` offers to whoever compiles a table. */
export interface Adapters {
  /**
   * Rejects with an Error that names what cannot be read: a WSDL, a module; a SettingError where one setting names it. `tell`
   * hears of what whoever runs the gateway should know, the same thing once a minute at most.
   */
  open(name: string, settings: DestinationSettings, tell?: (what: string) => void): Promise<Destination>;
  /** Reads a WSDL, by path or http(s) URL, without opening anything. Rejects with an AdapterError. */
  inspect(entry: string, options: InspectOptions): Promise<Inspected>;
  soap(options: {
    readonly contract: Contract | null;
    readonly prefix: number;
    readonly dispatch: 'both' | 'action' | 'payload';
    readonly mismatch: 'legacy' | 'refuse';
    /** The gateway's own faults have the status of the trouble where that is 503 or 504; absent or false: 500, whose body .NET reads. */
    readonly plainStatus?: boolean;
    /** Where legacy stands, for its side doors, which take no SOAP; null: there is none, or it is not asked over the network. */
    readonly entrance: Entrance | null;
  }): Protocol;
  /** `named`: (method, target) → operation as the file writes it, or null. */
  http(named: (method: string, target: string) => string | null): Protocol;
  /** Throws a plain Error where two operations have one place. */
  rest(options: RestOptions): Protocol;
  /** Throws an Error that says why an operation's calls cannot be compared. */
  meanings(what: Compared): Meanings;
  /** A call that goes on when its client has left: the same head and message, and `body` as what it carries. */
  detach(call: Call, body: Buffer): { readonly call: Call; readonly deadline: Deadline };
  /** For one of several sends of a call, which may end before the call does. `at`: as `Deadline` has it. */
  deadline(at: number): OwnDeadline;
  /** Does WS-Security vouch for it? Such a call is good once for one destination. Also where that cannot be told. */
  isGoodOnce(call: Call): boolean;
  /** A reply of known bytes. `head` says how long they are. */
  replyOf(head: ReplyHead, body: Buffer): Reply;
  /** A JSON answerer in the client's clothes: same guards, same fallback as any other `Send`. Throws a plain Error for a `call` that cannot be. */
  translate(what: Translation): Send;
}

export interface RestOptions {
  readonly contract: Contract;
  /** `match.path` without `/**`. */
  readonly mount: string;
  /** By operation; null: `POST /{operation}`. */
  readonly calls: ReadonlyMap<string, Calling | null>;
  /** `METHOD /path/{parameter}`, … → (method, target) → the one that fits, or null. Throws a plain Error. */
  readonly lookup: (names: readonly string[]) => (method: string, target: string) => string | null;
}

/** An operation whose calls a cache compares. */
export interface Compared {
  readonly face: Face;
  readonly contract: Contract;
  readonly operation: string;
  /** Names of what stands beside the message and changes no answer. */
  readonly volatile: ReadonlySet<string>;
}

export interface Translation {
  readonly face: Face;
  readonly contract: Contract;
  readonly operation: string;
  readonly call: Calling | null;
  readonly invoke: Invoke;
  /** What becomes of the caller's credentials; null: calls with WS-Security or NTLM are for legacy. */
  readonly identity: 'ignore' | 'forward' | null;
}

/** A file that a new service starts from. */
export interface Scaffolded {
  /** Below the folder that everything goes to. */
  readonly path: string;
  readonly text: string;
  /** Somebody goes on writing it: never written over. */
  readonly isYours: boolean;
}
