// Chance with a seed: the same number gives the same case, on every machine.

export interface Random {
  /** A whole number in 0 … below-1. */
  below(below: number): number;
  /** True in one of `n` cases. */
  once(n: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** The first entry mostly, one of the others once in `n`. */
  mostly<T>(n: number, usual: T, others: readonly T[]): T;
}

/** Mulberry32. `run` and `index` together seed it, so that one case of a run can be made again without those before it. */
export const randomOf = (run: number, index: number): Random => {
  let state = (Math.imul(run, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0;
  const below = (most: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * most);
  };
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new Error('nothing to pick from');
    return list[below(list.length)]!;
  };
  return {
    below,
    pick,
    once: (n) => below(n) === 0,
    mostly: (n, usual, others) => (below(n) === 0 ? pick(others) : usual),
  };
};
