// Whom a connection deals with: its pool, the url it leads to, the client whose own it is, and who asks.
import type { Call, Deadline, ReplyHead } from '../adapter.ts';
import type { AdapterError, Reason } from '../errors.ts';
import type { Connection } from './connection.ts';
import type { StreamBody } from './stream-body.ts';
import type { Tls } from './tls.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** Null: plain. */
  readonly tls: Tls | null;
}

/** What a connection tells its pool. */
export interface Owner {
  readonly connectTimeout: number;
  readonly timeout: number;
  released(connection: Connection, reusable: boolean): void;
  /** No file descriptor was left to connect with. */
  outOfFiles(): void;
}

/** Which of several urls a connection leads to, and who wants to know how its calls end. */
export interface Watched {
  readonly authority: string;
  /** `began`: when the call was sent, on the monotonic clock. */
  readonly vitals: { answered(began: number): void; failed(began: number, reason: Reason): void };
}

/** Whose connection it is, where it is one client's own. */
export interface Keeper {
  /** `kept`: it may carry that client's next call; otherwise it has ended. */
  released(connection: Connection, kept: boolean): void;
}

/** Who asks, and what a connection tells it: exactly one of the two, once. */
export interface Asking {
  readonly call: Call;
  readonly deadline: Deadline;
  /** Milliseconds to the first byte of the reply, and then between bytes; null: as the destination has it. */
  readonly timeout: number | null;
  received(head: ReplyHead, body: StreamBody): void;
  /** SendError where the destination failed; the cause itself where the call was called off on our side. */
  failed(error: AdapterError): void;
}
