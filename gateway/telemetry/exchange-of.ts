// The story of one call, put together when it is over.
import type { Arriving, Delivered, Reply } from '../../adapters/adapter.ts';
import type { Decision, Exchange, Side } from '../exchange.ts';
import { cachedResults } from '../cache/remembered.ts';
import type { Answered } from '../forward/answer.ts';
import type { Known } from '../routing/identify.ts';
import type { Plan, Route } from '../table/table.ts';
import { whoAnswered } from '../lib/who-answered.ts';
import { outcomeOf } from './outcome-of.ts';

export interface Story {
  readonly revision: number;
  readonly route: Route;
  readonly arrival: Arriving;
  readonly known: Known;
  readonly plan: Plan;
  readonly decision: Decision;
  readonly forwarded: Answered;
  readonly reply: Reply;
  readonly delivered: Delivered;
  /** `performance.now()` at the head's arrival. */
  readonly began: number;
}

export const exchangeOf = (story: Story): Exchange => {
  const { route, arrival, known, decision, forwarded, reply } = story;
  const plan = seenInPassing(story);
  const query = arrival.target.indexOf('?');
  return {
    route: route.name,
    operation: plan.operation,
    slot: plan.slot,
    revision: story.revision,
    method: arrival.method,
    path: query === -1 ? arrival.target : arrival.target.slice(0, query),
    decision,
    undecided: known.identified?.is === 'undecided' ? known.identified.reason : null,
    attempts: forwarded.attempts,
    fallback: forwarded.fallback,
    by: answeredBy(forwarded),
    cache: forwarded.cache ?? null,
    status: story.delivered === 'client-left' ? leftStatus : reply.head.status,
    outcome: outcomeOf(story),
    ms: performance.now() - story.began,
    traceparent: arrival.header('traceparent'),
    error: forwarded.error?.code ?? endOf(story),
  };
};

/** What servers have come to write for clients that did not wait for their answer, or did not take all of it. */
export const leftStatus = 499;

/** A reply that was cut because the call's time was over. */
const endOf = ({ delivered, arrival: { deadline } }: Story): string | null =>
  delivered === 'cut' && deadline.ended?.code === 'ERR_DEADLINE' ? deadline.ended.code : null;

const answeredBy = (answered: Answered): Side => {
  const { reply, cache } = answered;
  if (cache !== null && cache !== undefined && cachedResults.has(cache)) return 'cache';
  return reply === null ? 'gateway' : (whoAnswered(answered)?.side ?? 'gateway');
};

/** What flowed by may have named its operation better than the head did. */
const seenInPassing = ({ known, route, plan }: Story): Plan => {
  const { identified } = known;
  if (!known.inPassing || identified?.is !== 'operation') return plan;
  return route.operations.get(identified.name) ?? plan;
};
