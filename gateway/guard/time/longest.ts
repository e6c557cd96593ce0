// How long a call may take while nobody knows yet which of its route's operations it asks for.
import type { DeadlineSettings } from './schema.ts';

/** No shorter than any of these; null: one of them has no bound. `all`: one for each plan of a route. */
export const longest = (all: readonly (DeadlineSettings | null)[]): DeadlineSettings | null => {
  const [first = null] = all;
  let total = 0;
  let isOne = true;
  for (const each of all) {
    if (each === null) return null;
    total = Math.max(total, each.header === null ? Math.min(each.total, each.callers) : each.total);
    isOne &&= isSame(each, first!);
  }
  // Where all say the same, their callers' word holds from the start.
  return isOne || first === null ? first : { ...first, total, header: null, callers: Infinity };
};

const isSame = (one: DeadlineSettings, other: DeadlineSettings): boolean =>
  one.total === other.total && one.header === other.header && one.unit === other.unit && one.callers === other.callers;
