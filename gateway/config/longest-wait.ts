import type { Config } from './settle.ts';

/** The longest that any call of the file may wait for a byte, in milliseconds: what is under way at a stop is given as much. */
export const longestWait = ({ destinations, routes }: Config): number => {
  let longest = 0;
  for (const { timeout } of destinations.values()) longest = Math.max(longest, timeout);
  for (const { other, operations } of routes.values())
    for (const { timeout } of [other, ...operations.values()]) longest = Math.max(longest, timeout ?? 0);
  return longest;
};
