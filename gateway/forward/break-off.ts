// Where a destination's connection ends before its reply, and what that means for the client's own.
import type { Arriving, Delivered } from '../../adapters/adapter.ts';
import { whoAnswered } from '../lib/who-answered.ts';
import type { Plan } from '../table/table.ts';
import type { Answered } from './answer.ts';

/**
 * Decision 7: a connection that a destination ends before its reply is ended for the client, too, where the call went on as it came and
 * nobody else might have been asked: clients do otherwise after that than after a fault.
 */
export const breaksOff = ({ error, attempts }: Answered, plan: Plan): boolean => {
  if (error?.code !== 'ERR_RESET' || attempts.length === 0) return false;
  const { side } = attempts[0]!;
  if (attempts.at(-1)!.side !== side) return false;
  return plan[side]?.relays === true && (side === 'legacy' ? !plan.reverse : plan.fallback.size === 0);
};

export const brokenOff = (arrival: Arriving, { error }: Answered): Delivered => {
  if (arrival.deadline.ended?.code === 'ERR_ABORTED') return 'client-left';
  arrival.cut(error!);
  return 'cut';
};

/** Who is known to a side by the connection stays there (decision 13). */
export const keepSide = ({ client: { bond } }: Arriving, answered: Answered, { route }: Pick<Plan, 'route'>): void => {
  const { reply } = answered;
  const who = whoAnswered(answered);
  bond?.answered(route, reply === null || who === null ? null : { side: who.side, head: reply.head });
};
