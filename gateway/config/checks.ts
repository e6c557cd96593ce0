// Rules that look at more than one setting. Each names both, and speaks even while other parts of the file are wrong.
import type { Problem } from '../events.ts';
import { nearest } from '../lib/nearest.ts';
import { conditions } from '../routing/matchers/index.ts';
import { pathPattern } from '../routing/matchers/path.ts';
import { conflicts } from '../routing/overlap.ts';
import { checkOperations } from './check-operations.ts';
import { checkDestinations } from './check-destinations.ts';
import { checkFront } from './check-front.ts';
import { didYouMean, isWithin, problemHere, showFound, showPath } from './problem.ts';
import type { FileSettings } from './schema.ts';
import { settle } from './settle.ts';
import type { Config } from './settle.ts';
import { keyPlaceOf, namesAt, nodeAt, placeOf, says } from './tree.ts';
import type { MapTree, Path } from './tree.ts';

/** What a check may ask, and how it tells. */
export interface Checking {
  readonly config: Config;
  readonly tree: MapTree;
  /** Something is said there, rightly or wrongly: its absence from `config` means nothing. */
  readonly says: (path: Path) => boolean;
  readonly report: (path: Path, message: string, severity?: Problem['severity']) => void;
}

export const check = (tree: MapTree, settings: FileSettings, earlier: readonly Problem[]): readonly Problem[] => {
  const problems: Problem[] = [];
  const isWrong = (path: Path): boolean => earlier.some((problem) => isWithin(problem.path, showPath(path)));
  const checking: Checking = {
    config: settle(settings),
    tree,
    says: (path) => says(tree, path) || isWrong(path),
    report: (path, message, severity = 'error') => {
      const place = severity === 'warning' ? keyPlaceOf(tree, path) : placeOf(tree, path);
      problems.push(problemHere(place, path, message, severity));
    },
  };
  for (const one of [
    checkNames,
    checkSides,
    checkTies,
    checkTaken,
    checkOperations,
    checkDestinations,
    checkFront,
    checkCohorts,
  ])
    one(checking);
  return problems;
};

const routeName = /^[A-Za-z0-9_-]+$/;
const destinationName = /^[A-Za-z0-9._-]+$/;

const checkNames = ({ tree, report }: Checking): void => {
  const routes = namesAt(tree, ['routes']);
  // An empty file must not become a gateway that refuses everybody.
  if (routes.length === 0 && (nodeAt(tree, ['routes'])?.kind ?? 'map') === 'map') {
    report(
      ['routes'],
      'there are no routes; expected at least one, such as `orders: { match: { path: /** }, legacy: … }`',
    );
  }
  for (const name of routes) {
    if (!routeName.test(name)) report(['routes', name], 'expected a name of letters, digits, - and _ (no dots)');
  }
  for (const name of namesAt(tree, ['destinations'])) {
    if (!destinationName.test(name)) report(['destinations', name], 'expected a name of letters, digits, ., - and _');
  }
};

const checkSides = ({ config, tree, says: isSaid, report }: Checking): void => {
  const known = namesAt(tree, ['destinations']);
  for (const [name, route] of config.routes) {
    if (!isSaid(['routes', name, 'legacy']) && !isSaid(['routes', name, 'modern'])) {
      report(['routes', name], 'has no destination; expected legacy, modern, or both');
    }
    if (route.contract !== null && route.protocol !== 'rest')
      report(
        ['routes', name, 'contract'],
        'is for protocol: rest; other routes have the contract of their destinations',
      );
    for (const side of ['legacy', 'modern', 'contract'] as const) {
      const destination = route[side];
      if (destination === null || known.includes(destination)) continue;
      const path = ['routes', name, side];
      const near = didYouMean(nearest(destination, known));
      report(path, `found ${showFound(tree, path)}, expected the name of a destination${near || list(known)}`);
    }
  }
};

const list = (names: readonly string[]): string => (names.length === 0 ? '; there are none' : `: ${names.join(', ')}`);

const checkTies = ({ config, tree, report }: Checking): void => {
  const routes = [...config.routes].map(([name, { match }]) => ({ name, match }));
  for (const { a: first, b: second, kind } of conflicts(routes)) {
    if (kind === 'never') {
      report(
        ['routes', second, 'match'],
        'no call can meet all of these conditions; take out the ones that contradict each other',
      );
      continue;
    }
    const { file, line } = keyPlaceOf(tree, ['routes', first]);
    report(
      ['routes', second, 'match'],
      `takes the same calls as route ${first} (${file}:${line}), and neither is more specific; give one of ${first} and ${second} a further condition (host, method, header, query), or another path`,
    );
  }
};

/** A path alone goes before one with all below it, and a SOAP route is of the latter kind: its own calls would never reach it. */
const checkTaken = ({ config, tree, report }: Checking): void => {
  const routes = [...config.routes].map(([name, { match }]) => ({ name, match, path: pathPattern(match) }));
  const services = routes.filter(({ match }) => match.iis);
  const all = routes.filter(({ path, match }) => path.isExact && conditions(match).length === 0);
  for (const taker of all) {
    const taken = services.find(
      ({ path, match }) => match.host === taker.match.host && path.base.toLowerCase() === taker.path.base.toLowerCase(),
    );
    if (taken === undefined) continue;
    const { file, line } = keyPlaceOf(tree, ['routes', taken.name]);
    // A service answers to every spelling, and its clients may have come to use any.
    const isAll = taken.path.base === taker.path.base;
    report(
      ['routes', taker.name, 'match'],
      `takes all calls of route ${taken.name} (${file}:${line})${isAll ? '' : ' that are spelled so'}, for a path that stands alone goes before a service's, which has all below it, too; give ${taker.name} a further condition (method, header, query), another path, or take it out`,
      isAll ? 'error' : 'warning',
    );
  }
};

const checkCohorts = ({ config, tree, report }: Checking): void => {
  if (config.gateway.trustedProxies.length > 0) return;
  for (const [name, route] of config.routes) {
    if (route.legacy === null || route.modern === null) continue;
    const usesIp = [route.other, ...route.operations.values()].some(({ cohort }) =>
      cohort.some(({ from }) => from === 'ip'),
    );
    if (!usesIp) continue;
    const path = says(tree, ['routes', name, 'cohort']) ? ['routes', name, 'cohort'] : ['routes', name];
    report(
      path,
      'the cohort key is the client address, and gateway.trustedProxies is empty: behind a balancer all calls come from one address, so everyone is one client; name the balancer there',
      'warning',
    );
    return;
  }
};
