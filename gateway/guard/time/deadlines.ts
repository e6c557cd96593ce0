// How long a call may take in all, and the one clock that ends those that take longer.
import type { Arriving, Call, Reply } from '../../../adapters/adapter.ts';
import { AdapterError } from '../../../adapters/errors.ts';
import type { DeadlineSettings } from './schema.ts';

export interface Deadlines {
  /** From `began`, by the clock of `performance.now()`. Ends the call at once where its time is over already. */
  bound(arrival: Arriving, settings: DeadlineSettings, began: number): void;
  /** It is answered, or may take as long as it likes from now on. */
  lift(arrival: Arriving): void;
}

export interface DeadlineHouse {
  /** Milliseconds that never go back. */
  readonly steady: () => number;
  /** Calls back every so many milliseconds; answers the function that stops it. */
  readonly every: (ms: number, tick: () => void) => () => void;
}

/** A call ends so many milliseconds late at most, as far as the event loop is free. A timer for each call would cost more. */
const tick = 50;

export const deadlines = ({ steady, every }: DeadlineHouse): Deadlines => {
  const under = new Set<Arriving>();
  let stop: (() => void) | null = null;
  const look = (): void => {
    const now = steady();
    for (const arrival of under) if (arrival.deadline.at <= now) end(arrival);
    if (under.size > 0) return;
    stop?.();
    stop = null;
  };
  const end = (arrival: Arriving): void => {
    under.delete(arrival);
    arrival.expire(new AdapterError('ERR_DEADLINE', 'the time that the call has in all is over'));
  };
  return {
    bound(arrival, settings, began) {
      const at = began + allowed(settings, arrival);
      if (at === Infinity) return;
      arrival.deadline.at = at;
      if (at <= steady()) return end(arrival);
      under.add(arrival);
      stop ??= every(tick, look);
    },
    lift(arrival) {
      under.delete(arrival);
      arrival.deadline.at = Infinity;
    },
  };
};

/** Milliseconds, from the head's arrival; Infinity: as many as it takes. */
export const allowed = ({ total, header, unit, callers }: DeadlineSettings, call: Call): number => {
  const said = header === null ? null : call.header(header);
  return Math.min(total, (said === null ? null : told(said, unit)) ?? callers);
};

/** An event stream is answered as long as somebody listens. */
export const isEndless = ({ head: { raw } }: Reply): boolean =>
  raw.some((name, i) => i % 2 === 0 && /^content-type$/i.test(name) && /^\s*text\/event-stream/i.test(raw[i + 1]!));

/** As `grpc-timeout` has it: at most 8 digits and a unit. */
const units: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** What a caller says it waits, in milliseconds; null: nothing that can be read, or 0, which many take for `no limit`. */
const told = (said: string, unit: number): number | null => {
  const [, digits = '', own] = /^\s*(\d{1,15}(?:\.\d{1,9})?)\s*([HMSmun]|ms|s)?\s*$/.exec(said) ?? [];
  const per = own === undefined ? unit : own === 's' ? 1000 : own === 'ms' ? 1 : units[own]!;
  const ms = Number(digits) * per;
  return ms > 0 ? ms : null;
};
