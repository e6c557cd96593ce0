// One question at a time for each key: who comes meanwhile waits for the answer, but not for ever.
import type { Deadline } from '../../adapters/adapter.ts';
import type { Entry } from './entry.ts';
import type { Reading } from './memory.ts';

export interface Flight {
  readonly reading: Reading;
  /** Milliseconds by the steady clock. */
  readonly tookOff: number;
  readonly landed: Promise<Landed>;
}

/** `left`: nothing came, for its own client left; whoever waits may ask in its place. Null: there is nothing to keep. */
export type Landed = Entry | 'left' | null;

export interface Flights {
  /** The question under way, or undefined. */
  of(key: string): Flight | undefined;
  /** Takes off; `land` is to be called once, with what came. */
  begin(key: string, reading: Reading): { land(what: Landed): void };
}

/** Milliseconds that a call waits for the answer to the same question before it asks itself. */
export const patience = 5000;

export const flights = (steady: () => number): Flights => {
  const under = new Map<string, Flight>();
  return {
    of: (key) => under.get(key),
    begin(key, reading) {
      const { promise, resolve } = Promise.withResolvers<Landed>();
      const flight = { reading, tookOff: steady(), landed: promise };
      under.set(key, flight);
      return {
        land(what) {
          if (under.get(key) === flight) under.delete(key);
          resolve(what);
        },
      };
    },
  };
};

/** What landed; null where it brought nothing, took longer than `ms` milliseconds, or nobody cares any more. */
export const landed = ({ landed: promise }: Flight, deadline: Deadline, ms: number): Promise<Landed> =>
  new Promise((resolve) => {
    const end = (what: Landed): void => {
      clearTimeout(timer);
      deadline.watch(null);
      resolve(what);
    };
    const timer = setTimeout(end, ms, null);
    deadline.watch(() => end(null));
    void promise.then(end);
  });
