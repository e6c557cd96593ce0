// THE PATH OF ONE REQUEST.
import type { Arriving, Reply } from '../adapters/adapter.ts';
import { forward, unsent } from './forward/forward.ts';
import { identify, unreadable } from './routing/identify.ts';
import { planOf, undecidable } from './routing/plan-of.ts';
import type { Route } from './table/table.ts';
import { exchangeOf } from './telemetry/exchange-of.ts';
import type { Account } from './telemetry/account.ts';
import type { Decision } from './exchange.ts';
import { decide } from './traffic/decide.ts';
import { troubleOf } from './trouble.ts';

export interface House {
  readonly account: Account;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
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
  const known = await identify(arrival, route, deadline).catch(unreadable);
  const plan = planOf(known, route, arrival.method);
  const decision = undecidable(known, route) ?? decide(arrival, plan.traffic, house.chance, house.now);
  const forwarded = unsent(known.identified) ?? (await forward(arrival, decision, plan, deadline));
  const reply = forwarded.reply ?? route.protocol.fault(troubleOf(forwarded.error, known.identified), arrival);
  const delivered = await arrival.respond(
    route.decisionHeader ? told(reply, `${route.name}/${plan.operation}`, decision, revision) : reply,
  );
  house.account(exchangeOf({ revision, route, arrival, known, plan, decision, forwarded, reply, delivered, began }));
};

/** For whoever tests a flip: which side, and why. */
const told = (reply: Reply, of: string, { side, reason }: Decision, revision: number): Reply => {
  const line = `${of}; side=${side}; reason=${reason}; revision=${revision}`;
  const head = { ...reply.head, raw: [...reply.head.raw, 'X-Strangler-Decision', line] };
  return { head, body: reply.body, verdict: reply.verdict, discard: () => reply.discard?.() };
};
