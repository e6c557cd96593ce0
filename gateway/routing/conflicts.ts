// Which routes can't be told apart. The most specific route wins: host before none, exact path before prefix, longer before
// shorter, then more conditions. Under that order no route can hide a *less* specific one wholly (it would have to demand no
// more than the other, and then it is not more specific); so a route that never matches always shows as a tie.
import type { Match } from './schema.ts';

export interface NamedMatch {
  readonly name: string;
  readonly match: Match;
}

/** Pairs of route names, in the file's order, that some call would fit equally well. */
export const conflicts = (routes: readonly NamedMatch[]): readonly (readonly [string, string])[] => {
  const found: [string, string][] = [];
  for (const [index, second] of routes.entries()) {
    for (const first of routes.slice(0, index)) {
      if (tie(first.match, second.match)) found.push([first.name, second.name]);
    }
  }
  return found;
};

const tie = (a: Match, b: Match): boolean =>
  a.host === b.host && samePath(a, b) && conditionCount(a) === conditionCount(b) && !areDisjoint(a, b);

/** Two different paths of one length never fit the same call, two of different lengths never tie. */
const samePath = (a: Match, b: Match): boolean => {
  if (isPrefix(a) !== isPrefix(b)) return false;
  const [one, other] = [base(a), base(b)];
  return a.iis || b.iis ? one.toLowerCase() === other.toLowerCase() : one === other;
};

/** A path compared as IIS does takes suffixes, so it ranks as a prefix. */
const isPrefix = (match: Match): boolean => match.iis || match.path.endsWith('/**');
const base = (match: Match): string => match.path.replace(/\/\*\*$/, '');

const conditionCount = (match: Match): number =>
  match.headers.length + match.query.length + (match.methods === null ? 0 : 1) + (match.contentType === null ? 0 : 1);

/** No call can meet the conditions of both. */
const areDisjoint = (a: Match, b: Match): boolean =>
  (a.contentType !== null && b.contentType !== null && a.contentType !== b.contentType) ||
  (a.methods !== null && b.methods !== null && !a.methods.some((method) => b.methods?.includes(method))) ||
  contradict(a.headers, b.headers) ||
  contradict(a.query, b.query);

const contradict = (a: Match['headers'], b: Match['headers']): boolean =>
  a.some(({ name, value }) =>
    b.some((other) => other.name === name && value !== null && other.value !== null && value !== other.value),
  );
