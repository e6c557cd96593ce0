// THE PATH OF ONE REQUEST.
import type { Arriving, Lease } from '../adapters/adapter.ts';
import type { Cache } from './cache/cache.ts';
import { answer, type Answered } from './forward/answer.ts';
import { breaksOff, brokenOff, keepSide } from './forward/break-off.ts';
import { unsent } from './forward/forward.ts';
import { isEndless, type Deadlines } from './guard/time/deadlines.ts';
import { whoAnswered } from './lib/who-answered.ts';
import { identify, unreadable, type Known } from './routing/identify.ts';
import { planOf, undecidable } from './routing/plan-of.ts';
import type { Route } from './table/table.ts';
import { exchangeOf } from './telemetry/exchange-of.ts';
import type { Account } from './telemetry/account.ts';
import type { TurnedAwayCounts } from './telemetry/turned-away.ts';
import { decide } from './traffic/decide.ts';
import { began as sessionBegan, enter, type Answering } from './traffic/session.ts';
import { told } from './told.ts';
import { instead, turnAway } from './turn-away.ts';

export interface House {
  readonly account: Account;
  readonly cache: Cache;
  readonly deadlines: Deadlines;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly turnedAway: TurnedAwayCounts;
  /** Memory for calls while they are read. */
  readonly reading: Lease;
}

/** One call, on the route that matched it in the table of that moment: a flip never splits a call. */
export interface Served {
  readonly arrival: Arriving;
  readonly route: Route;
  readonly revision: number;
}

/** Rejects only with what is a bug of ours. */
export const serve = async (house: House, { arrival, route, revision }: Served): Promise<void> => {
  const began = performance.now();
  const { deadline } = arrival;
  const { admission } = route;
  const early = admission?.enter == null ? null : await admission.enter(arrival);
  if (early !== null) return turnAway(house, { arrival, route, revision, known: unknown, began }, early);
  if (route.deadline !== null) house.deadlines.bound(arrival, route.deadline, began);
  const known = await identify(arrival, route, deadline).catch(unreadable);
  const late =
    admission?.judge == null || known.identified === null ? null : await admission.judge(arrival, known.identified);
  if (late !== null) {
    house.deadlines.lift(arrival);
    return turnAway(house, { arrival, route, revision, known, began }, late);
  }
  const plan = planOf(known, route, arrival.method);
  const decision = undecidable(known, route) ?? decide(arrival, plan.traffic, house.chance, house.now);
  const { session } = plan.traffic;
  const entered = enter(session, arrival, decision);
  if (plan.deadline !== null) house.deadlines.bound(arrival, plan.deadline, began);
  const forwarded: Answered =
    unsent(known.identified) ?? inTime(arrival, await answer(house.cache, arrival, decision, plan));
  keepSide(arrival, forwarded, plan);
  if (session !== null) sessionBegan(session, entered, answering(forwarded));
  if (plan.deadline !== null && forwarded.reply !== null && isEndless(forwarded.reply)) house.deadlines.lift(arrival);
  const given = forwarded.reply ?? instead(house, { arrival, route, known, forwarded });
  const reply = told(given, { route, plan, decision, revision, forwarded });
  const delivered = breaksOff(forwarded, plan) ? brokenOff(arrival, forwarded) : await arrival.respond(reply);
  if (plan.deadline !== null) house.deadlines.lift(arrival);
  house.account(exchangeOf({ revision, route, arrival, known, plan, decision, forwarded, reply, delivered, began }));
};

/** A reply that came with the end of the call's time is none that could be told to its end. */
const inTime = ({ deadline: { ended } }: Arriving, answered: Answered): Answered => {
  if (answered.reply === null || ended?.code !== 'ERR_DEADLINE') return answered;
  answered.reply.discard?.();
  return { ...answered, reply: null, error: ended };
};

const unknown: Known = { identified: null, named: null, inPassing: false };

const answering = (forwarded: Answered): Answering => {
  const { reply } = forwarded;
  return { side: reply === null ? null : (whoAnswered(forwarded)?.side ?? null), raw: reply?.head.raw ?? [] };
};
