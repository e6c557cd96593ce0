// What the client got, by whose fault it was: the verdict that breaker, fallback and cache go by.
import type { Delivered, Reply } from '../../adapters/adapter.ts';
import type { Outcome } from '../exchange.ts';
import type { Answered } from '../forward/answer.ts';
import { blameOf } from '../lib/blame.ts';

export interface Ending {
  readonly forwarded: Answered;
  /** What the client was given. */
  readonly reply: Reply;
  readonly delivered: Delivered;
}

export const outcomeOf = ({ delivered, forwarded, reply }: Ending): Outcome => {
  if (delivered === 'client-left') return 'client-left';
  if (delivered === 'cut') return 'cut';
  const { error, attempts } = forwarded;
  const isUnasked = attempts.length === 0;
  if (forwarded.reply === null) return isUnasked || blameOf(error)?.blame === 'client' ? 'refused' : 'unavailable';
  const { status } = reply.head;
  const { blame, fault } = reply.verdict;
  if (blame === 'destination') return 'server-error';
  // What flows by unread may be a fault, or what the file takes for an answer.
  if (fault !== undefined || status >= 500) return 'fault';
  return blame === 'client' || (isUnasked && status >= 400) ? 'client-error' : 'ok';
};
