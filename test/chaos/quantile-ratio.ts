// How much longer one kind of call takes than another that went on in the same seconds.

export interface Took {
  /** Milliseconds, of one clock. */
  readonly began: number;
  readonly ended: number;
}

export interface Ratio {
  readonly at: number;
  /** It is less with 97.5 % confidence. */
  readonly most: number;
}

/** So many of a hundred calls took at most so many milliseconds. Infinity where there is none. */
export const quantile = (percent: number, calls: readonly Took[]): number =>
  ofSorted(percent, Float64Array.from(calls, tookMs).toSorted());

/**
 * Quantile of `ours` over that of `theirs`, 0 < percent < 100. A stall of the machine makes many calls slow at once, of both kinds; so
 * what is drawn anew, again and again, to see how far the ratio varies, is whole stretches of time with all that began in them, not calls.
 * Künsch 1989, The jackknife and the bootstrap for general stationary observations.
 */
export const quantileRatio = (percent: number, ours: readonly Took[], theirs: readonly Took[]): Ratio => {
  const stretches = stretchesOf(ours, theirs);
  const ratios = Array.from({ length: draws }, () => {
    const drawn = stretches.map(() => stretches[Math.floor(Math.random() * stretches.length)]!);
    const of = (kind: 'ours' | 'theirs') =>
      ofSorted(percent, Float64Array.from(drawn.flatMap((one) => one[kind])).toSorted());
    return of('ours') / of('theirs');
  }).toSorted((one, other) => one - other);
  return { at: quantile(percent, ours) / quantile(percent, theirs), most: ratios[Math.floor(draws * 0.975)]! };
};

const draws = 400;
/** Milliseconds. */
const stretch = 500;

interface Stretch {
  readonly ours: number[];
  readonly theirs: number[];
}

const stretchesOf = (ours: readonly Took[], theirs: readonly Took[]): readonly Stretch[] => {
  const stretches = new Map<number, Stretch>();
  for (const [kind, calls] of [['ours', ours] as const, ['theirs', theirs] as const]) {
    for (const call of calls) {
      const at = Math.floor(call.began / stretch);
      const found = stretches.get(at) ?? { ours: [], theirs: [] };
      stretches.set(at, found);
      found[kind].push(tookMs(call));
    }
  }
  return [...stretches.values()];
};

const tookMs = ({ began, ended }: Took): number => ended - began;
const ofSorted = (percent: number, sorted: Float64Array): number =>
  sorted[Math.floor((sorted.length * percent) / 100)] ?? Infinity;
