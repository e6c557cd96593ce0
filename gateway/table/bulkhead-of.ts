// Which bulkhead stands before a destination, if any.
import type { DestinationSettings } from '../config/destinations.ts';
import type { OperationSettings } from '../config/settle.ts';
import type { Effect } from '../forward/schema.ts';
import type { Bulkhead } from '../guard/bulkhead.ts';
import type { BulkheadDraft } from '../guard/bulkheads.ts';
import type { Priority } from '../guard/schema.ts';

/** By name of the destination. */
export type BulkheadOf = (destination: string) => Bulkhead | null;

export const bulkheadOf =
  (destinations: ReadonlyMap<string, DestinationSettings>, draft: BulkheadDraft): BulkheadOf =>
  (destination) => {
    const where = destinations.get(destination);
    if (where?.maxInFlight === undefined) return null;
    const { maxInFlight, queue = null } = where;
    return draft.of({ destination, address: addressOf(where), settings: { maxInFlight, queue } });
  };

/** Where a destination is: another address is another thing. */
export const addressOf = (where: DestinationSettings): string =>
  where.adapter === 'handler' ? where.module : where.url;

export const priorityOf = ({ priority, effect }: Pick<OperationSettings, 'priority' | 'effect'>): Priority =>
  priority ?? byEffect[effect];

const byEffect: Readonly<Record<Effect, Priority>> = { write: 'high', idempotent: 'normal', read: 'low' };
