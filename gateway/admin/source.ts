// What the admin side needs of the gateway, as functions: it never sees a table, a counter or a file.
import { callRow, operationRows, readiness, routeRows, status } from './views.ts';
import { cacheSource, type CacheSource } from './cache.ts';
import type { Memory } from '../cache/memory.ts';
import type { Breakers } from '../guard/breakers.ts';
import type { Events } from '../events.ts';
import type { Table } from '../table/table.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Clocks, Telemetry } from '../telemetry/telemetry.ts';
import type {
  CallRow,
  FlipResult,
  GatewayEvent,
  OperationRow,
  Readiness,
  RouteRow,
  SeriesView,
  Status,
} from './shapes.ts';

/** `weight` in percent, two decimals; `why` is kept with the change. */
export type FlipRequest = (target: string, weight: number, why: string) => Promise<FlipResult>;

export interface HealthSource {
  readonly ready: () => Readiness;
  readonly metrics: Metrics;
}

export interface Source extends HealthSource {
  readonly status: () => Status;
  readonly operations: () => OperationRow[];
  readonly routes: () => RouteRow[];
  /** Calls worth a look, oldest first. */
  readonly calls: () => CallRow[];
  /** Null for a target that no table ever had. */
  readonly series: (target: string) => SeriesView | null;
  readonly events: { readonly latest: () => readonly GatewayEvent[]; readonly on: Events['on'] };
  readonly flip: FlipRequest;
  readonly breakers: Breakers;
  readonly cache: CacheSource;
}

export const source = (parts: {
  readonly telemetry: Telemetry;
  readonly table: () => Table | null;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly flip: FlipRequest;
  readonly breakers: Breakers;
  /** What is kept in this process. */
  readonly memory: Memory;
  readonly takeBackElsewhere: (tags: readonly string[]) => void;
  readonly clocks: Clocks;
  readonly urls: () => Status['urls'];
  readonly gateway: Status['gateway'];
}): Source => {
  const { telemetry, table } = parts;
  const spans = () => {
    const now = parts.clocks.steady();
    return { last10s: telemetry.recent.last(10_000, now), last60s: telemetry.recent.last(60_000, now) };
  };
  return {
    ready: () => readiness(table(), telemetry.health),
    metrics: parts.metrics,
    status: () =>
      status(table(), telemetry.health, { gateway: parts.gateway, now: parts.clocks.wall(), urls: parts.urls() }),
    operations: () => operationRows(table(), spans()),
    routes: () => routeRows(table()),
    calls: () => telemetry.noted.calls.map(callRow),
    series(target) {
      const slot = slotOf(table(), target);
      return slot === null ? null : telemetry.series.of(slot);
    },
    events: { latest: () => telemetry.health.events, on: (listener) => parts.events.on(listener) },
    flip: parts.flip,
    breakers: parts.breakers,
    cache: cacheSource({
      memory: parts.memory,
      takeBackElsewhere: parts.takeBackElsewhere,
      counters: telemetry.counters,
      table,
      events: parts.events,
      now: parts.clocks.wall,
    }),
  };
};

/** No dots in route names (decision 16), so the first one parts the two. */
const slotOf = (table: Table | null, target: string): number | null => {
  const dot = target.indexOf('.');
  const route = table?.routes.find(({ name }) => name === target.slice(0, dot));
  const operation = target.slice(dot + 1);
  const plan = operation === 'other' ? route?.other : route?.operations.get(operation);
  return plan?.slot ?? null;
};
