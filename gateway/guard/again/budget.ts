// How many second sends a destination is given: a share of its calls, so that one in trouble does not get twice the load.
import type { Allowance } from './schema.ts';

export interface Budget {
  readonly destination: string;
  /** A call that may be sent twice. */
  call(): void;
  /** One second send; false: there is none left. */
  take(allowance: Allowance): boolean;
  readonly counts: BudgetCounts;
}

export interface BudgetCounts {
  retries: number;
  hedges: number;
  /** Hedges that answered first. */
  won: number;
  /** Second sends that there was nothing left for. */
  exhausted: number;
}

/** The window moves on by a tenth of itself. Milliseconds. */
const width = 1000;
const buckets = 10;

/** `steady`: milliseconds that never go back. */
export const budget = (destination: string, steady: () => number): Budget => {
  const calls = new Float64Array(buckets);
  const spent = new Float64Array(buckets);
  const counts: BudgetCounts = { retries: 0, hedges: 0, won: 0, exhausted: 0 };
  let latest = Math.floor(steady() / width);
  const place = (): number => {
    const now = Math.floor(steady() / width);
    const turns = Math.min(now - latest, buckets);
    for (let each = 0; each < turns; each += 1) {
      const stale = (now - each) % buckets;
      calls[stale] = 0;
      spent[stale] = 0;
    }
    latest = now;
    return now % buckets;
  };
  return {
    destination,
    counts,
    call() {
      calls[place()]! += 1;
    },
    take({ share, floor }) {
      const here = place();
      const used = sum(spent);
      if (used >= floor && used + 1 > sum(calls) * share) {
        counts.exhausted += 1;
        return false;
      }
      spent[here]! += 1;
      return true;
    },
  };
};

const sum = (numbers: Float64Array): number => {
  let all = 0;
  for (const each of numbers) all += each;
  return all;
};
