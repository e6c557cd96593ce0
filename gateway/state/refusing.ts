// Whether a store that answers takes writes: one whose memory is full, or that became a replica, does not, and nobody may be there whose
// writes would show it.

export interface Refusing {
  readonly isRefusing: boolean;
  /** Is it time for a write that shows whether it takes any? Asked for each of them. */
  mayTry(): boolean;
  /** It answered a command with an error. */
  refused(): void;
  /** It took that write. */
  took(): void;
}

/** Milliseconds between two such writes. */
const every = 1000;
/** Milliseconds without a refusal until it is believed: of the nodes of a cluster one may refuse, and that write goes to another. */
const settling = 1500;

/** `now`: milliseconds; does not jump. */
export const refusing = (now: () => number): Refusing => {
  let [isRefusing, last, tried] = [false, -Infinity, -Infinity];
  return {
    get isRefusing() {
      return isRefusing;
    },
    mayTry() {
      if (now() - tried < every) return false;
      tried = now();
      return true;
    },
    refused() {
      isRefusing = true;
      last = now();
    },
    took() {
      if (now() - last >= settling) isRefusing = false;
    },
  };
};
