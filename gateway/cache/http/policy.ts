// What the file says of the answers to one plain HTTP operation, compiled.
import type { Json } from '../../../adapters/adapter.ts';
import type { CohortSource } from '../../traffic/traffic.ts';
import { credentialHeaders } from '../asker.ts';
import type { CachePolicy } from '../policy.ts';
import type { SaidCache } from '../schema.ts';
import type { Template } from '../tags.ts';
import { httpTemplate } from './template.ts';

export interface HttpCachePolicy extends Pick<
  CachePolicy,
  'scope' | 'vary' | 'keyHeaders' | 'toldBy' | 'shared' | 'maxBytes' | 'refreshAhead' | 'target'
> {
  /** Milliseconds, for what the origin says nothing of; null: the origin's word alone. */
  readonly ttl: number | null;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  /** What its answers are taken back by; the first is the operation as a whole. */
  readonly templates: readonly Template[];
  /** Some operation takes them back by name. */
  readonly isInvalidated: boolean;
  /** Parameters of the path; null where it can be read in several ways. */
  readonly inputOf: (target: string) => Json;
}

/** What calls of one operation take back. */
export interface HttpChange {
  /** Operations, as a whole, that may have kept answers of this path; it may have a query. */
  readonly keptAt: (path: string) => readonly string[];
  /** What it names in `invalidates`. */
  readonly takes: readonly Template[];
  /** What it takes besides where its path can be read in several ways, and it may be a call of another operation. */
  readonly uncertain: readonly Template[];
  readonly inputOf: (target: string) => Json;
}

export interface HttpPolicyParts {
  readonly route: string;
  readonly operation: string;
  readonly effect: 'read' | 'idempotent' | 'write';
  readonly cache: SaidCache;
  readonly scope: string;
  readonly keyHeaders: readonly string[];
  /** By members of these some operation takes answers back; those without members mean all of them. */
  readonly invalidated: readonly Template[];
  readonly inputOf: (target: string) => Json;
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
  invalidated,
  inputOf,
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
    scope: `${scope} ${JSON.stringify([cache, invalidated.map(({ id }) => id).toSorted()])}`,
    vary: vary ?? [],
    keyHeaders: new Set([...credentialHeaders, ...keyHeaders]),
    shared: sides === 'shared',
    toldBy,
    target: `${route}.${operation}`,
    templates: [httpTemplate(route, operation), ...invalidated.filter(({ members }) => members.length > 0)],
    isInvalidated: invalidated.length > 0,
    inputOf,
  };
};
