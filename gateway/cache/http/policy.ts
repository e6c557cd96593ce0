// What the file says of the answers to one plain HTTP operation, compiled.
import type { CohortSource } from '../../traffic/traffic.ts';
import { credentialHeaders } from '../caller-key.ts';
import type { CachePolicy } from '../policy.ts';
import type { SaidCache } from '../schema.ts';

export interface HttpCachePolicy extends Pick<
  CachePolicy,
  'scope' | 'vary' | 'keyHeaders' | 'toldBy' | 'shared' | 'maxBytes' | 'refreshAhead' | 'target'
> {
  /** Milliseconds, for what the origin says nothing of; null: the origin's word alone. */
  readonly ttl: number | null;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  /** Of all its kept answers. */
  readonly whole: string;
}

export interface HttpPolicyParts {
  readonly route: string;
  readonly operation: string;
  readonly effect: 'read' | 'idempotent' | 'write';
  readonly cache: SaidCache;
  readonly scope: string;
  readonly keyHeaders: readonly string[];
  readonly toldBy: (...args: [Parameters<CachePolicy['toldBy']>[0], CohortSource]) => string | null;
}

/** Throws an Error that says why the operation's answers cannot be kept. */
export const httpPolicyOf = ({
  route,
  operation,
  effect,
  cache,
  scope,
  keyHeaders,
  toldBy,
}: HttpPolicyParts): HttpCachePolicy => {
  if (effect !== 'read' || !operation.startsWith('GET '))
    throw new Error(`cache, but ${operation} is not a GET with effect: read; only such may be answered from memory`);
  for (const key of ['faults', 'volatile'] as const)
    if (Object.keys(cache[key]).length > 0)
      throw new Error(`cache.${key} is for operations of a contract, which ${operation} is not`);
  const { ttl = null, staleWhileRevalidate, staleIfError, refreshAhead, maxBytes, vary, sides } = cache;
  return {
    ttl,
    staleWhileRevalidate,
    staleIfError,
    refreshAhead,
    maxBytes,
    scope: `${scope} ${JSON.stringify(cache)}`,
    vary: vary ?? [],
    keyHeaders: new Set([...credentialHeaders, ...keyHeaders]),
    shared: sides === 'shared',
    toldBy,
    target: `${route}.${operation}`,
    whole: `${route}.${operation}`,
  };
};
