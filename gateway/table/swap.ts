// The one reference that all calls read. Swapping it is the flip.
import type { Table } from './table.ts';

export interface Tables {
  /** Throws before the first table: nothing listens until there is one. */
  current(): Table;
  readonly first: boolean;
  swap(next: Table): Table | null;
}

export const tables = (): Tables => {
  let now: Table | null = null;
  return {
    current() {
      if (now === null) throw new Error('no table yet');
      return now;
    },
    get first() {
      return now === null;
    },
    swap(next) {
      const before = now;
      now = next;
      return before;
    },
  };
};
