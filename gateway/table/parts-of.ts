// What all plans of one route are made of: both sides, their contract, and what looks after them.
import type { Contract } from '../../adapters/adapter.ts';
import type { Config, RouteSettings } from '../config/settle.ts';
import { cameIn } from '../traffic/came-in.ts';
import { sessionOf } from '../traffic/session.ts';
import { breakerOf } from './breaker-of.ts';
import { bulkheadOf } from './bulkhead-of.ts';
import { entranceOf, mountOf } from './entrances.ts';
import { httpParts } from './http-parts.ts';
import type { Inside, Making } from './making.ts';
import { keyHeadersOf, sessionHeadersOf } from './cache-of.ts';
import type { RouteParts } from './route-parts.ts';
import { repeatOf } from './repeat-of.ts';

export const partsOf = (
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
    keyHeaders: [...keyHeadersOf(settings.admission, settings.other.cohort), ...sessionHeadersOf(settings.session)],
    http: httpParts(name, settings, config),
  };
};

/** Null: none of its destinations has one, or its calls go on as they came. */
export const contractOf = (settings: RouteSettings, { opened }: Pick<Making, 'opened'>): Contract | null => {
  if (settings.protocol === 'http') return null;
  const named = [settings.contract, settings.legacy, settings.modern];
  const contracts = named.map((name) => (name === null ? null : (opened.get(name)?.destination.contract ?? null)));
  return contracts.find((contract) => contract !== null) ?? null;
};

/** What makes both sides what they are: an answer of what stood there before is none of theirs. */
const standingOf = ({ legacy, modern }: RouteSettings, { opened }: Pick<Making, 'opened'>): string =>
  [legacy, modern].map((name) => (name === null ? '' : `${name} ${opened.get(name)?.fingerprint}`)).join(' ');

/** All that the file's operations take back, by the contract that they are of. */
export const invalidatedIn = (config: Config, making: Making): ReadonlyMap<string, readonly string[]> => {
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
