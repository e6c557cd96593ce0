// What a caller must show: all of one of several ways.
import type { JWTVerifyGetKey } from 'jose';
import { apiKey } from './api-key.ts';
import { clientCertificate } from './client-certificate.ts';
import { jwt } from './jwt.ts';
import type { Refusal, Rule } from './refusal.ts';
import type { Credential } from './schema.ts';

/** `keys`: of a JWKS, by where it is. */
export const requirement = (ways: readonly Credential[], keys: (jwks: string) => JWTVerifyGetKey): Rule => {
  const rules = ways.map((way) => each(way, keys));
  return async (call) => {
    let told: Refusal | null = null;
    for (const way of rules) {
      let refused: Refusal | null = null;
      for (const rule of way) refused ??= await rule(call);
      if (refused === null) return null;
      told = nearer(told, refused);
    }
    return told;
  };
};

const each = (way: Credential, keys: (jwks: string) => JWTVerifyGetKey): readonly Rule[] => [
  ...(way.clientCertificate === undefined ? [] : [clientCertificate(way.clientCertificate)]),
  ...(way.apiKey === undefined ? [] : [apiKey(way.apiKey)]),
  ...(way.jwt === undefined ? [] : [jwt(way.jwt, keys(way.jwt.jwks))]),
];

/** Of several refusals the one that says most: that we cannot tell, then that it is known and not let in, then the first. */
const nearer = (told: Refusal | null, refused: Refusal): Refusal =>
  told === null || weight(refused) > weight(told) ? refused : told;
const weight = ({ trouble: { status } }: Refusal): number => (status === 503 ? 2 : status === 403 ? 1 : 0);
