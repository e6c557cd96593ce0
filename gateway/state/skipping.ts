// Whether the store is worth a try. One that does not answer costs a few calls their budget; then nobody asks until it does again.

export interface Skipping {
  /** May calls ask? */
  readonly isOpen: boolean;
  /** Twice in a row no answer. */
  readonly isDown: boolean;
  /** May it be tried, for no call's sake? */
  mayTry(): boolean;
  good(): void;
  bad(): void;
}

/** Milliseconds of the first pause and of the longest one. */
const first = 100;
const longest = 2000;
/** Milliseconds without a failure after which the next pause is a first one again. */
const forgiving = 10_000;

export const skipping = ({ now, chance }: { now: () => number; chance: () => number }): Skipping => {
  let [isOpen, inRow, times, until, lastBad] = [true, 0, 0, 0, -Infinity];
  return {
    get isOpen() {
      return isOpen;
    },
    get isDown() {
      return inRow > 1;
    },
    mayTry: () => isOpen || now() >= until,
    good() {
      inRow = 0;
      if (isOpen || now() >= until) isOpen = true;
    },
    bad() {
      const at = now();
      if (!isOpen && at < until) return; // those that were on their way
      times = at - lastBad > forgiving ? 0 : times + 1;
      inRow += 1;
      lastBad = at;
      isOpen = false;
      until = at + Math.min(first * 2 ** times, longest) * (0.5 + chance() / 2);
    },
  };
};
