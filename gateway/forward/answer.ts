// Who answers a call: memory, where it may; else the side that was decided on.
import type { Arriving, Call, Deadline } from '../../adapters/adapter.ts';
import { AdapterError } from '../../adapters/errors.ts';
import type { Cache } from '../cache/cache.ts';
import type { CacheResult, CacheTold, Decision } from '../exchange.ts';
import type { Plan } from '../table/table.ts';
import { forward, type Forwarded } from './forward.ts';

export interface Answered extends Forwarded {
  /** What the cache made of the call; null or absent: it was not asked. */
  readonly cache?: CacheResult | null;
  readonly cacheTold?: CacheTold;
}

export const answer = (cache: Cache, arrival: Arriving, decision: Decision, plan: Plan): Promise<Answered> => {
  const ask = (call: Call, deadline: Deadline) => forward(call, decision, plan, deadline);
  if (plan.takesBack !== null) return cache.write(plan.takesBack, arrival, ask).catch(unasked);
  if (plan.changesHttp !== null && plan.http === null)
    return cache.http.write(plan.changesHttp, arrival, ask).catch(unasked);
  // A tester wants to see what a side answers now; and who is known by the connection shows no credentials in the call.
  const { bond = null } = arrival.client;
  if ((plan.cache === null && plan.http === null) || decision.reason === 'pin' || bond !== null)
    return ask(arrival, arrival.deadline);
  if (plan.http !== null) return cache.http.through(plan.http, decision.side, arrival, ask).catch(unasked);
  return cache.through(plan.cache!, decision.side, arrival, ask).catch(unasked);
};

/** The call's own body failed while it was read, before anybody was asked. */
const unasked = (error: unknown): Answered => {
  if (!(error instanceof AdapterError)) throw error;
  return { reply: null, error, attempts: [], fallback: null };
};
