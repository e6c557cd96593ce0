// Counters become Prometheus' text here, when somebody scrapes. The only file that imports the Prometheus client: it brings
// the process' own figures; ours are read from the rows at that moment and never kept twice.
import { Registry, collectDefaultMetrics } from '@prometheus-io/client';
import { cacheResults, outcomes } from '../exchange.ts';
import { stages } from '../table/table.ts';
import { weighedPlans } from '../table/weighed.ts';
import { breakerStates } from '../events.ts';
import { undecidedReasons, type UrlHealth } from '../../adapters/adapter.ts';
import { catalogue } from './catalogue.ts';
import { bounds, buckets, column, fallbackReasons, sides, width } from './columns.ts';
import type { Budget as AgainBudget } from '../guard/again/budget.ts';
import { waitEndings, type Bulkhead } from '../guard/bulkhead.ts';
import { priorities } from '../guard/schema.ts';
import type { Budget } from '../forward/budget.ts';
import type { HeldBytes } from '../forward/held-bytes.ts';
import type { Breaker } from '../guard/breaker.ts';
import type { Plan, Table } from '../table/table.ts';
import type { Counters } from './counters.ts';
import { exposition, type Breath, type Family, type Labels, type Value } from './exposition.ts';
import type { Health } from './health.ts';
import type { Slots } from './slots.ts';
import type { TurnedAwayCounts } from './turned-away.ts';
import type { MetricName } from './catalogue.ts';

export interface Measured {
  readonly counters: Counters;
  readonly slots: Slots;
  readonly health: Health;
  /** The table that serves; null before the first. */
  readonly table: () => Table | null;
  /** Calls under way, per name of destination. */
  /** `overdue` null: the destination cannot work on a call that is over. */
  readonly inFlight: () => Iterable<readonly [destination: string, calls: number, overdue: number | null]>;
  readonly breakers: () => Iterable<Breaker>;
  /** Those that somebody looks after. */
  readonly urls: () => Iterable<readonly [destination: string, health: UrlHealth]>;
  /** Of retries and hedges. */
  readonly again: () => Iterable<AgainBudget>;
  readonly bulkheads: () => Iterable<Bulkhead>;
  readonly budgets: () => Iterable<Budget>;
  readonly held: HeldBytes;
  readonly turnedAway: TurnedAwayCounts;
  /** What is kept in this process. */
  readonly cache: { readonly bytes: number; readonly entries: number };
  /** Log lines lost so far. */
  readonly dropped: () => number;
}

export interface Metrics {
  readonly type: string;
  /** Everything, as Prometheus scrapes it. */
  slices(): AsyncIterable<string>;
}

type Reader = (measured: Measured) => Iterable<Value>;

/** `process`: also the figures of the process and its event loop, which need timers of their own. */
export const metrics = (measured: Measured, options: { readonly process: boolean } = { process: true }): Metrics => {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry });
  return {
    type: registry.contentType,
    async *slices() {
      yield await registry.metrics();
      yield* exposition(families(measured), breath);
    },
  };
};

const families = function* (measured: Measured): Iterable<Family> {
  for (const { name, type, help } of catalogue) yield { name, type, help, values: readers[name](measured) };
};

const breath: Breath = {
  now: () => performance.now(),
  rest: () => new Promise((resolve) => setImmediate(resolve)),
};

const single = (value: number): Value[] => [{ labels: {}, value }];

/** One value per slot and name, zeros left out: a name that never came up is no series. */
const perSlot = function* (
  { counters, slots }: Measured,
  { start, names, label }: { start: number; names: readonly string[]; label: string },
): Iterable<Value> {
  for (let slot = 0; slot < slots.size; slot += 1) {
    for (const [index, name] of names.entries()) {
      const value = counters.rows[slot * width + start + index] ?? 0;
      if (value > 0) yield { labels: { ...slots.name(slot), [label]: name }, value };
    }
  }
};

const requests: Reader = function* (measured) {
  for (const [index, side] of sides.entries()) {
    const start = column.requests + index * outcomes.length;
    for (const { labels, value } of perSlot(measured, { start, names: outcomes, label: 'outcome' }))
      yield { labels: { ...labels, side }, value };
  }
};

