// The file as runtime. Pure but for the destinations it is given: equal input, equal table.
import { SettingError as AdapterSettingError } from '../../adapters/errors.ts';
import type { Protocol } from '../../adapters/adapter.ts';
import type { Config, OperationSettings, RouteSettings } from '../config/settle.ts';
import { BreakerConflict } from '../guard/breakers.ts';
import { TreatError } from '../forward/treat.ts';
import { longest } from '../guard/time/longest.ts';
import { networks } from '../lib/cidr.ts';
import { nearest } from '../lib/nearest.ts';
import { compileMatch } from '../routing/match.ts';
import { restOperations } from '../routing/rest-operations.ts';
import { nowhere } from './nowhere.ts';
import { invalidatedIn, partsOf } from './parts-of.ts';
import { isGuarded, isRepeated, isTimed, needsRelay, passedBy } from './passed-by.ts';
import type { Flaw, Inside, Making } from './making.ts';
import { admissionOf } from './admission-of.ts';
import { entrancesOf } from './entrances.ts';
import { planOf, SettingError } from './plan.ts';
import type { RouteParts } from './route-parts.ts';
import { killedWith, unclearKills } from './unclear-kills.ts';
import { uncertainPlan } from './uncertain.ts';
import type { Effect, Plan, Route, Table } from './table.ts';
import { transportFlaws } from './transport-flaws.ts';

/** A frozen table, or everything that keeps the file from becoming one; and what may go wrong with it. */
export const compile = (
  config: Config,
  making: Making,
): { readonly table: Table | null; readonly flaws: readonly Flaw[]; readonly warnings: readonly Flaw[] } => {
  const found = transportFlaws(config, making.opened);
  const warnings: Flaw[] = found.filter(({ severity }) => severity === 'warning');
  const flaws: Flaw[] = found.filter(({ severity }) => severity === 'error');
  const unclear = unclearKills(config, making);
  const killed = killedWith(making.killed, unclear);
  const inside: Inside = {
    ...making,
    killed,
    warn: (flaw) => void warnings.push(flaw),
    entrances: entrancesOf(config),
    invalidated: invalidatedIn(config, making),
  };
  const routes = [...config.routes].map(([name, settings]) => ({
    match: settings.match,
    route: compileRoute(name, settings, config, inside, flaws),
  }));
  if (flaws.length > 0) return { table: null, flaws, warnings };
  const table: Table = {
    revision: making.revision,
    routes: routes.map(({ route }) => route),
    match: compileMatch(routes),
    nowhere: nowhere(making),
    killed,
    unclearKills: unclear,
  };
  return { table: Object.freeze(table), flaws, warnings };
};

const compileRoute = (name: string, settings: RouteSettings, config: Config, making: Inside, flaws: Flaw[]): Route => {
  const trusts = networks(config.gateway.trustedProxies);
  const admission = admissionOf({ name, settings, keepers: making.keepers, trusts });
  const parts = partsOf(name, settings, config, { ...making, judged: (admission?.judge ?? null) !== null, trusts });
  const { contract } = parts;
  const byContract = settings.protocol !== 'http';
  const operations = new Map<string, Plan>();
  const plan = (operation: string, said: OperationSettings, asked: boolean): void => {
    try {
      operations.set(operation, planOf(parts, operation, said, asked));
    } catch (error) {
      tell(flaws, flawsOf(error, { route: name, operation, settings, said }));
    }
  };
  for (const [operation, said] of settings.operations) {
    if (contract === null || contract.operations.has(operation)) plan(operation, said, true);
    else flaws.push(unknownOperation(name, operation, [...contract.operations.keys()]));
  }
  if (byContract && contract !== null) {
    for (const [operation, { passThroughOnly }] of contract.operations) {
      // What cannot be translated is not offered in JSON.
      if (settings.protocol === 'rest' && passThroughOnly !== null) continue;
      if (!settings.operations.has(operation)) plan(operation, settings.other, settings.other.points > 0);
    }
  }
  const { other, otherByEffect } = others(parts, settings, flaws);
  const inSession = [...operations.values(), ...(byContract ? [] : [other])];
  parts.session?.settle(leastOf(inSession));
  if (parts.session?.points === 0) warnOfStandstill(name, inSession, making.warn);
  const protocol = (): Protocol => {
    try {
      // What is wrong with an operation has been told at its line.
      if (flaws.length === 0) return protocolOf(settings, parts, making);
    } catch (error) {
      flaws.push({ path: ['routes', name], message: (error as Error).message });
    }
    return making.adapters.http(() => null);
  };
  const plans = [...operations.values(), other];
  const only = parts.legacy ?? parts.modern;
  const { body, header } = settings.limits;
  const passing = { whence: parts.whence, headers: settings.headers.request };
  const limits = body === null && header === null ? null : { body, header };
  const decides =
    settings.operations.size > 0 ||
    other.changesHttp !== null ||
    (parts.legacy !== null && parts.modern !== null) ||
    settings.decisionHeader ||
    admission !== null ||
    limits !== null ||
    settings.headers.request !== null ||
    settings.headers.response !== null ||
    isTimed(settings) ||
    isRepeated(settings, config) ||
    needsRelay(config.destinations.get(settings.legacy ?? settings.modern ?? '')) ||
    isGuarded(settings, config);
  return {
    name,
    protocol: protocol(),
    operations,
    other,
    otherByEffect,
    uncertain: uncertainPlan(operations, other),
    plain: plans.every((each) => each.plain),
    proxy: byContract || decides ? null : passedBy(parts, settings, only?.proxy(parts.mount, passing) ?? null),
    upgrades: byContract ? null : (only?.proxy(parts.mount, passing) ?? null),
    decisionHeader: settings.decisionHeader,
    response: settings.headers.response,
    prefix: settings.limits.prefix,
    admission,
    deadline: longest([...plans, ...Object.values(otherByEffect ?? {})].map(({ deadline }) => deadline)),
    limits,
  };
};

