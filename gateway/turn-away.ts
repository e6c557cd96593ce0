// Calls that are not let in, and those that no side could answer: what their clients are told.
import type { Reply } from '../adapters/adapter.ts';
import { SendError } from '../adapters/errors.ts';
import type { Refusal } from './admission/refusal.ts';
import type { TurnedAway } from './events.ts';
import type { Decision } from './exchange.ts';
import type { Answered } from './forward/answer.ts';
import { edited } from './headers/edited.ts';
import type { Known } from './routing/identify.ts';
import { planOf } from './routing/plan-of.ts';
import type { House, Served } from './serve.ts';
import { exchangeOf } from './telemetry/exchange-of.ts';
import { troubleOf } from './trouble.ts';

const refused: Decision = { side: 'legacy', reason: 'refused', bucket: null, cohort: null };
const nobodyAsked: Answered = { reply: null, error: null, attempts: [], fallback: null };

/** A rule of the route, or of an operation that occurs in the call, does not let it in. */
export const turnAway = async (
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
export const instead = (
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
  ERR_MEMORY: 'memory',
  ERR_TIMEOUT: 'slow',
  ERR_MALFORMED: 'malformed',
};
