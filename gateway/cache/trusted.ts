import type { CachePolicy } from './policy.ts';
import type { Shared } from './shared.ts';

/** Where news of writes is missing, what some write takes back is not given. */
export const trusted =
  (shared: Shared | null) =>
  ({ isInvalidated }: Pick<CachePolicy, 'isInvalidated'>): boolean =>
    shared === null || !isInvalidated || shared.isCurrent;
