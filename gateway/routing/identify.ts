// Which operation a call asks for, in the two phases of decision 2: where the head alone can only lead to legacy,
// the call flows on and is looked at in passing; otherwise a bounded prefix of the body is read first.
import type { Call, Deadline, Identified } from '../../adapters/adapter.ts';
import { AdapterError } from '../../adapters/errors.ts';
import type { Route } from '../table/table.ts';
import { planOf } from './plan-of.ts';

/** `identified` may still be null when the call is sent, and is there when it is accounted for. */
export interface Known {
  identified: Identified | null;
  /** Named by the head alone; counted where looking in passing brings no more. */
  readonly named: string | null;
  readonly inPassing: boolean;
}

/** A body up to this size is waited for, so that it leaves with its head in one piece. */
const small = 16 * 1024;

export const identify = async (call: Call, route: Route, deadline: Deadline): Promise<Known> => {
  const named = route.protocol.named(call.head, (name) => call.header(name));
  if (!isPlain(route, named)) {
    call.expects?.proceed();
    const identified = await route.protocol.identify(call, deadline);
    call.repeatable = isRepeatable(call, identified, route);
    return { identified, named, inPassing: false };
  }
  const known: Known = { identified: null, named, inPassing: true };
  call.repeatable = false; // until it has told
  route.protocol.watch(call, (identified) => {
    known.identified = identified;
    call.repeatable = isRepeatable(call, identified, route);
  });
  const { framing } = call.body;
  if (call.expects === null && typeof framing === 'object' && framing.bytes <= small)
    await call.body.prefix(framing.bytes, deadline);
  return known;
};

/** What nobody knows for certain is not asked twice, whatever its head says. */
const isRepeatable = (call: Call, identified: Identified, route: Route): boolean => {
  if (identified.is !== 'operation' && identified.is !== 'other') return false;
  return planOf({ identified, named: null, inPassing: false }, route, call.head.method).effect !== 'write';
};

/** The client's own message failed under our reading, or must not be relayed. */
export const unreadable = (error: unknown): Known => {
  if (!(error instanceof AdapterError)) throw error;
  return { identified: { is: 'refused', error }, named: null, inPassing: false };
};

const isPlain = (route: Route, named: string | null): boolean =>
  route.plain || (named !== null && (route.operations.get(named) ?? route.other).plain);