/** A session goes to modern only if each of its operations may (decision 15). */
const leastOf = (plans: readonly Plan[]): number => Math.min(10_000, ...plans.map(({ traffic }) => pointsOf(traffic)));

const pointsOf = ({ killed, sides, points }: Plan['traffic']): number => {
  if (sides === 'modern') return 10_000;
  return killed || sides === 'legacy' ? 0 : points;
};

/** Some operations are given a share, and one without keeps all sessions from it. */
const warnOfStandstill = (route: string, plans: readonly Plan[], warn: Inside['warn']): void => {
  const isWanted = plans.some(({ traffic }) => traffic.points > 0 && !traffic.killed);
  const without = plans
    .filter(({ traffic }) => pointsOf(traffic) === 0 && !traffic.killed)
    .map((plan) => plan.operation);
  if (!isWanted || without.length === 0) return;
  const named =
    without.length > 5 ? `${without.slice(0, 5).join(', ')} and ${without.length - 5} more` : without.join(', ');
  warn({
    path: ['routes', route, 'session'],
    message: `no session goes to modern, whatever its other weights, as long as these operations do not: ${named}`,
    severity: 'warning',
  });
};

const protocolOf = (settings: RouteSettings, parts: RouteParts, { adapters }: Making): Protocol => {
  const { contract, mount } = parts;
  if (settings.protocol === 'http') return adapters.http(restOperations([...settings.operations.keys()]));
  if (settings.protocol === 'rest') {
    if (contract === null) throw new Error('has no contract; expected one of its destinations to have a wsdl');
    const calls = new Map([...settings.operations].map(([operation, { call }]) => [operation, call]));
    return adapters.rest({ contract, mount: mount.path, calls, lookup: restOperations });
  }
  const { limits, dispatch, mismatch, errors } = settings;
  return adapters.soap({
    contract,
    prefix: limits.prefix,
    dispatch,
    mismatch,
    plainStatus: errors === 'status',
    entrance: parts.entrance,
  });
};

/** Plans of what is no named operation. */
const others = (parts: RouteParts, settings: RouteSettings, flaws: Flaw[]): Pick<Route, 'other' | 'otherByEffect'> => {
  const byContract = settings.protocol !== 'http';
  try {
    const other = planOf(parts, 'other', settings.other, !byContract);
    return { other, otherByEffect: byContract ? null : byEffect(parts, settings, other) };
  } catch (error) {
    tell(flaws, flawsOf(error, { route: parts.name, operation: 'other', settings, said: settings.other }));
    return {
      other: planOf({ ...parts, modern: null, breakerOf: () => null }, 'other', settings.other, false),
      otherByEffect: null,
    };
  }
};

/** What a route says for all its operations is wrong once. */
const tell = (flaws: Flaw[], more: readonly Flaw[]): void => {
  for (const flaw of more) {
    const isTold = flaws.some(({ path, message }) => message === flaw.message && path.join() === flaw.path.join());
    if (!isTold) flaws.push(flaw);
  }
};

const byEffect = (parts: RouteParts, settings: RouteSettings, other: Plan): Readonly<Record<Effect, Plan>> => {
  if (!settings.otherByMethod) return { read: other, idempotent: other, write: other };
  const as = (effect: Effect) => planOf(parts, 'other', { ...settings.other, effect }, true);
  return { read: as('read'), idempotent: as('idempotent'), write: as('write') };
};

interface Planned {
  readonly route: string;
  readonly operation: string;
  readonly settings: RouteSettings;
  readonly said: OperationSettings;
}

/** What kept an operation from becoming a plan, where the file says it. */
const flawsOf = (error: unknown, { route, operation, settings, said }: Planned): Flaw[] => {
  const own = settings.operations.has(operation) ? ['routes', route, 'operations', operation] : ['routes', route];
  if (error instanceof TreatError)
    return error.flaws.map(({ key, message }) => {
      const at = Object.hasOwn(settings.other.treat, key) ? ['routes', route] : own;
      return { path: [...at, 'treat', key], message };
    });
  if (error instanceof SettingError) {
    const at = said[error.key] === settings.other[error.key] ? ['routes', route] : own;
    return [{ path: [...at, error.key], message: error.message }];
  }
  if (error instanceof AdapterSettingError) {
    const [key = '', entry = ''] = error.key;
    const at = key === 'treat' && Object.hasOwn(settings.other.treat, entry) ? ['routes', route] : own;
    return [{ path: [...at, ...error.key], message: error.message }];
  }
  const path = said.call === null || error instanceof BreakerConflict ? own : [...own, 'call'];
  return [{ path, message: (error as Error).message }];
};

const unknownOperation = (route: string, operation: string, known: readonly string[]): Flaw => {
  const near = nearest(operation, known);
  const hint = near === null ? `it has ${known.join(', ')}` : `did you mean ${near}?`;
  return {
    path: ['routes', route, 'operations', operation],
    message: `the contract has no operation ${operation}; ${hint}`,
  };
};
