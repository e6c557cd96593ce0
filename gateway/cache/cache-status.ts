// What the cache made of a call, in the words of RFC 9211.
import type { CacheResult, CacheTold } from '../exchange.ts';

/** Value of the `Cache-Status` line. `status`: of the last reply of a side; null: none came. */
export const cacheStatus = (result: CacheResult, told: CacheTold, status: number | null): string => {
  const key = told.key === undefined ? [] : [`key="${told.key}"`];
  const ttl = told.ttl === undefined ? [] : [`ttl=${Math.floor(told.ttl / 1000)}`];
  const came = status === null ? [] : [`fwd-status=${status}`];
  const why = told.wasThere === true ? 'fwd=stale' : 'fwd=uri-miss';
  const forms: Readonly<Record<CacheResult, readonly string[]>> = {
    hit: ['hit', ...ttl],
    stale: ['hit', ...ttl],
    state: ['hit', ...ttl, 'detail=state'],
    shared: ['fwd=uri-miss', 'collapsed', ...ttl],
    revalidated: ['fwd=stale', ...came, 'stored', ...ttl],
    'stale-if-error': ['fwd=stale', ...came, ...ttl, 'detail=stale-if-error'],
    miss: [why, ...came, 'stored'],
    unkept: [why, ...came],
    bypass: [
      ...(told.isUnsent === true ? [] : ['fwd=bypass']),
      ...came,
      ...(told.detail === undefined ? [] : [`detail=${told.detail}`]),
    ],
  };
  return ['strangler', ...forms[result], ...key].join('; ');
};
