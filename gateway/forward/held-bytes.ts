// Memory for second tries, over all calls. What finds none streams on: it is sent once, and nobody else can be asked for it.
import type { Lease } from '../../adapters/adapter.ts';

export interface HeldBytes extends Lease {
  /** Held now. */
  readonly bytes: number;
  /** Calls that could not be held, by the bound that they met. */
  readonly unheld: { readonly call: number; readonly total: number };
  /** For calls while they are read: they cannot do without, so second tries leave them their room, and not they them. */
  readonly reading: Lease & { readonly bytes: number };
}

/** `most`: bytes in all, asked for as often as somebody takes. */
export const heldBytes = (most: () => number): HeldBytes => {
  let bytes = 0;
  let read = 0;
  const unheld = { call: 0, total: 0 };
  return {
    get bytes() {
      return bytes;
    },
    unheld,
    take(more) {
      if (bytes + read + more > most()) {
        unheld.total += 1;
        return false;
      }
      bytes += more;
      return true;
    },
    give(back) {
      bytes -= back;
    },
    reading: {
      get bytes() {
        return read;
      },
      take(more) {
        if (read + more > most()) return false;
        read += more;
        return true;
      },
      give(back) {
        read -= back;
      },
      tooLong() {},
    },
    tooLong() {
      unheld.call += 1;
    },
  };
};
