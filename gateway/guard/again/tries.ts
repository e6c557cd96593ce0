// What became of the sends of one call to one side, where there may be more than one.
import type { Deadline, Call, Reply } from '../../../adapters/adapter.ts';
import { SendError } from '../../../adapters/errors.ts';
import type { Attempt } from '../../exchange.ts';
import { blameOf } from '../../lib/blame.ts';

/** One that is over. */
export type Try = Pick<Attempt, 'ms' | 'status' | 'reason' | 'reached' | 'again' | 'lost'>;

export interface Tries {
  /** All but the one whose end the caller sees itself. */
  readonly over: Try[];
  /** When that one began, and what it is; by the clock of `performance.now()`. */
  began: number;
  again: Attempt['again'] | null;
}

export type RepeatedSend = (call: Call, deadline: Deadline, tries?: Tries) => Promise<Reply>;

/** A reply, or the error instead of one. */
export type Ended = { readonly reply: Reply; readonly error: null } | { readonly reply: null; readonly error: unknown };

/** Null: no failure of the destination's, nor one of ours that a second send might mend. */
export const reasonOf = ({ reply, error }: Ended): Try['reason'] => {
  if (reply !== null) return reply.verdict.blame === 'destination' ? reply.verdict.reason : null;
  return error instanceof SendError && blameOf(error)?.blame !== 'client' ? error.reason : null;
};

export const tryOf = (ended: Ended, ms: number, again: Tries['again']): Try => ({
  ms,
  status: ended.reply?.head.status ?? null,
  reason: reasonOf(ended),
  reached: ended.error instanceof SendError ? ended.error.reached : 'all',
  ...(again === null || again === undefined ? {} : { again }),
});

export const settled = ({ reply, error }: Ended): Promise<Reply> =>
  reply === null ? Promise.reject(error) : Promise.resolve(reply);
