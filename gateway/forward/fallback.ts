// FALLBACK: when the other side may be asked after one failed: legacy after modern and, where the file says so, the reverse. The one rule here decides whether an order is placed twice.
import type { Body } from '../../adapters/adapter.ts';
import type { Reached } from '../../adapters/errors.ts';
import type { Attempt, Decision } from '../exchange.ts';
import type { Plan } from '../table/table.ts';

/** What became of the first attempt. */
export interface Failure {
  /** `request`: the client's message does not fit the contract, and modern was not asked (decision 4). */
  readonly reason: NonNullable<Attempt['reason']>;
  /** How much of the call that side may have seen. */
  readonly reached: Reached;
  /** May the client's body be sent a second time? */
  readonly again: Body['again'];
  /** A byte of a reply went to the client. */
  readonly committed: boolean;
}

/**
 * May the other side be asked for a call that the first failed? Only if the reason is one the plan falls back for, the body can be
 * sent again, the client has seen nothing yet, and the first cannot have acted on it, or acting twice is harmless.
 *
 * A write of which one byte left the gateway may have been carried out, whatever came back: a timeout, a reset and even a 500 can
 * follow a placed order. Then the client gets the error and decides, as it would without a gateway (RFC 9110 §9.2.2, P9).
 * `request` needs no leave of the plan: nothing failed, legacy is merely the side that may be more tolerant.
 */
export const mayAskOther = (failure: Failure, plan: Pick<Plan, 'fallback' | 'effect'>): boolean => {
  const isWanted = failure.reason === 'request' || plan.fallback.has(failure.reason);
  const isPossible = failure.again !== 'gone' && !failure.committed;
  const isHarmless = failure.reached === 'nothing' || plan.effect !== 'write';
  return isWanted && isPossible && isHarmless;
};

/** A failure for which the first side was not asked at all: the call is sent once, whoever gets it. */
export const isUnasked = (reason: Failure['reason']): reason is 'open' | 'full' | 'request' =>
  reason === 'open' || reason === 'full' || reason === 'request';

/** Only for what its weight has sent to legacy: who was sent there by name, by connection or by a kill is to stay. */
export const mayReverse = ({ reason }: Decision, { reverse }: Pick<Plan, 'reverse'>): boolean =>
  reverse && (reason === 'weight' || reason === 'draw');
