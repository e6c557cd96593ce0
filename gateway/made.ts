// What is made once and outlives every flip, wired together.
import { adapters } from '../adapters/index.ts';
import { keepers } from './admission/keepers.ts';
import type { Env } from './config/substitute.ts';
import { flips } from './flips.ts';
import { budgets as makeBudgets } from './forward/budget.ts';
import { heldBytes } from './forward/held-bytes.ts';
import { repeats as makeRepeats } from './guard/again/repeats.ts';
import { breakers as makeBreakers } from './guard/breakers.ts';
import { bulkheads as makeBulkheads } from './guard/bulkheads.ts';
import { events as eventStream } from './lib/events.ts';
import { after } from './lib/timers.ts';
import { tables as makeTables } from './table/swap.ts';
import { log as makeLog } from './telemetry/log.ts';
import { logEvents } from './telemetry/log-events.ts';
import { slots as makeSlots } from './telemetry/slots.ts';
import { telemetry } from './telemetry/telemetry.ts';
import { turnedAwayCounts } from './telemetry/turned-away.ts';
import { sessionsInMemory } from './traffic/sessions.ts';

export interface GatewayOptions {
  readonly files: readonly string[];
  readonly env: Env;
  readonly killFile: string | null;
  /** A file for log lines; standard output where nothing is said. */
  readonly logTo?: string | number;
}

export type Made = ReturnType<typeof make>;

/** `killed`: what goes to legacy now; asked at each flip. */
export const make = (options: GatewayOptions, killed: () => ReadonlySet<string>) => {
  const clocks = { wall: () => Date.now(), steady: () => performance.now() };
  const log = makeLog({
    level: options.env['LOG_LEVEL'],
    changed: (why) => events.emit({ type: 'log-changed', at: clocks.wall(), isUp: why === null, why: why ?? '' }),
    ...(options.logTo === undefined ? {} : { to: options.logTo }),
  });
  const broken = (error: unknown) => log.logger.error({ err: error }, 'a bug of the gateway');
  const events = eventStream(broken);
  const slots = makeSlots();
  const tables = makeTables();
  const guards = {
    breakers: makeBreakers({ ...clocks, chance: Math.random, events }),
    repeats: makeRepeats({ ...clocks, chance: Math.random, after }),
    bulkheads: makeBulkheads({ ...clocks, after, events }),
    budgets: makeBudgets(clocks.steady),
    held: heldBytes(() => flipping.config?.gateway.limits.held ?? 0),
  };
  const told = telemetry({ slots, events, log, clocks });
  logEvents(events, log.logger);
  const flipping = flips({
    ...options,
    ...guards,
    adapters,
    tables,
    slots,
    keepers: keepers(),
    sessions: sessionsInMemory(clocks.steady),
    events,
    killed,
    now: clocks.wall,
  });
  return {
    options,
    clocks,
    log,
    broken,
    events,
    slots,
    tables,
    guards,
    told,
    flipping,
    turnedAway: turnedAwayCounts(),
  };
};
