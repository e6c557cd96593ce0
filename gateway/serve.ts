// THE PATH OF ONE REQUEST.
import type { Arriving, Delivered, Reply } from '../adapters/adapter.ts';
import { forward, unsent } from './forward/forward.ts';
import { identify, unreadable } from './routing/identify.ts';
import { planOf, undecidable } from './routing/plan-of.ts';
import type { Route } from './table/table.ts';
import { exchangeOf } from './telemetry/exchange-of.ts';
import type { Account } from './telemetry/account.ts';
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
  /** The one writer to the client. */
  readonly respond: (reply: Reply, told: string) => Promise<Delivered>;
}

/** Rejects only with what is a bug of ours. */
export const serve = async (house: House, { arrival, route, revision, respond }: Served): Promise<void> => {
  const began = performance.now();
  const { deadline } = arrival;
  const known = await identify(arrival, route, deadline).catch(unreadable);
  const plan = planOf(known, route, arrival.method);
  const decision = undecidable(known, route) ?? decide(arrival, plan.traffic, house.chance, house.now);
  const forwarded = unsent(known.identified) ?? (await forward(arrival, decision, plan, deadline));
  const reply = forwarded.reply ?? route.protocol.fault(troubleOf(forwarded.error, known.identified), arrival);
  const told = route.decisionHeader
    ? `${route.name}/${plan.operation}; side=${decision.side}; reason=${decision.reason}; revision=${revision}`
    : '';
  const delivered = await respond(reply, told);
  house.account(exchangeOf({ revision, route, arrival, known, plan, decision, forwarded, reply, delivered, began }));
};