/** Buckets of a histogram as the text format wants them: cumulated, then sum and count. Durations in seconds. */
const histogram = (name: MetricName, labels: Labels, figures: { sum: number; at(bucket: number): number }): Value[] => {
  const values: Value[] = [];
  let cumulated = 0;
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    cumulated += figures.at(bucket);
    const bound = bounds[bucket];
    const le = bound === undefined ? '+Inf' : bound / 1_000;
    values.push({ metricName: `${name}_bucket`, labels: { ...labels, le }, value: cumulated });
  }
  values.push({ metricName: `${name}_sum`, labels, value: figures.sum / 1_000 });
  values.push({ metricName: `${name}_count`, labels, value: cumulated });
  return values;
};

/** A histogram is read whole: its buckets and its count must agree. */
const requestDurations: Reader = function* ({ counters, slots }) {
  for (let slot = 0; slot < slots.size; slot += 1) {
    for (const [index, side] of sides.entries()) {
      const sum = counters.sums[slot * sides.length + index] ?? 0;
      const start = slot * width + column.durations + index * buckets;
      const at = (bucket: number): number => counters.rows[start + bucket] ?? 0;
      const found = histogram('strangler_request_duration_seconds', { ...slots.name(slot), side }, { sum, at });
      if ((found.at(-1)?.value ?? 0) > 0) yield* found;
    }
  }
};

const attemptDurations: Reader = function* ({ counters }) {
  for (const { destination, operation, counts, sum } of counters.attempts) {
    const at = (bucket: number): number => counts[bucket] ?? 0;
    yield* histogram('strangler_attempt_duration_seconds', { destination, operation }, { sum, at });
  }
};

/** Undecided calls are told by route: what operation they were is just what nobody knows. */
const undecided: Reader = (measured) => {
  const found = new Map<string, Value>();
  for (const { labels, value } of perSlot(measured, {
    start: column.undecided,
    names: undecidedReasons,
    label: 'reason',
  })) {
    const { route = '', reason = '' } = labels;
    const key = `${route} ${reason}`;
    found.set(key, { labels: { route, reason }, value: value + (found.get(key)?.value ?? 0) });
  }
  return [...found.values()];
};

const missing: Reader = function* ({ counters, slots }) {
  for (let slot = 0; slot < slots.size; slot += 1) {
    const value = counters.rows[slot * width + column.missing] ?? 0;
    if (value > 0) yield { labels: { ...slots.name(slot) }, value };
  }
};

const perPlan = (read: (plan: Plan) => number): Reader =>
  function* ({ table }) {
    for (const plan of weighedPlans(table()))
      yield { labels: { route: plan.route, operation: plan.operation }, value: read(plan) };
  };

const stageOf: Reader = function* ({ table }) {
  for (const plan of weighedPlans(table()))
    for (const stage of stages)
      yield {
        labels: { route: plan.route, operation: plan.operation, stage },
        value: plan.stage === stage ? 1 : 0,
      };
};

const ofBreakers = (read: (breaker: Breaker, labels: Labels) => Value[]): Reader =>
  function* ({ breakers }) {
    for (const breaker of breakers()) {
      const { destination, operation } = breaker.of;
      if (breaker.isOfNote) yield* read(breaker, { destination, operation });
    }
  };

const ofAgain =
  (read: (counts: AgainBudget['counts']) => Readonly<Record<string, number>>): Reader =>
  ({ again }) =>
    [...again()].flatMap(({ destination, counts }) =>
      Object.entries(read(counts)).map(([result, value]) => ({
        labels: result === '' ? { destination } : { destination, result },
        value,
      })),
    );

const ofBulkheads =
  (read: (bulkhead: Bulkhead, labels: Labels) => Value[]): Reader =>
  ({ bulkheads }) =>
    [...bulkheads()].flatMap((bulkhead) => read(bulkhead, { destination: bulkhead.destination }));

