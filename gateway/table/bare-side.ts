// A side of an operation before it is guarded: how its calls get to the destination, and back.
import type { Affinity, Destination, Relaying, Send } from '../../adapters/adapter.ts';
import { treatByStatus } from '../forward/treat.ts';
import { boundedInvoke, boundedSend, type Bound } from '../guard/bounded.ts';
import { priorityOf } from './bulkhead-of.ts';
import type { OperationParts, RouteParts } from './route-parts.ts';
import type { Side } from './table.ts';

export interface BareSide extends Pick<Side, 'destination' | 'relays'> {
  readonly send: Send;
  /** What it waits for a place at; null: nothing. */
  readonly bound: Bound | null;
}

type SideName = 'legacy' | 'modern';

/** Null: there is none, or it is no operation of the contract. */
export const legacySide = (of: OperationParts): BareSide | null => {
  const { legacy, protocol } = of.route;
  if (legacy === null) return null;
  return protocol === 'rest' ? translated(of, 'legacy', legacy) : relayed(of, 'legacy', legacy);
};

/** As above. Throws an Error that says why it cannot be asked for this operation. */
export const modernSide = (of: OperationParts): BareSide | null => {
  const { modern, protocol } = of.route;
  if (modern === null) return null;
  if (protocol === 'rest') return translated(of, 'modern', modern);
  const side = (protocol === 'soap' ? translated(of, 'modern', modern) : null) ?? relayed(of, 'modern', modern);
  if (side === null) throw new Error(`${modern.name} cannot answer plain HTTP`);
  return side;
};

/** Same protocol on both sides, byte for byte; null where the destination has no wire. */
const relayed = (of: OperationParts, side: SideName, destination: Destination): BareSide | null => {
  const { route, operation, settings } = of;
  const { effect, timeout, reverse, cache } = settings;
  const isLegacy = side === 'legacy';
  const how: Relaying = {
    write: effect === 'write',
    timeout,
    // An old answer may stand in for what is none.
    judged: isLegacy ? reverse || (cache?.staleIfError ?? 0) > 0 : true,
    mayBeEmpty: route.contract?.operations.get(operation)?.oneWay ?? true,
    isLast: isLegacy && !reverse,
    whence: route.whence,
    // Metadata is no call of an operation, and always legacy's.
    announced: isLegacy && route.protocol === 'soap' && operation === 'other' ? { entrances: route.besides } : null,
    headers: route.headers,
    affinity: affinityTo(route, destination),
  };
  const send = destination.relay(route.mount, how);
  if (send === null) return null;
  const bound = boundOf(of, side, destination);
  return { destination: destination.name, bound, send: bound === null ? send : boundedSend(bound, send), relays: true };
};

/** Asked in JSON, whatever its callers speak; null where that is no operation, or where modern speaks SOAP itself. */
const translated = (of: OperationParts, side: SideName, destination: Destination): BareSide | null => {
  const { route, operation: name, settings } = of;
  const { contract, adapters, headers } = route;
  const { trusts } = route.whence;
  const { call, effect, timeout, identity, treat } = settings;
  const operation = contract?.operations.get(name);
  if (operation === undefined || contract === null) return null;
  const face = route.protocol === 'rest' ? 'rest' : 'soap';
  if (face === 'rest' && operation.passThroughOnly !== null)
    throw new Error(`${name} cannot be offered in JSON: ${operation.passThroughOnly}`);
  const write = effect === 'write';
  const bare = destination.invoke({
    operation,
    call,
    treat: treatByStatus(treat),
    write,
    timeout,
    face,
    headers,
    trusts,
  });
  if (bare === null && face === 'rest') throw new Error(`${destination.name} cannot be asked for ${name}`);
  if (bare === null) return null;
  const bound = boundOf(of, side, destination);
  // Inside of the translation: who still sends a message, or sends one that does not fit, has no place.
  const invoke = bound === null ? bare : boundedInvoke(bound, bare);
  const send = adapters.translate({ face, contract, operation: name, call, invoke, identity });
  return { destination: destination.name, bound, send, relays: false };
};

/** What stands between a call and its destination; null: nothing. */
const boundOf = (
  { route, operation, settings }: OperationParts,
  side: SideName,
  { name }: Destination,
): Bound | null => {
  const bulkhead = route.bulkheadOf(name);
  if (bulkhead === null) return null;
  const { breaker: said, timeout } = settings;
  const breaker = route.breakerOf({ destination: name, operation, side, said, timeout });
  const gate = breaker === null ? null : { breaker, passes: new WeakMap() };
  return { bulkhead, priority: priorityOf(settings), gate };
};

const affinityTo = ({ session }: RouteParts, { name, health }: Destination): Affinity | null =>
  session === null || (health?.urls.length ?? 1) < 2 ? null : session.affinity(name);
