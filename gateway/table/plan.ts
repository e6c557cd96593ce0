// One operation's plan: its sends, its traffic, and what may be asked after a failure.
import type {
  Adapters,
  Affinity,
  Announced,
  Contract,
  Destination,
  Entrance,
  HeaderEdit,
  Invoke,
  Lease,
  Mount,
  Send,
  Whence,
} from '../../adapters/adapter.ts';
import type { OperationSettings, RouteSettings } from '../config/settle.ts';
import type { Budget } from '../forward/budget.ts';
import { checkTreat, treatByStatus, treated } from '../forward/treat.ts';
import { repeated } from '../guard/again/repeated.ts';
import { boundedInvoke, boundedSend, type Bound } from '../guard/bounded.ts';
import { guarded } from '../guard/guarded.ts';
import { ipKey } from '../traffic/client-ip.ts';
import { killedBy } from '../traffic/kill.ts';
import type { Session } from '../traffic/session.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { cacheFor, httpCacheFor, takenBackBy } from './cache-of.ts';
import type { BreakerOf, BreakerPlace } from './breaker-of.ts';
import type { RepeatOf } from './repeat-of.ts';
import { priorityOf, type BulkheadOf } from './bulkhead-of.ts';
import type { Plan, Side, Stage } from './table.ts';

export interface RouteParts {
  readonly name: string;
  readonly protocol: RouteSettings['protocol'];
  readonly contract: Contract | null;
  readonly mount: Mount;
  /** Of its calls, wherever they go. */
  readonly headers: HeaderEdit | null;
  readonly legacy: Destination | null;
  readonly modern: Destination | null;
  /** Null: there is no legacy, or it is not asked over the network. */
  readonly entrance: Entrance | null;
  /** Those of all routes to the same host. */
  readonly besides: readonly Entrance[];
  /** It takes envelopes as they come; nothing is translated. */
  readonly modernIsSoap: boolean;
  /** null: its calls are told apart one by one. */
  readonly session: Session | null;
  readonly adapters: Adapters;
  readonly killed: ReadonlySet<string>;
  readonly pinSecret: string | null;
  readonly trusts: (address: string) => boolean;
  /** Rules of admission need to know the operation: nothing flows before it is known. */
  readonly judged: boolean;
  readonly whence: Whence;
  readonly slotOf: (operation: string) => number;
  /** What makes both destinations what they are. */
  readonly standing: string;
  /** All that the file's operations take back of this contract. */
  readonly invalidated: readonly string[];
  readonly breakerOf: BreakerOf;
  readonly repeatOf: RepeatOf;
  readonly bulkheadOf: BulkheadOf;
  readonly budget: Budget | null;
  readonly held: Lease;
  /** Answers of one of its destinations are kept as RFC 9111 has it, by this route or another. */
  readonly keepsHttp: boolean;
  /** In which the route's own rules look for keys; lower case. */
  readonly keyHeaders: readonly string[];
}

/** Throws an Error that says why modern cannot be asked for this operation. `asked` false: modern is never built. */
export const planOf = (parts: RouteParts, operation: string, settings: OperationSettings, asked: boolean): Plan => {
  const { name, killed } = parts;
  const { points, effect } = settings;
  if (parts.modern !== null) checkTreat(treatedBy(parts, operation, settings));
  const side = (which: 'legacy' | 'modern', bare: Bare | null): Side | null =>
    bare === null ? null : guardedSide(parts, settings, { ...bare, side: which, operation });
  const legacy = side('legacy', legacySide(parts, operation, settings));
  const modern = side(
    'modern',
    asked && mayBeAsked(parts, operation, settings) ? treating(settings, modernSide(parts, operation, settings)) : null,
  );
  const fallback = new Set(legacy === null ? [] : settings.fallback);
  const reverse = settings.reverse && modern !== null;
  const traffic = {
    route: name,
    id: `${name}.${operation}`,
    salt: settings.salt,
    points,
    cohort: settings.cohort,
    include: new Set(settings.include.map(ipKey)),
    exclude: new Set(settings.exclude.map(ipKey)), // an IPv6 address counts by its /64 there, too
    connections: connectionsOf(parts, settings),
    sides: modern === null ? 'legacy' : legacy === null ? 'modern' : 'both',
    killed: killedBy(killed, name, operation),
    session: parts.session,
    pinSecret: parts.pinSecret,
    trusts: parts.trusts,
  } as const;
  const cache = cacheFor(parts, operation, settings, traffic.killed);
  const http = httpCacheFor(parts, operation, settings, traffic.killed);
  const changesHttp = parts.protocol === 'http' && parts.keepsHttp;
  const takesBack = takenBackBy(parts, operation, settings);
  const undecided = points > 0 || traffic.include.size > 0 || traffic.pinSecret !== null;
  return {
    route: name,
    operation,
    slot: parts.slotOf(operation),
    stage: stageOf(points, legacy !== null, fallback.size > 0),
    effect,
    traffic,
    fallback,
    deadline: settings.deadline,
    reverse,
    budget: parts.budget,
    held: parts.held,
    // A REST call is understood before it goes anywhere.
    plain:
      legacy !== null &&
      !reverse &&
      parts.protocol !== 'rest' &&
      !parts.judged &&
      !needsMessage(parts) &&
      cache === null &&
      http === null &&
      !changesHttp &&
      takesBack === null &&
      (traffic.sides === 'legacy' || traffic.killed || !undecided),
    legacy,
    modern,
    cache,
    http,
    changesHttp,
    cacheStatus: settings.cacheStatus,
    takesBack,
  };
};

