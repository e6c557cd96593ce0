// What the admin API answers, and the page and the CLI read. Types only, so that a browser may import them.
import type { BreakerState, Forced, GatewayEvent, Problem } from '../events.ts';
import type { Effect, Stage } from '../table/table.ts';
import type { DecisionReason, Outcome, Side } from '../exchange.ts';

export type { GatewayEvent, Problem } from '../events.ts';
export type { Stage } from '../table/table.ts';
export type { SeriesView } from '../telemetry/series.ts';

/** One side's part in a span of time. Latency is that of asking its destination, fallback or not; null without attempts. */
export interface SideFigures {
  /** Calls this side answered. */
  readonly answered: number;
  /** Milliseconds, estimated from buckets. */
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface Figures {
  /** Milliseconds that these figures cover. */
  readonly ms: number;
  readonly calls: number;
  readonly callsPerSecond: number;
  /** Calls whose client did not get an answer: server-error, unavailable, cut. */
  readonly errors: number;
  readonly errorsPerSecond: number;
  /** Percent of calls decided for modern, and answered by modern; null without calls. They differ by fallbacks. */
  readonly decidedModern: number | null;
  readonly answeredModern: number | null;
  /** Calls that fell back, by reason; only reasons that came up. */
  readonly fallbacks: Readonly<Record<string, number>>;
  readonly undecided: Readonly<Record<string, number>>;
  /** Calls that brought no cohort key and were drawn one by one. */
  readonly withoutCohort: number;
  /** Percent of the calls of an operation with a cache that memory answered; null without such calls. */
  readonly fromMemory: number | null;
  readonly legacy: SideFigures;
  readonly modern: SideFigures;
}

export interface OperationRow {
  /** `route.operation`, as `flip` takes it. */
  readonly target: string;
  readonly route: string;
  readonly operation: string;
  readonly stage: Stage;
  readonly effect: Effect;
  /** Percent, 0 … 100, as the file has it; in force unless `killed`. Null for what has no weight: undecided calls, metadata. */
  readonly weight: number | null;
  readonly killed: boolean;
  /** Names of the destinations. */
  readonly legacy: string | null;
  readonly modern: string | null;
  readonly fallback: readonly string[];
  /** Of modern; null: it has none. */
  readonly breaker: { readonly state: BreakerState; readonly forced: Forced | null } | null;
  readonly last10s: Figures;
  readonly last60s: Figures;
}

/** One destination's one operation. */
export interface BreakerRow {
  /** `destination/operation`, as `breaker` takes it. */
  readonly target: string;
  readonly destination: string;
  readonly operation: string;
  readonly state: BreakerState;
  /** Held by hand; null: by what calls do. */
  readonly forced: Forced | null;
  /** How often since the start. */
  readonly opened: number;
}

export interface RouteRow {
  readonly route: string;
  readonly protocol: 'soap' | 'rest' | 'http';
  readonly carrier: 'wire' | 'proxy';
  readonly operations: readonly string[];
  readonly killed: boolean;
}

export interface Status {
  readonly gateway: {
    readonly version: string;
    readonly node: string;
    readonly pid: number;
    /** Milliseconds since 1970. */
    readonly startedAt: number;
  };
  /** Milliseconds since 1970, on the gateway's clock. */
  readonly now: number;
  readonly ready: boolean;
  readonly draining: boolean;
  readonly state: Readiness['state'];
  /** Null before the first table. */
  readonly revision: number | null;
  /** When the table that serves came into force, milliseconds since 1970. */
  readonly since: number | null;
  readonly config: {
    /** Why the file as it is now was not taken; null: the table shows what the file says. */
    readonly rejected: { readonly at: number; readonly problems: readonly Problem[] } | null;
    readonly warnings: readonly Problem[];
    /** Keys whose change waits for a restart. */
    readonly restartNeeded: readonly string[];
  };
  /** `*`, routes, or `route.operation` that all go to legacy. */
  readonly killed: readonly string[];
  /** Of destinations with several, or whose health is looked after. */
  readonly urls: readonly UrlRow[];
}

/** One url of a destination. */
export interface UrlRow {
  readonly destination: string;
  /** Host and port. */
  readonly url: string;
  readonly state: 'healthy' | 'ejected' | 'unhealthy';
  /** Of its part of the calls, 0 … 1; below 1 while it comes back. */
  readonly share: number;
  /** Calls under way. */
  readonly inFlight: number;
}

export interface Readiness {
  readonly ready: boolean;
  readonly revision: number | null;
  readonly draining: boolean;
  /** `down`: what replicas share does not answer; calls are served without it. */
  readonly state: 'memory' | 'up' | 'down';
  readonly config: Status['config'];
}

/** What the page gets twice a second. */
export interface Snapshot {
  readonly status: Status;
  readonly operations: readonly OperationRow[];
  /** Absent where nothing can be kept. */
  readonly cache?: CacheSize;
}

/** What is kept in this process, and at most. */
export interface CacheSize {
  readonly entries: number;
  readonly bytes: number;
  readonly bound: number;
}

export interface CacheOperationRow {
  /** `route.operation`. */
  readonly target: string;
  /** Since the start. */
  readonly calls: number;
  /** Answered from memory. */
  readonly hits: number;
  /** By what the cache made of them; only what came up. */
  readonly results: Readonly<Record<string, number>>;
}

export interface CacheView extends CacheSize {
  /** Operations with a cache. */
  readonly operations: readonly CacheOperationRow[];
}

/** A kept answer without its content. */
export interface CacheEntryRow {
  readonly key: string;
  readonly target: string;
  /** Who gave it. */
  readonly side: 'legacy' | 'modern';
  readonly destination: string;
  readonly status: number;
  readonly fault: string | null;
  readonly contentType: string | null;
  /** Bytes of its body. */
  readonly length: number;
  /** Milliseconds since 1970. */
  readonly storedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly errorUntil: number;
  readonly tags: readonly string[];
}

export interface PurgeResult {
  readonly purged: number;
  readonly before: CacheSize;
  readonly after: CacheSize;
}

/** A call worth a look, without anything of its content. */
export interface CallRow {
  readonly at: number;
  readonly target: string;
  readonly side: 'legacy' | 'modern';
  readonly why: DecisionReason;
  readonly by: Side;
  readonly status: number;
  readonly outcome: Outcome;
  readonly fallback: string | null;
  readonly undecided: string | null;
  readonly error: string | null;
  readonly ms: number;
  readonly attempts: readonly {
    readonly side: 'legacy' | 'modern';
    readonly destination: string;
    readonly ms: number;
    readonly status: number | null;
    readonly reason: string | null;
    /** Why the same destination was asked once more. */
    readonly again: 'retry' | 'hedge' | null;
    /** Given up, because another send of the call was answered first. */
    readonly lost: boolean;
  }[];
  readonly traceparent: string | null;
}

interface Flip {
  readonly target: string;
  /** Percent. */
  readonly before: number;
  readonly after: number;
  readonly file: string;
  readonly line: number;
}

export type FlipResult =
  | (Flip & { readonly is: 'flipped'; readonly revision: number })
  /** The file may not be written: `patch` is the change as a unified diff, for whoever may. */
  | (Flip & { readonly is: 'read-only'; readonly patch: string })
  | { readonly is: 'unknown'; readonly target: string; readonly nearest: string | null }
  /** The changed file would not be valid, or one line cannot hold the change. */
  | { readonly is: 'rejected'; readonly target: string; readonly problems: readonly Problem[] };

/** RFC 9457. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly [extension: string]: unknown;
}

export interface EventsAnswer {
  /** Oldest first. */
  readonly events: readonly GatewayEvent[];
}
