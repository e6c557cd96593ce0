import type { DestinationSettings } from './destinations.ts';
import type { Config } from './settle.ts';

/** Milliseconds; for answers that take their time, and clients that do. */
const least = 30_000;
/** What a timer takes. */
const most = 2 ** 31 - 1;

/** Milliseconds that calls under way are given at a stop: as long as the file lets one wait, at both sides of its route one after the other. */
export const stopPatience = ({ destinations, routes }: Pick<Config, 'destinations' | 'routes'>): number => {
  let longest = least;
  for (const { legacy, modern, other, operations } of routes.values())
    for (const { timeout, deadline } of [other, ...operations.values()]) {
      const wait = [legacy, modern]
        .map((name) => waitAt(destinations.get(name ?? ''), timeout))
        .reduce((one, more) => one + more);
      longest = Math.max(longest, Math.min(wait, deadline?.total ?? Infinity));
    }
  return Math.min(longest, most);
};

const waitAt = (where: DestinationSettings | undefined, timeout: number | null): number => {
  if (where === undefined) return 0;
  const connecting = where.adapter === 'handler' ? 0 : where.connectTimeout;
  return (where.queue?.maxWait ?? 0) + connecting + (timeout ?? where.timeout);
};
