// A bearer token, signed by a key of a JWKS. The only file that imports `jose`.
import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import type { Credential } from './schema.ts';
import { forbidden, unauthorized, type Refusal, type Rule } from './refusal.ts';

type Jwt = NonNullable<Credential['jwt']>;

/** `keys`: of `settings.jwks`, kept over flips. */
export const jwt = ({ issuer, audience, algorithms, claims, leeway }: Jwt, keys: JWTVerifyGetKey): Rule => {
  const options: JWTVerifyOptions = {
    issuer,
    audience,
    algorithms,
    clockTolerance: leeway / 1000,
    requiredClaims: ['exp'],
  };
  const wanted = Object.entries(claims);
  return async (call) => {
    const token = /^bearer +(\S+) *$/i.exec(call.header('authorization') ?? '')?.[1];
    if (token === undefined) return missing;
    try {
      const { payload } = await jwtVerify(token, keys, options);
      return wanted.every(([name, value]) => holds(payload, name, value)) ? null : lacking;
    } catch (error) {
      return refusalOf(error);
    }
  };
};

const missing = unauthorized('jwt', 'The call has no bearer token.', 'Bearer');
const invalid = unauthorized('jwt', "The call's bearer token is not valid here.", 'Bearer error="invalid_token"');
const lacking = forbidden('jwt', "The call's bearer token does not allow this.");
/** Nobody is let in because the keys cannot be read, and no client is told that its token is at fault. */
const noKeys: Refusal = {
  reason: 'jwt-keys',
  trouble: {
    status: 503,
    code: 'ERR_JWKS',
    message: 'Tokens cannot be checked at present.',
    blame: 'gateway',
    retryAfter: 5,
  },
};

const refusalOf = (error: unknown): Refusal =>
  error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC'
    ? invalid
    : noKeys;

/** RFC 8693 §4.2 has `scope` as words; others have lists. */
const holds = (payload: JWTPayload, name: string, value: string): boolean => {
  const claim = Object.hasOwn(payload, name) ? payload[name] : undefined;
  if (Array.isArray(claim)) return claim.includes(value);
  return typeof claim === 'string' && (claim === value || claim.split(' ').includes(value));
};

/** Keys behind a URL or in a file: read when first asked for, then anew after a while or for a key never seen. */
export const keySet = (jwks: string): JWTVerifyGetKey => (/^https?:/i.test(jwks) ? remote(new URL(jwks)) : local(jwks));

/** While its place cannot be reached, the keys that were there last serve on: an identity provider's outage must not be ours. */
const remote = (url: URL): JWTVerifyGetKey => {
  const fetched = createRemoteJWKSet(url, { timeoutDuration: 5000, cooldownDuration: 30_000, cacheMaxAge: 600_000 });
  return async (header, token) => {
    try {
      return await fetched(header, token);
    } catch (error) {
      const last = fetched.jwks();
      if (last === undefined || error instanceof errors.JWKSNoMatchingKey) throw error;
      return createLocalJWKSet(last)(header, token);
    }
  };
};

const fileKept = 5000;

const local = (path: string): JWTVerifyGetKey => {
  let kept: { readonly at: number; readonly keys: JWTVerifyGetKey } | null = null;
  return async (header, token) => {
    if (kept === null || performance.now() - kept.at > fileKept) {
      try {
        const keys = createLocalJWKSet(JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet);
        kept = { at: performance.now(), keys };
      } catch (cause) {
        if (kept === null) throw new Error('the JWKS cannot be read', { cause });
      }
    }
    return kept.keys(header, token);
  };
};
