// Everything that reads the two streams, built once: exchanges in by `account`, events in by `events`.
import { account, noted } from './account.ts';
import { counters } from './counters.ts';
import { health } from './health.ts';
import { recent } from './recent.ts';
import { series } from './series.ts';
import type { Events } from '../events.ts';
import type { Account, Noted } from './account.ts';
import type { Counters } from './counters.ts';
import type { Health } from './health.ts';
import type { Log } from './log.ts';
import type { Recent } from './recent.ts';
import type { Series } from './series.ts';
import type { Slots } from './slots.ts';

export interface Telemetry {
  readonly account: Account;
  readonly counters: Counters;
  readonly health: Health;
  readonly noted: Noted;
  readonly recent: Recent;
  readonly series: Series;
  /** Closes a second: pictures for rolling figures and the chart. */
  tick(): void;
  /** Ticks once a second; answers the function that stops it. Never keeps the process alive. */
  start(): () => void;
}

export interface Clocks {
  /** Milliseconds since 1970, for people. */
  readonly wall: () => number;
  /** Milliseconds that never go back, for differences. */
  readonly steady: () => number;
}

export const telemetry = (parts: {
  readonly slots: Slots;
  readonly events: Events;
  readonly log: Log;
  readonly clocks: Clocks;
}): Telemetry => {
  const { wall, steady } = parts.clocks;
  const counted = counters();
  const kept = noted();
  const rolling = recent(counted, steady());
  const history = series(counted, parts.slots);
  const tick = (): void => {
    rolling.tick(steady());
    history.tick(wall());
  };
  return {
    account: account({ counters: counted, noted: kept, log: parts.log, clock: wall }),
    counters: counted,
    health: health(parts.events),
    noted: kept,
    recent: rolling,
    series: history,
    tick,
    start() {
      const timer = setInterval(tick, 1_000).unref();
      return () => clearInterval(timer);
    },
  };
};
