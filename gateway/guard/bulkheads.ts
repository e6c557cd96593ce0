// All bulkheads of the process, by destination. They outlive tables: calls under way count over a flip, also one of the bound itself.
import { Bulkhead, type Bounded, type BulkheadHouse } from './bulkhead.ts';

/** What a table that is being compiled asks for. Nothing of it is in force before `keep`. */
export interface BulkheadDraft {
  /** The same for the same destination. */
  of(bounded: Bounded): Bulkhead;
  /** The table serves. */
  keep(): void;
}

export interface Bulkheads {
  draft(): BulkheadDraft;
  readonly all: Iterable<Bulkhead>;
}

export const bulkheads = (house: BulkheadHouse): Bulkheads => {
  let kept: ReadonlyMap<string, Bulkhead> = new Map();
  return {
    draft() {
      const drafted = new Map<string, { readonly bulkhead: Bulkhead; readonly bounded: Bounded }>();
      return {
        of(bounded) {
          const { destination, address } = bounded;
          const known = drafted.get(destination)?.bulkhead ?? kept.get(destination);
          const bulkhead = known?.address === address ? known : new Bulkhead(bounded, house);
          drafted.set(destination, { bulkhead, bounded });
          return bulkhead;
        },
        keep() {
          const before = kept;
          kept = new Map([...drafted].map(([name, { bulkhead }]) => [name, bulkhead]));
          for (const { bulkhead, bounded } of drafted.values()) bulkhead.resize(bounded.settings);
          // Whoever still waits there need not: there is no bound.
          for (const [name, bulkhead] of before) if (kept.get(name) !== bulkhead) bulkhead.resize(null);
        },
      };
    },
    get all() {
      return kept.values();
    },
  };
};

/** For who compiles a table that will never serve. */
export const noBulkheads = (): BulkheadDraft =>
  bulkheads({
    steady: () => 0,
    wall: () => 0,
    after: () => () => undefined,
    events: { emit: () => undefined, on: () => () => undefined },
  }).draft();