const readers: Readonly<Record<MetricName, Reader>> = {
  strangler_requests_total: requests,
  strangler_decisions_total: (measured) =>
    perSlot(measured, { start: column.decided, names: ['legacy', 'modern'], label: 'side' }),
  strangler_request_duration_seconds: requestDurations,
  strangler_attempt_duration_seconds: attemptDurations,
  strangler_fallbacks_total: (measured) =>
    perSlot(measured, { start: column.fallbacks, names: fallbackReasons, label: 'reason' }),
  strangler_second_sends_total: ({ budgets }) =>
    [...budgets()].flatMap(({ route, counts }) =>
      (['sent', 'refused'] as const).map((result) => ({ labels: { route, result }, value: counts[result] })),
    ),
  strangler_held_bytes: ({ held }) => single(held.bytes),
  strangler_reading_bytes: ({ held }) => single(held.reading.bytes),
  strangler_unheld_total: ({ held }) =>
    (['call', 'total'] as const).map((bound) => ({ labels: { bound }, value: held.unheld[bound] })),
  strangler_cache_total: (measured) => perSlot(measured, { start: column.cache, names: cacheResults, label: 'result' }),
  strangler_cache_bytes: ({ cache }) => single(cache.bytes),
  strangler_cache_entries: ({ cache }) => single(cache.entries),
  strangler_state_up: ({ health: { stateUp } }) => (stateUp === null ? [] : single(stateUp ? 1 : 0)),
  strangler_weight: perPlan(({ traffic }) => (traffic.killed ? 0 : traffic.points / 100)),
  strangler_weight_configured: perPlan(({ traffic }) => traffic.points / 100),
  strangler_stage: stageOf,
  strangler_killed: perPlan(({ traffic }) => (traffic.killed ? 1 : 0)),
  strangler_undecided_total: undecided,
  strangler_cohort_missing_total: missing,
  strangler_in_flight: ({ inFlight }) =>
    [...inFlight()].map(([destination, value]) => ({ labels: { destination }, value })),
  strangler_overdue: ({ inFlight }) =>
    [...inFlight()].flatMap(([destination, , value]) => (value === null ? [] : [{ labels: { destination }, value }])),
  strangler_max_in_flight: ofBulkheads(({ maxInFlight }, labels) => [{ labels, value: maxInFlight }]),
  strangler_bulkhead_in_flight: ofBulkheads(({ inFlight }, labels) => [{ labels, value: inFlight }]),
  strangler_queue_depth: ofBulkheads(({ waiting }, labels) => [{ labels, value: waiting }]),
  strangler_queue_waits_total: ofBulkheads(({ waits }, labels) =>
    waitEndings.map((outcome) => ({ labels: { ...labels, outcome }, value: waits[outcome] })),
  ),
  strangler_queue_wait_seconds_total: ofBulkheads(({ waitedMs }, labels) => [{ labels, value: waitedMs / 1000 }]),
  strangler_shed_total: ofBulkheads(({ shed }, labels) =>
    priorities.map((priority) => ({ labels: { ...labels, priority }, value: shed[priority] })),
  ),
  strangler_breaker_state: ofBreakers(({ state }, labels) => [{ labels, value: breakerStates.indexOf(state) }]),
  strangler_breaker_changes_total: ofBreakers(({ changes }, labels) =>
    breakerStates.map((state) => ({ labels: { ...labels, state }, value: changes[state] })),
  ),
  strangler_upstream_healthy: ({ urls }) =>
    [...urls()].map(([destination, { url, state }]) => ({
      labels: { destination, url },
      value: state === 'healthy' ? 1 : 0,
    })),
  strangler_retries_total: ofAgain(({ retries }) => ({ '': retries })),
  strangler_hedges_total: ofAgain(({ hedges, won }) => ({ won, other: hedges - won })),
  strangler_retry_budget_exhausted_total: ofAgain(({ exhausted }) => ({ '': exhausted })),
  strangler_config_revision: ({ health }) => single(health.revision ?? 0),
  strangler_config_last_reload_success: ({ health }) => single(health.rejected === null ? 1 : 0),
  strangler_config_reloads_total: ({ health }) =>
    (['accepted', 'rejected'] as const).map((result) => ({ labels: { result }, value: health.reloads[result] })),
  strangler_turned_away_total: ({ turnedAway }) =>
    turnedAway.values.map(({ route, reason, count }) => ({ labels: { route, reason }, value: count })),
  strangler_certificate_reloads_total: ({ health }) =>
    (['accepted', 'rejected'] as const).map((result) => ({
      labels: { result },
      value: health.certificates[result],
    })),
  strangler_certificate_not_after_seconds: ({ health }) => single(health.certificates.until / 1000),
  strangler_log_up: ({ health: { logUp } }) => single(logUp ? 1 : 0),
  strangler_log_lines_dropped_total: ({ dropped }) => single(dropped()),
};
