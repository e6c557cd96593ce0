// The breaker as an interceptor: asks it before each call, and tells it once how the call ended.
import type { Deadline, Reply, Send } from '../../adapters/adapter.ts';
import { blameOf, blameOfBreak } from '../lib/blame.ts';
import type { Breaker, Pass } from './breaker.ts';

/** With what calls under way were let through, for who lets one through anew after it has waited. */
export type Passes = WeakMap<Deadline, Pass>;

/** Rejects with BreakerOpenError where the breaker is open; else as `next` does. `passes` null: nobody waits. */
export const guarded =
  (breaker: Breaker, next: Send, passes: Passes | null = null): Send =>
  async (call, deadline) => {
    const first = breaker.admit();
    if (first === null) throw breaker.refusal;
    // While it is closed all have the same one, and nothing is to be remembered of a call.
    if (passes !== null && breaker.state !== 'closed') passes.set(deadline, first);
    try {
      const reply = await next(call, deadline);
      heard(breaker, taken(passes, deadline) ?? first, reply);
      return reply;
    } catch (error) {
      const pass = taken(passes, deadline) ?? first;
      const verdict = blameOf(error);
      if (verdict?.blame === 'destination') breaker.bad(pass, verdict.reason);
      else breaker.none(pass);
      throw error;
    }
  };

/** Once: another send of the same call is let through for itself. */
const taken = (passes: Passes | null, deadline: Deadline): Pass | null => {
  const pass = passes?.get(deadline) ?? null;
  if (pass !== null) passes?.delete(deadline);
  return pass;
};

/** A head is half an answer: a body that breaks off is the destination's failure (decisions, `ended`). */
const heard = (breaker: Breaker, pass: Pass, reply: Reply): void => {
  const { verdict } = reply;
  if (verdict.blame === 'destination') return breaker.bad(pass, verdict.reason);
  if (reply.over === undefined) return said(breaker, pass, verdict.blame);
  breaker.answered(pass);
  reply.over((why) => {
    if (why === null) return said(breaker, pass, verdict.blame);
    const broke = blameOfBreak(why);
    if (broke.blame === 'destination') breaker.bad(pass, broke.reason);
    else breaker.none(pass);
  });
};

const said = (breaker: Breaker, pass: Pass, blame: 'nobody' | 'client'): void => {
  if (blame === 'nobody') breaker.good(pass);
  else breaker.turnedDown(pass);
};
