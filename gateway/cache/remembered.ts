// What the cache is given to ask with, and what it answers.
import type { Call, Deadline } from '../../adapters/adapter.ts';
import type { CacheResult, CacheTold } from '../exchange.ts';
import type { Forwarded } from '../forward/forward.ts';

/** Asks whoever is to answer. */
export type Ask = (call: Call, deadline: Deadline) => Promise<Forwarded>;

export interface Remembered extends Forwarded {
  readonly cache: CacheResult | null;
  readonly cacheTold?: CacheTold;
}

/** Those where memory answered. */
export const cachedResults: ReadonlySet<CacheResult> = new Set<CacheResult>([
  'hit',
  'stale',
  'stale-if-error',
  'shared',
  'revalidated',
  'state',
]);
