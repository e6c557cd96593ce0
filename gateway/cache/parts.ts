// What the cache is made of: what it is given, and what its two rooms, contracts and plain HTTP, have in common.
import type { Adapters } from '../../adapters/adapter.ts';
import type { Flights } from './flights.ts';
import type { Memory } from './memory.ts';
import type { Shared } from './shared.ts';
import type { TakingBack } from './taking-back.ts';
import type { Unkept } from './unkept.ts';

interface Edge {
  readonly adapters: Pick<Adapters, 'detach' | 'replyOf'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
  /** Milliseconds; does not jump. */
  readonly steady: () => number;
  /** A renewal behind a client's back failed; nobody else is told. */
  readonly broken: (error: unknown) => void;
}

export interface CacheParts extends Edge {
  /** Of all kept answers, and of what the bodies of calls are known to mean. */
  readonly maxBytes: number;
  /** Answers what ends it. */
  readonly every: (ms: number, tick: () => void) => () => void;
  /** The longest that anybody waits for a destination, in milliseconds. */
  readonly longestWait: () => number;
  /** Of all replicas, given what to do when one of the others takes something back; null: this process has its own answers alone. */
  readonly sharedWith: ((takenBack: (tags: readonly string[]) => void) => Shared) | null;
}

export interface RoomParts extends Edge {
  readonly memory: Memory;
  readonly flights: Flights;
  readonly unkept: Unkept;
  readonly shared: Shared | null;
  readonly takeBack: TakingBack;
}
