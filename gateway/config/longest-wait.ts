import type { Config } from './settle.ts';

/**
 * The longest that any call of the file may wait for a byte, in milliseconds: what is under way at a stop is given as much. A side that
 * hangs may be the first of two.
 */
export const longestWait = ({ destinations, routes }: Config): number => {
  let longest = 0;
  for (const { legacy, modern, other, operations } of routes.values())
    for (const { timeout, fallback } of [other, ...operations.values()]) {
      const waits = [legacy, modern].map((name) => {
        const where = name === null ? undefined : destinations.get(name);
        return where === undefined ? 0 : (timeout ?? where.timeout);
      });
      const most = fallback.length === 0 ? Math.max(...waits) : waits.reduce((one, next) => one + next);
      longest = Math.max(longest, most);
    }
  return Math.min(longest, longestTimer);
};

/** Node's timers hold 31 bits of milliseconds; more would fire at once. */
const longestTimer = 2 ** 31 - 1;
