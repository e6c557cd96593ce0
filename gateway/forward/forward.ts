// Forward: one attempt, perhaps a second. Whether there may be a second stands in fallback.ts.
import type { Call, Deadline, Identified, Reply } from '../../adapters/adapter.ts';
import { AdapterError, RequestError, SendError } from '../../adapters/errors.ts';
import { blameOf } from '../lib/blame.ts';
import type { AnsweredBy } from '../lib/who-answered.ts';
import type { Attempt, Decision } from '../exchange.ts';
import type { Plan, Side } from '../table/table.ts';
import type { Try, Tries } from '../guard/again/tries.ts';
import { BudgetSpentError } from './budget.ts';
import { isUnasked, mayAskOther, mayReverse } from './fallback.ts';

export interface Forwarded extends AnsweredBy {
  /** Null: no side that could be asked gave a reply; `error` says why. */
  readonly reply: Reply | null;
  readonly error: AdapterError | null;
  readonly fallback: Attempt['reason'];
}

interface Tried {
  readonly attempt: Attempt;
  readonly reply: Reply | null;
  readonly error: AdapterError | null;
  /** Sends to the same side before it. */
  readonly earlier: readonly Try[];
}

/** Bytes of a call that are kept for a second try; a longer one streams on and has none. */
const held = 1024 * 1024;

export const forward = (call: Call, decision: Decision, plan: Plan, deadline: Deadline): Promise<Forwarded> => {
  const { legacy, modern, budget } = plan;
  budget?.called();
  const asking = { call, plan, deadline };
  if (decision.side === 'legacy' || modern === null) {
    if (legacy === null) return Promise.resolve(nobody);
    if (modern === null || !mayReverse(decision, plan)) return alone({ name: 'legacy', side: legacy }, asking);
    return twice({ name: 'legacy', side: legacy }, { name: 'modern', side: modern }, asking);
  }
  if (legacy === null) return alone({ name: 'modern', side: modern }, asking);
  return twice({ name: 'modern', side: modern }, { name: 'legacy', side: legacy }, asking);
};

interface Named {
  readonly name: 'legacy' | 'modern';
  readonly side: Side;
}

interface Asking {
  readonly call: Call;
  readonly plan: Plan;
  readonly deadline: Deadline;
}

const alone = ({ name, side }: Named, { call, deadline }: Asking): Promise<Forwarded> => {
  const asked = ask(name, side, call, deadline).then(only);
  return side.repeats ? asked.finally(() => call.body.release()) : asked;
};

/** On a connection to the other side, a call that its connection speaks for would be nobody's. Its client may begin anew, wherever that leads. */
const bound = async (one: Named, asking: Asking): Promise<Forwarded> => {
  const forwarded = await alone(one, asking);
  const { reason } = forwarded.attempts.at(-1)!;
  if (reason !== null && reason !== 'request' && asking.plan.fallback.has(reason)) asking.call.client.bond?.end();
  return forwarded;
};

const twice = async (one: Named, other: Named, asking: Asking): Promise<Forwarded> => {
  const { call, plan, deadline } = asking;
  if (plan.traffic.connections === 'held' && call.client.bond?.of(plan.route).side === one.name)
    return bound(one, asking);
  if (plan.fallback.size > 0) call.body.hold(held, plan.held);
  try {
    const first = await ask(one.name, one.side, call, deadline);
    const { reason, reached } = first.attempt;
    if (reason === null || !isInTime(plan, deadline, isUnasked(reason))) return only(first);
    if (reason === 'request' && other.name === 'modern') return only(first); // it is no more tolerant
    if (!mayAskOther({ reason, reached, again: call.body.again, committed: false }, plan)) return only(first);
    const own = one.name === 'legacy' ? said(first) : null;
    if (own === null) first.reply?.discard?.();
    if (!isUnasked(reason) && plan.budget?.spend() === false)
      return own === null
        ? only({ ...first, reply: null, error: new BudgetSpentError(plan.route, reason, reached) })
        : only(first);
    const second = await ask(other.name, other.side, call, deadline);
    const { reply, error } = second;
    const both = { reply, error, attempts: [...allOf(first), ...allOf(second)], fallback: reason };
    if (own === null || second.attempt.reason === null) return both;
    reply?.discard?.();
    return { ...both, reply: own, error: null, gave: first.attempt };
  } finally {
    call.body.release();
  }
};

/** What legacy itself says of a failure is the client's where nobody answers better: as long as all of it is here, and nothing under way. */
const said = ({ reply }: Tried): Reply | null => (reply !== null && reply.body.bytes !== null ? reply : null);

/** Is there enough left of the call's total time for somebody to be asked once more? Who was not asked yet is, with whatever is left. */
const isInTime = ({ deadline: settings }: Plan, { ended, at }: Deadline, isFirst: boolean): boolean =>
  ended === null && (settings === null || at - performance.now() >= (isFirst ? 0 : settings.reserve));

/** A call that must not be relayed, or that its protocol has answered: nobody is asked. */
export const unsent = (identified: Identified | null): Forwarded | null => {
  if (identified?.is === 'answered') return { ...nobody, reply: identified.reply };
  return identified?.is === 'refused' ? { ...nobody, error: identified.error } : null;
};

/** The side that was decided on is no longer there. */
const nobody: Forwarded = { reply: null, error: null, attempts: [], fallback: null };

const only = (tried: Tried): Forwarded => {
  const { reply, error } = tried;
  return { reply, error, attempts: allOf(tried), fallback: null };
};

const allOf = ({ earlier, attempt }: Tried): readonly Attempt[] =>
  earlier.length === 0
    ? [attempt]
    : [...earlier.map((each) => ({ ...each, side: attempt.side, destination: attempt.destination })), attempt];

const none: readonly Try[] = [];

const reachedOf = (error: AdapterError): Attempt['reached'] => (error instanceof SendError ? error.reached : 'nothing');

const ask = async (name: 'legacy' | 'modern', side: Side, call: Call, deadline: Deadline): Promise<Tried> => {
  const began = performance.now();
  const tries: Tries | null = side.repeats ? { over: [], began, again: null } : null;
  const tried = (
    reply: Reply | null,
    error: AdapterError | null,
    reason: Attempt['reason'],
    reached: Attempt['reached'],
  ): Tried => {
    const status = reply?.head.status ?? null;
    const ms = performance.now() - (tries?.began ?? began);
    const attempt: Attempt = { side: name, destination: side.destination, ms, status, reason, reached };
    if (tries === null) return { attempt, reply, error, earlier: none };
    const { again, over } = tries;
    return { attempt: again == null ? attempt : { ...attempt, again }, reply, error, earlier: over };
  };
  try {
    const reply = await (tries === null ? side.send(call, deadline) : side.send(call, deadline, tries));
    return tried(reply, null, reply.verdict.blame === 'destination' ? reply.verdict.reason : null, 'all');
  } catch (error) {
    if (error instanceof RequestError) return tried(null, error, 'request', 'nothing');
    if (!(error instanceof AdapterError)) throw error;
    if (error instanceof SendError && blameOf(error)?.blame !== 'client')
      return tried(null, error, error.reason, error.reached);
    // Its own body failed under our reading, or it left: nobody is to be asked for it.
    return tried(null, error, null, reachedOf(error));
  }
};
