// One operation's plan: its sides, its traffic, and what may be asked after a failure.
import type { OperationSettings } from '../config/settle.ts';
import { ipKey } from '../traffic/client-ip.ts';
import { killedBy } from '../traffic/kill.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { cacheFor, httpCacheFor, takenBackBy } from './cache-of.ts';
import type { RouteParts } from './route-parts.ts';
import { sidesOf } from './sides.ts';
import type { Plan, Stage } from './table.ts';

/** What keeps an operation from becoming a plan, and the one of its settings that says so. */
export class SettingError extends Error {
  readonly key: 'cache' | 'invalidates';
  constructor(key: SettingError['key'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SettingError';
    this.key = key;
  }
}

const saidIn = <T>(key: SettingError['key'], make: () => T): T => {
  try {
    return make();
  } catch (error) {
    throw new SettingError(key, (error as Error).message, error);
  }
};

/** Throws an Error that says why modern cannot be asked for this operation. `asked` false: modern is never built. */
export const planOf = (parts: RouteParts, operation: string, settings: OperationSettings, asked: boolean): Plan => {
  const { name, killed } = parts;
  const { points, effect } = settings;
  const { legacy, modern } = sidesOf({ route: parts, operation, settings }, asked);
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
  const cache = saidIn('cache', () => cacheFor(parts, operation, settings, traffic.killed));
  const http = saidIn('cache', () => httpCacheFor(parts, operation, settings, traffic.killed));
  if (http !== null && settings.invalidates.length > 0)
    throw new SettingError(
      'invalidates',
      `invalidates, but its answers may be given from memory, and then nothing is done; expected cache: off`,
    );
  const changesHttp = parts.protocol === 'http' ? parts.http.change(operation, settings.invalidates) : null;
  const takesBack = saidIn('invalidates', () => takenBackBy(parts, operation, settings));
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
      changesHttp === null &&
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

/** Translated calls leave their connection behind, and who it says calls; relayed ones do not. */
const connectionsOf = (
  { protocol, modernIsSoap }: RouteParts,
  { identity }: OperationSettings,
): Traffic['connections'] => {
  if (identity === null) return 'legacy';
  if (protocol === 'http' || (protocol === 'soap' && modernIsSoap)) return 'held';
  return identity === 'ignore' ? 'ignored' : 'legacy';
};

/** Read from the facts, never set. */
const stageOf = (points: number, hasLegacy: boolean, fallsBack: boolean): Stage => {
  if (!hasLegacy) return 'retired';
  if (points === 10_000) return fallsBack ? 'live' : 'drain';
  return points === 0 ? 'legacy' : 'canary';
};
