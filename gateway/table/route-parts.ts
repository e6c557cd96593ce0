// What the plans of a route's operations are made of.
import type {
  Adapters,
  Contract,
  Destination,
  Entrance,
  HeaderEdit,
  Lease,
  Mount,
  Whence,
} from '../../adapters/adapter.ts';
import type { OperationSettings, RouteSettings } from '../config/settle.ts';
import type { Budget } from '../forward/budget.ts';
import type { Session } from '../traffic/session.ts';
import type { BreakerOf } from './breaker-of.ts';
import type { BulkheadOf } from './bulkhead-of.ts';
import type { HttpParts } from './http-parts.ts';
import type { RepeatOf } from './repeat-of.ts';

export interface RouteParts {
  readonly name: string;
  readonly protocol: RouteSettings['protocol'];
  readonly contract: Contract | null;
  readonly mount: Mount;
  /** Of its calls, wherever they go. */
  readonly headers: HeaderEdit | null;
  readonly legacy: Destination | null;
  readonly modern: Destination | null;
  /** Null: there is no legacy, or it is not asked over the network. */
  readonly entrance: Entrance | null;
  /** Those of all routes to the same host. */
  readonly besides: readonly Entrance[];
  /** It takes envelopes as they come; nothing is translated. */
  readonly modernIsSoap: boolean;
  /** null: its calls are told apart one by one. */
  readonly session: Session | null;
  readonly adapters: Adapters;
  readonly killed: ReadonlySet<string>;
  readonly pinSecret: string | null;
  readonly trusts: (address: string) => boolean;
  /** Rules of admission need to know the operation: nothing flows before it is known. */
  readonly judged: boolean;
  readonly whence: Whence;
  readonly slotOf: (operation: string) => number;
  /** What makes both destinations what they are. */
  readonly standing: string;
  /** All that the file's operations take back of this contract. */
  readonly invalidated: readonly string[];
  readonly breakerOf: BreakerOf;
  readonly repeatOf: RepeatOf;
  readonly bulkheadOf: BulkheadOf;
  readonly budget: Budget | null;
  readonly held: Lease;
  /** What its calls have to do with kept answers of plain HTTP, its own and others'. */
  readonly http: HttpParts;
  /** In which the route's own rules look for keys and sessions; lower case. */
  readonly keyHeaders: readonly string[];
}

/** One of a route's operations; `other` stands for those that no contract names. */
export interface OperationParts {
  readonly route: RouteParts;
  readonly operation: string;
  readonly settings: OperationSettings;
}
