// The file as runtime. Pure but for the destinations it is given: equal input, equal table.
import type { Adapters, Protocol } from '../../adapters/adapter.ts';
import type { Config, OperationSettings, RouteSettings } from '../config/settle.ts';
import { BreakerConflict } from '../guard/breakers.ts';
import { TreatError } from '../forward/treat.ts';
import type { BreakerDraft } from '../guard/breakers.ts';
import { networks } from '../lib/cidr.ts';
import { nearest } from '../lib/nearest.ts';
import { compileMatch } from '../routing/match.ts';
import { restOperations } from '../routing/rest-operations.ts';
import type { OpenedByName } from './destinations.ts';
import type { Keepers } from '../admission/keepers.ts';
import { admissionOf } from './admission-of.ts';
import { breakerOf } from './breaker-of.ts';
import { entranceOf, entrancesOf, mountOf } from './entrances.ts';
import { planOf, type RouteParts } from './plan.ts';
import type { Effect, Plan, Route, Table } from './table.ts';

export interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface Making {
  readonly revision: number;
  readonly opened: OpenedByName;
  readonly adapters: Adapters;
  readonly killed: ReadonlySet<string>;
  readonly slotOf: (route: string, operation: string) => number;
  readonly keepers: Keepers;
  readonly breakers: BreakerDraft;
}

/** The same, with what all routes know of each other. */
interface Inside extends Making {
  readonly entrances: ReturnType<typeof entrancesOf>;
}

/** A frozen table, or everything that keeps the file from becoming one. */
export const compile = (
  config: Config,
  making: Making,
): { readonly table: Table | null; readonly flaws: readonly Flaw[] } => {
  const flaws: Flaw[] = [];
  const inside: Inside = { ...making, entrances: entrancesOf(config) };
  const routes = [...config.routes].map(([name, settings]) => ({
    match: settings.match,
    route: compileRoute(name, settings, config, inside, flaws),
  }));
  if (flaws.length > 0) return { table: null, flaws };
  const table: Table = {
    revision: making.revision,
    routes: routes.map(({ route }) => route),
    match: compileMatch(routes),
    nowhere: nowhere(making),
    killed: making.killed,
  };
  return { table: Object.freeze(table), flaws };
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
  const limits = body === null && header === null ? null : { body, header };
  const decides =
    settings.operations.size > 0 ||
    (parts.legacy !== null && parts.modern !== null) ||
    settings.decisionHeader ||
    admission !== null ||
    limits !== null ||
    isGuarded(settings, config);
  return {
    name,
    protocol: protocol(),
    operations,
    other,
    otherByEffect,
    plain: plans.every((each) => each.plain),
    proxy: byContract || decides ? null : (only?.proxy(parts.mount) ?? null),
    upgrades: byContract ? null : (only?.proxy(parts.mount) ?? null),
    decisionHeader: settings.decisionHeader,
    prefix: settings.limits.prefix,
    admission,
    limits,
  };
};

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
  const { limits, dispatch, mismatch } = settings;
  return adapters.soap({ contract, prefix: limits.prefix, dispatch, mismatch, entrance: parts.entrance });
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
  return {
    name,
    protocol: settings.protocol,
    entrance,
    besides: entrance === null ? [] : (making.entrances.get(new URL(entrance.url).host) ?? []),
    contract:
      settings.protocol === 'http'
        ? null
        : (at(settings.contract)?.contract ?? legacy?.contract ?? modern?.contract ?? null),
    mount: mountOf(settings),
    legacy,
    modern,
    modernIsSoap: config.destinations.get(settings.modern ?? '')?.adapter === 'soap',
    adapters: making.adapters,
    killed: making.killed,
    pinSecret: config.gateway.pins?.secret ?? null,
    trusts: making.trusts,
    judged: making.judged,
    publicUrl: config.gateway.publicUrl ?? null,
    slotOf: (operation) => making.slotOf(name, operation),
    breakerOf: breakerOf(config.destinations, making.breakers),
  };
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
  const protocol = making.adapters.http(() => null);
  const settings: OperationSettings = {
    effect: 'write',
    call: null,
    identity: null,
    treat: {},
    points: 0,
    fallback: [],
    breaker: null,
    cohort: [],
    salt: '',
    include: [],
    exclude: [],
    admission: { require: null, rateLimit: null },
  };
  const parts: RouteParts = {
    name: 'none',
    protocol: 'http',
    contract: null,
    mount: { path: '', iis: false },
    legacy: null,
    modern: null,
    modernIsSoap: false,
    adapters: making.adapters,
    killed: making.killed,
    pinSecret: null,
    trusts: () => false,
    judged: false,
    publicUrl: null,
    entrance: null,
    besides: [],
    slotOf: (operation) => making.slotOf('none', operation),
    breakerOf: () => null,
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
    prefix: 0,
    admission: null,
    limits: null,
  };
};
