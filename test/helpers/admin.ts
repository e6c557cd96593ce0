import { heldBytes } from '../../gateway/forward/held-bytes.ts';
import { turnedAwayCounts } from '../../gateway/telemetry/turned-away.ts';
import { admin } from '../../gateway/admin/api.ts';
import { memory, type Memory } from '../../gateway/cache/memory.ts';
import { breakers, type Breakers } from '../../gateway/guard/breakers.ts';
import { source } from '../../gateway/admin/source.ts';
import { metrics } from '../../gateway/telemetry/metrics.ts';
import { slots } from '../../gateway/telemetry/slots.ts';
import { telemetry } from '../../gateway/telemetry/telemetry.ts';
import { plainEvents } from './events.ts';
import { listen } from './listen.ts';
import { tableOf } from './table.ts';
import type { ExecutionContext } from 'ava';
import type { Middleware } from 'koa';
import type { Events } from '../../gateway/events.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Status } from '../../gateway/admin/shapes.ts';
import type { Table } from '../../gateway/table/table.ts';
import type { Log } from '../../gateway/telemetry/log.ts';
import type { FlipRequest } from '../../gateway/admin/source.ts';
import type { PlannedOperation } from './table.ts';

export const token = 'test-token';

export interface Rig {
  readonly url: string;
  readonly breakers: Breakers;
  readonly memory: Memory;
  readonly events: Events;
  /** Errors that nobody foresaw, so far. */
  readonly unforeseen: unknown[];
  /** Puts a table in place, as a saved file would. */
  swap(routes: Readonly<Record<string, readonly PlannedOperation[]>>, killed?: readonly string[]): void;
  /** Accounts a call; the slot is looked up by route and operation. */
  account(exchange: Exchange): void;
  /** Closes a second of the telemetry, as its timer would. */
  tick(): void;
}

const silent: Log = {
  logger: { levelVal: Number.POSITIVE_INFINITY } as unknown as Log['logger'],
  write: () => undefined,
  dropped: 0,
  flush: () => undefined,
  close: () => Promise.resolve(),
};

const clocks = { wall: () => Date.now(), steady: () => performance.now() };

const weightOf = (table: Table | null, route: string, operation: string): number | null =>
  table?.routes.find(({ name }) => name === route)?.operations.get(operation)?.traffic.points ?? null;

/** The admin side over a table and exchanges made by hand. */
export const adminRig = async (
  t: ExecutionContext,
  options: { readonly flip?: FlipRequest; readonly page?: Middleware; readonly urls?: Status['urls'] } = {},
): Promise<Rig> => {
  const events = plainEvents();
  const all = slots();
  const told = telemetry({ slots: all, events, log: silent, clocks });
  let table: Table | null = null;
  const unforeseen: unknown[] = [];
  const guards = breakers({ ...clocks, chance: () => 0, events });
  const kept = memory(1e6);
  const measured = {
    counters: told.counters,
    slots: all,
    health: told.health,
    table: () => table,
    breakers: () => guards.all,
    again: () => [],
    bulkheads: () => [],
    budgets: () => [],
    held: heldBytes(() => 0),
    turnedAway: turnedAwayCounts(),
    inFlight: () => [],
    urls: () => [],
    cache: kept,
    dropped: () => 0,
  };
  const from = source({
    telemetry: told,
    table: () => table,
    metrics: metrics(measured, { process: false }),
    events,
    flip: options.flip ?? ((target) => Promise.resolve({ is: 'unknown', target, nearest: null })),
    breakers: guards,
    memory: kept,
    takeBackElsewhere: () => undefined,
    clocks,
    urls: () => options.urls ?? [],
    gateway: { version: '0.0.0-test', node: process.version, pid: process.pid, startedAt: Date.now() },
  });
  const side = admin({
    source: from,
    token,
    page: options.page ?? ((_, next) => next()),
    unforeseen: (error) => unforeseen.push(error),
  });
  const callback = side.app.callback();
  const url = await listen(t, (request, response) => void callback(request, response));
  t.teardown(() => side.close());
  return {
    url,
    breakers: guards,
    memory: kept,
    events,
    unforeseen,
    swap(routes, killed = []) {
      const before = table;
      table = { ...tableOf(routes, all, (before?.revision ?? 0) + 1), killed: new Set(killed) };
      const changes = Object.entries(routes).flatMap(([route, operations]) =>
        operations.map(({ operation }) => ({
          route,
          operation,
          before: weightOf(before, route, operation),
          after: weightOf(table, route, operation),
        })),
      );
      events.emit({
        type: 'table-swapped',
        at: Date.now(),
        revision: table.revision,
        source: before === null ? 'start' : 'file',
        changes: changes.filter((change) => change.before !== change.after),
        tookMs: 1.4,
      });
    },
    account: (exchange) => told.account({ ...exchange, slot: all.of(exchange.route, exchange.operation) }),
    tick: () => told.tick(),
  };
};
