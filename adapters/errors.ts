// What goes wrong between the gateway and a system it speaks to. Branch on `code`, never on the message.

/** Why a destination failed a call; the closed list of `fallback.on`, of metrics and of logs (product promise P10). */
export const reasons = [
  'connect',
  'timeout',
  'reset',
  'open',
  'full',
  'fault',
  '5xx',
  'contract',
  'truncated',
] as const;
export type Reason = (typeof reasons)[number];

/** How much of a call a destination may have seen: a byte counts once the kernel has it, a handler once it was invoked. */
export type Reached = 'nothing' | 'some' | 'all';

export type AdapterErrorCode =
  | 'ERR_CONNECT' // no connection: refused, unreachable, name not found, connect timeout
  | 'ERR_FILES' // no connection, for no file descriptor is left in this process or on this machine
  | 'ERR_TIMEOUT' // no byte within the time allowed
  | 'ERR_RESET' // the connection ended before the reply began
  | 'ERR_TRUNCATED' // the connection ended inside the reply
  | 'ERR_MALFORMED' // bytes that are not what the protocol allows
  | 'ERR_TOO_LARGE' // over a limit of ours
  | 'ERR_MEMORY' // no memory is left to read a call's body into
  | 'ERR_LENGTH' // a body without length, too large to be given one
  | 'ERR_FULL' // the destination's `maxInFlight` is reached
  | 'ERR_CONTRACT' // a value that does not fit the contract
  | 'ERR_STATUS' // an answer that says of itself that it failed
  | 'ERR_ABORTED' // the client left, or we stopped caring
  | 'ERR_DEADLINE' // the call's total time is over
  | 'ERR_BREAKER_OPEN' // the breaker is open: nobody was asked
  | 'ERR_UNSTORED' // the call wants what is kept, and nothing is
  | 'ERR_BUDGET' // no second send is left: nobody else was asked
  | 'ERR_REFUSED'; // a call that must not be relayed, such as one with a DOCTYPE

export class AdapterError extends Error {
  readonly code: AdapterErrorCode;
  constructor(code: AdapterErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AdapterError';
    this.code = code;
  }
}

/** One attempt that brought no reply that may be used. `reached` decides whether a write may be tried elsewhere. */
export class SendError extends AdapterError {
  readonly reason: Reason;
  readonly reached: Reached;
  /** Who was asked works on all the same, until this is fulfilled; it never rejects. Null: nobody does. */
  readonly still: Promise<void> | null;
  constructor(
    code: AdapterErrorCode,
    reason: Reason,
    reached: Reached,
    message: string,
    options?: { cause?: unknown; still?: Promise<void> | undefined },
  ) {
    super(code, message, options);
    this.name = 'SendError';
    this.reason = reason;
    this.reached = reached;
    this.still = options?.still ?? null;
  }
}

/** The client's own body failed while its reply was under way: no failure of who answered. `cause`: with the same code. */
export class ClientBodyError extends AdapterError {
  constructor(cause: AdapterError) {
    super(cause.code, cause.message, { cause });
    this.name = 'ClientBodyError';
  }
}

/**
 * The client's own message does not fit the contract. Modern was not touched; legacy may be more tolerant
 * (counted as `request`). `path` is a JSON pointer into the operation's input, such as `/orderId`; empty: all of it.
 */
export class RequestError extends AdapterError {
  readonly path: string;
  constructor(path: string, message: string, options?: { cause?: unknown }) {
    super('ERR_CONTRACT', path === '' ? message : `${path}: ${message}`, options);
    this.name = 'RequestError';
    this.path = path;
  }
}

/** A setting that cannot be used as it stands. `key`: below the destination, such as `tls`, `ca`. */
export class SettingError extends Error {
  readonly key: readonly string[];
  constructor(key: readonly string[], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SettingError';
    this.key = key;
  }
}
