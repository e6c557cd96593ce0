// What handlers and their tests are written against. Only what is meant to last is here.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a handler is told besides its input. */
export interface HandlerContext<SoapHeaders = Readonly<Record<string, Json>>> {
  readonly operation: string;
  /** Request headers that may be passed on, such as traceparent, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly caller: Caller;
  /** Text of the first SOAP header block, or member of one, with this local name; null where the call has none. */
  readonly soapHeader: (localName: string) => string | null;
  /** SOAP header blocks that the contract declares and that the call has, by local name; values as in the input. */
  readonly soapHeaders: SoapHeaders;
  /** Ends when the client leaves or the time is over. */
  readonly signal: AbortSignal;
}

/** Who calls, as far as the call itself says. A user's name is a claim: the gateway does not check passwords. */
export interface Caller {
  /** Peer address of the connection. */
  readonly address: string;
  /** SHA-256 fingerprint of the TLS client certificate, which was checked; or null. */
  readonly certificate: string | null;
  /** Credentials as they came: only where the route says `identity: forward`; else null. */
  readonly credentials: {
    readonly from: 'authorization' | 'ws-security';
    /** User of Basic or UsernameToken; null where the credentials name none that can be read. */
    readonly user: string | null;
    /** An Authorization header that says the same. */
    readonly authorization: string;
  } | null;
}

/** Answers one operation: exported under the operation's name. */
export type Handler<Input = Json, Output = Json, SoapHeaders = Readonly<Record<string, Json>>> = (
  input: Input,
  context: HandlerContext<SoapHeaders>,
) => Promise<Output> | Output;

/** Thrown by a handler to answer with a fault that the contract declares. */
export class HandlerFault<Detail = Json> extends Error {
  readonly fault: string;
  readonly detail: Detail;
  constructor(fault: string, detail: Detail, message: string);
}

export type Answer =
  | { readonly kind: 'value'; readonly json: Json }
  | {
      readonly kind: 'fault';
      readonly fault: { readonly name: string; readonly detail: Json; readonly message: string };
    }
  | { readonly kind: 'accepted' };

/** What a call has besides its input. */
export interface Asking<SoapHeaders = Readonly<Record<string, Json>>> {
  /** SOAP header blocks that the contract declares. */
  readonly soapHeaders?: SoapHeaders;
}

/** A contract that handlers are tried against. */
export interface ContractTrial {
  /**
   * Asks a handler as the gateway asks it: the input becomes a request and is read from it, the answer becomes a reply and
   * is read from that. Rejects with what the handler throws, and with an Error that has the path where one does not fit.
   */
  ask<Input, Output, SoapHeaders>(
    operation: string,
    handler: Handler<Input, Output, SoapHeaders>,
    input: Input,
    more?: Asking<SoapHeaders>,
  ): Promise<Answer>;
}

/** Reads a WSDL file, with all it imports. */
export function contractOf(wsdl: string | URL): Promise<ContractTrial>;
