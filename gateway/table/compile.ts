// The file as runtime. Pure but for the destinations it is given: equal input, equal table.
import type { Adapters, Contract, DestinationSettings, Lease, Protocol, Proxy } from '../../adapters/adapter.ts';
import type { Config, OperationSettings, RouteSettings } from '../config/settle.ts';
import { BreakerConflict } from '../guard/breakers.ts';
import type { BudgetDraft } from '../forward/budget.ts';
import { effectOf } from '../forward/effect-of.ts';
import { TreatError } from '../forward/treat.ts';
import type { Repeats } from '../guard/again/repeats.ts';
import type { BreakerDraft } from '../guard/breakers.ts';
import type { BulkheadDraft } from '../guard/bulkheads.ts';
import { boundedProxy } from '../guard/bounded.ts';
import { longest } from '../guard/time/longest.ts';
import { networks } from '../lib/cidr.ts';
import { nearest } from '../lib/nearest.ts';
import { compileMatch } from '../routing/match.ts';
import { restOperations } from '../routing/rest-operations.ts';
import { cameIn } from '../traffic/came-in.ts';
import { sessionOf } from '../traffic/session.ts';
import type { Sessions } from '../traffic/sessions.ts';
import type { OpenedByName } from './destinations.ts';
import type { Keepers } from '../admission/keepers.ts';
import { admissionOf } from './admission-of.ts';
import { breakerOf } from './breaker-of.ts';
import { bulkheadOf, priorityOf } from './bulkhead-of.ts';
import { entranceOf, entrancesOf, mountOf } from './entrances.ts';
import { keyHeadersOf, planOf, type RouteParts } from './plan.ts';
import { repeatOf } from './repeat-of.ts';
import type { Effect, Plan, Route, Table } from './table.ts';
import { transportFlaws } from './transport-flaws.ts';

export interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Absent: an error. */
  readonly severity?: 'error' | 'warning';
}

export interface Making {
  readonly revision: number;
  readonly opened: OpenedByName;
  readonly adapters: Adapters;
  readonly killed: ReadonlySet<string>;
  readonly slotOf: (route: string, operation: string) => number;
  readonly keepers: Keepers;
  readonly breakers: BreakerDraft;
  readonly sessions: Sessions;
  readonly repeats: Repeats;
  readonly bulkheads: BulkheadDraft;
  readonly budgets: BudgetDraft;
  readonly held: Lease;
}

/** The same, with what all routes know of each other. */
interface Inside extends Making {
  readonly warn: (flaw: Flaw) => void;
  /** All that the file's operations take back, by the contract that they are of. */
  readonly invalidated: ReadonlyMap<string, readonly string[]>;
  readonly entrances: ReturnType<typeof entrancesOf>;
}

