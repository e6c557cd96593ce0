// "Did you mean …": the valid name that is closest to what somebody typed.

/** Edit distance with swapped neighbours counted as one (optimal string alignment). */
const distance = (a: string, b: string): number => {
  let before: number[] = [];
  let last: number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(last[column]! + 1, line[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, before[column - 2]! + 1);
      line.push(cost);
    }
    before = last;
    last = line;
  }
  return last[b.length]!;
};

/** The closest of `names`, case aside, if at most a third of `name` differs (two letters in short ones); else null. */
export const nearest = (name: string, names: Iterable<string>): string | null => {
  const wanted = name.toLowerCase();
  let best: string | null = null;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of names) {
    const given = candidate.toLowerCase();
    if (Math.abs(given.length - wanted.length) >= least) continue;
    const far = distance(wanted, given);
    // A name of which every letter differs is no likeness, however short it is.
    if (far < least && far < Math.max(wanted.length, given.length)) [best, least] = [candidate, far];
  }
  return best;
};
