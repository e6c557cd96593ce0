// Composes what may send a call twice around the send that its breaker guards.
import type { Send } from '../../../adapters/adapter.ts';
import { hedging } from './hedging.ts';
import { retrying } from './retrying.ts';
import type { Repeated } from './repeats.ts';
import type { HedgeSettings, RetrySettings } from './schema.ts';
import type { RepeatedSend } from './tries.ts';

export interface Repeating {
  readonly retries: RetrySettings | null;
  readonly hedge: HedgeSettings | null;
}

/** Each try may be hedged; both draw on one budget. */
export const repeated = (parts: Repeated, { retries, hedge }: Repeating, send: Send): RepeatedSend => {
  const once: RepeatedSend = hedge === null ? (call, deadline) => send(call, deadline) : hedging(parts, hedge, send);
  const all = retries === null ? once : retrying(parts, retries, once);
  return (call, deadline, tries) => {
    parts.budget.call();
    return all(call, deadline, tries);
  };
};
