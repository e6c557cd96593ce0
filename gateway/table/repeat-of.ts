// Whether a side of an operation may be asked more than once for one call, and how.
import type { Adapters, Lease } from '../../adapters/adapter.ts';
import type { DestinationSettings } from '../config/destinations.ts';
import type { OperationSettings } from '../config/settle.ts';
import type { Repeating } from '../guard/again/repeated.ts';
import type { Repeated, Repeats } from '../guard/again/repeats.ts';
import type { Breaker } from '../guard/breaker.ts';
import type { Bulkhead } from '../guard/bulkhead.ts';

interface RepeatPlace {
  /** Name of the destination. */
  readonly destination: string;
  readonly settings: OperationSettings;
  readonly breaker: Breaker | null;
  readonly bulkhead: Bulkhead | null;
  /** Its clients speak SOAP. */
  readonly isSoap: boolean;
}
interface RepeatParts {
  readonly house: Repeats;
  readonly adapters: Adapters;
  readonly held: Lease;
}

/** Null: once. */
export type RepeatOf = (place: RepeatPlace) => (Repeating & { readonly parts: Repeated }) | null;

export const repeatOf =
  (destinations: ReadonlyMap<string, DestinationSettings>, { house, adapters, held }: RepeatParts): RepeatOf =>
  ({ destination, settings, breaker, bulkhead, isSoap }) => {
    const { effect, deadline } = settings;
    const said = settings.retries ?? destinations.get(destination)?.retries ?? 'off';
    const retries = effect === 'write' || said === 'off' ? null : said;
    const hedge = effect !== 'read' || settings.hedge === 'off' ? null : settings.hedge;
    if (retries === null && hedge === null) return null;
    const parts: Repeated = {
      house,
      budget: house.budgetOf(destination),
      isClosed: breaker === null ? () => true : () => breaker.state === 'closed',
      isFull: bulkhead === null ? () => false : () => bulkhead.isFull,
      held,
      reserve: deadline?.reserve ?? 0,
      wire: {
        isGoodOnce: isSoap ? (call) => adapters.isGoodOnce(call) : () => false,
        detach: (call, body) => adapters.detach(call, body),
        deadline: (at) => adapters.deadline(at),
      },
    };
    return { parts, retries, hedge };
  };