/** The session stands in the message, and where the call goes hangs on it. */
const needsMessage = ({ session, legacy, modern }: RouteParts): boolean =>
  session?.from.startsWith('soapHeader:') === true && (modern !== null || (legacy?.health?.urls.length ?? 1) > 1);

const affinityTo = ({ session }: RouteParts, { name, health }: Destination): Affinity | null =>
  session === null || (health?.urls.length ?? 1) < 2 ? null : session.affinity(name);

/** Translated calls leave their connection behind, and who it says calls; relayed ones do not. */
const connectionsOf = (
  { protocol, modernIsSoap }: RouteParts,
  { identity }: OperationSettings,
): Traffic['connections'] => {
  if (identity === null) return 'legacy';
  if (protocol === 'http' || (protocol === 'soap' && modernIsSoap)) return 'held';
  return identity === 'ignore' ? 'ignored' : 'legacy';
};

/**
 * May modern be asked in JSON? False for an operation that can only be passed through and is given nothing: it is listed,
 * and legacy answers. Throws where the file gives it something.
 */
const mayBeAsked = (
  { contract, modernIsSoap, protocol }: RouteParts,
  name: string,
  said: OperationSettings,
): boolean => {
  const why = contract?.operations.get(name)?.passThroughOnly ?? null;
  if (why === null || modernIsSoap || protocol === 'rest') return true;
  const given = givenTo(said);
  if (given === null) return false;
  throw new Error(`${given}, but ${name} can only be passed through, not answered from JSON: ${why}`);
};

const givenTo = ({ call, points, include }: OperationSettings): string | null => {
  if (call !== null) return 'call';
  if (points > 0) return 'a weight above 0';
  return include.length > 0 ? 'include' : null;
};

const treatedBy = (
  { contract, protocol, modernIsSoap }: RouteParts,
  operation: string,
  { treat }: OperationSettings,
) => ({
  treat,
  operation: contract?.operations.get(operation) ?? null,
  faults: Object.keys(treat).length === 0 || contract === null ? noFaults : faultsOf(contract),
  translated: contract?.operations.has(operation) === true && (protocol === 'rest' || !modernIsSoap),
});

const noFaults: ReadonlySet<string> = new Set();
const faultsOf = ({ operations }: Contract): ReadonlySet<string> =>
  new Set([...operations.values()].flatMap(({ faults }) => faults));

/** Before the breaker: it goes by what the file makes of a reply. */
const treating = ({ treat }: OperationSettings, bare: Bare | null): Bare | null =>
  bare === null ? null : { ...bare, send: treated(treat, bare.send) };

/** A side before it is guarded. */
interface Bare extends Pick<Side, 'destination' | 'relays'> {
  readonly send: Send;
  readonly bound: Bound | null;
}

/** What stands between a call and its destination; null: nothing. */
const boundOf = (
  { bulkheadOf, breakerOf }: RouteParts,
  place: Omit<BreakerPlace, 'said' | 'timeout'>,
  settings: OperationSettings,
): Bound | null => {
  const bulkhead = bulkheadOf(place.destination);
  if (bulkhead === null) return null;
  const breaker = breakerOf({ ...place, said: settings.breaker, timeout: settings.timeout });
  return {
    bulkhead,
    priority: priorityOf(settings),
    gate: breaker === null ? null : { breaker, passes: new WeakMap() },
  };
};

const boundedRelay = (bound: Bound | null, send: Send): Send => (bound === null ? send : boundedSend(bound, send));

/** Inside of the translation: who still sends a message, or sends one that does not fit, has no place. */
const boundedAsking = (bound: Bound | null, invoke: Invoke): Invoke =>
  bound === null ? invoke : boundedInvoke(bound, invoke);

/** Each send of a call passes the breaker for itself. */
const guardedSide = (
  { breakerOf, repeatOf, protocol }: RouteParts,
  settings: OperationSettings,
  { send, bound, ...place }: Bare & Pick<BreakerPlace, 'side' | 'operation'>,
): Side => {
  const breaker = breakerOf({ ...place, said: settings.breaker, timeout: settings.timeout });
  const { destination, relays } = place;
  const once = breaker === null ? send : guarded(breaker, send, bound?.gate?.passes);
  const repeat = repeatOf({
    destination,
    settings,
    breaker,
    bulkhead: bound?.bulkhead ?? null,
    isSoap: protocol === 'soap',
  });
  if (repeat === null) return { destination, relays, breaker, repeats: false, send: once };
  return { destination, relays, breaker, repeats: true, send: repeated(repeat.parts, repeat, once) };
};

