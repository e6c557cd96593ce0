// THE PATH OF ONE REQUEST.
import type { Arriving, Delivered, Reply } from '../adapters/adapter.ts';
import { SendError } from '../adapters/errors.ts';
import type { Cache } from './cache/cache.ts';
import type { Refusal } from './admission/refusal.ts';
import type { TurnedAway } from './events.ts';
import { answer, type Answered } from './forward/answer.ts';
import { unsent } from './forward/forward.ts';
import { isEndless, type Deadlines } from './guard/time/deadlines.ts';
import { identify, unreadable, type Known } from './routing/identify.ts';
import { edited } from './headers/edited.ts';
import { planOf, undecidable } from './routing/plan-of.ts';
import type { Plan, Route } from './table/table.ts';
import { exchangeOf } from './telemetry/exchange-of.ts';
import type { Account } from './telemetry/account.ts';
import type { TurnedAwayCounts } from './telemetry/turned-away.ts';
import type { Decision } from './exchange.ts';
import { decide } from './traffic/decide.ts';
import { troubleOf } from './trouble.ts';

export interface House {
  readonly account: Account;
  readonly cache: Cache;
  readonly deadlines: Deadlines;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly turnedAway: TurnedAwayCounts;
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
  const known = await identify(arrival, route, deadline).catch(unreadable);
  const late =
    admission?.judge == null || known.identified === null ? null : await admission.judge(arrival, known.identified);
  if (late !== null) return turnAway(house, { arrival, route, revision, known, began }, late);
  const plan = planOf(known, route, arrival.method);
  const decision = undecidable(known, route) ?? decide(arrival, plan.traffic, house.chance, house.now);
  if (plan.deadline !== null) house.deadlines.bound(arrival, plan.deadline, began);
  const forwarded: Answered =
    unsent(known.identified) ?? inTime(arrival, await answer(house.cache, arrival, decision, plan));
  keepSide(arrival, forwarded);
  if (plan.deadline !== null && forwarded.reply !== null && isEndless(forwarded.reply)) house.deadlines.lift(arrival);
  const reply = forwarded.reply ?? instead(house, { arrival, route, known, forwarded });
  const edit = edited(reply, route.response);
  const shown = route.decisionHeader ? told(edit, `${route.name}/${plan.operation}`, decision, revision) : edit;
  const delivered = breaksOff(forwarded, plan) ? brokenOff(arrival, forwarded) : await arrival.respond(shown);
  if (plan.deadline !== null) house.deadlines.lift(arrival);
  house.account(exchangeOf({ revision, route, arrival, known, plan, decision, forwarded, reply, delivered, began }));
};

/**
 * Decision 7: a connection that a destination ends before its reply is ended for the client, too, where the call went on as it came and
 * nobody else might have been asked: clients do otherwise after that than after a fault.
 */
const breaksOff = ({ error, attempts }: Answered, plan: Plan): boolean => {
  if (error?.code !== 'ERR_RESET' || attempts.length === 0) return false;
  const { side } = attempts[0]!;
  if (attempts.at(-1)!.side !== side) return false;
  return plan[side]?.relays === true && (side === 'legacy' || plan.fallback.size === 0);
};

const brokenOff = (arrival: Arriving, { error }: Answered): Delivered => {
  if (arrival.deadline.ended?.code === 'ERR_ABORTED') return 'client-left';
  arrival.cut(error!);
  return 'cut';
};

/** Who is known to a side by the connection stays there (decision 13). */
const keepSide = ({ client: { bond } }: Arriving, { reply, attempts }: Answered): void => {
  if (bond?.identified === true && reply !== null) bond.side ??= attempts.at(-1)?.side ?? null;
};

/** A reply that came with the end of the call's time is none that could be told to its end. */
const inTime = ({ deadline: { ended } }: Arriving, answered: Answered): Answered => {
  if (answered.reply === null || ended?.code !== 'ERR_DEADLINE') return answered;
  answered.reply.discard?.();
  return { ...answered, reply: null, error: ended };
};

const unknown: Known = { identified: null, named: null, inPassing: false };
const refused: Decision = { side: 'legacy', reason: 'refused', bucket: null, cohort: null };
const nobodyAsked: Answered = { reply: null, error: null, attempts: [], fallback: null };

/** A rule of the route, or of an operation that occurs in the call, does not let it in. */
const turnAway = async (
  house: House,
  call: Served & { readonly known: Known; readonly began: number },
  { trouble, reason }: Refusal,
): Promise<void> => {
  const { arrival, route, known } = call;
  house.turnedAway.count(route.name, reason);
  const reply = route.protocol.fault(trouble, arrival);
  const delivered = await arrival.respond(edited(reply, route.response));
  const plan = planOf(known, route, arrival.method);
  const story = { ...call, plan, decision: refused, forwarded: nobodyAsked, reply, delivered };
  house.account({ ...exchangeOf(story), error: trouble.code });
};

/** No side answered. A client whose own body failed has sent what cannot be told from its next call: it is hung up on. */
const instead = (
  house: House,
  { arrival, route, known, forwarded }: Pick<Served, 'arrival' | 'route'> & { known: Known; forwarded: Answered },
): Reply => {
  const { error } = forwarded;
  const trouble = troubleOf(error, known.identified);
  const reason = error instanceof SendError ? null : (ownFailures[error?.code ?? ''] ?? null);
  if (reason !== null) {
    house.turnedAway.count(route.name, reason);
    arrival.hangUp();
  }
  return route.protocol.fault(trouble, arrival);
};

const ownFailures: Readonly<Record<string, TurnedAway>> = {
  ERR_TOO_LARGE: 'body',
  ERR_LENGTH: 'body',
  ERR_TIMEOUT: 'slow',
  ERR_MALFORMED: 'malformed',
};

/** For whoever tests a flip: which side, and why. */
const told = (reply: Reply, of: string, { side, reason }: Decision, revision: number): Reply => {
  const line = `${of}; side=${side}; reason=${reason}; revision=${revision}`;
  const head = { ...reply.head, raw: [...reply.head.raw, 'X-Strangler-Decision', line] };
  return { head, body: reply.body, verdict: reply.verdict, discard: () => reply.discard?.() };
};
