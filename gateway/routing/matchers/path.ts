// The path condition. It is not asked of each route in turn: routes are found by it, see match.ts.
import type { Match } from '../../table/table.ts';
import { canonicalPath } from '../readings.ts';

export interface PathPattern {
  /** Canonical path, without `/**`; without the slash at its end where suffixes are taken. */
  readonly base: string;
  /** This path alone. Otherwise whatever lies below it, too. */
  readonly isExact: boolean;
  /** Compared without case. */
  readonly folds: boolean;
}

/**
 * `/a/b` is this path, `/a/b/**` also all below it. As IIS does it, `/Orders.svc` is `/orders.svc`, `/Orders.svc/`, `/ORDERS.SVC/ws`
 * and `/Orders.svc/mex`, since all of these reach the service (decision 5); so such a path ranks as a prefix.
 */
export const pathPattern = ({ path, iis }: Pick<Match, 'path' | 'iis'>): PathPattern => {
  const isExact = !iis && !path.endsWith('/**');
  const base = canonicalPath(path.replace(/\/\*\*$/, '').replaceAll(/[^\u0021-\u007E]+/g, encodeURIComponent));
  return { base: isExact ? base : base.replace(/\/$/, ''), isExact, folds: iis };
};