const legacySide = (parts: RouteParts, operation: string, settings: OperationSettings): Bare | null => {
  const { legacy, mount } = parts;
  if (legacy === null) return null;
  if (parts.protocol === 'rest') return restSide(parts, legacy, { side: 'legacy', operation, settings });
  const { effect, timeout, reverse } = settings;
  // Metadata is no call of an operation, and always legacy's.
  const announced = parts.protocol === 'soap' && operation === 'other' ? announcedOf(parts) : null;
  const { whence, headers } = parts;
  const mayBeEmpty = parts.contract?.operations.get(operation)?.oneWay ?? true;
  const send = legacy.relay(mount, {
    write: effect === 'write',
    timeout,
    judged: reverse,
    mayBeEmpty,
    whence,
    announced,
    headers,
    affinity: affinityTo(parts, legacy),
  });
  if (send === null) return null;
  const bound = boundOf(parts, { destination: legacy.name, operation, side: 'legacy' }, settings);
  return { destination: legacy.name, bound, send: boundedRelay(bound, send), relays: true };
};

const announcedOf = ({ besides }: RouteParts): Announced => ({ entrances: besides });

const modernSide = (parts: RouteParts, operation: string, settings: OperationSettings): Bare | null => {
  const { modern } = parts;
  if (modern === null) return null;
  if (parts.protocol === 'rest') return restSide(parts, modern, { side: 'modern', operation, settings });
  const translated = parts.protocol === 'soap' ? translatedSide(parts, modern, operation, settings) : null;
  const mayBeEmpty = parts.contract?.operations.get(operation)?.oneWay ?? true;
  if (translated !== null) return translated;
  const relayed = modern.relay(parts.mount, {
    write: settings.effect === 'write',
    timeout: settings.timeout,
    judged: true,
    mayBeEmpty,
    whence: parts.whence,
    affinity: affinityTo(parts, modern),
    announced: null,
    headers: parts.headers,
  });
  if (relayed === null) throw new Error(`${modern.name} cannot answer plain HTTP`);
  const bound = boundOf(parts, { destination: modern.name, operation, side: 'modern' }, settings);
  return { destination: modern.name, bound, send: boundedRelay(bound, relayed), relays: true };
};

interface RestPlace {
  readonly side: 'legacy' | 'modern';
  readonly operation: string;
  readonly settings: OperationSettings;
}

/** Either side behind REST: asked in JSON, whatever it speaks itself. Null for what is no operation. */
const restSide = (
  parts: RouteParts,
  destination: Destination,
  { side, operation: name, settings }: RestPlace,
): Bare | null => {
  const { contract, adapters, headers } = parts;
  const { call, effect, timeout, identity, treat } = settings;
  const operation = contract?.operations.get(name);
  if (operation === undefined || contract === null) return null;
  if (operation.passThroughOnly !== null)
    throw new Error(`${name} cannot be offered in JSON: ${operation.passThroughOnly}`);
  const asking = {
    operation,
    call,
    treat: treatByStatus(treat),
    write: effect === 'write',
    timeout,
    face: 'rest',
    headers,
  } as const;
  const bare = destination.invoke(asking);
  if (bare === null) throw new Error(`${destination.name} cannot be asked for ${name}`);
  const bound = boundOf(parts, { destination: destination.name, operation: name, side }, settings);
  const invoke = boundedAsking(bound, bare);
  const send = adapters.translate({ face: 'rest', contract, operation: name, call, invoke, identity });
  return { destination: destination.name, bound, send, relays: false };
};

/** JSON behind SOAP; null where modern speaks SOAP itself. */
const translatedSide = (
  parts: RouteParts,
  modern: Destination,
  name: string,
  settings: OperationSettings,
): Bare | null => {
  const operation = parts.contract?.operations.get(name);
  if (operation === undefined || parts.contract === null) return null;
  const { call, effect, timeout, identity, treat } = settings;
  const { headers } = parts;
  const asking = {
    operation,
    call,
    treat: treatByStatus(treat),
    write: effect === 'write',
    timeout,
    face: 'soap',
    headers,
  } as const;
  const bare = modern.invoke(asking);
  if (bare === null) return null;
  const place = { destination: modern.name, operation: name, side: 'modern' } as const;
  const bound = boundOf(parts, place, settings);
  const invoke = boundedAsking(bound, bare);
  const { adapters, contract } = parts;
  const send = adapters.translate({ face: 'soap', contract, operation: name, call, invoke, identity });
  return { destination: modern.name, bound, send, relays: false };
};

/** Read from the facts, never set. */
const stageOf = (points: number, hasLegacy: boolean, fallsBack: boolean): Stage => {
  if (!hasLegacy) return 'retired';
  if (points === 10_000) return fallsBack ? 'live' : 'drain';
  return points === 0 ? 'legacy' : 'canary';
};
