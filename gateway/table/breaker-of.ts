// Which breaker a side of an operation gets, if any.
import type { DestinationSettings } from '../config/destinations.ts';
import type { OperationSettings } from '../config/settle.ts';
import type { Breaker } from '../guard/breaker.ts';
import type { BreakerDraft } from '../guard/breakers.ts';
import { usualBreaker } from '../guard/schema.ts';
import { addressOf } from './bulkhead-of.ts';

export interface BreakerPlace {
  /** Name of the destination. */
  readonly destination: string;
  readonly operation: string;
  readonly side: 'legacy' | 'modern';
  readonly said: OperationSettings['breaker'];
  /** Of the operation; null: as the destination has it. */
  readonly timeout: number | null;
}
export type BreakerOf = (place: BreakerPlace) => Breaker | null;

/** A wire that keeps its own time is given this much more, in milliseconds, before a probe counts as hung. */
const grace = 1000;

/** Throws a plain Error where two routes give one destination's operation different settings. */
export const breakerOf = (destinations: ReadonlyMap<string, DestinationSettings>, draft: BreakerDraft): BreakerOf => {
  const usual = usualBreaker();
  return ({ destination, operation, side, said, timeout }) => {
    const where = destinations.get(destination);
    if (where === undefined) return null;
    // Legacy is guarded only by what its destination says: what a route says is about `modern`.
    const settings = side === 'legacy' ? (where.breaker ?? 'off') : (said ?? where.breaker ?? usual);
    if (settings === 'off') return null;
    const connecting = where.adapter === 'handler' ? 0 : where.connectTimeout;
    const waiting = where.queue?.maxWait ?? 0;
    const patience = waiting + connecting + (timeout ?? where.timeout) + grace;
    return draft.of({ destination, operation, address: addressOf(where), settings, patience });
  };
};
