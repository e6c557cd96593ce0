// Which routes cannot be told apart, for validation. Ranks are those of match.ts; test and oracle of both are the same.
import type { Match } from '../table/table.ts';
import { conditions } from './matchers/index.ts';
import { pathPattern } from './matchers/path.ts';
import { isClear, readings } from './readings.ts';

export interface NamedMatch {
  readonly name: string;
  readonly match: Match;
}

export interface Conflict {
  readonly a: string;
  readonly b: string;
  /** `tie`: some call fits both equally well. `never`: no call fits `b` (then `a` is `b`: it contradicts itself). */
  readonly kind: 'tie' | 'never';
}

/**
 * Conflicts among routes, in their order. No route can be hidden wholly by more specific ones: these demand something more, and
 * what lacks it is left. So a route that can never match is one that contradicts itself, or it ties.
 */
export const conflicts = (routes: readonly NamedMatch[]): readonly Conflict[] => {
  const found: Conflict[] = [];
  const alike = new Map<string, NamedMatch[]>();
  for (const route of routes) {
    if (isImpossible(route.match)) {
      found.push({ a: route.name, b: route.name, kind: 'never' });
      continue;
    }
    const key = rankAndPlace(route.match);
    const before = alike.get(key) ?? [];
    alike.set(key, before);
    for (const { name, match } of before) {
      if (canMeet(match, route.match)) found.push({ a: name, b: route.name, kind: 'tie' });
    }
    before.push(route);
  }
  return found;
};

/** Two routes can only tie if all of this is equal: host, path but for its case, and number of conditions. */
const rankAndPlace = (match: Match): string => {
  const { base, isExact } = pathPattern(match);
  return JSON.stringify([match.host, isExact, base.toLowerCase(), conditions(match).length]);
};

/** Is there a call that fits both, given one rank and place? */
const canMeet = (a: Match, b: Match): boolean => {
  const [one, other] = [pathPattern(a), pathPattern(b)];
  return (one.folds || other.folds || one.base === other.base) && !isImpossible(both(a, b));
};

/** All conditions of two routes at once. */
const both = (a: Match, b: Match): Match => ({
  ...a,
  methods: a.methods === null || b.methods === null ? (a.methods ?? b.methods) : common(a.methods, b.methods),
  headers: [...a.headers, ...b.headers, ...mediaTypes(a), ...mediaTypes(b)],
  query: [...a.query, ...b.query],
});

const common = (some: readonly string[], others: readonly string[]): string[] =>
  some.filter((one) => others.includes(one));

/** The media type under a name that no header can have, so that two of them contradict each other as values do. */
const mediaTypes = ({ contentType }: Match): Match['headers'] =>
  contentType === null ? [] : [{ name: ' media type', value: contentType.toLowerCase() }];

const isImpossible = (match: Match): boolean =>
  match.methods?.length === 0 || contradicts(match.headers) || contradicts(match.query) || !isReadable(match);

/** Does it ask for two values of one name? Only the first value that a call carries counts. */
const contradicts = (asked: Match['headers']): boolean => {
  const values = new Map<string, string>();
  return asked.some(({ name, value }) => {
    if (value === null) return false;
    const other = values.get(name) ?? value;
    values.set(name, value);
    return other !== value;
  });
};

/** Can a call's path ever be read as this pattern alone says? Not with dot segments, say, or slashes that some servers join. */
const isReadable = (match: Match): boolean => {
  const { base } = pathPattern(match);
  return isClear(base) || readings(base).length === 1;
};
