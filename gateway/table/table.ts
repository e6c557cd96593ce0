// The file as runtime: compiled, frozen, replaced whole. A call keeps the table it began with.
import type { HeaderEdit, Lease, Protocol, Proxy } from '../../adapters/adapter.ts';
import type { Reason } from '../../adapters/errors.ts';
import type { Admission } from '../admission/admission.ts';
import type { HttpCachePolicy, HttpChange } from '../cache/http/policy.ts';
import type { CachePolicy, Invalidation } from '../cache/policy.ts';
import type { Breaker } from '../guard/breaker.ts';
import type { RepeatedSend } from '../guard/again/tries.ts';
import type { DeadlineSettings } from '../guard/time/schema.ts';
import type { Budget } from '../forward/budget.ts';
import type { Effect } from '../forward/schema.ts';
import type { Match } from '../routing/schema.ts';
import type { Traffic } from '../traffic/traffic.ts';

export type { Effect, Match };

/** Where an operation stands; read from the facts, never set (product.md §1). `shadow` comes with comparison. */
export const stages = ['legacy', 'shadow', 'canary', 'live', 'drain', 'retired'] as const;
export type Stage = (typeof stages)[number];

/** Everything one operation's calls need, compiled; guards are already composed around the sends. */
export interface Plan {
  readonly route: string;
  /** Name from the contract or the file; `other` for what is no known operation. */
  readonly operation: string;
  /** Index of its counters; the same for the same route and operation over all tables. */
  readonly slot: number;
  readonly stage: Stage;
  readonly effect: Effect;
  readonly traffic: Traffic;
  /** Reasons for which legacy is asked after modern failed; empty: no fallback. */
  readonly fallback: ReadonlySet<Reason>;
  /** For a call in all; null: no bound. */
  readonly deadline: DeadlineSettings | null;
  /** Modern is asked after legacy failed, too, for the same reasons. */
  readonly reverse: boolean;
  /** Of second sends; null: no bound. */
  readonly budget: Budget | null;
  /** Where bodies are held for a second try. */
  readonly held: Lease;
  /** Its calls can only be relayed to legacy, whatever they carry: their bodies need not be waited for. */
  readonly plain: boolean;
  readonly legacy: Side | null;
  readonly modern: Side | null;
  /** Its answers may be given from memory; null: never. */
  readonly cache: CachePolicy | null;
  /** The same for plain HTTP, where the origin says what may be kept; null: never. */
  readonly http: HttpCachePolicy | null;
  /** Its calls may change what is kept of plain HTTP, by its own route or others; null: nothing. */
  readonly changesHttp: HttpChange | null;
  /** Answers say in Cache-Status what became of the call. */
  readonly cacheStatus: boolean;
  /** Kept answers that its calls take back; null: none. */
  readonly takesBack: Invalidation | null;
}

export interface Side {
  /** Name of the destination. */
  readonly destination: string;
  /** Guarded already. */
  readonly send: RepeatedSend;
  /** It may ask the destination more than once for one call, and tells of each. */
  readonly repeats: boolean;
  /** Calls go on as they came; nothing is translated. */
  readonly relays: boolean;
  /** The one around `send`; null: none. */
  readonly breaker: Breaker | null;
}

export interface Route {
  readonly name: string;
  readonly protocol: Protocol;
  /** By operation name as the protocol identifies it. */
  readonly operations: ReadonlyMap<string, Plan>;
  /** The plan of undecided calls, metadata, and operations the file does not name. */
  readonly other: Plan;
  /** The same by what the method does, where the method tells and the calls are split all the same; null: never split. */
  readonly otherByEffect: Readonly<Record<Effect, Plan>> | null;
  /** `other` for calls that may be a write all the same; null: no write of the route takes anything back. */
  readonly uncertain: Plan | null;
  /** All its plans are plain. */
  readonly plain: boolean;
  /** One destination and nothing to decide: carried by http-proxy-middleware (decision 8); null: by our relay. */
  readonly proxy: Proxy | null;
  /** Carries this route's upgrades (WebSocket); null: there are none. */
  readonly upgrades: Proxy | null;
  readonly decisionHeader: boolean;
  /** What the file sets and removes in its answers; null: nothing. */
  readonly response: HeaderEdit | null;
  /** Bytes of a body that may be read before the operation must be decided. */
  readonly prefix: number;
  /** Who may call, and how often; null: anybody. */
  readonly admission: Admission | null;
  /** How long any of its calls may take, while nobody knows which it is; null: as long as it likes. */
  readonly deadline: DeadlineSettings | null;
  /** Most bytes of headers and body; null: no bound of the route's own. */
  readonly limits: { readonly header: number | null; readonly body: number | null } | null;
}

export interface Table {
  readonly revision: number;
  readonly routes: readonly Route[];
  /** The most specific route whose conditions all hold, or null. */
  readonly match: (arrival: Arrival) => Route | null;
  /** Stands in where no route matches: answers 404. */
  readonly nowhere: Route;
  /** What is killed: `*`, route names, `route.operation`. */
  readonly killed: ReadonlySet<string>;
  /** Names among them that no route has: because of them everything is killed. */
  readonly unclearKills: readonly string[];
}

/** What matching may look at. */
export interface Arrival {
  readonly method: string;
  /** As sent, with query. */
  readonly target: string;
  /** First value of a header, by lower-case name. */
  header(name: string): string | null;
}
