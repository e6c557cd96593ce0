import { bounds, buckets } from './columns.ts';

/**
 * Estimates a quantile (0 … 1) from calls per bucket, in milliseconds, as Prometheus' `histogram_quantile` does: even within
 * a bucket, and the highest bound for what took longer. Null where there was no call.
 */
export const quantile = (q: number, count: (bucket: number) => number): number | null => {
  let total = 0;
  for (let bucket = 0; bucket < buckets; bucket += 1) total += count(bucket);
  if (total === 0) return null;
  const wanted = q * total;
  let below = 0;
  for (let bucket = 0; bucket < bounds.length; bucket += 1) {
    const here = count(bucket);
    if (here > 0 && below + here >= wanted) {
      const low = bounds[bucket - 1] ?? 0;
      return low + ((bounds[bucket] as number) - low) * ((wanted - below) / here);
    }
    below += here;
  }
  return bounds.at(-1) as number;
};
