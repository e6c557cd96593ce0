import { templateOf } from '../../gateway/cache/tags.ts';
import type { CachePolicy } from '../../gateway/cache/policy.ts';
import { heldBytes } from '../../gateway/forward/held-bytes.ts';
import type { Plan, Route, Stage, Table } from '../../gateway/table/table.ts';
import type { Protocol } from '../../adapters/adapter.ts';
import type { Slots } from '../../gateway/telemetry/slots.ts';

export interface PlannedOperation {
  readonly operation: string;
  /** Percent. */
  readonly weight: number;
  readonly stage?: Stage;
  readonly effect?: Plan['effect'];
  readonly killed?: boolean;
  /** Its answers are kept, and taken back by these: `GetOrder:{orderId}`. */
  readonly tags?: readonly string[];
}

const nobody = (): Promise<never> => Promise.reject(new Error('nobody is asked in this test'));

const planOf = (route: string, planned: PlannedOperation, slots: Slots): Plan => ({
  route,
  operation: planned.operation,
  slot: slots.of(route, planned.operation),
  stage: planned.stage ?? (planned.weight === 0 ? 'legacy' : 'canary'),
  effect: planned.effect ?? 'read',
  traffic: {
    route,
    id: `${route}.${planned.operation}`,
    salt: `${route}/${planned.operation}`,
    points: Math.round(planned.weight * 100),
    cohort: [{ from: 'ip' }],
    include: new Set(),
    exclude: new Set(),
    connections: 'legacy',
    sides: 'both',
    killed: planned.killed ?? false,
    session: null,
    pinSecret: null,
    trusts: () => false,
  },
  fallback: new Set(['5xx', 'timeout']),
  deadline: null,
  reverse: false,
  budget: null,
  held: heldBytes(() => 0),
  plain: false,
  legacy: { destination: `${route}-legacy`, send: nobody, relays: true, breaker: null, repeats: false },
  modern: { destination: `${route}-modern`, send: nobody, relays: true, breaker: null, repeats: false },
  cache:
    planned.tags === undefined
      ? null
      : ({ tags: planned.tags.map((tag) => templateOf('c', tag)) } as unknown as CachePolicy),
  http: null,
  changesHttp: null,
  cacheStatus: false,
  takesBack: null,
});

const protocol: Protocol = {
  kind: 'soap',
  contract: null,
  named: () => null,
  identify: nobody,
  watch: () => undefined,
  fault: () => {
    throw new Error('nobody is answered in this test');
  },
};

const routeOf = (name: string, operations: readonly PlannedOperation[], slots: Slots): Route => ({
  name,
  protocol,
  operations: new Map(operations.map((planned) => [planned.operation, planOf(name, planned, slots)])),
  other: planOf(name, { operation: 'other', weight: 0, effect: 'write' }, slots),
  otherByEffect: null,
  uncertain: null,
  deadline: null,
  plain: false,
  proxy: null,
  upgrades: null,
  decisionHeader: false,
  response: null,
  prefix: 524_288,
  admission: null,
  limits: null,
});

/** A table as compile would make it, of which only what views and metrics read means anything. */
export const tableOf = (
  routes: Readonly<Record<string, readonly PlannedOperation[]>>,
  slots: Slots,
  revision = 1,
): Table => ({
  revision,
  routes: Object.entries(routes).map(([name, operations]) => routeOf(name, operations, slots)),
  nowhere: routeOf('none', [], slots), // after the others: slots are given in order
  match: () => null,
  killed: new Set(),
  unclearKills: [],
});
