// Where an operation's counters live. Counters outlive tables, so a flip neither loses nor mixes figures.

export interface SlotName {
  readonly route: string;
  readonly operation: string;
}

export interface Slots {
  /** The same number for the same route and operation, for as long as the process lives. Asked at compile, never per call. */
  of(route: string, operation: string): number;
  /** Throws a RangeError for a number that `of` never gave. */
  name(slot: number): SlotName;
  /** Slots given so far: they are 0 … size − 1. */
  readonly size: number;
}

export const slots = (): Slots => {
  const names: SlotName[] = [];
  const routes = new Map<string, Map<string, number>>();
  return {
    of(route, operation) {
      const known = routes.get(route) ?? new Map<string, number>();
      routes.set(route, known);
      const slot = known.get(operation) ?? names.push({ route, operation }) - 1;
      known.set(operation, slot);
      return slot;
    },
    name(slot) {
      const name = names[slot];
      if (name === undefined) throw new RangeError(`slot ${slot} was never given; there are ${names.length}`);
      return name;
    },
    get size() {
      return names.length;
    },
  };
};
