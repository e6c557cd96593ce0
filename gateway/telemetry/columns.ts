// What is counted for one operation, as places in a row of numbers. Everything that reads counters reads them through here.
import { reasons } from '../../adapters/errors.ts';
import { undecidedReasons } from '../../adapters/adapter.ts';
import { cacheResults, outcomes } from '../exchange.ts';
import type { Reason } from '../../adapters/errors.ts';
import type { UndecidedReason } from '../../adapters/adapter.ts';
import type { CacheResult, Outcome, Side } from '../exchange.ts';

/** Closed list of the label `side`: who answered (decision 26). */
export const sides = ['legacy', 'modern', 'cache', 'gateway'] as const satisfies readonly Side[];
/** Closed list of the label `reason` of fallbacks: what modern did, or `request` when it was not even asked. */
export const fallbackReasons = [...reasons, 'request'] as const satisfies readonly (Reason | 'request')[];

/** The client did not get an answer that somebody stands by: what is counted as an error on the page and is loud in the log. */
export const failures: ReadonlySet<Outcome> = new Set<Outcome>(['server-error', 'unavailable', 'cut']);

/** Upper bounds of the latency buckets in milliseconds; one more bucket holds what took longer. */
export const bounds: readonly number[] = [
  1, 2, 4, 7, 10, 15, 25, 40, 60, 100, 150, 250, 400, 600, 1_000, 1_500, 2_500, 5_000, 10_000, 30_000,
];
export const buckets = bounds.length + 1;

const indexOf = <Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> =>
  Object.freeze(Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>);
export const sideIndex = indexOf<Side>(sides);
export const outcomeIndex = indexOf<Outcome>(outcomes);
export const fallbackIndex = indexOf<Reason | 'request'>(fallbackReasons);
export const undecidedIndex = indexOf<UndecidedReason>(undecidedReasons);

export const cacheIndex = indexOf<CacheResult>(cacheResults);

/** First place of each group. Within `requests`: side × outcome; within the durations: side × bucket. */
export const column = {
  requests: 0,
  /** Legacy, modern: the side that was decided on, whoever answered in the end. */
  decided: sides.length * outcomes.length,
  fallbacks: sides.length * outcomes.length + 2,
  undecided: sides.length * outcomes.length + 2 + fallbackReasons.length,
  /** Calls drawn one by one because they brought no cohort key. */
  missing: sides.length * outcomes.length + 2 + fallbackReasons.length + undecidedReasons.length,
  durations: sides.length * outcomes.length + 3 + fallbackReasons.length + undecidedReasons.length,
  /** Legacy, modern: each attempt on its own, so that a fallback's two waits are not mixed. */
  attempts: sides.length * (outcomes.length + buckets) + 3 + fallbackReasons.length + undecidedReasons.length,
  cache:
    sides.length * (outcomes.length + buckets) + 3 + fallbackReasons.length + undecidedReasons.length + 2 * buckets,
} as const;

/** Numbers per operation. */
export const width = column.cache + cacheResults.length;

/** Bucket of a duration in milliseconds. Called per call: a plain loop over 20 numbers, no search structure. */
export const bucketOf = (ms: number): number => {
  let index = 0;
  while (index < bounds.length && ms > (bounds[index] as number)) index += 1;
  return index;
};
