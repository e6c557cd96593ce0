// One operation's plan: its sends, its traffic, and what may be asked after a failure.
import type { Adapters, Announced, Contract, Destination, Entrance, Mount, Send } from '../../adapters/adapter.ts';
import type { OperationSettings, RouteSettings } from '../config/settle.ts';
import { checkTreat, treatByStatus, treated } from '../forward/treat.ts';
import { guarded } from '../guard/guarded.ts';
import { cameIn } from '../traffic/came-in.ts';
import { ipKey } from '../traffic/client-ip.ts';
import { killedBy } from '../traffic/kill.ts';
import type { BreakerOf, BreakerPlace } from './breaker-of.ts';
import type { Plan, Side, Stage } from './table.ts';

export interface RouteParts {
  readonly name: string;
  readonly protocol: RouteSettings['protocol'];
  readonly contract: Contract | null;
  readonly mount: Mount;
  readonly legacy: Destination | null;
  readonly modern: Destination | null;
  /** Null: there is no legacy, or it is not asked over the network. */
  readonly entrance: Entrance | null;
  /** Those of all routes to the same host. */
  readonly besides: readonly Entrance[];
  /** It takes envelopes as they come; nothing is translated. */
  readonly modernIsSoap: boolean;
  readonly adapters: Adapters;
  readonly killed: ReadonlySet<string>;
  readonly pinSecret: string | null;
  readonly trusts: (address: string) => boolean;
  /** Rules of admission need to know the operation: nothing flows before it is known. */
  readonly judged: boolean;
  /** `gateway.publicUrl`. */
  readonly publicUrl: string | null;
  readonly slotOf: (operation: string) => number;
  readonly breakerOf: BreakerOf;
}

/** Throws an Error that says why modern cannot be asked for this operation. `asked` false: modern is never built. */
export const planOf = (parts: RouteParts, operation: string, settings: OperationSettings, asked: boolean): Plan => {
  const { name, killed } = parts;
  const { points, effect } = settings;
  if (parts.modern !== null) checkTreat(treatedBy(parts, operation, settings));
  const side = (which: 'legacy' | 'modern', bare: Bare | null): Side | null =>
    bare === null ? null : guardedSide(parts, { ...bare, side: which, operation, said: settings.breaker });
  const legacy = side('legacy', legacySide(parts, operation, settings));
  const modern = side(
    'modern',
    asked && mayBeAsked(parts, operation, settings) ? treating(settings, modernSide(parts, operation, settings)) : null,
  );
  const fallback = new Set(legacy === null ? [] : settings.fallback);
  const traffic = {
    id: `${name}.${operation}`,
    salt: settings.salt,
    points,
    cohort: settings.cohort,
    include: new Set(settings.include.map(ipKey)),
    exclude: new Set(settings.exclude.map(ipKey)), // an IPv6 address counts by its /64 there, too
    sides: modern === null ? 'legacy' : legacy === null ? 'modern' : 'both',
    killed: killedBy(killed, name, operation),
    pinSecret: parts.pinSecret,
    trusts: parts.trusts,
  } as const;
  const undecided = points > 0 || traffic.include.size > 0 || traffic.pinSecret !== null;
  return {
    route: name,
    operation,
    slot: parts.slotOf(operation),
    stage: stageOf(points, legacy !== null, fallback.size > 0),
    effect,
    traffic,
    fallback,
    // A REST call is understood before it goes anywhere.
    plain:
      legacy !== null &&
      parts.protocol !== 'rest' &&
      !parts.judged &&
      (traffic.sides === 'legacy' || traffic.killed || !undecided),
    legacy,
    modern,
  };
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
type Bare = Omit<Side, 'breaker'>;

const guardedSide = ({ breakerOf }: RouteParts, { send, ...place }: Bare & BreakerPlace): Side => {
  const breaker = breakerOf(place);
  const { destination } = place;
  return { destination, breaker, send: breaker === null ? send : guarded(breaker, send) };
};

const legacySide = (parts: RouteParts, operation: string, settings: OperationSettings): Bare | null => {
  const { legacy, mount } = parts;
  if (legacy === null) return null;
  if (parts.protocol === 'rest') return restSide(parts, legacy, { ...settings, name: operation });
  const { effect } = settings;
  // Metadata is no call of an operation, and always legacy's.
  const announced = parts.protocol === 'soap' && operation === 'other' ? announcedOf(parts) : null;
  const send = legacy.relay(mount, { write: effect === 'write', judged: false, announced });
  return send === null ? null : { destination: legacy.name, send };
};

const announcedOf = (parts: RouteParts): Announced => ({ cameIn: cameIn(parts), entrances: parts.besides });

const modernSide = (parts: RouteParts, operation: string, settings: OperationSettings): Bare | null => {
  const { modern } = parts;
  if (modern === null) return null;
  if (parts.protocol === 'rest') return restSide(parts, modern, { ...settings, name: operation });
  const send = parts.protocol === 'soap' ? translatedSend(parts, modern, operation, settings) : null;
  const relayed =
    send ?? modern.relay(parts.mount, { write: settings.effect === 'write', judged: true, announced: null });
  if (relayed === null) throw new Error(`${modern.name} cannot answer plain HTTP`);
  return { destination: modern.name, send: relayed };
};

/** Either side behind REST: asked in JSON, whatever it speaks itself. Null for what is no operation. */
const restSide = (
  { contract, adapters }: RouteParts,
  destination: Destination,
  { name, call, effect, identity, treat }: OperationSettings & { readonly name: string },
): Bare | null => {
  const operation = contract?.operations.get(name);
  if (operation === undefined || contract === null) return null;
  if (operation.passThroughOnly !== null)
    throw new Error(`${name} cannot be offered in JSON: ${operation.passThroughOnly}`);
  const asking = { operation, call, treat: treatByStatus(treat), write: effect === 'write', face: 'rest' } as const;
  const invoke = destination.invoke(asking);
  if (invoke === null) throw new Error(`${destination.name} cannot be asked for ${name}`);
  const send = adapters.translate({ face: 'rest', contract, operation: name, call, invoke, identity });
  return { destination: destination.name, send };
};

/** JSON behind SOAP; null where modern speaks SOAP itself. */
const translatedSend = (
  parts: RouteParts,
  modern: Destination,
  name: string,
  settings: OperationSettings,
): Send | null => {
  const operation = parts.contract?.operations.get(name);
  if (operation === undefined || parts.contract === null) return null;
  const { call, effect, identity, treat } = settings;
  const asking = { operation, call, treat: treatByStatus(treat), write: effect === 'write', face: 'soap' } as const;
  const invoke = modern.invoke(asking);
  if (invoke === null) return null;
  return parts.adapters.translate({ face: 'soap', contract: parts.contract, operation: name, call, invoke, identity });
};

/** Read from the facts, never set. */
const stageOf = (points: number, hasLegacy: boolean, fallsBack: boolean): Stage => {
  if (!hasLegacy) return 'retired';
  if (points === 10_000) return fallsBack ? 'live' : 'drain';
  return points === 0 ? 'legacy' : 'canary';
};
