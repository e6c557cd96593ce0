// Calls and replies by what they mean: what a cache compares. Part of the door, see adapter.ts.
import type { Call, Json, ReplyHead } from './call.ts';

/** Credentials that a call carries. */
export interface Credential {
  readonly from: 'authorization' | 'cookie' | 'api-key' | 'ws-security' | 'certificate';
  /** Name that they claim; null where they name none that can be read. */
  readonly user: string | null;
  /** The same text for the same credentials, secrets included; null: good for one call, so that no other call's can be the same. */
  readonly proof: string | null;
}

/** A call by what it asks, however it was spelt. */
export interface Meaning {
  /** Equal for calls that ask the same, credentials aside. */
  readonly text: string;
  /** In what form an answer is wanted; an answer in one form is of no use in another. */
  readonly form: 'soap11' | 'soap12' | 'json';
  /** What the operation is asked, by its contract. */
  readonly input: Json;
  /** `wsa:MessageID`, which the reply's `RelatesTo` has to name. */
  readonly messageId: string | null;
  /** In the message itself. */
  readonly credentials: readonly Credential[];
}

/** A reply that may be given again. */
export interface Keepable {
  /** Name of the declared fault that it is; null: a value. */
  readonly fault: string | null;
  /** Where in its body the text of `RelatesTo` stands, as [from, to) in bytes; null where it has none. */
  readonly relatesTo: readonly [number, number] | null;
}

/** Calls and replies of one operation by their meaning: what a cache compares. */
export interface Meanings {
  /** What a call asks depends on its target, its Content-Type and its body alone, so that it need not be read twice. */
  readonly byBody: boolean;
  /** `body`: all of it. Null: it cannot be told what the call asks, and nobody else's answer is good for it. */
  ofCall(call: Call, body: Buffer): Meaning | null;
  /** Null: what came is no answer by the contract, or was made for one call alone. */
  ofReply(head: ReplyHead, body: Buffer, asked: Meaning): Keepable | null;
  /** The body for another call that means the same. */
  again(body: Buffer, kept: Keepable, asked: Meaning): Buffer;
}
