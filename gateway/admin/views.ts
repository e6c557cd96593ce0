// The table and its figures as what people read. Pure: the same table and counters give the same view.
import { cachedResults } from '../cache/remembered.ts';
import { cacheResults, outcomes } from '../exchange.ts';
import { undecidedReasons } from '../../adapters/adapter.ts';
import { buckets, column, failures, fallbackReasons, sides } from '../telemetry/columns.ts';
import { quantile } from '../telemetry/quantile.ts';
import { isWeighed } from '../table/weighed.ts';
import type { Plan, Table } from '../table/table.ts';
import type { NotedCall } from '../telemetry/account.ts';
import type { Health } from '../telemetry/health.ts';
import type { Span } from '../telemetry/recent.ts';
import type { CallRow, Figures, OperationRow, Readiness, RouteRow, SideFigures, Status } from './shapes.ts';

/** Places of the requests that count as errors, whoever was to answer. */
const errorPlaces: readonly number[] = sides.flatMap((_, side) =>
  outcomes.flatMap((outcome, index) =>
    failures.has(outcome) ? [column.requests + side * outcomes.length + index] : [],
  ),
);

const fromMemory: readonly number[] = cacheResults.flatMap((result, index) =>
  cachedResults.has(result) ? [column.cache + index] : [],
);

const percent = (part: number, whole: number): number | null => (whole === 0 ? null : (part / whole) * 100);

/** Figures of one operation over one span. */
export const figures = (span: Span, slot: number): Figures => {
  const sum = (start: number, count: number): number => {
    let total = 0;
    for (let place = start; place < start + count; place += 1) total += span.count(slot, place);
    return total;
  };
  const named = (start: number, names: readonly string[]): Record<string, number> => {
    const found: Record<string, number> = {};
    names.forEach((name, index) => {
      const count = span.count(slot, start + index);
      if (count > 0) found[name] = count;
    });
    return found;
  };
  const side = (index: 0 | 1): SideFigures => {
    const start = column.attempts + index * buckets;
    const at = (bucket: number): number => span.count(slot, start + bucket);
    return {
      answered: sum(column.requests + index * outcomes.length, outcomes.length),
      p50: quantile(0.5, at),
      p95: quantile(0.95, at),
    };
  };
  const calls = sum(column.requests, sides.length * outcomes.length);
  const errors = errorPlaces.reduce((total, place) => total + span.count(slot, place), 0);
  const modern = side(1);
  return {
    ms: span.ms,
    calls,
    callsPerSecond: (calls * 1_000) / span.ms,
    errors,
    errorsPerSecond: (errors * 1_000) / span.ms,
    decidedModern: percent(span.count(slot, column.decided + 1), sum(column.decided, 2)),
    answeredModern: percent(modern.answered, calls),
    fallbacks: named(column.fallbacks, fallbackReasons),
    undecided: named(column.undecided, undecidedReasons),
    withoutCohort: span.count(slot, column.missing),
    fromMemory: percent(
      fromMemory.reduce((total, place) => total + span.count(slot, place), 0),
      sum(column.cache, cacheResults.length),
    ),
    legacy: side(0),
    modern,
  };
};

const operationRow = (plan: Plan, spans: { last10s: Span; last60s: Span }, weighed: boolean): OperationRow => ({
  target: `${plan.route}.${plan.operation}`,
  route: plan.route,
  operation: plan.operation,
  stage: plan.stage,
  effect: plan.effect,
  weight: weighed ? plan.traffic.points / 100 : null,
  killed: plan.traffic.killed,
  legacy: plan.legacy?.destination ?? null,
  modern: plan.modern?.destination ?? null,
  fallback: [...plan.fallback],
  breaker: breakerOf(plan),
  last10s: figures(spans.last10s, plan.slot),
  last60s: figures(spans.last60s, plan.slot),
});

const breakerOf = ({ modern }: Plan): OperationRow['breaker'] => {
  const breaker = modern?.breaker ?? null;
  return breaker === null ? null : { state: breaker.state, forced: breaker.forced };
};

/** Operations of each route in the table's order, then what is no known operation of it. */
export const operationRows = (table: Table | null, spans: { last10s: Span; last60s: Span }): OperationRow[] => {
  const rows: OperationRow[] = [];
  for (const route of table?.routes ?? []) {
    for (const plan of route.operations.values()) rows.push(operationRow(plan, spans, true));
    rows.push(operationRow(route.other, spans, isWeighed(route)));
  }
  return rows;
};

export const routeRows = (table: Table | null): RouteRow[] =>
  (table?.routes ?? []).map((route) => ({
    route: route.name,
    protocol: route.protocol.kind,
    carrier: route.proxy === null ? 'wire' : 'proxy',
    operations: [...route.operations.keys()],
    killed: route.other.traffic.killed,
  }));

const configView = (health: Health): Status['config'] => ({
  rejected: health.rejected,
  warnings: health.warnings,
  restartNeeded: health.restartNeeded,
});

/** A rejected file is told, but the table before it serves on: that is ready. */
export const readiness = (table: Table | null, health: Health): Readiness => ({
  ready: table !== null && !health.draining,
  revision: table?.revision ?? null,
  draining: health.draining,
  state: health.stateUp === null ? 'memory' : health.stateUp ? 'up' : 'down',
  config: configView(health),
});

/** `now`: milliseconds since 1970. */
export const status = (
  table: Table | null,
  health: Health,
  facts: Pick<Status, 'gateway' | 'now' | 'urls'>,
): Status => ({
  gateway: facts.gateway,
  now: facts.now,
  since: health.swappedAt,
  ...readiness(table, health),
  killed: [...(table?.killed ?? [])],
  urls: facts.urls,
});

/** Nothing of a call's content: neither path nor bucket nor anything a client chose, but its trace. */
export const callRow = ({ at, exchange }: NotedCall): CallRow => ({
  at,
  target: `${exchange.route}.${exchange.operation}`,
  side: exchange.decision.side,
  why: exchange.decision.reason,
  by: exchange.by,
  status: exchange.status,
  outcome: exchange.outcome,
  fallback: exchange.fallback,
  undecided: exchange.undecided,
  error: exchange.error,
  ms: exchange.ms,
  attempts: exchange.attempts.map(
    ({ side, destination, ms, status: answered, reason, again = null, lost = false }) => ({
      side,
      destination,
      ms,
      status: answered,
      reason,
      again,
      lost,
    }),
  ),
  traceparent: exchange.traceparent,
});
