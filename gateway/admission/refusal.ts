// Who is turned away, and why. What a client is told says neither which key nor which rule of several would have done.
import type { Call, Trouble } from '../../adapters/adapter.ts';
import type { TurnedAway } from '../events.ts';

export interface Refusal {
  readonly trouble: Trouble;
  /** For the metric. */
  readonly reason: TurnedAway;
}

/** Judges one call; null: it may pass. */
export type Rule = (call: Call) => Refusal | null | Promise<Refusal | null>;

export const unauthorized = (reason: TurnedAway, message: string, challenge: string | null = null): Refusal => ({
  reason,
  trouble: {
    status: 401,
    code: 'ERR_UNAUTHORIZED',
    message,
    blame: 'client',
    ...(challenge === null ? {} : { challenge }),
  },
});

export const forbidden = (reason: TurnedAway, message: string): Refusal => ({
  reason,
  trouble: { status: 403, code: 'ERR_FORBIDDEN', message, blame: 'client' },
});
