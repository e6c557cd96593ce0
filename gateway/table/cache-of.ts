// What may be given again of one operation's answers, and what its calls take back.
import type { Call, Face } from '../../adapters/adapter.ts';
import { httpPolicyOf, type HttpCachePolicy } from '../cache/http/policy.ts';
import { invalidationOf, policyOf, type CachePolicy, type Invalidation } from '../cache/policy.ts';
import type { AdmissionSettings, OperationSettings, RouteSettings } from '../config/settle.ts';
import { parametersOf } from '../routing/rest-parameters.ts';
import { cohort as cohortOf } from '../traffic/cohort.ts';
import type { CohortSource } from '../traffic/traffic.ts';
import type { RouteParts } from './route-parts.ts';

export const cacheFor = (
  parts: RouteParts,
  operation: string,
  { cache, effect, points, call, treat, identity, admission, cohort }: OperationSettings,
  killed: boolean,
): CachePolicy | null => {
  if (cache === null || operation === 'other' || parts.protocol === 'http') return null;
  // Where one answer serves both sides, it matters who they are and how they share.
  const sharing = cache.sides === 'shared' ? [points, killed] : [];
  const asked = [call, treat, identity, parts.headers, parts.mount];
  const scope = `${parts.standing} ${JSON.stringify([asked, sharing])}`;
  const keyHeaders = [...parts.keyHeaders, ...keyHeadersOf(admission, cohort)];
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
  { cache, effect, points, admission, cohort }: OperationSettings,
  killed: boolean,
): HttpCachePolicy | null => {
  if (cache === null || operation === 'other' || parts.protocol !== 'http') return null;
  const scope = `${parts.standing} ${JSON.stringify([parts.headers, parts.mount, cache.sides === 'shared' ? [points, killed] : []])}`;
  const keyHeaders = [...parts.keyHeaders, ...keyHeadersOf(admission, cohort)];
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

/** Headers that the file says are keys of callers, be it to admit, to count or to tell them apart; lower case. */
export const keyHeadersOf = (
  { require, rateLimit }: AdmissionSettings,
  cohort: readonly CohortSource[],
): readonly string[] => [
  ...(require ?? []).flatMap(({ apiKey }) => (apiKey === undefined ? [] : [apiKey.header.toLowerCase()])),
  ...[...(rateLimit?.by ?? []), ...cohort].flatMap((source) => (source.from === 'apiKey' ? [source.header] : [])),
];

/** What a service keeps for one session is for nobody else. (A cookie is a credential in any case, a SOAP header part of the question.) */
export const sessionHeadersOf = (session: RouteSettings['session']): readonly string[] =>
  session?.source.from === 'header' ? [session.source.name] : [];

const toldBy =
  ({ trusts }: RouteParts) =>
  (call: Call, source: CohortSource): string | null =>
    cohortOf(call, [source], trusts)?.key ?? null;

export const takenBackBy = (
  parts: RouteParts,
  operation: string,
  { invalidates }: OperationSettings,
): Invalidation | null =>
  parts.protocol === 'http' ? null : invalidationOf({ ...parts, operation, face: faceOf(parts), invalidates });

const faceOf = ({ protocol }: RouteParts): Face => (protocol === 'rest' ? 'rest' : 'soap');