/** A frozen table, or everything that keeps the file from becoming one; and what may go wrong with it. */
export const compile = (
  config: Config,
  making: Making,
): { readonly table: Table | null; readonly flaws: readonly Flaw[]; readonly warnings: readonly Flaw[] } => {
  const found = transportFlaws(config, making.opened);
  const warnings: Flaw[] = found.filter(({ severity }) => severity === 'warning');
  const flaws: Flaw[] = found.filter(({ severity }) => severity === 'error');
  const inside: Inside = {
    ...making,
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
    killed: making.killed,
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
    other.changesHttp ||
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

/** The same bound as for what our relay carries. */
const passedBy = (parts: RouteParts, { other, otherByMethod }: RouteSettings, proxy: Proxy | null): Proxy | null => {
  const bulkhead = proxy === null ? null : parts.bulkheadOf(proxy.destination);
  if (proxy === null || bulkhead === null) return proxy;
  const priority = (method: string) => priorityOf(otherByMethod ? { ...other, effect: effectOf(method) } : other);
  return boundedProxy(bulkhead, priority, proxy);
};

/** What http-proxy-middleware cannot give it. */
const needsRelay = (destination: DestinationSettings | undefined): boolean =>
  destination !== undefined &&
  'url' in destination &&
  (destination.requestFraming === 'length' ||
    destination.headers !== undefined ||
    destination.health !== undefined ||
    (destination.urls?.length ?? 1) > 1);

/** It keeps the destination's own time, and no other. */
const isTimed = ({ other: { timeout, deadline } }: RouteSettings): boolean => timeout !== null || deadline !== null;

/** It sends each call once. */
const isRepeated = ({ legacy, modern, other }: RouteSettings, { destinations }: Config): boolean =>
  [other.retries, other.hedge, ...[legacy, modern].map((side) => destinations.get(side ?? '')?.retries)].some(
    (said) => typeof said === 'object' && said !== null,
  );

/** A breaker that the file speaks of; the usual one is no reason to carry a call otherwise. */
const isGuarded = ({ legacy, modern, other }: RouteSettings, { destinations }: Config): boolean =>
  [other.breaker, ...[legacy, modern].map((side) => destinations.get(side ?? '')?.breaker)].some(
    (said) => typeof said === 'object' && said !== null,
  );

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

const partsOf = (
  name: string,
  settings: RouteSettings,
  config: Config,
  making: Inside & Pick<RouteParts, 'judged' | 'trusts'>,
): RouteParts => {
  const at = (destination: string | null) =>
    destination === null ? null : (making.opened.get(destination)?.destination ?? null);
  const [legacy, modern] = [at(settings.legacy), at(settings.modern)];
  const entrance = entranceOf(settings, config);
  const contract = contractOf(settings, making);
  return {
    name,
    protocol: settings.protocol,
    entrance,
    besides: entrance === null ? [] : (making.entrances.get(new URL(entrance.url).host) ?? []),
    contract,
    mount: mountOf(settings),
    headers: settings.headers.request,
    legacy,
    modern,
    standing: standingOf(settings, making),
    invalidated: making.invalidated.get(contract?.hash ?? '') ?? [],
    modernIsSoap: config.destinations.get(settings.modern ?? '')?.adapter === 'soap',
    session:
      settings.session === null
        ? null
        : sessionOf(settings.session, { ...settings.session, sessions: making.sessions }),
    adapters: making.adapters,
    killed: making.killed,
    pinSecret: config.gateway.pins?.secret ?? null,
    trusts: making.trusts,
    judged: making.judged,
    whence: {
      trusts: making.trusts,
      cameIn: cameIn({ publicUrl: config.gateway.publicUrl ?? null, trusts: making.trusts }),
    },
    slotOf: (operation) => making.slotOf(name, operation),
    breakerOf: breakerOf(config.destinations, making.breakers),
    repeatOf: repeatOf(config.destinations, { house: making.repeats, adapters: making.adapters, held: making.held }),
    bulkheadOf: bulkheadOf(config.destinations, making.bulkheads),
    budget: settings.budget === null ? null : making.budgets.of(name, settings.budget),
    held: making.held,
    keyHeaders: keyHeadersOf(settings.admission),
    keepsHttp: keepsHttp(settings, config),
  };
};

/** Whoever changes something there has to be seen. */
const keepsHttp = ({ legacy, modern }: RouteSettings, { routes }: Config): boolean =>
  [...routes.values()].some(
    (route) =>
      route.protocol === 'http' &&
      [route.legacy, route.modern].some((side) => side !== null && (side === legacy || side === modern)) &&
      [...route.operations.values()].some(({ cache }) => cache !== null),
  );

const contractOf = (settings: RouteSettings, { opened }: Pick<Making, 'opened'>): Contract | null => {
  if (settings.protocol === 'http') return null;
  const named = [settings.contract, settings.legacy, settings.modern];
  const contracts = named.map((name) => (name === null ? null : (opened.get(name)?.destination.contract ?? null)));
  return contracts.find((contract) => contract !== null) ?? null;
};

/** What makes both sides what they are: an answer of what stood there before is none of theirs. */
const standingOf = ({ legacy, modern }: RouteSettings, { opened }: Pick<Making, 'opened'>): string =>
  [legacy, modern].map((name) => (name === null ? '' : `${name} ${opened.get(name)?.fingerprint}`)).join(' ');

const invalidatedIn = (config: Config, making: Making): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const settings of config.routes.values()) {
    const hash = contractOf(settings, making)?.hash;
    if (hash === undefined) continue;
    const all = found.get(hash) ?? [];
    for (const { invalidates } of settings.operations.values()) all.push(...invalidates);
    found.set(hash, all);
  }
  return new Map([...found].map(([hash, all]) => [hash, [...new Set(all)]]));
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

const nowhere = (making: Making): Route => {
  // Knows no operation, but who speaks SOAP is told in SOAP that there is nothing here.
  const rules = { dispatch: 'both', mismatch: 'legacy' } as const;
  const protocol = making.adapters.soap({ contract: null, prefix: 0, ...rules, entrance: null });
  const settings: OperationSettings = {
    effect: 'write',
    call: null,
    identity: null,
    treat: {},
    points: 0,
    fallback: [],
    timeout: null,
    deadline: null,
    retries: null,
    hedge: null,
    reverse: false,
    breaker: null,
    priority: null,
    cohort: [],
    salt: '',
    include: [],
    exclude: [],
    cache: null,
    cacheStatus: false,
    invalidates: [],
    admission: { require: null, rateLimit: null },
  };
  const parts: RouteParts = {
    name: 'none',
    protocol: 'http',
    contract: null,
    mount: { path: '', iis: false },
    headers: null,
    legacy: null,
    modern: null,
    modernIsSoap: false,
    session: null,
    adapters: making.adapters,
    killed: making.killed,
    pinSecret: null,
    trusts: () => false,
    judged: false,
    whence: { trusts: () => false, cameIn: () => null },
    entrance: null,
    besides: [],
    standing: '',
    invalidated: [],
    slotOf: (operation) => making.slotOf('none', operation),
    breakerOf: () => null,
    repeatOf: () => null,
    bulkheadOf: () => null,
    budget: null,
    held: making.held,
    keyHeaders: [],
    keepsHttp: false,
  };
  const other = planOf(parts, 'other', settings, false);
  return {
    name: 'none',
    protocol,
    operations: new Map(),
    other,
    otherByEffect: null,
    plain: true,
    proxy: null,
    upgrades: null,
    decisionHeader: false,
    response: null,
    prefix: 0,
    admission: null,
    deadline: null,
    limits: null,
  };
};
