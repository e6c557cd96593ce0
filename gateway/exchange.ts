// What one request was, told once when it is over. Metrics, access log and the ops page read this and nothing else.
import type { Reason, Reached } from '../adapters/errors.ts';
import type { UndecidedReason } from '../adapters/adapter.ts';

/** Who answered (decision 26). */
export type Side = 'legacy' | 'modern' | 'cache' | 'gateway';

/** Why a call went to its side, in order of precedence (decision 14). */
export type DecisionReason =
  | 'kill' // everything to legacy
  | 'pin' // a tester's signed header
  | 'exclude' // this cohort key is kept on legacy
  | 'include' // this cohort key is sent to modern
  | 'connection' // NTLM or Negotiate: legacy, or the side that this connection began on
  | 'session' // the side that this session began on, or its place against the least weight
  | 'weight' // bucket against weight
  | 'draw' // no cohort key: this call alone was drawn
  | 'only' // there is but one side
  | 'undecided' // operation not known for certain: legacy
  | 'refused' // turned away at the door: nobody was to be asked
  | 'other'; // not a call of an operation

export interface Decision {
  readonly side: 'legacy' | 'modern';
  readonly reason: DecisionReason;
  /** 0 … 9 999; null where no cohort key was there or none was needed. */
  readonly bucket: number | null;
  /** Name of the cohort source that gave the key, such as `soapHeader:ClientId`; never the key itself. */
  readonly cohort: string | null;
}

/** One send, and what became of it. */
export interface Attempt {
  readonly side: 'legacy' | 'modern';
  readonly destination: string;
  readonly ms: number;
  /** HTTP status that came back; null when none did. */
  readonly status: number | null;
  /** Null: it was an answer. `request`: the client's message does not fit the contract, modern was not asked. */
  readonly reason: Reason | 'request' | null;
  readonly reached: Reached;
  /** Why the same destination was asked once more; absent: it was not. */
  readonly again?: 'retry' | 'hedge';
  /** Another send of the same call was answered first, and this one given up. */
  readonly lost?: true;
}

/** Closed list of the label `outcome`. */
export const outcomes = [
  'ok',
  'fault',
  'client-error',
  'server-error',
  'refused',
  'unavailable',
  'cut',
  'client-left',
] as const;
export type Outcome = (typeof outcomes)[number];

/** What the cache made of a call; label `result` of its metric. */
export const cacheResults = [
  'hit', // given from memory
  'stale', // given from memory past its time, while a new answer is asked for
  'stale-if-error', // given from memory past its time, for nobody could answer
  'shared', // waited for the answer to the same question
  'revalidated', // asked: what is kept is still good
  'state', // given from what replicas share
  'miss', // asked, kept
  'unkept', // asked, and the answer is not one to keep
  'bypass', // not to be answered from memory
] as const;
export type CacheResult = (typeof cacheResults)[number];

/** More of it, for `Cache-Status`. */
export interface CacheTold {
  /** Milliseconds for which the answer is still good; negative past its time. */
  readonly ttl?: number;
  /** Why it was not asked. */
  readonly detail?: string;
  /** Nobody else was asked, either. */
  readonly isUnsent?: boolean;
  /** By which the answer is kept. */
  readonly key?: string;
  /** There was an answer, past its time. */
  readonly wasThere?: boolean;
}

export interface Exchange {
  readonly route: string;
  /** A name from the table, or `other`. */
  readonly operation: string;
  /** Index of the plan's counters, see telemetry/metrics.ts. */
  readonly slot: number;
  readonly revision: number;
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly decision: Decision;
  readonly undecided: UndecidedReason | null;
  readonly attempts: readonly Attempt[];
  /** Why the other side was asked after the first; null: no second attempt was made. */
  readonly fallback: Reason | 'request' | null;
  readonly by: Side;
  /** What the cache made of the call; null: it was not asked. */
  readonly cache: CacheResult | null;
  readonly status: number;
  readonly outcome: Outcome;
  /** Milliseconds from the head's arrival to the last byte handed to the client. */
  readonly ms: number;
  readonly traceparent: string | null;
  /** Code of the error that ended it, if one did. */
  readonly error: string | null;
}
