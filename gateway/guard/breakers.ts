// All breakers of the process, by destination and operation. They outlive tables: a flip keeps what a breaker knows.
import { nearest } from '../lib/nearest.ts';
import type { Forced } from '../events.ts';
import { Breaker, type BreakerHouse, type Guarded } from './breaker.ts';

/** What a table that is being compiled asks for. Nothing of it is in force before `keep`. */
export interface BreakerDraft {
  /** The same for the same destination and operation. Throws BreakerConflict where two places give it different settings. */
  of(guarded: Guarded): Breaker;
  /** The table serves: what it does not use is forgotten. */
  keep(): void;
}

export type ForceResult =
  | { readonly is: 'done'; readonly breakers: readonly Breaker[] }
  /** `nearest`: the closest of those there are, or null. */
  | { readonly is: 'unknown'; readonly nearest: string | null };

export interface Breakers {
  draft(): BreakerDraft;
  readonly all: Iterable<Breaker>;
  /** Gives up what nobody's calls will: windows of operations that are asked no more. */
  tidy(): void;
  /** Tidies now and then; answers the function that stops it. Never keeps the process alive. */
  start(): () => void;
  /** `operation` null: all of the destination's, also those that a later flip brings. `forced` null: by what calls do. */
  force(target: { readonly destination: string; readonly operation: string | null }, how: Forcing): ForceResult;
}

export interface Forcing {
  readonly forced: Forced | null;
  readonly why: string;
}

/** One destination's operation, and two settings for its breaker. */
export class BreakerConflict extends Error {}

/** Milliseconds. */
const tidyEvery = 10_000;

type ByName = ReadonlyMap<string, ReadonlyMap<string, Breaker>>;

export const breakers = (house: BreakerHouse): Breakers => {
  let kept: ByName = new Map();
  /** Destinations that are held as a whole. */
  const held = new Map<string, Forced>();

  const tidy = (): void => {
    for (const breaker of everyOf(kept)) breaker.tidy();
  };

  return {
    draft() {
      const drafted = new Map<string, Map<string, Breaker>>();
      const changed: { fresh: Breaker; before: Breaker | null; isSame: boolean }[] = [];
      const fit = (guarded: Guarded): Breaker => {
        const before = kept.get(guarded.destination)?.get(guarded.operation) ?? null;
        const isSame = before?.of.address === guarded.address;
        if (before !== null && isSame && isEqual(before.of, guarded)) return before;
        const fresh = new Breaker(guarded, house);
        changed.push({ fresh, before, isSame });
        return fresh;
      };
      return {
        of(guarded) {
          const own = drafted.get(guarded.destination) ?? new Map<string, Breaker>();
          drafted.set(guarded.destination, own);
          const known = own.get(guarded.operation) ?? fit(guarded);
          // Patience may differ: it is as long as the operation's own timeout on its route.
          if (!isAlike(known.of.settings, guarded.settings))
            throw new BreakerConflict(
              `the breaker of ${guarded.destination} for ${guarded.operation} is set in two ways; expected the same on all routes, or to be set on the destination`,
            );
          own.set(guarded.operation, known);
          return known;
        },
        keep() {
          for (const { fresh, before, isSame } of changed) {
            const forced = before === null ? (held.get(fresh.of.destination) ?? null) : before.forced;
            if (before !== null && isSame) fresh.continue(before);
            // At another address nothing is known but what somebody wants.
            else if (forced !== null) fresh.force(forced, 'as it was held before');
          }
          kept = drafted;
        },
      };
    },
    get all() {
      return everyOf(kept);
    },
    tidy,
    start() {
      const timer = setInterval(tidy, tidyEvery).unref();
      return () => clearInterval(timer);
    },
    force({ destination, operation }, { forced, why }) {
      const own = kept.get(destination);
      if (own === undefined) return { is: 'unknown', nearest: nearest(destination, kept.keys()) };
      const one = operation === null ? null : own.get(operation);
      if (one === undefined) return { is: 'unknown', nearest: near(destination, nearest(operation!, own.keys())) };
      if (one === null && forced === null) held.delete(destination);
      if (one === null && forced !== null) held.set(destination, forced);
      const found = one === null ? [...own.values()] : [one];
      for (const breaker of found) breaker.force(forced, why);
      return { is: 'done', breakers: found };
    },
  };
};

/** For who compiles a table that will never serve. */
export const noBreakers = (): BreakerDraft =>
  breakers({
    steady: () => 0,
    wall: () => 0,
    chance: () => 0,
    events: { emit: () => undefined, on: () => () => undefined },
  }).draft();

const everyOf = function* (all: ByName): Iterable<Breaker> {
  for (const own of all.values()) yield* own.values();
};

const near = (destination: string, operation: string | null): string | null =>
  operation === null ? null : `${destination}/${operation}`;

/** Asked for each operation at each flip, hence by hand. */
const isEqual = (one: Guarded, other: Guarded): boolean =>
  one.patience === other.patience && isAlike(one.settings, other.settings);

const isAlike = (one: Guarded['settings'], other: Guarded['settings']): boolean =>
  one === other ||
  (one.failureRate === other.failureRate &&
    one.minimumCalls === other.minimumCalls &&
    one.window === other.window &&
    one.openFor === other.openFor &&
    one.probes === other.probes);
