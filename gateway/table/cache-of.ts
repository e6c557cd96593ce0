// What may be given again of one operation's answers, and what its calls take back.
import type { Call, Face } from '../../adapters/adapter.ts';
import { httpPolicyOf, type HttpCachePolicy } from '../cache/http/policy.ts';
import { invalidationOf, policyOf, type CachePolicy, type Invalidation } from '../cache/policy.ts';
import type { AdmissionSettings, OperationSettings } from '../config/settle.ts';
import { parametersOf } from '../routing/rest-parameters.ts';
import { cohort } from '../traffic/cohort.ts';
import type { CohortSource } from '../traffic/traffic.ts';
import type { RouteParts } from './route-parts.ts';

export const cacheFor = (
  parts: RouteParts,
  operation: string,
  { cache, effect, points, call, treat, identity, admission }: OperationSettings,
  killed: boolean,
): CachePolicy | null => {
  if (cache === null || operation === 'other' || parts.protocol === 'http') return null;
  // Where one answer serves both sides, it matters who they are and how they share.
  const sharing = cache.sides === 'shared' ? [points, killed] : [];
  const asked = [call, treat, identity, parts.headers, parts.mount];
  const scope = `${parts.standing} ${JSON.stringify([asked, sharing])}`;
  const keyHeaders = [...parts.keyHeaders, ...keyHeadersOf(admission)];
  return policyOf({
    ...parts,
    operation,
    face: faceOf(parts),
    scope,
    effect,
    cache,
    keyHeaders,
    toldBy: toldBy(parts),
  });
};

export const httpCacheFor = (
  parts: RouteParts,
  operation: string,
  { cache, effect, points, admission }: OperationSettings,
  killed: boolean,
): HttpCachePolicy | null => {
  if (cache === null || operation === 'other' || parts.protocol !== 'http') return null;
  const scope = `${parts.standing} ${JSON.stringify([parts.headers, parts.mount, cache.sides === 'shared' ? [points, killed] : []])}`;
  const keyHeaders = [...parts.keyHeaders, ...keyHeadersOf(admission)];
  return httpPolicyOf({
    route: parts.name,
    operation,
    effect,
    cache,
    scope,
    keyHeaders,
    invalidated: parts.http.invalidated(operation),
    inputOf: parametersOf(operation),
    toldBy: toldBy(parts),
  });
};

/** Headers that rules of admission look for keys in, lower case. */
export const keyHeadersOf = ({ require }: AdmissionSettings): readonly string[] =>
  (require ?? []).flatMap(({ apiKey }) => (apiKey === undefined ? [] : [apiKey.header.toLowerCase()]));

const toldBy =
  ({ trusts }: RouteParts) =>
  (call: Call, source: CohortSource): string | null =>
    cohort(call, [source], trusts)?.key ?? null;

export const takenBackBy = (
  parts: RouteParts,
  operation: string,
  { invalidates }: OperationSettings,
): Invalidation | null =>
  parts.protocol === 'http' ? null : invalidationOf({ ...parts, operation, face: faceOf(parts), invalidates });

const faceOf = ({ protocol }: RouteParts): Face => (protocol === 'rest' ? 'rest' : 'soap');
